"""Where in a picture skin ridges might be, and how each such place looks at one ridge width.

Blocks are looked at in reduced copies of the picture and, block beside block, in its own size:
there only few blocks of an ordinary photograph or page are like ridges, so little is spent on
them. A place that holds a cluster of such blocks is resized until its ridges are 8 pixels apart.
So what is learnt at one resolution holds at every other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.ridges.blocks import (
    BLOCK,
    NARROW,
    STRIDE,
    Blocks,
    Singles,
    blocks_around,
    blocks_of,
)
from guardrail.detect.media.ridges.faults import FAULTS, faults
from guardrail.detect.media.ridges.hints import hints
from guardrail.detect.media.ridges.statistics import NAMES, statistics_of

Grey = NDArray[np.uint8]
Floats = NDArray[np.float64]
Area = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels of the picture."""

LEVELS = ((512, 9), (320, 9), (160, 6))
"""Long side of a copy, and blocks of the smallest cluster."""
OWN_SIZE = (1600, 6)
"""The same for the picture's own size; a larger picture is reduced to this."""
AROUND = 16
"""Pixels by which a cluster there is widened: blocks half filled by a print aren't ridged."""
FEWEST = 9
"""Ridged blocks of a place that is judged, 16 pixels from one to the next."""
SMALL = 560
"""Pictures with a shorter long side aren't looked at in their own size besides."""
PERIOD = 8.0
"""Pixels from ridge to ridge at which a place is judged."""
LONGEST = 320
"""Pixels of a place that are judged, at most, across and down: 40 ridges."""
SHORTEST = 72
"""And at least: nine ridges."""
MOST = 12
"""Places of one copy that are judged, the largest first."""
DENSE = 1.9
"""Times that a side is reduced, up to which one pixel is taken between all those around it."""
STRAIGHT, LEVEL = 0.995, 0.94
"""Beyond both a cluster is ruled: how far its blocks are crossed in one direction, and how near
each of these is to the axes, as the cosine of twice the angle. No cluster of 480 made-up prints
that was one had a straightness above 0.988, or more than 60 in 100 blocks so near to the axes."""
FEATURES = (*NAMES, *FAULTS, "ridged blocks", "shorter side")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A part of a picture that might show skin ridges."""

    area: Area
    period: float
    """Pixels of the picture from ridge to ridge."""
    features: Floats
    """As `FEATURES` names them."""


def places(grey: Grey) -> Iterator[Place]:
    """Yield the places of a grey picture (height, width) that might show skin ridges.

    At most `MOST` come of each copy. A place that was judged before at much the same ridge width
    isn't judged again.
    """
    judged: list[tuple[Area, float]] = []
    for area, period in _clusters(grey):
        if any(_same(area, period, *other) for other in judged):
            continue
        judged.append((area, period))
        place = judged_place(grey, area, period)
        if place is not None:
            yield place


def _clusters(grey: Grey) -> Iterator[tuple[Area, float]]:
    longest = max(grey.shape)
    copy, factor = grey, 1.0
    for long, least in LEVELS:
        if long != LEVELS[-1][0] and longest * 1.3 <= long:
            continue
        copy, factor = _reduced(grey, copy, long)
        yield from _of_copy(blocks_around(copy, hints(copy)), factor, least, 0)
    if longest > SMALL:
        copy, factor = _reduced(grey, grey, OWN_SIZE[0])
        yield from _of_copy(blocks_around(copy, hints(copy), NARROW), factor, OWN_SIZE[1], AROUND)


def _reduced(grey: Grey, copy: Grey, long: int) -> tuple[Grey, float]:
    """Return a picture with a long side of at most `long`, and its size in parts of `grey`'s.

    It is made of a `copy` of it that is larger, as the smaller one is the cheaper to reduce.
    """
    factor = min(1.0, long / max(grey.shape))
    size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
    return copy if copy.shape == (size[1], size[0]) else _smaller(copy, size), factor


def _smaller(grey: Grey, size: tuple[int, int]) -> Grey:
    """Return a picture reduced to a width and a height.

    Down to a half, each pixel is blurred a little with those beside it and then taken between two:
    by just so much that it is spread as far as in the mean of those that it stands for, whose
    computing takes three times as long.
    """
    times = max(grey.shape[1] / size[0], grey.shape[0] / size[1])
    if times > DENSE:
        return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    beside = max(0.0, times * times - 1) / 24
    three = np.array([beside, 1 - 2 * beside, beside])
    soft = cv2.sepFilter2D(grey, -1, three, three)
    return np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _of_copy(blocks: Blocks, factor: float, least: int, more: int) -> Iterator[tuple[Area, float]]:
    """Yield the largest clusters of ridged blocks of a copy, `more` pixels wider than they are.

    `factor` is the copy's size in parts of the picture's; what is yielded is in the picture's
    pixels.
    """
    count, labels, table, _ = cv2.connectedComponentsWithStats(
        blocks.ridged.astype(np.uint8), connectivity=8
    )
    sizes = table[1:count, cv2.CC_STAT_AREA]
    for label in 1 + np.argsort(-sizes, kind="stable")[:MOST]:
        left, top, columns, rows, size = (int(n) for n in table[label])
        if size < least:
            break
        inside = labels == label
        if _is_ruled(blocks.cos2[inside], blocks.sin2[inside]):
            continue
        frequency = float(np.median(blocks.frequency[inside]))
        first, upper = (max(0, n * STRIDE - more) / factor for n in (left, top))
        ends = (left + columns - 1, top + rows - 1)
        last, lower = ((n * STRIDE + BLOCK + more) / factor for n in ends)
        yield (first, upper, last, lower), BLOCK / frequency / factor


def _is_ruled(cos2: Singles, sin2: Singles) -> bool:
    """Tell whether the blocks of a cluster are crossed upright or level, and all alike.

    So are lines of text, tables and fences. They would score next to nothing, but only after all
    of their statistics are taken, which on a page takes half of the time of its search.
    """
    straight = float(np.hypot(cos2.mean(), sin2.mean()))
    return straight > STRAIGHT and float(np.abs(cos2).min()) > LEVEL


def _same(area: Area, period: float, other: Area, other_period: float) -> bool:
    """Tell whether two places are much the same, at much the same ridge width."""
    wide = min(area[2], other[2]) - max(area[0], other[0])
    high = min(area[3], other[3]) - max(area[1], other[1])
    both = max(0.0, wide) * max(0.0, high)
    alike = both > 0.6 * (_size(area) + _size(other) - both)
    return alike and 0.8 < period / other_period < 1.25


def _size(area: Area) -> float:
    return (area[2] - area[0]) * (area[3] - area[1])


def judged_place(grey: Grey, area: Area, period: float) -> Place | None:
    """Return a place as it is once its ridges are `PERIOD` apart.

    Only the stretch that its largest cluster of ridged blocks covers is measured. None where that
    is too small.
    """
    factor = PERIOD / period
    left, right = _middle(area[0], area[2], LONGEST / factor)
    top, bottom = _middle(area[1], area[3], LONGEST / factor)
    part = grey[top:bottom, left:right]
    size = (round(part.shape[1] * factor), round(part.shape[0] * factor))
    if min(size) < SHORTEST:
        return None
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    found = features_of(np.asarray(cv2.resize(part, size, interpolation=way), np.uint8))
    if found is None:
        return None
    features, (first, upper, last, lower) = found
    if max(area[2] - area[0], area[3] - area[1]) * factor <= LONGEST:
        start = left + first / factor, top + upper / factor
        area = (*start, left + last / factor, top + lower / factor)
    right, bottom = min(area[2], grey.shape[1]), min(area[3], grey.shape[0])
    area = (area[0], area[1], right, bottom)
    return Place(area=area, period=period, features=features)


def features_of(part: Grey) -> tuple[Floats, Area] | None:
    """Return what `FEATURES` names of ridges `PERIOD` apart, and the stretch they cover."""
    blocks = blocks_of(part)
    count, _, table, _ = cv2.connectedComponentsWithStats(
        blocks.ridged.astype(np.uint8), connectivity=8
    )
    if count < 2:
        return None
    left, top, columns, rows, size = (int(n) for n in table[1 + np.argmax(table[1:, 4])])
    if size < FEWEST:
        return None
    inner = blocks.within(top, left, rows, columns)
    high, wide = ((n - 1) * STRIDE + BLOCK for n in (rows, columns))
    cut = part[top * STRIDE :, left * STRIDE :][:high, :wide]
    more = (np.log2(1 + size), np.log2(min(high, wide) / BLOCK))
    features = np.concatenate([statistics_of(inner), faults(cut, PERIOD), more])
    first, upper = left * STRIDE, top * STRIDE
    return features, (first, upper, first + wide, upper + high)


def _middle(first: float, last: float, most: float) -> tuple[int, int]:
    """Return the middle of a stretch, at most `most` pixels of it."""
    over = max(0.0, last - first - most) / 2
    return int(first + over), int(np.ceil(last - over))
