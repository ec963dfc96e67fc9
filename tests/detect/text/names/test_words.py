from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.text.names.words import BREAK, SIGHT, Casing, words_of


def _cased(text: str) -> dict[str, Casing]:
    words = words_of(text)
    return {word: Casing(casing) for word, casing in zip(words.texts, words.casings, strict=True)}


def test_words_are_letters_digits_and_single_signs() -> None:
    words = words_of("Ақ-жол, 12a_b!")
    assert words.texts == ["Ақ", "-", "жол", ",", "12", "a", "_", "b", "!"]
    assert [words.starts[number] for number in (0, 2, 4)] == [0, 3, 8]


def test_a_wide_gap_is_a_break() -> None:
    assert words_of("имя          фамилия").texts == ["имя", BREAK, "фамилия"]
    assert words_of("имя  фамилия").texts == ["имя", "фамилия"]


def test_a_sentence_that_begins_small_says_nothing_by_small_letters() -> None:
    assert _cased("привет, это айгерим")["айгерим"] is Casing.LOWER
    assert _cased("Привет, это айгерим")["айгерим"] is Casing.NORMAL
    assert _cased("Привет. это айгерим")["айгерим"] is Casing.LOWER


def test_all_capitals_are_known_as_such() -> None:
    assert _cased("ПРИВЕТ ЭТО АЙГЕРИМ")["АЙГЕРИМ"] is Casing.UPPER
    assert _cased("ПРИВЕТ Это Айгерим")["Айгерим"] is Casing.NORMAL


def test_far_from_any_capital_nothing_is_known() -> None:
    text = "Начало " + "слово " * 30 + "конец"
    assert _cased(text)["конец"] is Casing.UNKNOWN


@pytest.mark.parametrize("start", [0, 17, 150])
@given(pieces=st.lists(st.sampled_from(["Иван", "слово", "ИИН", " ", " ", ". ", "\n", "12", "a"])))
def test_what_is_said_of_a_word_rests_on_what_is_in_sight(start: int, pieces: list[str]) -> None:
    text = " ".join(pieces)
    whole = words_of(text)
    part = words_of(text[start:])
    said = dict(zip(whole.starts, zip(whole.texts, whole.casings, strict=True), strict=True))
    for word, place, casing in zip(part.texts, part.starts, part.casings, strict=True):
        if place > SIGHT and word != BREAK:
            assert said[place + start] == (word, casing)
