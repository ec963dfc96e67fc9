"""Find a repeated tile in a picture that was cut, or made larger or smaller, after marking."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from guardrail.disclose.watermark.pattern import TILE, Spectrum

Plane = NDArray[np.float32]
"""Height x width."""

_BLOCK = 8
_QUIET = 1.5
"""Grey levels: what is flatter than this is read as noise of this size."""
_CLIP = 2.5
_SHORTEST, _LONGEST = 0.4 * TILE, 2.2 * TILE
_STEP = 0.125
_BROAD, _TEETH = 16, 12.0
"""Frequencies that a texture's loudness is taken from, and how much louder one may be at most."""
_WINDOW = 1024
"""Pixels a side that are looked at for repetitions."""


def activity(plane: Plane) -> tuple[Plane, Plane]:
    """Return what a plane has beyond its local mean, and its local deviation."""
    mean = _smooth(plane, _BLOCK * 2)
    beyond = plane - mean
    return beyond, np.sqrt(np.maximum(_smooth(beyond * beyond, _BLOCK), 0))


def flattened(plane: Plane) -> Plane:
    """Return a plane in which every part is equally loud."""
    beyond, deviation = activity(plane)
    return np.clip(beyond / (deviation + np.float32(_QUIET)), -_CLIP, _CLIP).astype(np.float32)


def resized(plane: Plane, height: int, width: int) -> Plane:
    """Return a plane of another size."""
    if plane.shape == (height, width):
        return plane
    image = Image.fromarray(plane).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image, np.float32)


def folded(plane: Plane) -> Plane:
    """Return the mean of all tiles of a plane."""
    down, across = (-(-side // TILE) for side in plane.shape)
    room = np.zeros((down * TILE, across * TILE), np.float32)
    room[: plane.shape[0], : plane.shape[1]] = plane
    tiles = room.reshape(down, TILE, across, TILE)
    return np.asarray(tiles.mean(axis=(0, 2), dtype=np.float32), np.float32)


def periods(flat: Plane, count: int) -> list[tuple[float, float]]:
    """Return distances, down and across, at which a flattened plane repeats itself.

    At most `count`, the likeliest first, all between 0.4 and 2.2 tiles.
    """
    flat = flat[:_WINDOW, :_WINDOW]
    # Circular, but with zeros beyond the edge: what is told of is less than half of the room.
    size = tuple(_fast(side + int(_LONGEST)) for side in flat.shape)
    power = (np.abs(np.fft.rfft2(flat, size)) ** 2).astype(np.float32)
    # The tile is a comb of frequencies; what textures have is broad: it is divided away.
    comb = np.minimum(power / (_smooth(power, _BROAD) + 1e-9), _TEETH)
    likeness = np.fft.irfft2(comb, size).astype(np.float32)
    steps = np.arange(_SHORTEST, min(_LONGEST, 0.9 * min(flat.shape)), _STEP)
    if not len(steps):
        return []
    ways = ((1, 0), (0, 1), (1, 1), (1, -1), (2, 0), (0, 2))
    score = sum(
        (_at(likeness, down * steps, across * steps) * _room(flat, down * steps, across * steps))
        for down, across in ways
    )
    found = []
    score = np.asarray(score, np.float32)
    score = score - np.convolve(np.pad(score, 40, "edge"), np.ones(81) / 81, "valid")
    for _ in range(count):
        best = int(score.argmax())
        found.append(_refined(likeness, flat.shape, float(steps[best])))
        score[max(0, best - 8) : best + 9] = -np.inf
    return found


def anchored(tile: Plane, anchor: Spectrum) -> tuple[Spectrum, float]:
    """Return a folded tile's spectrum from where the tile begins, equally loud everywhere.

    And by how many standard deviations that place stands out.
    """
    found = np.fft.rfft2(tile)
    loud = np.sqrt(_ring_means(np.abs(found) ** 2)) + 1e-9
    even = (found / loud).astype(np.complex64)
    surface = np.fft.irfft2(even * anchor.conj(), tile.shape)
    peak = np.unravel_index(int(surface.argmax()), surface.shape)
    strength = float(surface[peak] / (surface.std() + 1e-12))
    return _moved(even, anchor, float(peak[0]), float(peak[1])), strength


def _moved(even: Spectrum, anchor: Spectrum, down: float, across: float) -> Spectrum:
    """Move by the peak's whole pixels and the quarter pixels at which the anchor is clearest."""
    rows, columns = np.nonzero(anchor)
    high = np.fft.fftfreq(TILE)[rows][:, None]
    wide = (columns / TILE)[:, None]
    likeness = (even * anchor.conj())[rows, columns]
    quarters = np.linspace(-0.5, 0.5, 5)
    by = np.array([(down + one, across + other) for one in quarters for other in quarters])
    turned = np.exp(2j * np.pi * (high * by[:, 0] + wide * by[:, 1]))
    one, other = by[int((likeness @ turned).real.argmax())]
    whole = np.exp(
        2j
        * np.pi
        * (np.fft.fftfreq(TILE)[:, None] * one + np.arange(TILE // 2 + 1)[None, :] / TILE * other)
    )
    return np.asarray(even * whole, np.complex64)


def _refined(likeness: Plane, shape: tuple[int, ...], period: float) -> tuple[float, float]:
    """Return a period to a hundredth: by repetitions far away, each direction by itself."""
    found = []
    for axis in (0, 1):
        best = period
        for reach in (2, 4, 8):
            times = [k for k in range(1, reach + 1) if k * best < 0.6 * shape[axis]] or [1]
            fine = best + np.linspace(-0.5, 0.5, 41) / max(times)
            score = np.zeros(len(fine), np.float32)
            for k in times:
                for side in (-1, 0, 1):
                    down, across = (k * fine, side * best + 0 * fine)
                    if axis:
                        down, across = across, down
                    score += _at(likeness, down, across)
            best = float(fine[int(score.argmax())])
        found.append(best)
    return found[0], found[1]


def _at(
    likeness: Plane, down: NDArray[np.float64], across: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return values between pixels, circular: by cubics, since straight lines favour whole ones."""
    high, wide = likeness.shape
    top, left = np.floor(down).astype(np.intp), np.floor(across).astype(np.intp)
    rows, columns = _cubic(down - top), _cubic(across - left)
    found = np.zeros(np.broadcast(down, across).shape, np.float64)
    for i, by in enumerate(rows):
        for j, bx in enumerate(columns):
            found += by * bx * likeness[(top + i - 1) % high, (left + j - 1) % wide]
    return found.astype(np.float32)


def _cubic(place: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Return Catmull and Rom's weights of the four values around a place between two."""
    t = place
    return (
        (-t + 2 * t**2 - t**3) / 2,
        (2 - 5 * t**2 + 3 * t**3) / 2,
        (t + 4 * t**2 - 3 * t**3) / 2,
        (-(t**2) + t**3) / 2,
    )


def _room(
    flat: Plane, down: NDArray[np.float64], across: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return what makes sums over fewer pixels, which overlap at a distance, count alike."""
    overlap = np.maximum(flat.shape[0] - np.abs(down), 1) * np.maximum(
        flat.shape[1] - np.abs(across), 1
    )
    return np.asarray((overlap > 0.05 * flat.size) / np.sqrt(overlap), np.float32)


def _ring_means(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each frequency's mean power among those as far from zero."""
    down = np.fft.fftfreq(TILE, 1 / TILE)[:, None]
    rings = np.rint(np.hypot(down, np.arange(TILE // 2 + 1)[None, :])).astype(np.intp)
    count = np.bincount(rings.ravel())
    sums = np.bincount(rings.ravel(), power.ravel())
    return np.asarray((sums / np.maximum(count, 1))[rings], np.float64)


def _smooth(plane: Plane, block: int) -> Plane:
    """Return a plane's means over blocks, with slopes between them."""
    height, width = plane.shape
    image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    small = image.reduce(min(block, height, width))
    return np.asarray(small.resize((width, height), Image.Resampling.BILINEAR), np.float32)


def _fast(side: int) -> int:
    """Return a size of at least `side` of which transforms are quick."""
    for size in range(side, 2 * side):
        rest = size
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        if rest == 1:
            return size
    return side
