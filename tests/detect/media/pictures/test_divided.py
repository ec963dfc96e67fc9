from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.pictures.divided import divided
from guardrail.testing.pictures import scene


@pytest.mark.parametrize("factor", [1, 2, 4, 8])
def test_pixels_are_the_means_of_their_squares(factor: int) -> None:
    whole = scene(96, 64)
    squares = whole.reshape(64 // factor, factor, -1, factor, 3).mean((1, 3))
    assert np.abs(divided(whole, factor) - squares).max() <= 1


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([1, 2, 4, 8]), st.integers(1, 4))
def test_every_size_is_rounded_down_and_every_ground_stays_what_it_is(
    width: int, height: int, factor: int, samples: int
) -> None:
    ground = np.broadcast_to(np.arange(7, 7 + samples, dtype=np.uint8), (height, width, samples))
    small = divided(np.ascontiguousarray(ground), factor)
    assert small.shape == (max(1, height // factor), max(1, width // factor), samples)
    assert (small == ground[0, 0]).all()


@pytest.mark.parametrize(("width", "height"), [(101, 64), (96, 61), (103, 67)])
def test_what_is_left_over_at_the_right_and_below_isnt_left_out(width: int, height: int) -> None:
    whole = np.zeros((height, width, 3), np.uint8)
    whole[64:, :] = whole[:, 96:] = 200
    small = divided(whole, 8)
    assert (small[-1].min() > 20) == (height > 64)
    assert (small[:, -1].min() > 20) == (width > 96)
    assert (small[: 64 // 8 - 1, :11] == 0).all()


def test_pixels_that_are_left_over_change_no_others() -> None:
    whole = scene(103, 67)
    assert np.array_equal(divided(whole, 4)[:-1, :-1], divided(whole[:64, :100], 4)[:-1, :-1])


def test_rows_may_lie_apart_and_what_is_returned_is_its_own() -> None:
    rows = np.zeros((16, 100, 3), np.uint8)
    part = rows[:, :33]
    for factor in (1, 2):
        small = divided(part, factor)
        small[:] = 9
        assert not rows.any()
