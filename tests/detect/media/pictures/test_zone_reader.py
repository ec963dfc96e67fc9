from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.detect.media.pictures.zone_reader import LAYOUTS, Band, read
from guardrail.testing.pictures import printed

STRAIGHT = np.eye(2, 3)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
DIGITS = "0123456789"


def band(count: int, width: int, height: int) -> Band:
    """Return where `printed` puts its last line."""
    pitch = width * 0.9 / count
    return Band(width * 0.05, height - 30 - 11 * pitch / 16, pitch)


def grey(lines: tuple[str, ...], width: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    page = printed(lines, width, 160)
    return np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.uint8)


def test_each_kind_of_document_has_as_many_places_as_characters() -> None:
    assert {(len(lines[0]), len(lines)) for lines in LAYOUTS.values()} == set(LAYOUTS)
    assert all(len({len(line) for line in lines}) == 1 for lines in LAYOUTS.values())


@settings(max_examples=25, deadline=None)
@given(st.text(LETTERS + DIGITS, min_size=30, max_size=30), st.integers(320, 1300))
def test_every_line_is_read_where_its_characters_have_ten_pixels(line: str, width: int) -> None:
    allowed = tuple(LETTERS if one in LETTERS else DIGITS for one in line)
    told, alike = read(grey((line,), width), STRAIGHT, band(30, width, 160), allowed)
    assert told == line
    assert alike > 0.75


@pytest.mark.parametrize("off", [-1.5, -0.7, 0.7, 1.5])
@pytest.mark.parametrize("times", [0.96, 1.04])
def test_a_place_that_is_mistaken_a_little_is_mended(off: float, times: float) -> None:
    line = "L898902C36UTO7408122F1204159<<"
    there = band(30, 900, 160)
    about = Band(there.left + off * there.pitch, there.middle + 4, there.pitch * times)
    assert read(grey((line,), 900), STRAIGHT, about, (LETTERS + DIGITS,) * 30)[0] == line


def test_a_digit_is_read_only_where_one_may_stand() -> None:
    page, there = grey(("0O1I8B5S2Z" * 3,), 900), band(30, 900, 160)
    assert read(page, STRAIGHT, there, (DIGITS,) * 30)[0].isdigit()
    assert not set(read(page, STRAIGHT, there, (LETTERS,) * 30)[0]) & set(DIGITS)


def test_an_empty_page_looks_like_nothing() -> None:
    empty = np.full((160, 900), 200, np.uint8)
    assert read(empty, STRAIGHT, band(30, 900, 160), (DIGITS,) * 30)[1] < 0.1


@given(st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_noise_looks_like_nothing(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (160, 900), dtype=np.uint8)
    assert read(noise, STRAIGHT, band(30, 900, 160), (DIGITS,) * 30)[1] < 0.5
