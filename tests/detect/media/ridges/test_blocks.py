from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from guardrail.detect.media.ridges.blocks import NARROW, WIDE, blocks_around, blocks_of
from guardrail.detect.media.ridges.hints import hints
from training.fingerprints.generate import seeded
from training.fingerprints.styles import optical


def stripes(period: float, angle: float, side: int = 128) -> NDArray[np.uint8]:
    down, across = np.mgrid[0:side, 0:side]
    wave = np.sin(2 * np.pi / period * (across * np.cos(angle) + down * np.sin(angle)))
    return np.asarray(128 + 90 * wave, np.uint8)


@pytest.mark.parametrize("period", [4.0, 6.0, 9.0, 14.0])
def test_the_frequency_of_stripes_is_told(period: float) -> None:
    blocks = blocks_of(stripes(period, 0.4))
    assert np.median(blocks.frequency) == pytest.approx(32 / period, rel=0.08)
    assert blocks.ridged.all()


def test_narrow_ridges_are_told_in_their_own_band() -> None:
    blocks = blocks_of(stripes(2.6, 0.4), band=NARROW)
    assert np.median(blocks.frequency) == pytest.approx(32 / 2.6, rel=0.05)
    assert not blocks_of(stripes(2.6, 0.4), band=WIDE).ridged.all()


@given(st.floats(0, np.pi))
def test_the_angle_of_every_stripe_is_told(angle: float) -> None:
    blocks = blocks_of(stripes(8.0, angle))
    alike = blocks.cos2 * np.cos(2 * angle) + blocks.sin2 * np.sin(2 * angle)
    assert alike.min() > 0.97
    assert blocks.direction.min() > 0.8


def test_a_single_line_is_no_narrow_ridge() -> None:
    page = np.full((96, 96), 250, np.uint8)
    page[48] = 60
    assert not blocks_of(page, band=NARROW).ridged.any()


def test_a_block_is_the_same_whatever_stands_beside_it() -> None:
    grey = optical(5, seeded("optical", 5))
    whole, part = blocks_of(grey), blocks_of(grey[32:96, 48:128])
    assert part.frequency == pytest.approx(whole.frequency[2:5, 3:7], abs=1e-3)
    assert np.array_equal(part.ridged, whole.within(2, 3, 3, 4).ridged)


def test_only_what_is_near_ridges_is_measured() -> None:
    page = np.full((800, 600), 250, np.uint8)
    page[300:420, 200:320] = stripes(4.0, 0.5, 120)
    blocks = blocks_around(page, hints(page), NARROW)
    assert blocks.ridged.any()
    rows, columns = np.nonzero(blocks.contrast)
    assert 16 < rows.min() * 16 + 32 <= 420
    assert columns.max() * 16 < 320
    empty = np.full((200, 200), 9, np.uint8)
    assert not blocks_around(empty, hints(empty)).contrast.any()


def test_ridges_are_followed_to_their_end_from_wherever_they_are_hinted_at() -> None:
    page = np.full((600, 700), 128, np.uint8)
    page[64:192, 32:640] = np.tile(stripes(6.0, 0.5), (1, 5))[:, :608]
    page[400:528, 500:628] = stripes(6.0, 0.5)
    whole = blocks_of(page)
    one = np.zeros((18, 21), bool)
    one[3, 2] = True
    blocks = blocks_around(page, one)
    assert np.array_equal(blocks.ridged[:16], whole.ridged[:16])
    assert not blocks.ridged[16:].any()


@given(
    st.integers(1, 130),
    st.integers(1, 130),
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(0, 2**32),
)
def test_every_block_that_is_measured_is_as_it_would_be_among_all(
    height: int, width: int, rows: int, columns: int, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    grey = chance.integers(0, 256, (height, width), dtype=np.uint8)
    whole = blocks_of(grey)
    part = blocks_around(grey, chance.random((rows, columns)) < 0.5)
    assert part.contrast.shape == whole.contrast.shape
    measured = part.contrast > 0
    assert part.frequency[measured] == pytest.approx(whole.frequency[measured], abs=1e-3)
    assert not part.ridged[~measured].any()


@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 2**32))
def test_every_size_and_content_is_measured(height: int, width: int, seed: int) -> None:
    grey = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    blocks = blocks_of(grey)
    assert np.isfinite(blocks.frequency).all()
    assert ((blocks.direction >= 0) & (blocks.direction <= 1.001)).all()
    assert ((blocks.share >= 0) & (blocks.share <= 1.001)).all()
