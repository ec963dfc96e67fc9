"""Faults in a pattern of ridges: where one forks or ends, the wave that the ridges make dies away.

A finger has some tens of them. Waves, rings, gratings and cloth have nearly none; mazes have many.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

FAULTS = ("faulty share, log", "strength, relative deviation", "faulty spots a square, log")
FAINT = 0.35
"""A wave is faulty where its strength is below this part of what is usual around."""


def faults(part: Grey, period: float) -> Floats:
    """Return the statistics that `FAULTS` names, of ridges (height, width) a period apart."""
    wave = _wave(part, period)
    strength = _strength(wave, period)
    around = cv2.blur(strength, (41, 41)) + np.float32(1e-3)
    ridged = around > 0.5 * np.quantile(around, 0.8)
    relative = strength / around
    faulty = (relative < FAINT) & ridged
    count, _ = cv2.connectedComponents(faulty.astype(np.uint8))
    squares = ridged.sum() / (4 * period) ** 2 + 1e-9
    values = relative[ridged]
    share = faulty.sum() / max(1, ridged.sum())
    return np.array([np.log10(share + 1e-3), values.std(), np.log10((count - 1) / squares + 1e-2)])


def _wave(part: Grey, period: float) -> NDArray[np.float32]:
    """Return only what repeats about once a period."""
    grey = part.astype(np.float32)
    inner = cv2.GaussianBlur(grey, (0, 0), period * 0.2)
    return np.asarray(inner - cv2.GaussianBlur(grey, (0, 0), period * 0.45), np.float32)


def _strength(wave: NDArray[np.float32], period: float) -> NDArray[np.float32]:
    """Return the strength of a wave, wherever in its period: its height and its slope together."""
    across = cv2.Scharr(wave, cv2.CV_32F, 1, 0, scale=1 / 32)
    down = cv2.Scharr(wave, cv2.CV_32F, 0, 1, scale=1 / 32)
    slope = np.float32((period / (2 * np.pi)) ** 2)
    return np.sqrt(wave * wave + slope * (across * across + down * down))
