"""Ridges grown from noise by filters that follow an orientation field, as SFinGe grows them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.fingerprints.fields import Floats

PERIOD = 8.0
"""Pixels from ridge to ridge while they grow; pictures are enlarged or reduced afterwards."""
ANGLES = 20
ROUNDS = (9, 20)
LENGTHS = (0.42, 0.95)
"""How far a filter reaches along ridges, in periods: the further, the fewer forks and ends.

Fingers differ in how many they have, and filters of one reach would give them all alike many.
"""


def gabor(angle: float, period: float, length: float = LENGTHS[0]) -> Floats:
    """Return a filter for ridges that run at an angle: even, without answer to an even grey."""
    reach = round(period * 1.3 * max(1.0, length / 0.5))
    down, across = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float64)
    over = -across * np.sin(angle) + down * np.cos(angle)
    along = across * np.cos(angle) + down * np.sin(angle)
    wide, long = period * 0.42, period * length
    bell = np.exp(-(over**2) / (2 * wide * wide) - along**2 / (2 * long * long))
    wave = np.cos(2 * np.pi * over / period)
    kernel = bell * (wave - (bell * wave).sum() / bell.sum())
    return np.asarray(kernel / np.abs(kernel).sum(), np.float32)


def grow(field: Floats, rng: np.random.Generator, period: float = PERIOD) -> Floats:
    """Return a print's ridges, -1 to 1, dark ones below zero; minutiae come of themselves."""
    height, width = field.shape
    print_ = rng.normal(0, 1, field.shape).astype(np.float32)
    step = np.pi / ANGLES
    nearest = np.round(np.mod(field, np.pi) / step).astype(np.int64) % ANGLES
    length = rng.uniform(*LENGTHS)
    filters = [gabor(i * step, period, length) for i in range(ANGLES)]
    wanted = [i for i in range(ANGLES) if (nearest == i).any()]
    reach = filters[0].shape[0]
    for _ in range(int(rng.integers(*ROUNDS))):
        after = np.zeros_like(print_)
        for i in wanted:
            rows, columns = np.nonzero(nearest == i)
            top, bottom = max(0, rows.min() - reach), min(height, rows.max() + reach + 1)
            left, right = max(0, columns.min() - reach), min(width, columns.max() + reach + 1)
            grown = cv2.filter2D(print_[top:bottom, left:right], -1, filters[i])
            after[rows, columns] = grown[rows - top, columns - left]
        print_ = np.tanh(after * np.float32(1.5 / max(float(after.std()), 1e-6)))
    return print_


def smooth(shape: tuple[int, int], size: float, rng: np.random.Generator) -> Floats:
    """Return smooth noise of mean 0 and deviation 1, with humps of about `size` pixels."""
    coarse = (max(2, round(shape[0] / size) + 2), max(2, round(shape[1] / size) + 2))
    seeds = rng.normal(0, 1, coarse).astype(np.float32)
    grown = cv2.resize(seeds, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    out: Floats = ((grown - grown.mean()) / (grown.std() + 1e-6)).astype(np.float32)
    return out


def bent(picture: Floats, amount: float, rng: np.random.Generator) -> Floats:
    """Return a picture pulled about as skin is, by up to about `amount` pixels."""
    shape = (picture.shape[0], picture.shape[1])
    down, across = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    across += np.float32(amount) * smooth(shape, 120, rng)
    down += np.float32(amount) * smooth(shape, 120, rng)
    moved: NDArray[np.float32] = cv2.remap(
        picture, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    ).astype(np.float32)
    return moved
