from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.ridges.irises import Irises
from guardrail.facts import Category, Tier
from training.fingerprints.eyes import ROUND, eye


def test_most_made_up_eyes_are_suspect_and_never_certain() -> None:
    found = [Irises().find(eye(np.random.default_rng(seed))) for seed in range(20)]
    assert sum(map(bool, found)) >= 14
    for (seen,) in filter(None, found):
        assert (seen.entity, seen.category) == ("IRIS", Category.BIOMETRIC)
        assert seen.tier is Tier.SUSPECT


def test_the_box_is_around_the_iris_in_pixels_of_the_full_picture() -> None:
    grey = eye(np.random.default_rng(1))
    (once,), (twice,) = Irises().find(grey), Irises().find(grey, scale=2.0)
    assert once.box is not None
    assert twice.box is not None
    assert once.box[2] == once.box[3]
    assert twice.box == pytest.approx([2 * n for n in once.box], abs=2)


@pytest.mark.parametrize("kind", sorted(ROUND))
def test_round_things_are_hardly_ever_eyes(kind: str) -> None:
    found = [Irises().find(ROUND[kind](np.random.default_rng(seed))) for seed in range(20, 40)]
    assert sum(map(bool, found)) <= 1


@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 2**32))
def test_every_noise_is_no_eye(height: int, width: int, seed: int) -> None:
    grey = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    assert Irises().find(grey) == ()


def test_a_coloured_picture_is_refused() -> None:
    with pytest.raises(Uninspectable, match="not_a_grey_picture"):
        Irises().find(np.zeros((100, 100, 3), np.uint8))
