from __future__ import annotations

import numpy as np

from guardrail.detect.media.ridges.faults import FAULTS, faults
from training.fingerprints.fields import orientation
from training.fingerprints.growing import grow
from training.fingerprints.textures import labyrinth


def test_a_finger_has_faults_where_stripes_have_none_and_a_maze_has_more() -> None:
    across = np.arange(256)[None, :].repeat(256, 0)
    stripes = (128 + 90 * np.sin(across * 2 * np.pi / 8)).astype(np.uint8)
    rng = np.random.default_rng(1)
    ridges = grow(orientation("whorl", (256, 256), rng), rng)
    finger = (128 + 90 * ridges).astype(np.uint8)
    maze = labyrinth(np.random.default_rng(5), 256)
    shares = [faults(one, 8.0)[0] for one in (stripes, finger, maze)]
    assert shares[0] < 0.002 < shares[1]
    assert shares[1] < shares[2]


def test_an_even_picture_is_measured_too() -> None:
    found = faults(np.zeros((80, 80), np.uint8), 8.0)
    assert found.shape == (len(FAULTS),)
    assert np.isfinite(found).all()
