"""The frequencies of a grey picture's blocks: how strong, at which width, in which direction.

A picture is cut into blocks of 32 by 32 pixels and each block into its frequencies, in one go for
some hundred blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Singles = NDArray[np.float32]
Flags = NDArray[np.bool_]

BLOCK = 32
STRIDE = 16
SLOW = 1.2
"""Cycles a block below which it is shading, which counts for nothing."""
AT_ONCE = 512
"""Blocks that are transformed together: 6 MB of memory."""
FAINTEST = 2.0
"""Deviation in grey levels below which a block is empty."""
_AROUND = np.ones((3, 3), np.uint8)
"""What is measured around a ridged block: those that it overlaps most."""
_edge = np.hanning(BLOCK + 2)[1:-1]
_WINDOW = np.outer(_edge, _edge).astype(np.float32)


class Band:
    """A range of ridge widths, with the tables that measure what lies in it."""

    def __init__(self, lowest: float, highest: float, spread: float) -> None:
        """Take the range, in cycles a block, and the largest relative spread of ridges in it."""
        self.spread = spread
        reach = int(np.ceil(highest))
        down, across = np.arange(-reach, reach + 1), np.arange(reach + 1)
        far = np.hypot(down[:, None], across[None, :])
        twice = 2 * np.arctan2(down[:, None], across[None, :] + 0 * down[:, None])
        counts = np.where(across[None, :] == 0, 1.0, 2.0)
        band = counts * ((far >= lowest) & (far <= highest))
        under = counts * ((far >= SLOW) & (far < lowest))
        ways = (band * np.cos(twice), band * np.sin(twice))
        columns = (band, counts * (far < SLOW), under, *ways, band * far, band * far**2)
        self.half = reach + 1
        self.across = _turns(across).T.copy()
        self.down = _turns(down)
        self.measures = np.stack([c.ravel() for c in columns], 1).astype(np.float32)
        """(frequencies, 7): how much each frequency says to each measure."""
        self.inside = (band.ravel() > 0).astype(np.float32)
        rings = np.round(far).astype(np.int64).ravel()
        self.rings = 2 * np.eye(rings.max() + 2, dtype=np.float32)[rings]
        """(frequencies, rings): which ring of whole cycles each frequency is in."""

    def power(self, windowed: Singles) -> Singles:
        """Return the power of blocks (n, 32, 32) at each frequency of a half plane, (n, f).

        Two products of matrices: only a part of the frequencies is wanted, so this takes a
        quarter of the time of a fast Fourier transform.
        """
        half, size = self.half, len(self.down) // 2
        rows = (windowed.reshape(-1, BLOCK) @ self.across).reshape(-1, BLOCK, 2 * half)
        both = np.matmul(self.down, rows)
        real = both[:, :size, :half] - both[:, size:, half:]
        imaginary = both[:, :size, half:] + both[:, size:, :half]
        out: Singles = (real * real + imaginary * imaginary).reshape(len(windowed), -1)
        return out


def _turns(frequencies: NDArray[np.int64]) -> Singles:
    """Return (2 frequencies, 32), real above imaginary: what takes pixels to their frequencies."""
    turns = np.exp(-2j * np.pi / BLOCK * np.outer(frequencies, np.arange(BLOCK)))
    return np.concatenate([turns.real, turns.imag]).astype(np.float32)


WIDE = Band(1.8, 11.0, 0.42)
"""Ridges 18 to 3 pixels apart."""
NARROW = Band(4.0, 14.0, 0.25)
"""Ridges 8 to 2.3 pixels apart: small prints on large pages. A single line spreads further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """What each block of a picture is like; every array is (rows, columns)."""

    contrast: Singles
    """Deviation in grey levels."""
    direction: Singles
    """How far the power of the band lies in one direction, 0 to 1."""
    share: Singles
    """The band's part of all power but the slow shading, 0 to 1."""
    frequency: Singles
    """Mean cycles a block in the band."""
    spread: Singles
    """Deviation of the cycles a block."""
    purity: Singles
    """Part of the band's power at its strongest frequency and beside it."""
    fine: Singles
    """Part of all power that is above the band."""
    harmonic: Singles
    """Part of the power near twice the main frequency."""
    cos2: Singles
    sin2: Singles
    """The doubled angle at which ridges are crossed, as a unit vector."""
    ridged: Flags
    """Whether a block is like skin ridges by itself."""

    def within(self, top: int, left: int, rows: int, columns: int) -> Blocks:
        """Return a part of the blocks."""
        part = np.s_[top : top + rows, left : left + columns]
        return Blocks(**{name: getattr(self, name)[part] for name in self.__dataclass_fields__})


def blocks_of(grey: Grey, stride: int = STRIDE, band: Band = WIDE) -> Blocks:
    """Return the blocks of a grey picture (height, width); a smaller one is extended."""
    windows = _windows(grey, stride)
    rows, columns = windows.shape[:2]
    table = np.zeros((rows * columns, 10), np.float32)
    _measure(table, windows, np.arange(rows * columns), band)
    return _blocks(table.reshape(rows, columns, 10), band)


def blocks_around(grey: Grey, starts: Flags, band: Band = WIDE) -> Blocks:
    """Return the blocks of a picture, but only those around `starts`, and on along ridges.

    `starts` are blocks side by side, (rows, columns), as of `hints`. Around those that are ridged
    the others are measured, and around whatever is ridged then, until nothing more is. Blocks that
    weren't measured are all 0. So a cluster of ridged blocks is measured as a whole or not at all,
    and no block twice.
    """
    windows = _windows(grey, STRIDE)
    rows, columns = windows.shape[:2]
    table = np.zeros((rows * columns, 10), np.float32)
    left = np.ones((rows, columns), bool)
    due = np.zeros((rows, columns), bool)
    high, wide = (min(n, (m + 1) // 2) for n, m in zip(starts.shape, due.shape, strict=True))
    due[: 2 * high : 2, : 2 * wide : 2] = starts[:high, :wide]
    while due.any():
        wanted = np.flatnonzero(due)
        _measure(table, windows, wanted, band)
        left &= ~due
        found = np.zeros(rows * columns, np.uint8)
        found[wanted] = _ridged(table[wanted], band)
        due = (cv2.dilate(found.reshape(rows, columns), _AROUND) > 0) & left
    return _blocks(table.reshape(rows, columns, 10), band)


def _windows(grey: Grey, stride: int) -> Grey:
    missing = [max(0, BLOCK - n) for n in grey.shape]
    if any(missing):
        grey = np.pad(grey, [(0, n) for n in missing], mode="edge")
    return sliding_window_view(grey, (BLOCK, BLOCK))[::stride, ::stride]


def _measure(table: Singles, windows: Grey, wanted: NDArray[np.int64], band: Band) -> None:
    """Fill in the rows of a table of blocks that are wanted."""
    columns = windows.shape[1]
    for first in range(0, len(wanted), AT_ONCE):
        some = wanted[first : first + AT_ONCE]
        table[some] = _measured(windows[some // columns, some % columns], band)


def _blocks(table: Singles, band: Band) -> Blocks:
    """Return a table (rows, columns, 10) as blocks."""
    ridged = _ridged(table, band)
    contrast, direction, share, frequency, spread, *others = np.moveaxis(table, 2, 0)
    return Blocks(
        contrast=contrast,
        direction=direction,
        share=share,
        frequency=frequency,
        spread=spread,
        purity=others[0],
        fine=others[1],
        harmonic=others[2],
        cos2=others[3],
        sin2=others[4],
        ridged=ridged,
    )


def _ridged(table: Singles, band: Band) -> Flags:
    """Tell which blocks are like skin ridges by themselves."""
    contrast, direction, share, frequency, spread = np.moveaxis(table[..., :5], -1, 0)
    clear = (contrast > FAINTEST) & (direction > 0.5) & (share > 0.55)
    return np.asarray(clear & (spread < band.spread * frequency), bool)


def _measured(part: Grey, at: Band) -> Singles:
    """Return what is measured of blocks (n, 32, 32), as (n, 10) in the order of `Blocks`."""
    grey = part.astype(np.float32)
    size = np.float32(BLOCK * BLOCK)
    grey -= (grey.reshape(-1, BLOCK * BLOCK) @ np.full(BLOCK * BLOCK, 1 / size))[:, None, None]
    contrast = np.sqrt(np.einsum("nij,nij->n", grey, grey) / size)
    out = np.zeros((len(part), 10), np.float32)
    out[:, 0] = contrast
    full = np.flatnonzero(contrast > FAINTEST)
    if not full.size:
        return out
    windowed = grey[full] * _WINDOW
    power = at.power(windowed)
    band, slow, under, cos2, sin2, first, second = (power @ at.measures).T
    band = band + np.float32(1e-3)
    every = np.einsum("nij,nij->n", windowed, windowed) * size - slow
    every = np.maximum(every, band)
    length = np.hypot(cos2, sin2) + np.float32(1e-6)
    frequency = first / band
    out[full, 1:] = np.stack(
        [
            length / band,
            band / every,
            frequency,
            np.sqrt(np.maximum(0, second / band - frequency**2)),
            2 * (power * at.inside).max(1) / band,
            np.maximum(0, 1 - (band + under) / every),
            _at_twice(power @ at.rings, frequency) / every,
            cos2 / length,
            sin2 / length,
        ],
        1,
    )
    return out


def _at_twice(rings: Singles, frequency: Singles) -> Singles:
    """Return the power within one ring of twice the frequency."""
    middle = np.clip(np.round(2 * frequency), 1, rings.shape[1] - 2).astype(np.int64)
    near = np.arange(len(rings))
    out: Singles = rings[near, middle - 1] + rings[near, middle] + rings[near, middle + 1]
    return out
