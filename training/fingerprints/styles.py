"""The ways in which a made-up finger gets into a picture: sensors, ink, cards, photographs, traces.

Each takes a finger's number and a generator of random numbers, and returns a grey picture. Whole
styles are kept out of training (`HELD_OUT`), so that figures say something about styles not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from training.fingerprints.fields import Floats
from training.fingerprints.growing import smooth
from training.fingerprints.impressions import impression, scaled
from training.fingerprints.pages import form, wood

Grey = NDArray[np.uint8]
Rng = np.random.Generator
Style = Callable[[int, Rng], Grey]


def grey(picture: Floats, rng: Rng, noise: float) -> Grey:
    """Return a picture of 0 to 1 as bytes, with some noise of the camera or the sensor."""
    noisy = picture * 255 + rng.normal(0, noise * 255, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _pressed(seed: int, rng: Rng, low: float = 0.5, high: float = 2.0) -> tuple[Floats, Floats]:
    factor = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    return scaled(impression(seed, rng), factor)


def _margin(parts: tuple[Floats, Floats], most: float, rng: Rng) -> tuple[Floats, Floats]:
    height, width = parts[0].shape
    top, bottom, left, right = (
        int(n * rng.uniform(0, most)) for n in (height, height, width, width)
    )
    first, second = (np.pad(p, ((top, bottom), (left, right))).astype(np.float32) for p in parts)
    return first, second


def optical(seed: int, rng: Rng) -> Grey:
    """A live-scan reader of 250 to 1000 dpi: dark ridges on white."""
    dark, where = _margin(_pressed(seed, rng), 0.25, rng)
    paper = rng.uniform(0.75, 1.0)
    return grey(paper - dark * where * rng.uniform(0.4, 0.9), rng, rng.uniform(0, 0.05))


def sensor(seed: int, rng: Rng) -> Grey:
    """A small capacitive sensor: no margin, a part of the finger, stripes of its columns."""
    dark, _ = _pressed(seed, rng, 0.7, 1.5)
    height, width = dark.shape
    rows, columns = round(height * rng.uniform(0.4, 0.8)), round(width * rng.uniform(0.45, 0.8))
    top, left = rng.integers(0, height - rows), rng.integers(0, width - columns)
    part = dark[top : top + rows, left : left + columns]
    stripes = rng.normal(0, rng.uniform(0, 0.03), columns)
    even = 0.12 * smooth((rows, columns), 80, rng)
    out = rng.uniform(0.6, 0.8) - part * rng.uniform(0.2, 0.55) + even + stripes
    return grey(out.astype(np.float32), rng, rng.uniform(0.01, 0.06))


def ink(seed: int, rng: Rng) -> Grey:
    """Rolled in ink on paper: blotches, paper grain, grey paper."""
    dark, where = _margin(_pressed(seed, rng, 0.6, 2.0), 0.2, rng)
    blot = np.clip(dark * (1.2 + 0.3 * smooth(dark.shape, 40, rng)), 0, 1)
    paper = rng.uniform(0.6, 0.95) + 0.02 * smooth(dark.shape, 3, rng)
    return grey(paper - blot * where * rng.uniform(0.4, 0.8), rng, rng.uniform(0, 0.03))


def inverted(seed: int, rng: Rng) -> Grey:
    """Light ridges on black, as some readers and lifted powder have them."""
    out: Grey = 255 - optical(seed, rng)
    return out


def binary(seed: int, rng: Rng) -> Grey:
    """Black and white, as an enhancer leaves it."""
    dark, where = _margin(_pressed(seed, rng), 0.2, rng)
    return grey((1 - (dark * where > 0.5)).astype(np.float32), rng, 0.0)


def latent(seed: int, rng: Rng) -> Grey:
    """A trace left on a thing: low contrast, patchy, over an uneven ground."""
    dark, where = _margin(_pressed(seed, rng, 0.7, 1.8), 0.3, rng)
    patchy = 1 / (1 + np.exp(-(1.2 + 1.5 * smooth(dark.shape, 70, rng))))
    ground = rng.uniform(0.4, 0.7) + 0.08 * smooth(dark.shape, 150, rng)
    polarity = rng.choice([-1, 1])
    out = ground + polarity * dark * where * patchy * rng.uniform(0.1, 0.25)
    return grey(out.astype(np.float32), rng, rng.uniform(0.01, 0.035))


def photographed(seed: int, rng: Rng) -> Grey:
    """A print on paper, photographed aslant under uneven light."""
    page = ink(seed, rng)
    height, width = page.shape
    paper = int(np.quantile(page, 0.95))
    around = ((height // 4,) * 2, (width // 4,) * 2)
    return aslant(np.pad(page, around, constant_values=paper), rng, 0.12)


def card(seed: int, rng: Rng) -> Grey:
    """A ten-print card: two rows of five boxes with lines and labels."""
    wide = int(rng.integers(130, 200))
    high = round(wide * 1.15)
    page = np.full((high * 2 + 160, wide * 5 + 60), rng.uniform(0.85, 1.0), np.float32)
    for i in range(10):
        top, left = 110 + (i // 5) * high, 30 + (i % 5) * wide
        parts = scaled(impression(seed + i % 3, rng), 0.86 * wide / 304)
        dark = (parts[0] * parts[1])[: high - 8, : wide - 8] * rng.uniform(0.5, 0.9)
        rows, columns = dark.shape
        page[top + 4 : top + 4 + rows, left + 4 : left + 4 + columns] -= dark
        cv2.rectangle(page, (left, top), (left + wide, top + high), 0.3, 1)
        where = (left + 6, top + 14)
        cv2.putText(page, f"{i + 1}", where, cv2.FONT_HERSHEY_SIMPLEX, 0.4, 0.2, 1)
    cv2.putText(page, "APPLICANT", (30, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0.2, 2)
    return grey(page, rng, rng.uniform(0, 0.02))


def touchless(seed: int, rng: Rng) -> Grey:
    """A finger before a camera: skin lit from a side, ridges lighter than valleys."""
    dark, _ = _pressed(seed, rng, 0.9, 2.0)
    height, width = dark.shape
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = across / width * 2 - 1, down / height * 2 - 1
    inside = (np.abs(x) < 0.85) & (np.abs(x) ** 2.5 + np.maximum(0, -y) ** 2.5 < 0.8)
    light = np.sqrt(np.maximum(0.05, 1 - (x - rng.uniform(-0.4, 0.4)) ** 2))
    skin = rng.uniform(0.35, 0.75) * light
    ridged = skin * (1 + (dark - 0.5) * rng.uniform(0.15, 0.35))
    ground = rng.uniform(0.1, 0.9) + 0.06 * smooth(dark.shape, 90, rng)
    out = np.where(inside, ridged, ground).astype(np.float32)
    return grey(
        np.asarray(cv2.GaussianBlur(out, (0, 0), 0.7), np.float32), rng, rng.uniform(0.005, 0.02)
    )


def on_form(seed: int, rng: Rng) -> Grey:
    """A small print, 105 to 160 pixels wide, in a box on a form of 1024 pixels."""
    page = form(rng, 1024).astype(np.float32) / 255
    dark, where = scaled(impression(seed, rng), rng.uniform(105, 160) / 304)
    height, width = dark.shape
    top = int(rng.integers(20, page.shape[0] - height - 20))
    left = int(rng.integers(20, page.shape[1] - width - 20))
    spot = page[top : top + height, left : left + width]
    spot[:] = rng.uniform(0.85, 1.0)
    spot -= dark * where * rng.uniform(0.5, 0.85)
    return grey(np.asarray(page, np.float32), rng, rng.uniform(0, 0.015))


def dusted(seed: int, rng: Rng) -> Grey:
    """A trace made visible with powder on a grained table top."""
    dark, where = _margin(_pressed(seed, rng, 0.7, 1.6), 0.3, rng)
    grained = cv2.GaussianBlur(wood(rng, max(dark.shape)), (0, 0), 1.5)
    lit = 0.25 + 0.15 / 255 * grained[: dark.shape[0], : dark.shape[1]].astype(np.float32)
    out = lit + dark * where * rng.uniform(0.3, 0.5)
    return grey(np.asarray(out, np.float32), rng, 0.02)


def in_a_window(seed: int, rng: Rng) -> Grey:
    """A reader's print in a window of its program, with a title bar and buttons."""
    dark, where = _pressed(seed, rng, 0.5, 1.1)
    height, width = dark.shape
    page = np.full((height + 190, width + 260), rng.uniform(0.8, 0.95), np.float32)
    page[:32] = rng.uniform(0.1, 0.4)
    page[60 : 60 + height, 30 : 30 + width] = 1 - dark * where * rng.uniform(0.5, 0.9)
    for i, word in enumerate(("Capture", "Quality 71", "Enrol", "Cancel")):
        at = (width + 70, 90 + 45 * i)
        cv2.rectangle(page, (at[0] - 12, at[1] - 24), (at[0] + 150, at[1] + 12), 0.5, 1)
        cv2.putText(page, word, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 0.15, 1, cv2.LINE_AA)
    return grey(page, rng, 0.0)


def aslant(page: Grey, rng: Rng, amount: float) -> Grey:
    """Return a flat thing as a camera sees it from the side, with a shadow across it."""
    height, width = page.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    moved = corners + rng.uniform(-amount, amount, (4, 2)).astype(np.float32) * (width, height)
    seen = cv2.warpPerspective(
        page,
        cv2.getPerspectiveTransform(corners, moved.astype(np.float32)),
        (width, height),
        borderMode=cv2.BORDER_REFLECT,
    )
    lit = seen.astype(np.float32) / 255 * (0.85 + 0.1 * smooth((height, width), 250, rng))
    soft = np.asarray(cv2.GaussianBlur(lit, (0, 0), rng.uniform(0.3, 0.9)), np.float32)
    return grey(soft, rng, rng.uniform(0, 0.03))


LEARNT: Mapping[str, Style] = {
    "optical": optical,
    "sensor": sensor,
    "ink": ink,
    "inverted": inverted,
    "binary": binary,
    "latent": latent,
    "photographed": photographed,
    "card": card,
}
HELD_OUT: Mapping[str, Style] = {
    "touchless": touchless,
    "on a form": on_form,
    "dusted": dusted,
    "in a window": in_a_window,
}
