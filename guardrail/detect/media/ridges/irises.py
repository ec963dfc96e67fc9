"""Close-ups of an eye, as iris readers take them: experimental, suspect at most, off unless asked.

A pupil is dark, even, nearly round and away from the edge; around it lies a ring of a middle grey
with some texture; left and right of that the white of the eye is lighter. Lids cover it above or
below: that, and no roundness, is what tells an eye from a coin, a wheel, a clock or a letter O.
There is no freely licensed collection of iris pictures to measure on (docs/fingerprint-model.md),
so nothing is claimed of how many are found. Ask only where no face was found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.facts import Category, Seen, Tier

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]

LONG = 256
"""Pixels of the copy's long side in which eyes are looked for."""
RAYS = 64
SMALLEST, LARGEST = 0.035, 0.16
"""Radius of the pupil, in parts of the copy's shorter side."""
DARKS = (0.2, 0.35, 0.5)
"""How far from the darkest grey to the median one the dark ones go, one after the other."""
LIGHTEST = 110
"""Grey level that is never dark."""
REACH = 5.0
"""How far rays go, in radii of the pupil."""
SCORE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """A dark, even, nearly round spot: its middle and radius in pixels of the copy."""

    x: float
    y: float
    radius: float


class Irises:
    """Finds close-ups of an eye in grey pictures."""

    def find(self, grey: Grey, *, scale: float = 1.0) -> tuple[Seen, ...]:
        """Return the eye that a grey picture (height, width) is a close-up of, or nothing.

        `scale` is how many pixels of the full picture one of `grey` stands for.

        Raises:
            Uninspectable: it isn't a grey picture.
        """
        if grey.ndim != 2 or grey.dtype != np.uint8 or not grey.size:
            raise Uninspectable("not_a_grey_picture")
        factor = LONG / max(grey.shape)
        if min(grey.shape) < 96:
            return ()
        size = (round(grey.shape[1] * factor), round(grey.shape[0] * factor))
        if min(size) < LONG // 3:
            return ()
        copy = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
        for pupil in pupils(copy):
            reach = iris_radius(copy, pupil)
            if reach:
                return (_seen(pupil, reach, size, scale / factor),)
        return ()


def pupils(copy: Grey) -> Iterator[Pupil]:
    """Yield dark, nearly round spots in the middle part of a picture."""
    soft = cv2.medianBlur(copy, 5)
    darkest, median = (float(n) for n in np.quantile(soft, (0.001, 0.5)))
    for share in DARKS:
        level = min(LIGHTEST, darkest + share * (median - darkest))
        dark = cv2.morphologyEx((soft <= level).astype(np.uint8), cv2.MORPH_OPEN, _disc(5))
        count, labels, table, middles = cv2.connectedComponentsWithStats(dark)
        for i in range(1, min(count, 40)):
            pupil = _round(labels == i, table[i], middles[i], copy.shape)
            if pupil:
                yield pupil


def _disc(size: int) -> Grey:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def _round(
    spot: NDArray[np.bool_], row: NDArray[np.int32], middle: Floats, shape: tuple[int, ...]
) -> Pupil | None:
    """Return a spot as a pupil, if it is round, of a fitting size and near the middle."""
    left, top, wide, high, _ = (int(n) for n in row)
    radius, short = (wide + high) / 4, min(shape)
    if not SMALLEST * short < radius < LARGEST * short or not 0.8 < wide / high < 1.25:
        return None
    x, y = float(middle[0]), float(middle[1])
    if not (0.2 < x / shape[1] < 0.8 and 0.2 < y / shape[0] < 0.8):
        return None
    part = spot[top : top + high, left : left + wide].astype(np.uint8)
    outline = cv2.convexHull(cv2.findNonZero(part))
    full = (cv2.contourArea(outline) + cv2.arcLength(outline, closed=True) / 2) / (
        np.pi / 4 * wide * high
    )
    covered = part.sum() / (np.pi / 4 * wide * high)
    return Pupil(x=x, y=y, radius=radius) if 0.94 < full < 1.1 and covered > 0.7 else None


def iris_radius(copy: Grey, pupil: Pupil) -> float | None:
    """Return the radius of the iris around a pupil, in pixels; None where it isn't an eye."""
    rays = _rays(copy, pupil)
    angles = np.linspace(0, 2 * np.pi, RAYS, endpoint=False)
    across = np.abs(np.cos(angles)) > 0.8
    step = REACH / rays.shape[1]
    at = [round(n / step) for n in (0.75, 1.3, 1.7)]
    inner, ring = rays[:, : at[0]], rays[:, at[1] : at[2]]
    dark, bright = float(np.median(inner)), float(np.median(ring[across]))
    around = np.median(ring[across], 1)
    if bright - dark < 25 or around.std() > 0.3 * (bright - dark):
        return None
    profile = np.median(rays[across], 0)
    rise = profile[at[2] + 6 :] - profile[at[2] : -6]
    edge = int(np.argmax(rise))
    where = at[2] + edge + 3
    if rise[edge] < 18 or where + 8 > rays.shape[1]:
        return None
    if np.abs(profile[at[1] : where - 4] - bright).max() > 0.3 * (bright - dark):
        return None
    both = [float(np.median(rays[side, where + 3 : where + 9])) for side in _sides(angles)]
    if min(both) - bright < 15 or not _lidded(rays, angles, where, bright):
        return None
    grain = float(np.abs(np.diff(ring[across], axis=1)).mean())
    return where * step * pupil.radius if 0.6 < grain < 12 else None


def _sides(angles: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    return np.cos(angles) > 0.8, np.cos(angles) < -0.8


def _lidded(rays: Floats, angles: Floats, where: int, bright: float) -> bool:
    """Tell whether the white beside an iris is missing above it or below: a lid hides it."""
    white = float(np.median(rays[np.abs(np.cos(angles)) > 0.8, where + 3 : where + 9]))
    ends = []
    for up in (-1, 1):
        sector = rays[up * np.sin(angles) > 0.9, where - 4 : where + 9]
        ends.append(float(np.median(np.abs(np.median(sector, 0)[-6:] - white))))
    return max(ends) > 0.25 * (white - bright)


def _rays(copy: Grey, pupil: Pupil) -> Floats:
    """Return the greys along rays from a pupil's middle, (rays, steps), to `REACH` radii."""
    steps = max(40, round(pupil.radius * REACH))
    far = (np.arange(steps) + 0.5) / steps * REACH * pupil.radius
    angles = np.linspace(0, 2 * np.pi, RAYS, endpoint=False)
    across = (pupil.x + np.cos(angles)[:, None] * far).astype(np.float32)
    down = (pupil.y + np.sin(angles)[:, None] * far).astype(np.float32)
    taken = cv2.remap(copy, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(taken, np.float64)


def _seen(pupil: Pupil, reach: float, size: tuple[int, int], scale: float) -> Seen:
    left, top = max(0.0, pupil.x - reach), max(0.0, pupil.y - reach)
    wide = min(float(size[0]), pupil.x + reach) - left
    high = min(float(size[1]), pupil.y + reach) - top
    return Seen(
        entity="IRIS",
        category=Category.BIOMETRIC,
        tier=Tier.SUSPECT,
        score=SCORE,
        recognizer="Irises@1",
        reason="eye close-up",
        box=(round(left * scale), round(top * scale), round(wide * scale), round(high * scale)),
    )
