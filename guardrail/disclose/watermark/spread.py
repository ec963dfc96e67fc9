"""The built-in watermark of pictures: a keyed tile of noise under the threshold of seeing.

It carries 40 bits through compression, resizing and cropping; what it doesn't survive is measured
in benchmarks/watermark and told in its report. Large pictures are marked as if they were one
megapixel, so that being shown smaller doesn't lose the mark.

False alarms: letters are read at most `ATTEMPTS` times for a picture, and each time 24 bits of a
keyed check must fit by chance, which is 12 x 2^-24 = 7.2e-7, whatever the picture; that the place
where the tile begins must stand out as well makes it less.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from guardrail.disclose.watermark import code, pattern
from guardrail.disclose.watermark.align import (
    Plane,
    activity,
    anchored,
    flattened,
    folded,
    periods,
    resized,
)
from guardrail.disclose.watermark.port import Pixels, Reading, Unmarked

AREA = 1 << 20
"""Pixels of a picture that is marked as it is; larger ones as if they had as many."""
LEAST_SIDE = 128
"""Pixels: less holds no whole tile."""
MAX_PIXELS = 64_000_000
ATTEMPTS = 12
STRENGTH = 5.5
"""Standard deviations at which a tile's beginning must stand out: noise reaches 4 to 5."""
_PERIODS = 8
_USUAL = (0.5, 0.75, 1.25, 1.5, 2 / 3, 0.8, 0.9, 1.1, 2.0)
"""Scales that are tried where nothing is seen to repeat itself."""
_SAME = 5e-4
_DECIBEL = 40.6
"""Peak signal to noise ratio that is aimed at; what is clipped at black and white adds to it."""
_FLOOR, _CEILING = 3.0, 24.0
"""Local deviations, in grey levels, between which a mark is the louder the busier a place is."""
_CURVE = 0.6
_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True)
class Spread:
    """A watermark by one key."""

    key: bytes = field(repr=False)
    """Secret, 16 bytes or more: who has it can read, forge and remove marks."""

    def __post_init__(self) -> None:
        """Refuse short keys.

        Raises:
            ValueError: Under 16 bytes.
        """
        if len(self.key) < 16:
            raise ValueError("a watermark's key has 16 bytes or more")

    @property
    def technique(self) -> str:
        """Name and version."""
        return "guardrail-spread-1"

    def embed(self, pixels: Pixels, message: bytes) -> Pixels:
        """Return pixels with `message` in them, at 40 dB and more.

        Raises:
            Unmarked: ``too_small`` or ``too_many_pixels``.
            ValueError: The message hasn't 5 bytes, or the pixels aren't a picture's.
        """
        _check(pixels)
        plane = _luma(pixels)
        height, width = _marked_size(*plane.shape)
        small = resized(plane, height, width)
        tile = pattern.tile(code.word(message, self.key), self.key)
        wave = np.tile(tile, (-(-height // pattern.TILE), -(-width // pattern.TILE)))
        _, busy = activity(small)
        wave = wave[:height, :width] * np.clip(busy, _FLOOR, _CEILING) ** np.float32(_CURVE)
        wave = resized(wave, *plane.shape)
        return _added(pixels, wave)

    def detect(self, pixels: Pixels) -> Reading | None:
        """Return the message in `pixels`, whatever they were cut from; None proves nothing."""
        if (
            min(pixels.shape[:2]) < LEAST_SIDE // 2
            or pixels.shape[0] * pixels.shape[1] > MAX_PIXELS
        ):
            return None
        plane = _luma(pixels)
        reads = 0
        for high, wide in self._scales(plane):
            spectrum, strength = self._anchored(plane, high, wide)
            if spectrum is None or strength < STRENGTH:
                continue
            message = self._read(spectrum)
            if message is not None:
                return Reading(
                    message=message,
                    scale=sqrt(high * wide),
                    strength=strength,
                    technique=self.technique,
                )
            reads += 1
            if reads == ATTEMPTS:
                break
        return None

    def _scales(self, plane: Plane) -> Iterator[tuple[float, float]]:
        """Yield scales, down and across, by which the picture may have changed."""
        height, width = plane.shape
        whole = sqrt(height * width / AREA)
        near = resized(plane, *_marked_size(height, width))
        shrunk = plane.shape[0] / near.shape[0], plane.shape[1] / near.shape[1]
        tried: list[tuple[float, float]] = []
        yield from _new([(1.0, 1.0), shrunk, (whole, whole)], tried)
        seen = periods(flattened(near), _PERIODS)
        yield from _new(
            [(a / pattern.TILE * shrunk[0], b / pattern.TILE * shrunk[1]) for a, b in seen], tried
        )
        yield from _new([(one, one) for one in _USUAL], tried)

    def _anchored(
        self, plane: Plane, high: float, wide: float
    ) -> tuple[pattern.Spectrum | None, float]:
        height, width = round(plane.shape[0] / high), round(plane.shape[1] / wide)
        if min(height, width) < LEAST_SIDE // 2 or height * width > 4 * AREA:
            return None, 0.0
        tile = folded(flattened(resized(plane, height, width)))
        return anchored(tile, pattern.layout(self.key).anchor)

    def _read(self, spectrum: pattern.Spectrum) -> bytes | None:
        own = pattern.layout(self.key)
        values = spectrum[own.rows, own.columns]
        signs = np.concatenate([values.real, values.imag])[own.places] * own.scramble
        letters = code.read(signs.reshape(code.LETTERS, code.LENGTH).astype(np.float32))
        return code.message(letters, self.key)


def _new(
    scales: Iterable[tuple[float, float]], tried: list[tuple[float, float]]
) -> Iterator[tuple[float, float]]:
    for high, wide in scales:
        if not any(abs(high - a) < _SAME and abs(wide - b) < _SAME for a, b in tried):
            tried.append((high, wide))
            yield high, wide


def _check(pixels: Pixels) -> None:
    if pixels.dtype != np.uint8 or pixels.ndim not in {2, 3} or pixels.shape[2:] not in {(), (3,)}:
        raise ValueError("pixels are height x width, or height x width x 3, of 8 bits")
    if min(pixels.shape[:2]) < LEAST_SIDE:
        raise Unmarked("too_small")
    if pixels.shape[0] * pixels.shape[1] > MAX_PIXELS:
        raise Unmarked("too_many_pixels")


def _luma(pixels: Pixels) -> Plane:
    if pixels.ndim == 2:
        return pixels.astype(np.float32)
    return np.asarray(pixels.astype(np.float32) @ _WEIGHTS, np.float32)


def _marked_size(height: int, width: int) -> tuple[int, int]:
    shrink = sqrt(max(1.0, height * width / AREA))
    return max(1, round(height / shrink)), max(1, round(width / shrink))


def _added(pixels: Pixels, wave: Plane) -> Pixels:
    """Add a wave so loud that the picture is changed by `_DECIBEL`, rounding included."""
    aimed = 255.0**2 / 10 ** (_DECIBEL / 10) - 1 / 12
    # Where a picture is black or white already, half of the wave is lost: less room isn't made up.
    loud = np.float32(sqrt(aimed / max(float((wave * wave).mean()), 1e-12)))
    wave = wave * loud
    whole: NDArray[np.float32] = pixels + (wave if pixels.ndim == 2 else wave[:, :, None])
    return np.clip(np.rint(whole), 0, 255).astype(np.uint8)
