from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.recognizers.address_lexer import (
    _KNOWN,
    CLASSES,
    LONGEST_WORD,
    fold_word,
    kinds_of_begun,
    lex,
    word_from,
)


@pytest.mark.parametrize(
    ("word", "folded"),
    [
        ("Көшесі", "кошеси"),
        ("ДАҢҒЫЛЫ", "дангылы"),
        ("кошесi", "кошеси"),
        ("Жёлтая", "желтая"),
        ("Dańǵyly", "dangyly"),
        ("Қ", "қ"),
        ("Шаһар", "шахар"),
        ("Street", "street"),
    ],
)
def test_many_spellings_of_a_word_are_one(word: str, folded: str) -> None:
    assert fold_word(word) == folded


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("ул. Абая 52", "S T N"),
        ("Қазақ қ., Ил", "W R, W"),
        ("52-үй, 14-пәтер", "N-H,  N-F".replace("  ", " ")),
        ("ш/а 12 А", "M N A"),
        ("А. Б", "D A"),
        ("с. Каскелен к. 5", "C G H N"),
        ("с Каскелен", "q G"),
        ("дом. 5", "H. N"),
        ("1600 050013 0123456 20500-0001", "Y P x P"),
        ("55/20 14к3 12а 1-й 5th", "N N N N Ni"),
        ("NW1 6XE", "UN NU"),
        ("толе би алматы каскелен сергеевка", "t b G G w"),
        ("Мамыр мамыр", "T u"),
        ("№5 #5 | «a»", '#N #N , "q"'),
        ("5% a!\n", "Nx q!\n"),
        ("Дана Қайратқызы Ақжар ауылы", "W p W R"),
        ("Ахмет Жүнісұлы көшесі 5", "W W K N"),
        ("ул. Ахмета Жунисулы 5", "S W W N"),
        ("Ұлы Дала даңғылы", "W W K"),
        ("5\u00b2x", "Nxq"),
        ("достопримечательностямиимениккк", "q"),
    ],
)
def test_a_text_is_a_row_of_classes(text: str, classes: str) -> None:
    assert lex(text, 0, len(text)).classes == classes


@given(text=st.text(alphabet="ул. Абая52кв,-\n/x№A5'", max_size=80), data=st.data())
def test_every_token_lies_where_the_text_has_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    lexed = lex(text, start, len(text))
    assert len(lexed.classes) == len(lexed.starts) == len(lexed.ends)
    places = [
        start,
        *(place for pair in zip(lexed.starts, lexed.ends, strict=True) for place in pair),
    ]
    assert places == sorted(places)
    assert all(a == b for a, b in zip([start, *lexed.ends], lexed.starts, strict=False))


def test_every_known_word_is_spelt_as_folded() -> None:
    assert [word for word in CLASSES if fold_word(word) != word] == []


@given(st.text(max_size=60))
def test_what_was_met_before_changes_nothing(text: str) -> None:
    first = lex(text, 0, len(text))
    assert lex(text, 0, len(text)) == first
    _KNOWN.clear()
    assert lex(text, 0, len(text)) == first


def test_a_long_token_isnt_remembered() -> None:
    lex("а" * 500, 0, 500)
    assert max(map(len, _KNOWN), default=0) <= LONGEST_WORD


def test_an_unfinished_word_may_become_any_listed_one_that_begins_so() -> None:
    for word, kind in CLASSES.items():
        may = kinds_of_begun(word[:3])
        assert lex(word, 0, len(word)).classes in may or kind in may
    assert kinds_of_begun("жжж") == frozenset()


def test_what_needs_a_stop_behind_may_come_of_its_beginning_too() -> None:
    assert "C" in kinds_of_begun("с")
    assert "S" in kinds_of_begun("бу")


def test_the_kazakh_letter_for_a_town_is_not_folded_alone() -> None:
    assert {"R", *kinds_of_begun("к")} <= kinds_of_begun("қ")


def test_a_word_begins_behind_the_blank_before_it() -> None:
    text = "живёт: ул.Абая"
    assert [word_from(text, place) for place in (0, 3, 7, 12)] == [0, 0, 7, 7]
