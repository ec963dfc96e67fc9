"""Faces in pictures: where, and how surely; whose they are isn't asked.

Upright first; where nothing is found but something looked a little like a face, smaller and turned
by right angles, too. What is in doubt is looked at again (`looks`), because animals score 0.7 to
0.86, and so is whatever is only found smaller or turned: paws, and muzzles of close-up dogs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from guardrail.detect.media.pictures.decode import Picture, Pixels
from guardrail.detect.media.pictures.looks import Arbiter, SecondLook
from guardrail.detect.media.pictures.tiles import distinct, fitted, tiles
from guardrail.detect.media.pictures.yunet import NAME, Candidate, YuNet
from guardrail.facts.finding import Category, Tier
from guardrail.facts.media import Box, Seen

SUSPECT, CERTAIN = 0.7, 0.85
_CLEAR = 0.9
"""Needs no second look."""
_AGREED = 0.7
"""What an arbiter must think of a candidate."""
_HINT = 0.2
"""Upright score from which on smaller and turned pictures are tried."""
_SIDE = 640
_AGAIN = ((240, 0), (320, 1), (320, 2), (320, 3))
"""Long sides, and quarters turned. Masked faces that fill a picture are surer when smaller."""
_LOOKED_AT = 3
_MOST = 50


class Faces:
    """A finder of faces. It isn't for two threads at once."""

    def __init__(self, arbiter: Arbiter | None = None) -> None:
        """Load the model; `arbiter` is asked about doubtful candidates in place of our own look.

        Raises:
            ImportError: The model isn't there (see `yunet`).
        """
        self._yunet = YuNet()
        self._arbiter = arbiter or SecondLook(self._yunet)

    def find(self, picture: Picture, part: str = "") -> tuple[Seen, ...]:
        """Return the faces in a picture, the surest first; at most 50.

        Args:
            picture: Decoded with a long side of 640 or more, where it has that.
            part: Where in its medium the picture is, as ``frame 3``.
        """
        found = [one for view in picture.views for one in self._in_view(view)]
        return tuple(_seen(one, picture, part) for one in distinct(found)[:_MOST])

    def candidates(self, pixels: Pixels, *, side: int, least: float) -> list[Candidate]:
        """Return what scores `least` or more upright, looked at with a long side of `side`."""
        found = [
            one.moved(tile.left, tile.top, tile.scale)
            for tile in tiles(pixels, side)
            for one in self._yunet.run(tile.pixels)
            if one.score >= least
        ]
        return distinct(found)

    def _in_view(self, pixels: Pixels) -> list[Candidate]:
        weak = self.candidates(pixels, side=_SIDE, least=_HINT)
        found = self._judged(pixels, [one for one in weak if one.score >= SUSPECT])
        if found or not weak:
            return found
        return distinct(list(self._again(pixels)))

    def _judged(self, pixels: Pixels, found: list[Candidate]) -> list[Candidate]:
        """Return `found` if one of them is clear or agreed on; what is in doubt goes with it."""
        if not found or found[0].score >= _CLEAR:
            return found
        looked = found[:_LOOKED_AT]
        agreed = any(self._arbiter.opinion(pixels, one) >= _AGREED for one in looked)
        return found if agreed else []

    def _again(self, pixels: Pixels) -> Iterator[Candidate]:
        """Yield what is surely a face in a smaller or a turned picture, and is agreed on there."""
        for side, quarters in _AGAIN:
            small = fitted(pixels, side)
            scale = max(small.shape[:2]) / max(pixels.shape[:2])
            found = self._yunet.run(np.ascontiguousarray(np.rot90(small, quarters)))
            sure = [one.moved(0, 0, scale) for one in found if one.score >= CERTAIN]
            turned = np.ascontiguousarray(np.rot90(pixels, quarters)) if sure else pixels
            for one in sure[:_LOOKED_AT]:
                if self._arbiter.opinion(turned, one) >= _AGREED:
                    yield turned_back(one, quarters, pixels.shape[:2])


def turned_back(one: Candidate, quarters: int, shape: tuple[int, ...]) -> Candidate:
    """Map a candidate from a picture turned left by `quarters`, 0 to 3, to that of `shape`."""
    height, width = shape[:2]
    left, top = one.left, one.top
    if quarters == 1:
        place = (width - top - one.height, left)
    elif quarters == 2:
        place = (width - left - one.width, height - top - one.height)
    elif quarters == 3:
        place = (top, height - left - one.width)
    else:
        place = (left, top)
    across, down = (one.height, one.width) if quarters % 2 else (one.width, one.height)
    return Candidate(*place, across, down, one.score)


def box_of(one: Candidate, scale: float, width: int, height: int) -> Box:
    """Return a candidate's place in the whole picture, within its borders."""
    left, right = (_within(at / scale, width) for at in (one.left, one.left + one.width))
    top, bottom = (_within(at / scale, height) for at in (one.top, one.top + one.height))
    return left, top, right - left, bottom - top


def _within(at: float, end: int) -> int:
    return round(min(max(at, 0.0), float(end)))


def _seen(one: Candidate, picture: Picture, part: str) -> Seen:
    return Seen(
        entity="FACE",
        category=Category.BIOMETRIC,
        tier=Tier.CERTAIN if one.score >= CERTAIN else Tier.SUSPECT,
        score=round(min(one.score, 1.0), 3),
        recognizer=NAME,
        reason="face detector",
        box=box_of(one, picture.scale, picture.width, picture.height),
        part=part,
    )


def certain(seen: Iterable[Seen]) -> tuple[Seen, ...]:
    """Return the faces that are sure."""
    return tuple(one for one in seen if one.entity == "FACE" and one.tier is Tier.CERTAIN)
