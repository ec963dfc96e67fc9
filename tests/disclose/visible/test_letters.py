from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.visible.letters import check_letters, font_bytes, plate
from guardrail.disclose.visible.unlabelled import Unlabelled

WORDS = (
    "Жасанды интеллект жасаған\nСоздано искусственным интеллектом",
    "ЖИ жасаған\nСоздано ИИ",
    "ЖИ / ИИ",
    "AI",
)


@given(st.integers(32, 5_000), st.integers(32, 5_000))
def test_every_picture_gets_letters_of_five_percent_that_fit(width: int, height: int) -> None:
    done = plate(WORDS, width, height)
    assert done.letter_height >= 0.05 * min(width, height)
    assert done.letter_height >= 9
    assert done.mask.width <= width
    assert done.mask.height <= height
    assert done.words in WORDS


def test_long_words_stay_where_there_is_room() -> None:
    assert plate(WORDS, 4_000, 3_000).words == WORDS[0]
    assert plate(WORDS, 1_024, 1_024).words == WORDS[1]
    assert plate(WORDS, 40, 40).words == WORDS[2]
    assert plate(WORDS, 32, 32).words == WORDS[3]


def test_capital_letters_are_as_high_as_told() -> None:
    done = plate(["Н"], 2_000, 1_000)
    rows = np.nonzero(np.asarray(done.mask).max(axis=1) > 127)[0]
    assert abs(int(rows[-1] - rows[0] + 1) - done.letter_height) <= 1


def test_all_ink_is_inside_of_the_plate() -> None:
    ink = np.asarray(plate(["ҮҚӨҒ ңқұҳ yĞЙ"], 900, 700).mask)
    for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]):
        assert edge.max() == 0


def test_a_picture_without_room_is_told() -> None:
    with pytest.raises(Unlabelled, match="too_small"):
        plate(WORDS, 24, 24)
    with pytest.raises(Unlabelled, match="too_small"):
        plate(WORDS[:1], 64, 64)


@pytest.mark.parametrize("words", [[], [""], ["\n "], ["AI生成"], ["ok", "\u202e"], ["x" * 301]])
def test_words_that_cannot_be_written_are_told(words: list[str]) -> None:
    with pytest.raises(Unlabelled, match="no_letters"):
        plate(words, 500, 500)


def test_the_font_has_every_letter_of_kazakh_and_russian() -> None:
    kazakh = "АӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ"
    check_letters(kazakh + kazakh.lower())
    check_letters("".join(map(chr, range(0x21, 0x7F))) + "«»—–…№")
    assert len(font_bytes()) < 60_000
