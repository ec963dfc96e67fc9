"""Grown and woven things that aren't fingerprints, some of them very like one.

A Turing pattern has ridges of one width as a finger has, but they wander; dunes and corduroy run
one way; a zebra's stripes widen and narrow. Each returns a grey picture of about `side` pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from training.fingerprints.fields import Floats
from training.fingerprints.growing import bent, gabor, smooth
from training.fingerprints.pages import wood

Grey = NDArray[np.uint8]
Rng = np.random.Generator
Texture = Callable[[Rng, int], Grey]


def grid(side: int) -> tuple[Floats, Floats]:
    """Return (across, down) of each pixel."""
    down, across = np.mgrid[0:side, 0:side].astype(np.float32)
    return across, down


def toned(wave: Floats, rng: Rng, sharp: float | None = None) -> Grey:
    """Return a picture of a wave of -1 to 1: some contrast, some noise, soft or hard edges."""
    hard = float(np.exp(rng.uniform(-1, 2.5))) if sharp is None else sharp
    shaped = np.tanh(wave * hard) / np.tanh(hard)
    middle, contrast = rng.uniform(80, 180), rng.uniform(15, 75)
    noise = rng.normal(0, rng.uniform(0, 12), wave.shape)
    return np.asarray(np.clip(middle + contrast * shaped + noise, 0, 255), np.uint8)


def period_of(rng: Rng) -> float:
    """Return a period in pixels, as prints of 200 to 1200 dpi have."""
    return float(np.exp(rng.uniform(np.log(4), np.log(24))))


def rotated(rng: Rng, side: int) -> tuple[Floats, Floats]:
    """Return the pixels' places in a frame turned by some angle."""
    across, down = grid(side)
    angle = rng.uniform(0, np.pi)
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return across * cos + down * sin, down * cos - across * sin


def labyrinth(rng: Rng, side: int) -> Grey:
    """A Turing pattern: noise grown by a filter that prefers a width but no direction."""
    period = rng.uniform(5, 9)
    pattern = rng.normal(0, 1, (side, side)).astype(np.float32)
    for _ in range(int(rng.integers(4, 14))):
        inner = cv2.GaussianBlur(pattern, (0, 0), period * 0.21)
        grown = inner - cv2.GaussianBlur(pattern, (0, 0), period * 0.42)
        pattern = np.tanh(grown * 2.0 / max(float(grown.std()), 1e-6))
    return toned(enlarged(pattern, rng), rng)


def reaction(rng: Rng, side: int) -> Grey:
    """A reaction and a diffusion after Gray and Scott, in the range where it makes mazes."""
    small = min(side, 140)
    seeded = smooth((small, small), 12, rng) > 0.3
    a = np.where(seeded, 0.5, 1.0).astype(np.float32)
    b = np.where(seeded, 0.25, 0.0).astype(np.float32)
    b += rng.uniform(0, 0.02, b.shape).astype(np.float32)
    feed, kill = ((0.037, 0.06), (0.029, 0.057), (0.046, 0.063))[int(rng.integers(3))]
    for _ in range(1800):
        met = a * b * b
        a += 0.21 * cv2.Laplacian(a, -1, borderType=cv2.BORDER_REFLECT) - met + feed * (1 - a)
        b += 0.105 * cv2.Laplacian(b, -1, borderType=cv2.BORDER_REFLECT) + met - (kill + feed) * b
    wave = (b - b.mean()) / (b.std() + 1e-6) / 1.5
    return toned(enlarged(wave.astype(np.float32), rng), rng)


def enlarged(wave: Floats, rng: Rng) -> Floats:
    """Return a picture at 0.7 to 2.2 times its size, of at most the pixels it had before."""
    factor = rng.uniform(0.7, 2.2)
    side = wave.shape[0]
    part = min(side, max(80, round(side / factor)))
    return cv2.resize(wave[:part, :part], None, fx=factor, fy=factor).astype(np.float32)


def oriented(rng: Rng, side: int, spread: float, hump: float) -> Floats:
    """Return ridges that run mostly one way: noise under filters of angles `spread` apart."""
    field = rng.uniform(0, np.pi) + spread * smooth((side, side), hump, rng)
    field = np.mod(field, np.pi)
    wave = rng.normal(0, 1, (side, side)).astype(np.float32)
    period = rng.uniform(6, 12)
    banks = [gabor(i * np.pi / 12, period) for i in range(12)]
    nearest = np.round(field / (np.pi / 12)).astype(np.int64) % 12
    for _ in range(6):
        after = np.zeros_like(wave)
        for i in np.unique(nearest):
            after = np.where(nearest == i, cv2.filter2D(wave, -1, banks[i]), after)
        wave = np.tanh(after * 1.5 / max(float(after.std()), 1e-6)).astype(np.float32)
    return wave


def dunes(rng: Rng, side: int) -> Grey:
    """Ripples of sand: one way, with forks as a finger has."""
    wave = oriented(rng, min(side, 320), rng.uniform(0.02, 0.12), 160)
    return toned(enlarged(wave, rng), rng)


def zebra(rng: Rng, side: int) -> Grey:
    """Stripes that bend, fork, widen and narrow."""
    wave = oriented(rng, min(side, 320), rng.uniform(0.3, 0.8), rng.uniform(60, 200))
    across, down = grid(wave.shape[0])
    pull = rng.uniform(10, 30)
    across += np.float32(pull) * smooth(wave.shape, 50, rng)
    down += np.float32(pull) * smooth(wave.shape, 50, rng)
    part = wave[:130, :130] if rng.random() < 0.7 else wave
    big = cv2.resize(part, None, fx=2.5, fy=2.5)[: wave.shape[0], : wave.shape[1]]
    moved = cv2.remap(big, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return toned(moved.astype(np.float32), rng, 4.0)


def weave(rng: Rng, side: int) -> Grey:
    """Cloth of threads over and under each other, pulled a little."""
    u, v = rotated(rng, side)
    period = np.float32(2 * np.pi / period_of(rng))
    over = np.sign(np.sin(u * period / 2) * np.sin(v * period / 2))
    wave = np.where(over > 0, np.sin(u * period), np.sin(v * period)).astype(np.float32)
    return toned(bent(wave, rng.uniform(0, 5), rng), rng)


def twill(rng: Rng, side: int) -> Grey:
    """Denim and the like: slanting ribs broken by threads."""
    u, v = rotated(rng, side)
    k = np.float32(2 * np.pi / period_of(rng))
    wave = 0.7 * np.sin(k * u) + 0.5 * np.sin(k * (u * 0.5 + v * rng.uniform(1, 2)))
    return toned(bent(wave.astype(np.float32), rng.uniform(0, 6), rng), rng)


def knit(rng: Rng, side: int) -> Grey:
    """Knitwear: columns of slanted stitches."""
    u, v = rotated(rng, side)
    k = np.float32(2 * np.pi / period_of(rng))
    slant = np.abs(np.mod(u * k / (4 * np.pi), 1) - 0.5) * 4
    wave = np.sin(k * v + slant * np.pi) * (0.4 + 0.6 * np.abs(np.sin(k * u / 2)))
    return toned(bent(wave.astype(np.float32), rng.uniform(0, 6), rng), rng)


def corduroy(rng: Rng, side: int) -> Grey:
    """Ribs that run one way over folds of the cloth."""
    u, v = rotated(rng, side)
    fold = rng.uniform(1, 12) * smooth((side, side), side / 4, rng)
    wave = np.sin(2 * np.pi / period_of(rng) * (u + fold)) + 0.2 * np.sin(v / 1.3)
    return toned(wave.astype(np.float32), rng)


def hair(rng: Rng, side: int) -> Grey:
    """Strands drawn over each other along a slow bend."""
    page = np.full((side, side), rng.integers(20, 120), np.uint8)
    slope, curl = rng.uniform(-0.5, 0.5), rng.uniform(-0.4, 0.4)
    steps = np.linspace(-0.1, 1.1, 24)
    for _ in range(side * 3):
        x0, lean = rng.uniform(-0.5, 1.5), slope + rng.normal(0, 0.05)
        x = x0 + lean * steps + curl * steps**2 + 0.01 * np.sin(9 * steps + rng.uniform(0, 6))
        points = (np.stack([x, steps], 1) * side).astype(np.int32)
        shade = int(rng.integers(10, 220))
        cv2.polylines(page, [points], isClosed=False, color=shade, lineType=cv2.LINE_AA)
    return page


def water(rng: Rng, side: int) -> Grey:
    """Waves of several lengths that run across each other."""
    u, v = rotated(rng, side)
    wave = np.zeros_like(u)
    base = period_of(rng)
    for _ in range(int(rng.integers(2, 6))):
        k = 2 * np.pi / (base * rng.uniform(0.7, 2.5))
        turn = rng.normal(0, 0.35)
        wave += np.sin(k * (u * np.cos(turn) + v * np.sin(turn)) + rng.uniform(0, 6))
    return toned((bent(wave, 6, rng) / 2).astype(np.float32), rng, 1.0)


def noise(rng: Rng, side: int) -> Grey:
    """Noise of some grain: stone, grass, carpets, clouds."""
    out = sum(rng.uniform(0, 1) * smooth((side, side), size, rng) for size in (2, 4, 9, 20, 60))
    return toned(np.asarray(out, np.float32), rng, 0.5)


GROWN: Mapping[str, Texture] = {
    "labyrinth": labyrinth,
    "dunes": dunes,
    "zebra": zebra,
    "weave": weave,
    "twill": twill,
    "water": water,
    "noise": noise,
    "wood": wood,
}
GROWN_HELD_OUT: Mapping[str, Texture] = {
    "reaction and diffusion": reaction,
    "corduroy": corduroy,
    "knit": knit,
    "hair": hair,
}
