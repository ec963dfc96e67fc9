"""Where a grey picture might be ridged, told from its slopes alone: a cheap look before a costly.

Ridges slope everywhere, and mostly one way. Most of a photograph is smooth, or slopes all ways, or
only along an outline. What is said here is where to begin: `blocks` measures on from there, along
whatever is ridged indeed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]

TILE = 32
"""Pixels of a tile's side: a block's."""
STEEP = 60.0
"""Mean square of slopes along the diagonals, summed: below it a tile is smooth."""
ONE_WAY = 0.25
"""How far slopes lie in one direction, 0 to 1: below it a tile is noise, or has many ways."""
EVEN = 0.3
"""How evenly slopes are spread over a tile, 0 to 1: below it they are an outline's."""
_ROWS = 4
"""Rows of tiles looked at together: what is computed stays in the processor's cache."""
_HALF = TILE // 2
_ONES = np.ones(_HALF, np.float32)


def hints(grey: Grey) -> Flags:
    """Return which tiles of a grey picture (height, width) might be ridged, (rows, columns).

    One pixel of four is looked at. What is left at the right and below isn't.
    """
    rows, columns = (n // TILE for n in grey.shape)
    found = np.zeros((rows, columns), bool)
    for first in range(0, rows, _ROWS):
        last = min(rows, first + _ROWS)
        found[first:last] = _hints(grey[first * TILE : last * TILE, : columns * TILE])
    return found


def _hints(strip: Grey) -> Flags:
    here, beside = strip[::2, ::2].astype(np.float32), strip[::2, 1::2].astype(np.float32)
    # Along both diagonals, of four pixels two each: noise says the same of neither.
    falling, rising = strip[1::2, 1::2] - here, strip[1::2, ::2] - beside
    both = falling * rising
    falling *= falling
    rising *= rising
    slopes = falling + rising
    falling -= rising
    steep = _means(slopes)
    slopes *= slopes
    least = np.float32(1e-3)
    one_way = np.hypot(_means(falling), 2 * _means(both)) / (steep + least)
    even = steep * steep / (_means(slopes) + least)
    return np.asarray((steep > STEEP) & (one_way > ONE_WAY) & (even > EVEN), bool)


def _means(values: Singles) -> Singles:
    """Return the mean of each tile, whose side is 16 of `values`."""
    rows, columns = (n // _HALF for n in values.shape)
    lines = (values.reshape(-1, _HALF) @ _ONES).reshape(rows, _HALF, columns)
    return np.asarray(lines.sum(1) / np.float32(_HALF * _HALF), np.float32)
