"""Machine-readable zones of documents in pictures: ICAO Doc 9303 parts 3 to 6.

A zone is two or three lines, one under the other and of one width, of 44, 36 or 30 characters at a
fixed pitch. Text pages have no lines whose ink repeats exactly so often; that is what is measured.
Reading it is another's work (`zone_reader`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import hypot

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.pictures.decode import Picture
from guardrail.detect.media.pictures.faces import certain
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.detect.media.pictures.tiles import sampled
from guardrail.detect.media.pictures.zone_reader import Band
from guardrail.facts.finding import Category, Tier
from guardrail.facts.media import Box, Seen

NAME = "MachineZone@1"

_SIDE = 640
_LEAST_SHARE = 0.3
"""Of the picture's width, that a line has at least."""
_LINE = (14, 70)
"""Times wider than high, 30 to 44 characters: less where the picture is skewed."""
_FORMATS = ((44, 2), (36, 2), (30, 3))
"""Characters and lines: TD3, TD2 and visas, TD1."""
_SPACING = (1.2, 4.0)
"""Heights of a line from one to the next."""
_SAME = 0.04
"""Of its width, by which lines' ends may differ."""
_PITCHED = 0.6
"""Share of the lines' ink that keeps the pitch: zones have 0.66 or more, listings 0.57 at most."""
_FINE = 8
"""Frequencies for one cycle a line."""

_LEAST_SKEW, _MOST_SKEW = 0.5, 12.0
"""Degrees that a page may lie askew."""
_MOST_OUTLINES, _MOST_SLOPES = 2_000, 40

_Grey = NDArray[np.uint8]
_Turning = NDArray[np.float64]
_IDENTITY: _Turning = np.eye(2, 3)


@dataclass(frozen=True, slots=True)
class _Line:
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Zone:
    """Where a zone is, and what it takes to read it."""

    seen: Seen
    grey: _Grey
    turning: _Turning
    """Takes places of `grey` to those of `bands`."""
    bands: tuple[Band, ...]
    characters: int
    """Of a line."""


def zone(picture: Picture, part: str = "") -> Seen | None:
    """Return the machine-readable zone of a picture, if there is one; always a suspicion only."""
    found = located(picture, part)
    return found.seen if found else None


def located(picture: Picture, part: str = "") -> Zone | None:
    """Return where the machine-readable zone of a picture is, if there is one."""
    whole = np.asarray(cv2.cvtColor(picture.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    scale = min(1.0, _SIDE / max(whole.shape))
    grey = sampled(whole, scale)
    if min(grey.shape) < 32:
        return None
    joined = _bands(grey)
    found = _best(grey, joined)
    turning = _IDENTITY
    if found is None and (skew := _skew(joined)):
        turning = np.asarray(
            cv2.getRotationMatrix2D((grey.shape[1] / 2, grey.shape[0] / 2), skew, 1.0), np.float64
        )
        straight = _turned(grey, turning)
        found = _best(straight, _bands(straight))
    if found is None:
        return None
    block, characters, share = found
    box = _around(block, turning, picture, scale * picture.scale)
    return Zone(
        seen=_seen(box, share, part),
        grey=whole,
        turning=turning * (scale, scale, 1.0),
        bands=tuple(_band(line, characters) for line in block),
        characters=characters,
    )


def with_faces(found: Seen | None, faces: Sequence[Seen]) -> Seen | None:
    """Make a zone certain where the picture has a face, too: that is a document's page."""
    if found is None or not certain(faces):
        return found
    return replace(found, tier=Tier.CERTAIN, score=0.95, reason="machine-readable zone, face")


def _best(grey: _Grey, joined: _Grey) -> tuple[list[_Line], int, float] | None:
    for block in _blocks(_lines(joined)):
        characters, share = _pitched(grey, block)
        if share:
            return block, characters, share
    return None


def _band(line: _Line, characters: int) -> Band:
    # The last character doesn't take all of its pitch.
    return Band(line.left, line.top + line.height / 2, line.width / (characters - 0.2))


def _bands(grey: _Grey) -> _Grey:
    """Return where dark print is on bright ground, each line of it joined to a band."""
    ink = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, _rectangle(15, 15))
    edges = cv2.convertScaleAbs(cv2.Sobel(ink, cv2.CV_16S, 1, 0, ksize=3))
    _, mask = cv2.threshold(edges, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _rectangle(31, 1))
    return np.asarray(cv2.morphologyEx(joined, cv2.MORPH_OPEN, _rectangle(31, 3)), np.uint8)


def _skew(joined: _Grey) -> float:
    """Return the degrees by which wide bands slope, all about alike; 0 where they don't."""
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    least = _LEAST_SHARE * joined.shape[1]
    slopes = []
    for outline in outlines[:_MOST_OUTLINES]:
        if hypot(*cv2.boundingRect(outline)[2:]) < least:
            continue
        _, (one, other), angle = cv2.minAreaRect(outline)
        long, short = max(one, other), max(1.0, min(one, other))
        if long >= least and long / short >= _LINE[0] / 2:
            lengthwise = angle if one >= other else angle + 90  # in any of OpenCV's conventions
            slopes.append((lengthwise + 90) % 180 - 90)
    if not 2 <= len(slopes) <= _MOST_SLOPES:
        return 0.0
    middle = float(np.median(slopes))
    return middle if _LEAST_SKEW <= abs(middle) <= _MOST_SKEW else 0.0


def _lines(joined: _Grey) -> list[_Line]:
    """Return the bands that are wide and low, from top to bottom."""
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    least = _LEAST_SHARE * joined.shape[1]
    if all(cv2.boundingRect(one)[2] < least for one in outlines):
        return []  # as in most pictures: told in a tenth of the time that the next step takes
    return sorted(
        (
            one
            for one in _components(joined)
            if one.width >= least and _LINE[0] <= one.width / one.height <= _LINE[1]
        ),
        key=lambda one: one.top,
    )


def _components(joined: _Grey) -> Iterator[_Line]:
    """Yield the boxes around what hangs together, by its sides, as their labels come.

    OpenCV would measure them pixel by pixel, in three times the time that this takes by runs. As
    bands are 31 pixels wide at least, 16 bits hold all their labels.
    """
    count, labels = cv2.connectedComponents(joined, connectivity=4, ltype=cv2.CV_16U)
    edged = np.pad(np.asarray(labels, np.uint16), ((0, 0), (1, 1)))  # runs end with their row
    across, flat = edged.shape[1], edged.ravel()
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    starts, ends = changes[:-1], changes[1:]
    inked = flat[starts] > 0
    starts, ends = starts[inked], ends[inked]
    rows, label = starts // across, flat[starts]
    first, last = np.full((2, count), joined.size), np.zeros((2, count), np.int64)
    for at, lowest, highest in (
        (0, starts % across - 1, ends - rows * across - 1),
        (1, rows, rows + 1),
    ):
        np.minimum.at(first[at], label, lowest)
        np.maximum.at(last[at], label, highest)
    for (left, top), (right, below) in zip(first.T[1:].tolist(), last.T[1:].tolist(), strict=True):
        yield _Line(left, top, right - left, below - top)


def _blocks(lines: list[_Line]) -> Iterator[list[_Line]]:
    """Yield lines that follow each other with the same ends; none of more than three."""
    block: list[_Line] = []
    for line in lines:
        if block and not _follows(block[-1], line):
            if 2 <= len(block) <= 3:
                yield block
            block = []
        block.append(line)
    if 2 <= len(block) <= 3:
        yield block


def _follows(above: _Line, below: _Line) -> bool:
    slack = _SAME * above.width
    step = below.top - above.top
    return (
        abs(above.left - below.left) <= slack
        and abs(above.left + above.width - below.left - below.width) <= slack
        and _SPACING[0] * above.height <= step <= _SPACING[1] * above.height
    )


def _pitched(grey: _Grey, block: list[_Line]) -> tuple[int, float]:
    """Return which pitch of 30, 36 or 44 a line the lines' ink keeps, and how much of it; or 0."""
    for characters, lines in _FORMATS:
        if lines == len(block):
            share = sum(_share(grey, line, characters) for line in block) / lines
            if share >= _PITCHED:
                return characters, share
    return 0, 0.0


def _share(grey: _Grey, line: _Line, characters: int) -> float:
    """Return the share of a line's ink, among like frequencies, that repeats once a character."""
    rows = grey[line.top : line.top + line.height, line.left : line.left + line.width]
    ink = 255.0 - rows.mean(axis=0)
    ink = (ink - ink.mean()) * np.hanning(ink.size)
    power = np.abs(np.fft.rfft(ink, _FINE * ink.size)) ** 2
    cycles = np.arange(power.size) / _FINE  # a line
    about = (cycles > 0.5 * characters) & (cycles < 1.5 * characters)
    exactly = (cycles > 0.96 * characters) & (cycles < 1.02 * characters)
    if not power[exactly].any():
        return 0.0
    at = cycles[exactly][power[exactly].argmax()]
    return float(power[np.abs(cycles - at) < 1.5].sum() / power[about].sum())


def _rectangle(width: int, height: int) -> _Grey:
    return np.ones((height, width), np.uint8)


def _turned(grey: _Grey, turning: _Turning) -> _Grey:
    size = (grey.shape[1], grey.shape[0])
    return np.asarray(
        cv2.warpAffine(grey, turning, size, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def _around(block: list[_Line], turning: _Turning, picture: Picture, scale: float) -> Box:
    """Return the upright box around a block, a line's height larger, in the whole picture."""
    margin = block[0].height
    left, right = block[0].left - margin, block[0].left + block[0].width + margin
    top, bottom = block[0].top - margin, block[-1].top + block[-1].height + margin
    corners = np.array([(x, y, 1.0) for x in (left, right) for y in (top, bottom)])
    places = corners @ np.asarray(cv2.invertAffineTransform(turning), np.float64).T / scale
    across = np.clip(places[:, 0], 0, picture.width)
    down = np.clip(places[:, 1], 0, picture.height)
    first, last = (int(across.min()), int(down.min())), (int(across.max()), int(down.max()))
    return first[0], first[1], last[0] - first[0], last[1] - first[1]


def _seen(box: Box, strength: float, part: str) -> Seen:
    return Seen(
        entity="ID_DOCUMENT",
        category=Category.PERSONAL,
        tier=Tier.SUSPECT,
        score=round(min(0.9, strength), 3),
        recognizer=NAME,
        reason="machine-readable zone",
        box=box,
        part=part,
    )
