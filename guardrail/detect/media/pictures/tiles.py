"""How much of a picture is looked at in one go: most as a whole, long strips in pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from guardrail.detect.media.pictures.decode import Pixels
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.detect.media.pictures.yunet import Candidate

_STRIP = 3.0
"""Times longer than wide, from which on a picture is cut."""
_WIDTH_OF_STRIP = 0.5
"""Of the long side that one look may have."""
_MOST = 8
_SHARED = 0.15
"""Of a tile, what it has in common with the next: more than a face that matters."""
_SAME = 0.3
_SPARSE = 0.5
"""Below it, between two pixels that are looked at there are some that aren't."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a picture, scaled to be looked at."""

    pixels: Pixels
    left: int
    top: int
    """In the picture's pixels."""
    scale: float
    """The tile's pixels for one of the picture's."""


def tiles(pixels: Pixels, side: int) -> Iterator[Tile]:
    """Yield what to look at: as many pixels as `side` x 3/4 `side` has, at most, each time."""
    height, width = pixels.shape[:2]
    long, short = max(height, width), max(1, min(height, width))
    if long <= _STRIP * short or long <= side:
        whole = fitted(pixels, side)
        yield Tile(whole, 0, 0, max(whole.shape[:2]) / long)
        return
    step = side * (1 - _SHARED)
    most = (side + (_MOST - 1) * step) / long
    scale = min(1.0, _WIDTH_OF_STRIP * side / short, most)
    span, stride = int(side / scale), max(1, int(step / scale))
    for start in range(0, max(1, long - span + stride), stride):
        at = max(0, min(start, long - span))
        part = pixels[:, at : at + span] if width == long else pixels[at : at + span]
        left, top = (at, 0) if width == long else (0, at)
        yield Tile(sampled(part, scale), left, top, scale)


def fitted(pixels: Pixels, side: int) -> Pixels:
    """Reduce to a long side of `side`, and to no more pixels than 4:3 would have."""
    height, width = pixels.shape[:2]
    scale = min(1.0, side / max(height, width), (0.75 * side * side / (height * width)) ** 0.5)
    return sampled(pixels, scale)


def sampled(pixels: Pixels, scale: float) -> Pixels:
    """Resize by `scale`, in a fifth of the time down to a half: faces are found as well there."""
    if scale >= 1 or scale < _SPARSE:
        return scaled(pixels, scale)
    to = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, to, interpolation=cv2.INTER_LINEAR), np.uint8)


def scaled(pixels: Pixels, scale: float) -> Pixels:
    """Resize by `scale`."""
    if scale == 1:
        return pixels
    to = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, to, interpolation=how), np.uint8)


def distinct(found: Sequence[Candidate]) -> list[Candidate]:
    """Return candidates, best first, without those that another one covers already."""
    kept: list[Candidate] = []
    for one in sorted(found, key=lambda one: -one.score):
        if all(one.overlap(other) < _SAME for other in kept):
            kept.append(one)
    return kept
