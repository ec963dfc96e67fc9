"""Pictures whose sides are divided by a whole number: each pixel is the mean of some."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.pictures.opencv import cv2

Pixels = NDArray[np.uint8]
"""Rows x columns x samples, or rows x columns."""


def divided(pixels: Pixels, factor: int) -> Pixels:
    """Return a picture with its sides divided by `factor`, rounded down, in memory of its own.

    Where a side isn't a multiple of the factor, the last pixels stand for the rest besides. To
    stretch them all a little, as OpenCV would, takes ten times as long.

    Args:
        pixels: rows may lie apart in memory.
        factor: 1 or more; a shorter side becomes one pixel.
    """
    if factor == 1:
        return np.array(pixels)
    rows, columns = pixels.shape[:2]
    high, wide = max(1, rows // factor), max(1, columns // factor)
    if min(rows, columns) < factor or not (rows % factor or columns % factor):
        return _averaged(pixels, high, wide)
    small = _averaged(pixels[: high * factor, : wide * factor], high, wide)
    if columns % factor:
        small[:, -1:] = _averaged(pixels[: high * factor, (wide - 1) * factor :], high, 1)
    if rows % factor:
        small[-1:] = _averaged(pixels[(high - 1) * factor :], 1, wide)
    return small


def _averaged(pixels: Pixels, high: int, wide: int) -> Pixels:
    small = np.asarray(cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)
    return small.reshape(high, wide, *pixels.shape[2:])  # OpenCV drops an axis of one sample
