from __future__ import annotations

import re

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.recognizers.special_words import (
    begun,
    either,
    plain,
    terms,
    told_by,
    tree,
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


def test_the_gate_asks_for_the_longest_run_of_a_phrase() -> None:
    trigger = re2.compile(terms("в_сад ходил*_в_мечеть").trigger)
    assert trigger.search("отдали в сад")
    assert trigger.search("ходила в мечеть")
    assert not trigger.search("рассада")


def test_terms_know_how_they_start() -> None:
    words = terms("диабет* a_stroke диабетик на_учете_в_пнд")
    assert words.starts == ("a ", "ди", "на")
    finder = re2.compile(words.finder)
    for text in ("диабета", "a stro", "на учет"):
        assert finder.fullmatch(text[: len(finder.search(text)[0])]), text
    assert not finder.search("на столе")


def test_phrases_know_what_they_grow_from() -> None:
    growing = terms("рак рак_груди ходил*_на_митинг*").growing
    assert growing is not None
    for text in ("рак ", "рак гру", "рак груди", "ходила ", "ходил на", "ходили на митинга"):
        assert growing.fullmatch(text), text
    for text in ("рак го", "ходил в", "рак груди и"):
        assert not growing.fullmatch(text), text
    assert terms("рак диабет*").growing is None


def test_the_beginnings_of_words() -> None:
    pattern = re.compile(begun("лет", "лес"))
    for text in ("", "л", "ле", "лет", "лес"):
        assert pattern.fullmatch(text), text
    for text in ("лето", "ет"):
        assert not pattern.fullmatch(text), text


def test_a_tree_has_its_words() -> None:
    assert re.compile(tree(["анна", "анна-мария", "а."])).fullmatch("анна-мария")
    assert not re.compile(tree(["анна", "а."])).fullmatch("аб")


def test_frequent_words_may_be_told_by_a_label() -> None:
    told = told_by(terms("да"), "профсоюз")
    assert (told.trigger, told.told) == ("профсоюз", "профсоюз")


def test_either_takes_each_pattern_once() -> None:
    assert either(["a", "b", "a"]) == "(?:a|b)"
