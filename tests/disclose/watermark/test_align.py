from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from guardrail.disclose.watermark.align import (
    activity,
    anchored,
    flattened,
    folded,
    periods,
    resized,
)
from guardrail.disclose.watermark.pattern import TILE, layout, tile

KEY = b"a key of 16 byte"
Pixels = NDArray[np.uint8]


def repeated(height: int, width: int) -> NDArray[np.float32]:
    made = np.tile(tile(bytes(8), KEY), (height // TILE + 1, width // TILE + 1))
    return made[:height, :width].astype(np.float32)


@pytest.mark.parametrize("scale", [0.5, 0.77, 1.0, 1.3])
def test_a_period_is_found_under_a_picture(scale: float, picture: Pixels) -> None:
    plane = picture[:, :, 1].astype(np.float32)
    height, width = plane.shape
    both = plane + 3 * repeated(height, width)
    small = resized(both, round(height * scale), round(width * scale))
    found = periods(flattened(small), 3)
    down, across = small.shape[0] / height * TILE, small.shape[1] / width * TILE
    # A quarter of a pixel over three tiles: letters are read through more.
    assert any(abs(a - down) < 0.25 and abs(b - across) < 0.25 for a, b in found)


def test_a_small_plane_has_no_period() -> None:
    assert periods(np.zeros((40, 40), np.float32), 3) == []


@pytest.mark.parametrize(("down", "across"), [(0, 0), (17, 5), (127, 64)])
def test_a_tile_is_moved_to_its_beginning(down: int, across: int) -> None:
    own = layout(KEY)
    moved = np.roll(tile(bytes(8), KEY), (down, across), axis=(0, 1))
    spectrum, strength = anchored(moved, own.anchor)
    assert strength > 20
    likeness = spectrum * own.anchor.conj()
    assert likeness.real.sum() > 0.9 * np.abs(likeness).sum() * 0.7


def test_noise_has_no_beginning() -> None:
    noise = np.random.default_rng(1).normal(size=(TILE, TILE)).astype(np.float32)
    assert anchored(noise, layout(KEY).anchor)[1] < 5.5


def test_tiles_are_laid_upon_each_other() -> None:
    plane = repeated(3 * TILE, 2 * TILE)
    assert np.allclose(folded(plane), plane[:TILE, :TILE], atol=1e-5)
    assert folded(plane[:200, :130]).shape == (TILE, TILE)


def test_busy_and_quiet_parts_become_alike() -> None:
    noise = np.random.default_rng(1).normal(size=(256, 256)).astype(np.float32)
    noise[:, 128:] *= 20
    _, busy = activity(noise)
    assert busy[:, 160:].mean() > 10 * busy[:, :100].mean()
    flat = flattened(noise)
    assert flat[:, 160:].std() < 3 * flat[:, :100].std()
    assert np.abs(flat).max() <= 2.5
