from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.ridges.hints import hints
from guardrail.testing.pictures import scene
from training.fingerprints.generate import FAMILIES, STYLES, STYLES_HELD_OUT, seeded


@pytest.mark.parametrize("style", sorted({**STYLES, **STYLES_HELD_OUT}))
def test_a_finger_of_every_style_is_hinted_at(style: str) -> None:
    made = {**STYLES, **STYLES_HELD_OUT}[style]
    assert hints(made(9100, seeded(style, 9100))).sum() >= 4


def test_hints_lie_where_the_ridges_lie() -> None:
    down, across = np.mgrid[0:96, 0:96]
    page = np.full((320, 320), 200, np.uint8)
    page[64:160, 128:224] = 128 + 90 * np.sin((across + 0.5 * down) * 2 * np.pi / 7)
    expected = np.zeros((10, 10), bool)
    expected[2:5, 4:7] = True
    assert np.array_equal(hints(page), expected)


def test_noise_is_no_hint() -> None:
    assert not hints(np.random.default_rng(1).integers(0, 256, (640, 640), dtype=np.uint8)).any()


def test_text_slopes_along_its_outlines_only() -> None:
    assert hints(FAMILIES["text"](seeded("text", 9100), 640)).mean() < 0.2


def test_a_landscape_is_hardly_hinted_at() -> None:
    assert hints(np.ascontiguousarray(scene(1200, 900)[:, :, 1])).mean() < 0.05


@given(st.integers(1, 200), st.integers(1, 200), st.integers(0, 2**32))
def test_every_size_has_as_many_tiles_as_fit(height: int, width: int, seed: int) -> None:
    grey = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    assert hints(grey).shape == (height // 32, width // 32)
