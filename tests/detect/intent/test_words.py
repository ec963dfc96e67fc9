from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.intent.words import LONGEST, ROWS, folded, plain_of, rows_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("analyze_emotion(image)", ["analyze", "emotion", "(", "image", ")"]),
        ("analyzeEmotion", ["analyze", "emotion"]),
        ("Don't tell, 12 times!", ["dont", "tell", "0", "times", "!"]),
        ("Бұл кім?", ["бул", "ким", "?"]),
    ],
)
def test_names_of_tools_fall_apart_and_letters_fold(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_kazakh_without_its_own_letters_is_the_same() -> None:
    assert words_of("Көңіл күйі қандай") == words_of("Конил куйи кандай")


def test_latin_letters_among_cyrillic_ones_are_cyrillic() -> None:
    assert words_of("лицo чeлoвeка") == words_of("лицо человека")


def test_invisible_characters_inside_words_hide_nothing() -> None:
    assert words_of("emo\u200btion") == ["emotion"]


def test_what_folds_is_as_long_as_before() -> None:
    text = "Кім бұл, Сәуле ме?"
    assert len(plain_of(text)) == len(text)
    assert folded("don't") == "dont"


@pytest.mark.no_cover
@given(st.text(max_size=200))
def test_every_text_has_words_of_bounded_length_in_rows_that_exist(text: str) -> None:
    for word in words_of(text):
        assert 0 < len(word) <= LONGEST
        assert all(0 <= row < ROWS for row in rows_of(word))
