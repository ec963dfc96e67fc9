"""One impression of a made-up finger: pressed, dry or wet, scarred, partial, at some resolution."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from training.fingerprints.fields import KINDS, Floats, orientation
from training.fingerprints.growing import PERIOD, bent, grow, smooth

SIZE = (384, 304)
"""Height and width of a finger at 500 dpi: 19.5 by 15.4 mm."""


@lru_cache(maxsize=64)
def finger(seed: int) -> Floats:
    """Return the ridges of a made-up finger, -1 on a ridge's middle, 1 in a valley's."""
    rng = np.random.default_rng([seed, 1])
    kind = str(rng.choice(KINDS, p=(0.15, 0.45, 0.28, 0.12)))
    ridges = grow(orientation(kind, SIZE, rng), rng, PERIOD * rng.uniform(0.9, 1.15))
    ridges.setflags(write=False)
    return ridges


def impression(seed: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return (dark, where): ridges 0 to 1 and how much of a finger touches each pixel, 0 to 1."""
    ridges = bent(finger(seed), rng.uniform(1.0, 6.0), rng)
    wet = rng.normal(0, 0.35) + 0.25 * smooth(SIZE, 90, rng)
    inked = 1 / (1 + np.exp(rng.uniform(2.5, 7.0) * (ridges + wet)))
    dry = smooth(SIZE, 4, rng) > rng.uniform(0.4, 1.5)
    dark = np.asarray(inked * (1 - rng.uniform(0, 0.5) * dry), np.float32)
    if rng.random() < 0.4:
        dark = _pores(dark, rng)
    dark = _scars(dark, rng)
    where = _touch(rng)
    turn = rng.normal(0, 14) if rng.random() < 0.8 else rng.uniform(-180, 180)
    return _turned(dark, turn), _turned(where, turn)


def _pores(dark: Floats, rng: np.random.Generator) -> Floats:
    holes = (rng.random(SIZE) < 0.012).astype(np.float32)
    soft = cv2.GaussianBlur(holes, (3, 3), 0.8) * 4
    return np.asarray(dark * (1 - np.minimum(soft, 0.8)), np.float32)


def _scars(dark: Floats, rng: np.random.Generator) -> Floats:
    mask = np.ones(SIZE, np.float32)
    for _ in range(int(rng.poisson(1.2))):
        start = rng.uniform(0, SIZE[1]), rng.uniform(0, SIZE[0])
        angle, length = rng.uniform(0, np.pi), rng.uniform(40, 220)
        end = start[0] + length * np.cos(angle), start[1] + length * np.sin(angle)
        ends = [(round(x), round(y)) for x, y in (start, end)]
        cv2.line(mask, ends[0], ends[1], 0.1, int(rng.integers(1, 5)), cv2.LINE_AA)
    return dark * mask


def _touch(rng: np.random.Generator) -> Floats:
    """Return where the finger touches: an oval with a torn edge, now and then a part of one."""
    down, across = np.mgrid[0 : SIZE[0], 0 : SIZE[1]].astype(np.float32)
    x, y = (across / SIZE[1] - 0.5) * 2, (down / SIZE[0] - 0.5) * 2
    power = rng.uniform(2.0, 3.5)
    reach = rng.uniform(0.75, 1.0)
    edge = np.abs(x) ** power + np.abs(y) ** power - reach + 0.08 * smooth(SIZE, 30, rng)
    where = 1 / (1 + np.exp(edge * rng.uniform(8, 40)))
    if rng.random() < 0.2:
        angle, off = rng.uniform(0, 2 * np.pi), rng.uniform(-0.1, 0.5)
        where = where * (x * np.cos(angle) + y * np.sin(angle) < off)
    return np.asarray(where, np.float32)


def _turned(picture: Floats, degrees: float) -> Floats:
    height, width = SIZE
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    side = round(float(np.hypot(height, width))) if abs(degrees) > 30 else 0
    size = (side, side) if side else (width, height)
    turn[0, 2] += (size[0] - width) / 2
    turn[1, 2] += (size[1] - height) / 2
    out: Floats = cv2.warpAffine(picture, turn, size).astype(np.float32)
    return out


def scaled(pictures: tuple[Floats, Floats], factor: float) -> tuple[Floats, Floats]:
    """Return both at another resolution: 1.0 is 500 dpi."""
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    first, second = (
        np.clip(cv2.resize(p, None, fx=factor, fy=factor, interpolation=way), 0, 1).astype(
            np.float32
        )
        for p in pictures
    )
    return first, second
