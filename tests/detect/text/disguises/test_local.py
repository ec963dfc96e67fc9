from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from guardrail.detect.text.disguises.escapes import PercentEscapeRecognizer
from guardrail.detect.text.disguises.local import LocalDisguise
from guardrail.detect.text.disguises.recognizer import Inner
from guardrail.detect.text.disguises.revealed import Unit
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.detect.text.recognizers.kz_numbers import KzIinRecognizer

_INNER = Inner([KzIinRecognizer(), EmailRecognizer()])
_PERCENT = PercentEscapeRecognizer(_INNER)


def _spans(text: str, start: int = 0) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in _PERCENT.scan(text, start)]


def test_escapes_far_apart_are_looked_at_apart() -> None:
    text = "a%40b.kz" + " слово" * 100 + " c%40d.kz"
    assert [text[a:b] for a, b in _spans(text)] == ["a%40b.kz", "c%40d.kz"]


def test_what_starts_before_is_left_to_an_earlier_look() -> None:
    assert _spans("a%40b.kz c%40d.kz", 4) == [(9, 17)]


def test_plain_values_far_from_escapes_are_left_to_plain_recognizers() -> None:
    assert _spans("x%20y a@b.kz" + " " * 60 + "c@d.kz") == [(6, 12)]
    assert _spans("x%20y" + " " * 60 + "c@d.kz") == []


def test_a_context_word_may_be_what_is_hidden(unstructured: Callable[[], str]) -> None:
    number = unstructured()
    text = f"%D0%98%D0%98%D0%9D {number}"
    assert [text[a:b] for a, b in _spans(text)] == [number]
    assert _spans(f"%D0%99%D0%99%D0%9D {number}") == []


def test_a_value_longer_than_the_longest_is_none() -> None:
    address = f"{'a' * 40}@{'b' * 40}.kz"
    hidden = "".join(f"%25{ord(one):02X}" for one in address)
    assert len(hidden) > PercentEscapeRecognizer.LONGEST
    assert _spans(hidden) == []


def test_a_piece_that_is_no_disguise_reveals_nothing() -> None:
    class NeverRecognizer(LocalDisguise):
        HOW = "never"
        PATTERN = UNIT = "!"
        TRIGGERS = ("!",)

        def decode(self, match: re.Match[str]) -> Iterator[Unit]:
            yield from ()

    assert list(NeverRecognizer(_INNER).scan("! a@b.kz", 0)) == []


def test_the_base_leaves_decoding_to_its_kinds() -> None:
    class UndecidedRecognizer(LocalDisguise):
        HOW = "somehow"
        PATTERN = UNIT = "!"
        TRIGGERS = ("!",)

    with pytest.raises(NotImplementedError):
        list(UndecidedRecognizer(_INNER).scan("!", 0))


def test_neighbours_are_judged_one_by_one() -> None:
    assert _spans("a%40b.kz,c%40d.kz,e%40f.kz") == [(0, 8), (9, 17), (18, 26)]
