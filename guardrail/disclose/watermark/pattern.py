"""The tile that is repeated over a picture: which of its frequencies say what.

A tile is 128 x 128 pixels of middle frequencies: high ones don't survive being made half as large,
low ones are where pictures are loud. Half of them say where the tile begins, which a cut picture
no longer tells; the others say the message.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from guardrail.disclose.watermark import code

TILE = 128
"""Pixels, of a picture of at most `guardrail.disclose.watermark.spread.AREA`."""
_LOWEST, _HIGHEST = 6, 36
"""Periods in a tile."""

Tile = NDArray[np.float32]
Spectrum = NDArray[np.complex64]


@dataclass(frozen=True, slots=True)
class Layout:
    """A key's frequencies; each holds two signs, one in its real and one in its imaginary part."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    places: NDArray[np.intp]
    """Indices of the message's signs, of twice as many as there are frequencies."""
    scramble: NDArray[np.float32]
    """A sign for each of the message's."""
    anchor: Spectrum
    """Half a spectrum as rfft2 has it, of what tells where the tile begins."""


@lru_cache(maxsize=16)
def layout(key: bytes) -> Layout:
    """Return the frequencies of a key: the same on every machine and in every version."""
    rows, columns = _ring()
    count = 2 * len(rows)
    order = _random(key, b"order", count).argsort(kind="stable")
    signs = np.where(_random(key, b"signs", count) & np.uint64(1), 1, -1).astype(np.float32)
    size = code.LETTERS * code.LENGTH
    places, rest = order[:size], order[size:]
    anchor = np.zeros(count, np.float32)
    anchor[rest] = signs[rest]
    return Layout(rows, columns, places, signs[places], spectrum(anchor, rows, columns))


def tile(letters: bytes, key: bytes) -> Tile:
    """Return a tile that says `letters`, of variance 1."""
    own = layout(key)
    values = np.zeros(2 * len(own.rows), np.float32)
    values[own.places] = code.signs(letters).ravel() * own.scramble
    both = own.anchor + spectrum(values, own.rows, own.columns)
    found = np.fft.irfft2(both, (TILE, TILE)).astype(np.float32)
    return found / np.float32(found.std())


def spectrum(
    values: NDArray[np.float32], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> Spectrum:
    """Return half a spectrum that has `values` at its frequencies, real parts first."""
    found = np.zeros((TILE, TILE // 2 + 1), np.complex64)
    half = len(rows)
    found[rows, columns] = values[:half] + 1j * values[half:]
    return found


def _ring() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    down = np.fft.fftfreq(TILE, 1 / TILE)[:, None]
    across = np.arange(TILE // 2 + 1)[None, :]
    distance = np.hypot(down, across)
    # The first column is its own mirror image: its frequencies aren't free.
    rows, columns = np.nonzero((distance >= _LOWEST) & (distance <= _HIGHEST) & (across > 0))
    return rows, columns


def _random(key: bytes, purpose: bytes, count: int) -> NDArray[np.uint64]:
    found = hashlib.shake_256(b"guardrail watermark 1 " + purpose + b" " + key).digest(8 * count)
    return np.frombuffer(found, "<u8").astype(np.uint64)
