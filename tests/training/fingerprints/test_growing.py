from __future__ import annotations

import numpy as np
import pytest

from training.fingerprints.fields import KINDS, orientation
from training.fingerprints.growing import bent, gabor, grow, smooth


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_finger_grows_ridges(kind: str) -> None:
    rng = np.random.default_rng(1)
    ridges = grow(orientation(kind, (160, 128), rng), rng)
    assert ridges.shape == (160, 128)
    assert np.abs(ridges).mean() > 0.4
    assert bent(ridges, 3.0, rng).shape == (160, 128)


def test_a_filter_answers_its_own_direction_and_no_even_grey() -> None:
    across = np.arange(21)[None, :].repeat(21, 0)
    wave = np.cos((across - 10) * 2 * np.pi / 8)
    upright, flat = (np.abs((gabor(angle, 8.0) * wave).sum()) for angle in (np.pi / 2, 0.0))
    assert upright > 5 * flat
    assert abs(gabor(0.3, 8.0).sum()) < 1e-5


def test_smooth_noise_is_scaled() -> None:
    noise = smooth((100, 100), 20, np.random.default_rng(1))
    assert abs(noise.mean()) < 0.01
    assert noise.std() == pytest.approx(1, abs=0.01)
