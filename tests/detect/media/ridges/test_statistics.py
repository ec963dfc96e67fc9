from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from guardrail.detect.media.ridges.statistics import NAMES, ridge_statistics
from training.fingerprints.generate import seeded
from training.fingerprints.styles import optical


def named(grey: NDArray[np.uint8]) -> dict[str, float]:
    return dict(zip(NAMES, ridge_statistics(grey).tolist(), strict=True))


def rings(side: int = 256) -> NDArray[np.uint8]:
    down, across = np.mgrid[0:side, 0:side] - side / 2
    return np.asarray(128 + 90 * np.sin(np.hypot(down, across) * 2 * np.pi / 8), np.uint8)


def test_stripes_run_one_way_and_a_finger_all_ways() -> None:
    finger = named(optical(3, seeded("optical", 3)))
    across = np.arange(256)[None, :].repeat(256, 0)
    straight = named(np.asarray(128 + 90 * np.sin(across * 2 * np.pi / 8), np.uint8))
    assert straight["straightness"] > 0.95 > finger["straightness"]
    assert finger["entropy of orientations"] > straight["entropy of orientations"] + 0.3


def test_rings_are_more_even_than_a_finger() -> None:
    finger, drawn = named(optical(3, seeded("optical", 3))), named(rings())
    for name in (
        "unevenness of turning, median, log",
        "change of frequency between neighbours, median, log",
    ):
        assert drawn[name] < finger[name]


def test_noise_has_hardly_a_ridged_block() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (200, 200), dtype=np.uint8)
    assert named(noise)["ridged share"] < 0.05


def test_an_even_picture_has_no_statistics() -> None:
    assert not ridge_statistics(np.full((64, 64), 90, np.uint8)).any()


def test_dark_and_light_ridges_are_the_same() -> None:
    grey = optical(4, seeded("optical", 4))
    assert ridge_statistics(255 - grey) == pytest.approx(ridge_statistics(grey), abs=1e-3)


@given(st.integers(1, 130), st.integers(1, 130), st.integers(0, 2**32))
def test_every_picture_has_finite_statistics(height: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    grey = rings(130)[:height, :width] ^ rng.integers(0, 64, (height, width), dtype=np.uint8)
    found = ridge_statistics(grey)
    assert found.shape == (len(NAMES),)
    assert np.isfinite(found).all()
