from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.pictures.tiles import distinct, fitted, sampled, scaled, tiles
from guardrail.detect.media.pictures.yunet import Candidate


def blank(height: int, width: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.zeros((height, width, 3), np.uint8)


@pytest.mark.parametrize("shape", [(480, 640), (640, 640), (1200, 900), (3000, 1000), (10, 900)])
def test_an_ordinary_picture_is_one_tile_of_no_more_pixels_than_allowed(
    shape: tuple[int, int],
) -> None:
    seen = list(tiles(blank(*shape), 640))
    assert len(seen) == 1 or shape == (10, 900)
    for tile in seen:
        assert max(tile.pixels.shape[:2]) <= 641
        assert tile.pixels.shape[0] * tile.pixels.shape[1] <= 1.01 * 640 * 480


@given(st.integers(1, 400), st.integers(641, 20_000), st.sampled_from(["flat", "standing"]))
def test_the_tiles_of_every_strip_cover_it_and_are_few(short: int, long: int, way: str) -> None:
    upright = way == "flat"
    shape = (short, long) if upright else (long, short)
    seen = list(tiles(blank(*shape), 640))
    assert 1 <= len(seen) <= 9
    end = 0.0
    for tile in seen:
        start = tile.left if upright else tile.top
        assert start <= end
        end = start + tile.pixels.shape[1 if upright else 0] / tile.scale
        assert max(tile.pixels.shape[:2]) <= 642
    assert end >= long * 0.99 - 2


def test_nothing_is_ever_enlarged() -> None:
    assert fitted(blank(20, 30), 640).shape == (20, 30, 3)
    assert scaled(blank(20, 30), 0.001).shape == (1, 1, 3)


def test_of_overlapping_candidates_the_best_is_kept() -> None:
    one, same, other = (
        Candidate(0, 0, 10, 10, 0.8),
        Candidate(1, 1, 10, 10, 0.9),
        Candidate(50, 50, 10, 10, 0.7),
    )
    assert distinct([one, same, other]) == [same, other]


@given(st.integers(1, 300), st.integers(1, 300), st.floats(0.01, 1.5))
def test_every_sampled_picture_is_as_large_as_a_scaled_one(
    height: int, width: int, scale: float
) -> None:
    picture = blank(height, width)
    assert sampled(picture, scale).shape == scaled(picture, scale).shape
