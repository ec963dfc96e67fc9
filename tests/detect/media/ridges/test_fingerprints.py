from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.ridges.fingerprints import Fingerprints, shipped, weights_of
from guardrail.detect.media.ridges.regions import FEATURES
from guardrail.facts import Category, Tier
from training.fingerprints.generate import FAMILIES, STYLES, STYLES_HELD_OUT, seeded


@pytest.mark.parametrize("style", sorted({**STYLES, **STYLES_HELD_OUT}))
def test_most_fingers_are_found_in_every_style(style: str) -> None:
    made = {**STYLES, **STYLES_HELD_OUT}[style]
    found = [Fingerprints().find(made(9000 + i, seeded(style, 9000 + i))) for i in range(3)]
    assert sum(map(bool, found)) >= 2
    for seen in (one for prints in found for one in prints):
        assert (seen.entity, seen.category) == ("FINGERPRINT", Category.BIOMETRIC)
        assert seen.tier in {Tier.SUSPECT, Tier.CERTAIN}
        assert shipped().suspect <= seen.score <= 1


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_textures_are_hardly_ever_prints(family: str) -> None:
    found = [Fingerprints().find(FAMILIES[family](seeded(family, 9000 + i), 400)) for i in range(3)]
    assert not any(found)


def test_boxes_are_in_pixels_of_the_full_picture_and_the_surest_is_first() -> None:
    grey = STYLES["card"](9001, seeded("card", 9001))
    once, twice = Fingerprints().find(grey), Fingerprints().find(grey, scale=2.0)
    assert once
    assert [s.score for s in once] == sorted((s.score for s in once), reverse=True)
    for one, two in zip(once, twice, strict=True):
        assert one.box is not None
        assert two.box is not None
        assert two.box == pytest.approx([2 * n for n in one.box], abs=3)
        assert one.box[0] + one.box[2] <= grey.shape[1] + 2
        assert one.box[1] + one.box[3] <= grey.shape[0] + 2


def test_dark_and_light_ridges_are_found_alike() -> None:
    grey = STYLES["optical"](9002, seeded("optical", 9002))
    first, second = (Fingerprints().score(one) for one in (grey, np.asarray(255 - grey, np.uint8)))
    assert first == pytest.approx(second, abs=0.05)


@pytest.mark.parametrize(
    "grey",
    [
        np.zeros((50, 50, 3), np.uint8),
        np.zeros((50, 50), np.uint16),
        np.zeros((0, 50), np.uint8),
    ],
)
def test_what_isnt_a_grey_picture_is_refused(grey: np.ndarray) -> None:
    for look in (Fingerprints().find, Fingerprints().score):
        with pytest.raises(Uninspectable, match="not_a_grey_picture"):
            look(grey)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 2**32))
def test_every_noise_is_no_print(height: int, width: int, seed: int) -> None:
    grey = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    assert Fingerprints().find(grey) == ()


def test_long_and_thin_pictures_are_looked_at_too() -> None:
    wave = np.sin(np.arange(6000) * 2 * np.pi / 8)
    grey = np.asarray(128 + 90 * wave[None, :].repeat(40, 0), np.uint8)
    assert Fingerprints().find(grey) == ()


def test_weights_for_other_statistics_are_refused() -> None:
    with pytest.raises(ValueError, match="train them again"):
        weights_of({"features": list(FEATURES[1:])})
