from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from guardrail.detect.media.ridges.blocks import blocks_of
from guardrail.detect.media.ridges.statistics import NAMES, ridge_statistics
from training.fingerprints.generate import seeded
from training.fingerprints.styles import optical


def stripes(period: float, angle: float, side: int = 128) -> NDArray[np.uint8]:
    down, across = np.mgrid[0:side, 0:side]
    wave = np.sin(2 * np.pi / period * (across * np.cos(angle) + down * np.sin(angle)))
    return np.asarray(128 + 90 * wave, np.uint8)


def named(grey: NDArray[np.uint8]) -> dict[str, float]:
    return dict(zip(NAMES, ridge_statistics(grey).tolist(), strict=True))


@pytest.mark.parametrize("period", [4.0, 6.0, 9.0, 14.0])
def test_the_frequency_of_stripes_is_told(period: float) -> None:
    blocks = blocks_of(stripes(period, 0.4))
    assert np.median(blocks.frequency) == pytest.approx(32 / period, rel=0.08)


@given(st.floats(0, np.pi))
def test_the_angle_of_every_stripe_is_told(angle: float) -> None:
    blocks = blocks_of(stripes(8.0, angle))
    alike = blocks.cos2 * np.cos(2 * angle) + blocks.sin2 * np.sin(2 * angle)
    assert alike.min() > 0.97
    assert blocks.direction.min() > 0.8


def test_stripes_run_one_way_and_a_finger_all_ways() -> None:
    finger = named(optical(3, seeded("optical", 3)))
    straight = named(stripes(8.0, 0.3, 256))
    assert straight["straightness"] > 0.95 > finger["straightness"]
    assert finger["entropy of orientations"] > straight["entropy of orientations"] + 0.3


def test_noise_has_hardly_a_ridged_block() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 200), dtype=np.uint8)
    assert named(noise)["ridged share"] < 0.05


def test_an_even_picture_has_no_statistics() -> None:
    assert not ridge_statistics(np.full((64, 64), 90, np.uint8)).any()


def test_dark_and_light_ridges_are_the_same() -> None:
    grey = optical(4, seeded("optical", 4))
    assert ridge_statistics(255 - grey) == pytest.approx(ridge_statistics(grey), abs=1e-3)


@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 2**32))
def test_every_size_has_finite_statistics(height: int, width: int, seed: int) -> None:
    grey = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    found = ridge_statistics(grey)
    assert found.shape == (len(NAMES),)
    assert np.isfinite(found).all()


def test_blocks_are_the_same_in_one_go_and_in_parts() -> None:
    grey = optical(5, seeded("optical", 5))
    whole = blocks_of(grey)
    part = blocks_of(grey[32:96, 48:128])
    assert part.frequency == pytest.approx(whole.frequency[2:5, 3:7], abs=1e-3)
