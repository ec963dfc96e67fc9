from __future__ import annotations

from collections.abc import Iterator

import pytest

from guardrail.detect.text.disguises.recognizer import Inner
from guardrail.detect.text.disguises.revealed import reveal
from guardrail.detect.text.disguises.runs import (
    Reading,
    RunDisguise,
    is_checked,
    is_contact,
    is_named,
)
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.detect.text.recognizers.kz_numbers import KzIinRecognizer

_INNER = Inner([KzIinRecognizer(), EmailRecognizer()])


class _HashedRecognizer(RunDisguise):
    """Digits with hash signs among them: a kind for this test."""

    HOW = "hashed"
    PATTERN = "[0-9#]{12,40}"
    RUN = "[0-9#]+"
    TRIGGERS = ("#",)
    LONGEST = 40

    def readings(self, text: str, first: int, last: int) -> Iterator[Reading]:
        units = [(place, place + 1, "") for place in range(first, last) if text[place] == "#"]
        yield reveal(text, first, last, units[:-1]), lambda found, _: is_checked(found)
        yield reveal(text, first, last, units), lambda found, _: is_checked(found)


_HASHED = _HashedRecognizer(_INNER)


def test_a_run_yields_what_keeps_it_together_and_then_its_findings() -> None:
    text = "ИИН 8504#123#00125 ok"
    spans = [(one.start, one.end, one.score > 0) for one in _HASHED.scan(text, 0)]
    assert spans == [(4, 18, False), (4, 18, True)]


def test_context_before_a_run_counts_and_none_behind() -> None:
    (_, named) = _HASHED.scan("ИИН 8504#123#00125", 0)
    (_, bare) = _HASHED.scan("8504#123#00125 ИИН", 0)
    assert is_named(named)
    assert not is_named(bare)
    assert is_checked(bare)
    assert not is_contact(bare)


def test_what_stands_right_behind_a_run_is_seen() -> None:
    assert list(_HASHED.scan("8504#123#00125abc", 0)) == []


def test_a_run_that_started_before_is_left_alone() -> None:
    assert list(_HASHED.scan("8504#123#00125", 3)) == []


def test_a_run_longer_than_the_longest_is_left_alone() -> None:
    assert list(_HASHED.scan("8504#123#00125" + "#" * 30, 0)) == []


def test_the_base_leaves_reading_to_its_kinds() -> None:
    class UndecidedRecognizer(RunDisguise):
        HOW = "somehow"
        PATTERN = RUN = "!"
        TRIGGERS = ("!",)
        LONGEST = 1

    with pytest.raises(NotImplementedError):
        list(UndecidedRecognizer(_INNER).scan("!", 0))
