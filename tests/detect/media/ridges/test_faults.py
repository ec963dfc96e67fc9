from __future__ import annotations

import numpy as np

from guardrail.detect.media.ridges.faults import FAULTS, faults
from training.fingerprints.fields import orientation
from training.fingerprints.growing import grow


def test_a_finger_has_faults_where_stripes_have_none() -> None:
    across = np.arange(256)[None, :].repeat(256, 0)
    stripes = np.asarray(128 + 90 * np.sin(across * 2 * np.pi / 8), np.uint8)
    rng = np.random.default_rng(1)
    ridges = grow(orientation("whorl", (256, 256), rng), rng)
    finger = np.asarray(128 + 90 * ridges, np.uint8)
    assert (faults(finger, 8.0) > faults(stripes, 8.0)).all()


def test_an_even_picture_is_measured_too() -> None:
    found = faults(np.zeros((80, 80), np.uint8), 8.0)
    assert found.shape == (len(FAULTS),)
    assert np.isfinite(found).all()
