from __future__ import annotations

import re

import pytest

from guardrail.detect.text.recognizer import LOOK_BEHIND
from guardrail.detect.text.recognizers.special_words import plain
from guardrail.detect.text.recognizers.ties import (
    Tie,
    before,
    closed_gap,
    field,
    head,
    is_supposed,
    is_tied,
    open_gap,
)


def _tied(text: str, tie: Tie) -> bool:
    return is_tied(before(text, plain(text), len(text)), (tie,))


def test_only_the_sentence_counts() -> None:
    text = "У меня дом. Это ст. 5 г. Алматы «"
    known = before(text, plain(text), len(text))
    assert known.plain == " это ст. 5 г. алматы «".replace(" это ст.", "")
    assert known.written == " 5 г. Алматы «"
    assert known.lines == plain(text)


def test_nothing_farther_than_the_look_behind_counts() -> None:
    text = "слово " * 40
    known = before(text, text, len(text))
    assert len(known.plain) <= LOOK_BEHIND
    assert known.lines.startswith(" слово")


@pytest.mark.parametrize(
    ("text", "tied"),
    [
        ("у меня ", True),
        ("у меня давно уже ", True),
        ("у меня книга про ", False),
        ("у меня раз два три четыре ", False),
        ("лу меня ", False),
        ("если у меня ", False),
        ("у меня был. Там ", False),
        ("у меня " + "ы" * 80 + " ", False),
    ],
)
def test_an_open_gap_bears_a_few_words_on_the_subject(text: str, tied: bool) -> None:  # noqa: FBT001 - a table's column
    assert _tied(text, Tie(head=head("у меня"), gap=open_gap(3))) is tied


def test_a_closed_gap_bears_its_own_words_only() -> None:
    tie = Tie(head=head("я"), gap=closed_gap("не", "тоже"))
    assert _tied("я тоже не ", tie)
    assert not _tied("я знаю ", tie)


def test_a_head_may_want_the_text_as_written() -> None:
    tie = Tie(head=re.compile("Иванов"), gap=open_gap(1), written=True)
    assert _tied("Иванов ", tie)
    assert not _tied("иванов ", tie)


@pytest.mark.parametrize(
    ("text", "tied"),
    [
        ("Диагноз: ", True),
        ("диагноз -  ", True),
        ('"диагноз": "', True),
        ("| Диагноз | ", True),
        ("Диагноз:\n", True),
        ("диагноз: острый, тяжёлый ", True),
        ("диагноз: как ставят ", False),
        ("диагноз: string ", False),
        ("диагноз ", False),
        ("диагноз: нет, ", False),
    ],
)
def test_a_label_ties_its_value(text: str, tied: bool) -> None:  # noqa: FBT001 - a table's column
    assert _tied(text, field("диагноз")) is tied


@pytest.mark.parametrize(
    ("text", "supposed"),
    [
        ("если ", True),
        ("если бы ", True),
        ("представь, что ", True),
        ("what if my ", True),
        ("егер ", True),
        ("есть ли ", True),
        ("do ", True),
        ("если можно, подскажите, ", False),
        ("", False),
        ("вчера ", False),
    ],
)
def test_suppositions_are_told_from_statements(text: str, supposed: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_supposed(text) is supposed
