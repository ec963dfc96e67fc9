from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.recognizers.special_words import (
    backward,
    either,
    plain,
    terms,
    told_by,
)

_LETTERS = st.characters(exclude_characters="\u03a3")
"""All but the capital sigma, whose small form depends on its place: no list has either."""


@given(text=st.text(max_size=60))
def test_a_plain_text_has_as_many_characters(text: str) -> None:
    assert len(plain(text)) == len(text)


@given(first=st.text(_LETTERS, max_size=20), second=st.text(_LETTERS, max_size=20))
def test_texts_are_made_plain_piece_by_piece(first: str, second: str) -> None:
    assert plain(first + second) == plain(first) + plain(second)


def test_kazakh_letters_become_their_look_alikes() -> None:
    assert plain("ӘҒҚҢӨҰҮҺІ ёЁ İ") == "агкноуухи ее i"


@pytest.mark.parametrize(
    ("word", "matches"),
    [
        ("диабет", True),
        ("диабетом", True),
        ("рак", True),
        ("ракета", False),
        ("казакпын", True),
        ("казакпыз", True),
        ("казак", False),
        ("порок сердца", True),
        ("порок", False),
        ("а.б", True),
        ("ахб", False),
    ],
)
def test_a_list_says_how_words_may_end(word: str, matches: bool) -> None:  # noqa: FBT001 - a table's column
    words = terms("диабет* рак қазақ+ порок_сердца", "а.б")
    assert (re.fullmatch(words.pattern, word) is not None) is matches


def test_no_term_is_longer_than_said() -> None:
    words = terms("диабет* рак қазақ+")
    assert words.longest == len("диабет") + 8
    assert re._parser.parse(words.pattern).getwidth()[1] == words.longest  # type: ignore[attr-defined]


def test_the_gate_takes_every_spelling_and_short_words_whole() -> None:
    trigger = re2.compile(terms("рак қазақ+ отпечат*_пальц*").trigger)
    for text in ("РАК", "у рак.", "Қазақпын", "казакпын", "ОТПЕЧАТКИ"):
        assert trigger.search(text), text
    assert not trigger.search("характер")


def test_terms_know_how_they_start() -> None:
    words = terms("диабет* a_stroke")
    assert words.starts == ("a ", "ди")
    assert words.firsts == ("a", "диабет")


def test_the_farthest_word_is_held() -> None:
    pattern = re.compile(backward(["рак", "қазақ".replace("қ", "к")], 12))
    match = pattern.match("у рак и рак гр"[::-1])
    assert match
    assert match.end() == len(" рак и рак гр")
    assert pattern.match("Қазақ"[::-1])
    assert not pattern.match("барак"[::-1])


def test_frequent_words_may_be_told_by_a_label() -> None:
    assert told_by(terms("да"), "профсоюз").trigger == "профсоюз"


def test_either_takes_each_pattern_once() -> None:
    assert either(["a", "b", "a"]) == "(?:a|b)"
