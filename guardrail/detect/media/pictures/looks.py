"""A second look at what may be a face: smaller, and slightly turned.

A face keeps its score so; most animals and things that were taken for one lose it.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.pictures.decode import Pixels
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.detect.media.pictures.yunet import Candidate, YuNet

_LOOKS = ((2.5, 64, 0), (3.0, 48, 0), (2.5, 64, 15), (2.5, 64, -15))
"""Surroundings in sizes of the face, pixels that the face gets, degrees it is turned."""

_GREY = (114, 114, 114)


class Arbiter(Protocol):
    """Another opinion on candidates, as another model's."""

    def opinion(self, pixels: Pixels, candidate: Candidate) -> float:
        """Return how surely the candidate is a human face, 0 to 1."""


class SecondLook:
    """The arbiter that needs no other model."""

    def __init__(self, yunet: YuNet) -> None:
        self._yunet = yunet

    def opinion(self, pixels: Pixels, candidate: Candidate) -> float:
        """Return the mean score of four looks at the candidate's surroundings."""
        return sum(self._look(pixels, candidate, *look) for look in _LOOKS) / len(_LOOKS)

    def _look(
        self, pixels: Pixels, candidate: Candidate, around: float, face: int, turned: int
    ) -> float:
        side = round(around * face)
        view = surroundings(pixels, candidate, side, face, turned)
        scores = (
            one.score
            for one in self._yunet.run(view)
            if all(abs(at - side / 2) < face / 2 for at in one.centre)
        )
        return max(scores, default=0.0)


def surroundings(pixels: Pixels, candidate: Candidate, side: int, face: int, turned: int) -> Pixels:
    """Return `side` x `side` pixels around a candidate that gets `face` pixels, on grey."""
    longest = max(candidate.width, candidate.height, 1.0)
    scale = face / longest
    pixels, candidate, scale = _reduced(pixels, candidate, scale, side / scale)
    across, down = candidate.centre
    turning = np.asarray(cv2.getRotationMatrix2D((across, down), turned, scale), np.float64)
    turning[:, 2] += np.array((side / 2 - across, side / 2 - down))
    view: NDArray[np.uint8] = np.empty((side, side, 3), np.uint8)
    cv2.warpAffine(
        pixels, turning, (side, side), view, borderMode=cv2.BORDER_CONSTANT, borderValue=_GREY
    )
    return view


def _reduced(
    pixels: Pixels, candidate: Candidate, scale: float, span: float
) -> tuple[Pixels, Candidate, float]:
    """Average the pixels around a large candidate first: picking single ones makes noise."""
    if scale >= 0.7:
        return pixels, candidate, scale
    height, width = pixels.shape[:2]
    across, down = candidate.centre
    left, top = max(0, int(across - span)), max(0, int(down - span))
    part = pixels[top : min(height, int(down + span)), left : min(width, int(across + span))]
    if part.size == 0:
        return pixels, candidate, scale
    to = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    small = np.asarray(cv2.resize(part, to, interpolation=cv2.INTER_AREA), np.uint8)
    moved = Candidate(
        (candidate.left - left) * scale,
        (candidate.top - top) * scale,
        candidate.width * scale,
        candidate.height * scale,
        candidate.score,
    )
    return small, moved, 1.0
