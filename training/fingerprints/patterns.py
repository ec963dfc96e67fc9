"""Drawn and printed things that aren't fingerprints: gratings, maps, codes, charts, guilloches."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from training.fingerprints.fields import Floats
from training.fingerprints.growing import bent, smooth
from training.fingerprints.pages import form, text_page, words
from training.fingerprints.textures import Grey, Rng, Texture, grid, period_of, rotated, toned


def grating(rng: Rng, side: int) -> Grey:
    """Straight stripes."""
    u, _ = rotated(rng, side)
    return toned(np.sin(2 * np.pi / period_of(rng) * u), rng)


def wavy(rng: Rng, side: int) -> Grey:
    """Stripes that wave, all of them alike."""
    u, v = rotated(rng, side)
    bend = rng.uniform(3, 30) * np.sin(2 * np.pi / rng.uniform(60, 300) * v)
    bend += rng.uniform(0, 25) * smooth((side, side), rng.uniform(80, 300), rng)
    return toned(np.sin(2 * np.pi / period_of(rng) * (u + bend)).astype(np.float32), rng)


def rings(rng: Rng, side: int) -> Grey:
    """Rings around a point: targets, records, ripples; at times a spiral, at times dented."""
    across, down = grid(side)
    x, y = across - side * rng.uniform(0.2, 0.8), down - side * rng.uniform(0.2, 0.8)
    far = np.hypot(x, y * rng.uniform(0.6, 1.4)).astype(np.float32)
    far += np.float32(rng.choice([0, 4])) * smooth((side, side), 120, rng)
    turn = rng.choice([0, 1]) * np.arctan2(y, x)
    wave = np.sin(2 * np.pi * far / period_of(rng) + turn).astype(np.float32)
    page = toned(wave, rng)
    if rng.random() < 0.5:
        page[far > side * rng.uniform(0.3, 0.6)] = int(rng.integers(0, 256))
    return page


def hatching(rng: Rng, side: int) -> Grey:
    """Fields hatched by hand, each at an angle of its own."""
    page = np.full((side, side), 245, np.uint8)
    cell = int(rng.integers(60, 200))
    for top in range(0, side, cell):
        for left in range(0, side, cell):
            spot = np.full((cell, cell), 245, np.uint8)
            angle, gap = rng.uniform(0, np.pi), rng.uniform(4, 14)
            for off in np.arange(-cell, cell, gap):
                _stroke(spot, angle, off + rng.normal(0, 0.6), rng)
            rows, columns = min(cell, side - top), min(cell, side - left)
            page[top : top + rows, left : left + columns] = spot[:rows, :columns]
    return page


def _stroke(spot: Grey, angle: float, off: float, rng: Rng) -> None:
    middle, reach = spot.shape[0] / 2, spot.shape[0]
    normal = np.array([-np.sin(angle), np.cos(angle)]) * off + middle
    along = np.array([np.cos(angle), np.sin(angle)]) * reach
    ends = [(normal + s * along).round().astype(int) for s in (-1, 1)]
    first, last = ((int(x), int(y)) for x, y in ends)
    cv2.line(spot, first, last, int(rng.integers(10, 90)), 1, cv2.LINE_AA)


def contours(rng: Rng, side: int) -> Grey:
    """Lines of equal height on a map."""
    hills = smooth((side, side), rng.uniform(60, 200), rng) * side / rng.uniform(6, 20)
    wave = np.sin(2 * np.pi * hills / period_of(rng)).astype(np.float32)
    lines = np.abs(wave) < rng.uniform(0.2, 0.6)
    drawn = np.where(lines, -1.0, 1.0) if rng.random() < 0.5 else wave
    return toned(np.asarray(drawn, np.float32), rng)


def bricks(rng: Rng, side: int) -> Grey:
    """A wall, seen straight on."""
    across, down = grid(side)
    high, wide = rng.uniform(8, 40), rng.uniform(20, 90)
    row = np.floor(down / high)
    joint = (np.mod(down, high) < 2) | (np.mod(across + row % 2 * wide / 2, wide) < 2)
    return toned(bent(np.where(joint, 1.0, -0.4).astype(np.float32), 2, rng), rng, 1.0)


def squares(rng: Rng, side: int) -> Grey:
    """A square code or a chequerboard."""
    count = int(rng.integers(15, 60))
    cells = rng.integers(0, 2, (count, count))
    if rng.random() < 0.4:
        cells = np.add.outer(np.arange(count), np.arange(count)) % 2
    page = cv2.resize((cells * 255).astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST)
    return np.asarray(page, np.uint8)


def street_map(rng: Rng, side: int) -> Grey:
    """Streets, blocks of houses and names."""
    page = np.full((side, side), 235, np.uint8)
    for _ in range(int(rng.integers(10, 60))):
        ends = rng.integers(0, side, (2, 2)).tolist()
        wide = int(rng.integers(1, 9))
        cv2.line(page, ends[0], ends[1], int(rng.integers(60, 220)), wide, cv2.LINE_AA)
    for _ in range(15):
        where = tuple(rng.integers(0, side, 2).tolist())
        cv2.putText(page, words(rng, 9), where, 0, 0.45, 40, 1, cv2.LINE_AA)
    return page


def guilloche(rng: Rng, side: int) -> Grey:
    """The rosettes and bands of banknotes and certificates."""
    page = np.full((side, side), 245, np.uint8)
    turns = np.linspace(0, 2 * np.pi, 1500)
    petals, lines = int(rng.integers(5, 24)), int(rng.integers(12, 40))
    size, swing = side * rng.uniform(0.2, 0.45), rng.uniform(0.05, 0.4)
    for i in range(lines):
        far = size * (1 - i / lines * rng.uniform(0.6, 0.8))
        far = far * (1 + swing * np.sin(petals * turns + i * rng.choice([0.1, 0.25, 0.6])))
        points = np.stack([np.cos(turns), np.sin(turns)], 1) * far[:, None] + side / 2
        cv2.polylines(
            page, [points.astype(np.int32)], isClosed=True, color=60, lineType=cv2.LINE_AA
        )
    return page


def bars(rng: Rng, side: int) -> Grey:
    """A bar code with its number."""
    page = np.full((side, side), 250, np.uint8)
    left, unit = side // 8, int(rng.integers(1, 5))
    while left < side * 7 // 8:
        wide = unit * int(rng.integers(1, 4))
        page[side // 4 : side * 3 // 4, left : left + wide] = 20
        left += wide + unit * int(rng.integers(1, 4))
    return page


def chart(rng: Rng, side: int) -> Grey:
    """A chart: axes, a grid, hatched bars and lines."""
    page = np.full((side, side), 250, np.uint8)
    for at in range(40, side - 40, int(rng.integers(14, 60))):
        cv2.line(page, (40, at), (side - 40, at), 190, 1)
    for left in range(60, side - 60, int(rng.integers(20, 70))):
        top = int(rng.integers(60, side - 80))
        cv2.rectangle(page, (left, top), (left + 16, side - 40), int(rng.integers(40, 200)), -1)
        for y in range(top, side - 40, 5):
            cv2.line(page, (left, y), (left + 16, y + 8), 240, 1)
    wave = (side / 2 + 60 * np.cumsum(rng.normal(0, 0.2, side))).clip(0, side - 1)
    points = np.stack([np.arange(side), wave], 1).astype(np.int32)
    cv2.polylines(page, [points], isClosed=False, color=10, thickness=2)
    return page


def halftone(rng: Rng, side: int) -> Grey:
    """The dots of printed pictures."""
    u, v = rotated(rng, side)
    k = np.float32(2 * np.pi / period_of(rng))
    tone: Floats = 0.8 * smooth((side, side), 120, rng)
    return toned((np.sin(k * u) * np.sin(k * v) + tone).astype(np.float32), rng)


def parquet(rng: Rng, side: int) -> Grey:
    """Tiles of straight stripes, each tile in a direction of its own."""
    across, down = grid(side)
    tile, k = int(rng.integers(40, 220)), 2 * np.pi / period_of(rng)
    turns = rng.uniform(0, np.pi, (side // tile + 2, side // tile + 2))
    if rng.random() < 0.5:
        turns = np.indices(turns.shape).sum(0) % 2 * np.pi / 2 + turns[0, 0]
    angle = turns[(down // tile).astype(np.int64), (across // tile).astype(np.int64)]
    wave = np.sin(k * (across * np.cos(angle) + down * np.sin(angle)))
    return toned(bent(wave.astype(np.float32), rng.uniform(0, 3), rng), rng)


def ripples(rng: Rng, side: int) -> Grey:
    """Rings around two or three points that cross each other, or ovals, or a spiral of waves."""
    across, down = grid(side)
    wave, k = np.zeros_like(across), 2 * np.pi / period_of(rng)
    for _ in range(int(rng.integers(1, 4))):
        x, y = across - side * rng.uniform(-0.2, 1.2), down - side * rng.uniform(-0.2, 1.2)
        far = np.hypot(x * rng.uniform(0.5, 1), y) + rng.uniform(0, 6) * np.sin(
            np.arctan2(y, x) * rng.integers(1, 9)
        )
        wave = wave + np.sin(k * far)
    return toned(np.asarray(wave, np.float32), rng)


def engraving(rng: Rng, side: int) -> Grey:
    """Lines that swell and thin with the tone and bend over hills, as on banknotes."""
    u, _ = rotated(rng, side)
    hills = rng.uniform(4, 40) * smooth((side, side), rng.uniform(100, 300), rng)
    wave = np.sin(2 * np.pi / period_of(rng) * (u + hills))
    tone = 0.6 * smooth((side, side), 80, rng)
    return toned(np.asarray(np.where(wave > tone, 1.0, -1.0), np.float32), rng, 1.0)


def _text(rng: Rng, side: int) -> Grey:
    return text_page(rng, side)


DRAWN: Mapping[str, Texture] = {
    "grating": grating,
    "wavy stripes": wavy,
    "rings": rings,
    "hatching": hatching,
    "contours": contours,
    "parquet": parquet,
    "ripples": ripples,
    "engraving": engraving,
    "bricks": bricks,
    "squares": squares,
    "street map": street_map,
    "text": _text,
}
DRAWN_HELD_OUT: Mapping[str, Texture] = {
    "guilloche": guilloche,
    "bar code": bars,
    "chart": chart,
    "halftone": halftone,
    "form": form,
}
