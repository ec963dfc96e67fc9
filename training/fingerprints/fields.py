"""Orientation fields of made-up fingers: which way the ridges run at each point.

After Sherlock and Monro (1993) and SFinGe (Cappelli, Maio and Maltoni 2004): a loop turns the
ridges by half a turn around itself, a delta the other way; an arch has neither.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Point = tuple[float, float]
"""Across and down, in parts of the width and the height."""

KINDS = ("arch", "loop", "whorl", "double loop")


def orientation(kind: str, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Return the ridges' angle in radians at each pixel (height, width), for a kind of finger."""
    height, width = shape
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    across, down = across / width, down / height
    if kind == "arch":
        return _arch(across, down, rng)
    loops, deltas = _singular(kind, rng)
    angle = np.zeros(shape, np.float32)
    aspect = height / width
    for sign, points in ((0.5, loops), (-0.5, deltas)):
        for x, y in points:
            angle += np.float32(sign) * np.arctan2((down - y) * aspect, across - x)
    turned = np.float32(rng.uniform(-0.15, 0.15))
    if len(loops) != len(deltas):
        turned += np.float32(np.pi / 2)
    return (angle + turned).astype(np.float32)


def _arch(across: Floats, down: Floats, rng: np.random.Generator) -> Floats:
    steep, fall = rng.uniform(0.8, 2.6), rng.uniform(0.7, 1.1)
    rise = np.maximum(0.0, steep * (1.0 - np.abs(down - 0.45) / fall))
    lean = rng.uniform(-0.1, 0.1)
    return np.asarray(np.arctan(rise * -np.cos((across + lean) * np.pi)), np.float32)


def _singular(kind: str, rng: np.random.Generator) -> tuple[list[Point], list[Point]]:
    """Return where the loops and the deltas are; a delta may lie outside of the picture."""

    def near(x: float, y: float, by: float = 0.06) -> Point:
        return (x + rng.uniform(-by, by), y + rng.uniform(-by, by))

    side = rng.choice([-1, 1])
    if kind == "loop":
        return [near(0.5, 0.42)], [near(0.5 + side * 0.32, 0.85)]
    gap = rng.uniform(0.03, 0.1) if kind == "whorl" else rng.uniform(0.12, 0.2)
    across = 0.0 if kind == "whorl" else side * gap * 0.8
    middle = near(0.5, 0.45, 0.04)
    loops = [(middle[0] - across, middle[1] - gap), (middle[0] + across, middle[1] + gap)]
    return loops, [near(0.12, 0.85), near(0.88, 0.85)]
