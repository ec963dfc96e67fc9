"""Printed and grown things that the generator of prints and that of textures both use."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.fingerprints.growing import smooth

Grey = NDArray[np.uint8]
Rng = np.random.Generator
FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
)
LETTERS = np.array(list("aaaabcdeeeefghiiijklmnnoooprssttuuvwyz     "))


def words(rng: Rng, count: int) -> str:
    """Return a line of letters that mean nothing."""
    return "".join(rng.choice(LETTERS, count))


def written(page: Grey, rng: Rng, size: float, gap: float) -> None:
    """Fill a page with lines of made-up words, in place."""
    font = int(rng.choice(FONTS))
    left, step = int(rng.integers(10, 60)), max(6, round(size * 22 * gap))
    thick = 1 if size < 0.7 else int(rng.integers(1, 3))
    for y in range(step + 10, page.shape[0] - 8, step):
        if rng.random() < 0.08:
            continue
        count = int((page.shape[1] - 2 * left) / (size * 17) * rng.choice([1, 1, 1, 0.5]))
        where = (left, y)
        cv2.putText(page, words(rng, count), where, font, size, 20, thick, cv2.LINE_AA)


def text_page(rng: Rng, side: int) -> Grey:
    """A page of text in one of several sizes."""
    page = np.full((side, round(side * rng.uniform(0.7, 1.4))), rng.integers(215, 256), np.uint8)
    written(page, rng, rng.uniform(0.3, 1.1), rng.uniform(1.0, 1.8))
    return page


def form(rng: Rng, side: int) -> Grey:
    """A form: labels, boxes, rules and a table."""
    page = np.full((side, round(side * rng.uniform(0.68, 0.8))), 250, np.uint8)
    width = page.shape[1]
    for y in range(60, side - 60, int(rng.integers(38, 60))):
        cv2.putText(page, words(rng, 14), (40, y), FONTS[0], 0.45, 30, 1, cv2.LINE_AA)
        if rng.random() < 0.6:
            cv2.line(page, (220, y + 4), (width - 50, y + 4), 120, 1)
        if rng.random() < 0.4:
            cv2.putText(page, words(rng, 24), (230, y), FONTS[3], 0.6, 60, 1, cv2.LINE_AA)
        if rng.random() < 0.2:
            cv2.rectangle(page, (220, y - 24), (width - 60, y + 8), 90, 1)
    return page


def wood(rng: Rng, side: int) -> Grey:
    """Grain of sawn wood: long waves around knots."""
    down, across = np.mgrid[0:side, 0:side].astype(np.float32)
    rings = across + rng.uniform(8, 30) * smooth((side, side), side / 3, rng)
    rings += down * rng.uniform(-0.2, 0.2)
    period = rng.uniform(7, 30)
    wave = np.sin(2 * np.pi * rings / period + 1.5 * smooth((side, side), 60, rng))
    fibre = cv2.blur(rng.normal(0, 1, (side, side)).astype(np.float32), (1, 25))
    out = 120 + rng.uniform(15, 60) * wave + 60 * fibre
    turned = out.T if rng.random() < 0.5 else out
    return np.asarray(np.clip(turned, 0, 255), np.uint8)
