"""A picture like a photo: clouds of all sizes, edges, and a flat part."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def photo(height: int, width: int, seed: int = 1) -> Pixels:
    rng = np.random.default_rng(seed)
    waves = np.fft.rfft2(rng.normal(size=(height, width)))
    far = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :])
    clouds = np.fft.irfft2(waves / np.maximum(far, 1 / max(height, width)) ** 1.3, (height, width))
    grey = 128 + 45 * (clouds - clouds.mean()) / clouds.std()
    grey[: height // 5] = 210
    for _ in range(8):
        top, left = int(rng.integers(height)), int(rng.integers(width))
        grey[top : top + height // 6, left : left + width // 8] += float(rng.normal(0, 40))
    colours = grey[:, :, None] * np.array([0.9, 1.0, 1.05])
    shades = np.clip(colours + rng.normal(0, 2, (height, width, 1)), 0, 255)
    return np.asarray(shades, np.uint8)


@pytest.fixture(scope="session")
def picture() -> Pixels:
    return photo(400, 448)


@pytest.fixture(scope="session")
def large() -> Pixels:
    return photo(1_200, 1_500)
