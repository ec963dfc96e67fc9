"""Reads the lines of machine-readable zones: 37 characters of one font, OCR-B, at a fixed pitch.

Each place of a line is compared with a picture of each character (ICAO Doc 9303-3, 4.2 and 4.3).
What may stand where is known for each kind of document (9303-4 to 9303-6): digits are only taken
for digits there, letters for letters. What is read counts only where its check digits are right,
and that is another's to judge.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from guardrail.detect.media.pictures.opencv import cv2

Floats = NDArray[np.float32]
Turning = NDArray[np.float64]
Grey = NDArray[np.uint8]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
_DIGITS = "0123456789"
_ANY = _LETTERS + _DIGITS
_SEX = "MFX<"


def _td(*runs: tuple[str, int]) -> tuple[str, ...]:
    return tuple(allowed for allowed, count in runs for _ in range(count))


_BIRTH_TO_EXPIRY = ((_DIGITS, 7), (_SEX, 1), (_DIGITS, 7))
_SECOND = ((_ANY, 9), (_DIGITS + "<", 1), (_LETTERS, 3), *_BIRTH_TO_EXPIRY)
LAYOUTS = {
    (44, 2): (_td((_LETTERS, 44)), _td(*_SECOND, (_ANY, 14), (_DIGITS + "<", 1), (_DIGITS, 1))),
    (36, 2): (_td((_LETTERS, 36)), _td(*_SECOND, (_ANY, 7), (_DIGITS, 1))),
    (30, 3): (
        _td((_LETTERS, 5), (_ANY, 9), (_DIGITS + "<", 1), (_ANY, 15)),
        _td(*_BIRTH_TO_EXPIRY, (_LETTERS, 3), (_ANY, 11), (_DIGITS, 1)),
        _td((_LETTERS, 30)),
    ),
}
"""Characters and lines → what may stand at each place of each line: TD3, TD2, TD1."""

_MARGIN = 2
"""Characters before and behind a line, by which its ends may be mistaken."""
_REACH = 8
"""Pixels, up and down, that a line's characters may be off."""
_PITCHES = np.linspace(0.94, 1.06, 49)
_FINER = 2
_NEAR = 2
"""Pixels, to the left and right, that a character may be off in its place."""
_OTHERS = 4.0
"""How much it weighs that characters look better which may not stand there."""
_FLAT = 6.0
"""Standard deviation of grey levels, below which a place is empty."""


@dataclass(frozen=True, slots=True)
class Band:
    """A line's place: its left end, its middle, and the pitch of its characters, in pixels."""

    left: float
    middle: float
    pitch: float


@dataclass(frozen=True, slots=True)
class _Glyphs:
    width: int
    height: int
    names: str
    ink: Floats
    """One row of unit length and no mean for each."""


@cache
def _glyphs() -> _Glyphs:
    held = json.loads(files(__package__).joinpath("data", "ocr_b.json").read_text("utf-8"))
    rows = np.array([[int(one, 16) for one in ink] for ink in held["ink"].values()], np.float32)
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return _Glyphs(held["width"], held["height"], "".join(held["ink"]), rows)


def read(grey: Grey, turning: Turning, band: Band, allowed: tuple[str, ...]) -> tuple[str, float]:
    """Return the characters of a line, and how well they look like those of OCR-B: up to 1.

    Less where others, which may not stand there, look better: then it is no zone.

    Args:
        grey: the picture, dark print on bright ground.
        turning: a matrix of 2 x 3; it takes places of the picture to those of `band`.
        band: where the line is, about.
        allowed: the characters that may stand at each place of it.
    """
    count = len(allowed)
    coarse = _alike(_windows(_strip(grey, turning, band, count)))
    start, step = _fitted(coarse, count)
    width = _glyphs().width
    exact = Band(
        left=band.left + (start / width - _MARGIN) * band.pitch,
        middle=band.middle,
        pitch=band.pitch * step / width,
    )
    at = width * (_MARGIN + np.arange(count))
    near = (at[:, None] + np.arange(-_NEAR, _NEAR + 1)).ravel()
    places = _alike(_windows(_strip(grey, turning, exact, count))[:, near])
    return _most_alike(places.reshape(len(places), count, -1).max(axis=2), allowed)


def _strip(grey: Grey, turning: Turning, band: Band, count: int) -> Floats:
    """Return a line upright, its characters as wide as ours, dark as 255."""
    glyphs = _glyphs()
    fine = band.pitch / glyphs.width / _FINER
    width = (count + 2 * _MARGIN) * glyphs.width
    height = glyphs.height + 2 * _REACH
    there = np.array(
        [
            [fine, 0, band.left - _MARGIN * band.pitch],
            [0, fine, band.middle - height * _FINER * fine / 2],
        ]
    )
    back = np.asarray(cv2.invertAffineTransform(turning), np.float64)
    whole = back @ np.vstack([there, [0, 0, 1]])
    taken = cv2.warpAffine(
        grey,
        whole,
        (width * _FINER, height * _FINER),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    small = cv2.resize(taken, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(255.0 - small, np.float32)


def _windows(strip: Floats) -> Floats:
    """Return what a character may take of a strip: (heights, places, rows, columns)."""
    glyphs = _glyphs()
    windows: Floats = sliding_window_view(strip, (glyphs.height, glyphs.width))
    return windows


def _alike(windows: Floats) -> Floats:
    """Return how much each place of `_windows` looks like each character, at the best height.

    Of (characters, places): the correlation, -1 to 1; a place is where a character begins.
    """
    glyphs = _glyphs()
    best: Floats = np.full((len(glyphs.names), windows.shape[1]), -1.0, np.float32)
    for row in windows:
        patches = row.reshape(row.shape[0], -1)
        patches = patches - patches.mean(axis=1, keepdims=True)
        length = np.linalg.norm(patches, axis=1)
        least = _FLAT * patches.shape[1] ** 0.5
        np.maximum(best, (glyphs.ink @ patches.T) / np.maximum(length, least), out=best)
    return best


def _fitted(alike: Floats, count: int) -> tuple[float, float]:
    """Return where a line's first character begins and how far it is from one to the next."""
    width = _glyphs().width
    some = np.append(alike.max(axis=0), 0)  # behind the strip there is nothing
    steps = width * _PITCHES
    starts = np.arange(0, 2 * _MARGIN * width)
    at = starts[None, :, None] + np.round(steps[:, None, None] * np.arange(count)).astype(np.int64)
    score = some[np.minimum(at, some.size - 1)].sum(axis=2)
    step, start = np.unravel_index(int(score.argmax()), score.shape)
    return float(starts[start]), float(steps[step])


def _most_alike(near: Floats, allowed: tuple[str, ...]) -> tuple[str, float]:
    names = _glyphs().names
    told, scores = [], []
    for place, some in enumerate(allowed):
        rows = [names.index(one) for one in some]
        best = int(near[rows, place].argmax())
        told.append(some[best])
        scores.append(float(near[rows[best], place]))
    others = float(near.max(axis=0).mean()) - float(np.mean(scores))
    return "".join(told), float(np.mean(scores)) - _OTHERS * others
