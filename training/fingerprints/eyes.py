"""Made-up close-ups of eyes in near infrared, and round things that aren't eyes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from training.fingerprints.growing import smooth
from training.fingerprints.textures import grid

Grey = NDArray[np.uint8]
Rng = np.random.Generator
Drawing = Callable[[Rng], Grey]


def eye(rng: Rng) -> Grey:
    """An eye as iris readers show it: 640 by 480, pupil, iris, white, lids, lashes, a highlight."""
    across, down = grid(640)
    across, down = across[:480], down[:480]
    x, y = 320 + rng.normal(0, 40), 240 + rng.normal(0, 25)
    iris, pupil = rng.uniform(85, 130), rng.uniform(0.28, 0.5)
    far = np.hypot(across - x, down - y) / iris
    angle = np.arctan2(down - y, across - x)
    skin, white, middle = rng.uniform(120, 180), rng.uniform(160, 215), rng.uniform(80, 125)
    fibres = cv2.resize(rng.normal(0, 1, (24, 240)).astype(np.float32), (1440, 480))
    places = ((angle + np.pi) / (2 * np.pi) * 1439).astype(np.int64)
    striped = middle + 10 * fibres[np.clip(far * 240, 0, 479).astype(np.int64), places]
    page = np.where(far < 1, striped, white - 10 * np.maximum(0, far - 1) ** 2)
    page = np.where(far < pupil, rng.uniform(12, 40), page)
    bend = ((across - x) / (iris * rng.uniform(2.1, 2.8))) ** 2
    upper = y - iris * rng.uniform(0.65, 1.0) * (1 - bend)
    lower = y + iris * rng.uniform(0.8, 1.1) * (1 - bend)
    lid = (down < upper) | (down > lower)
    page = np.where(lid, skin + 12 * smooth((480, 640), 60, rng), page).astype(np.float32)
    _lashes(page, x, upper, iris, rng)
    for _ in range(int(rng.integers(1, 3))):
        spot = round(x + rng.uniform(-0.2, 0.2) * iris), round(y + rng.uniform(-0.2, 0.2) * iris)
        cv2.circle(page, spot, int(rng.integers(3, 9)), 250, -1, cv2.LINE_AA)
    blurred = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.8, 2.2))
    return np.clip(blurred + rng.normal(0, 3, page.shape), 0, 255).astype(np.uint8)


def _lashes(
    page: NDArray[np.float32], x: float, upper: NDArray[np.float32], iris: float, rng: Rng
) -> None:
    for off in rng.uniform(-1.8, 1.8, int(rng.integers(10, 45))):
        at = int(np.clip(x + off * iris, 0, 639))
        foot = int(np.clip(upper[0, at], 0, 479))
        tip = (round(at + off * 30), int(foot + rng.uniform(-30, 25)))
        cv2.line(page, (at, foot), tip, 40, int(rng.integers(1, 3)), cv2.LINE_AA)


def coin(rng: Rng) -> Grey:
    """Coins on a table."""
    page = np.clip(150 + 20 * smooth((480, 640), 80, rng), 0, 255).astype(np.float32)
    for _ in range(int(rng.integers(1, 7))):
        at, size = (
            (int(rng.integers(60, 580)), int(rng.integers(60, 420))),
            int(rng.integers(30, 110)),
        )
        cv2.circle(page, at, size, float(rng.uniform(30, 120)), -1, cv2.LINE_AA)
        cv2.circle(page, at, round(size * 0.9), float(rng.uniform(60, 220)), 3, cv2.LINE_AA)
        text = (at[0] - size // 2, at[1] + size // 3)
        cv2.putText(page, str(rng.integers(1, 100)), text, 2, size / 40, 200, 3, cv2.LINE_AA)
    return _noisy(page, rng)


def target(rng: Rng) -> Grey:
    """Discs one on the other: targets, buttons, records, lenses, traffic lights."""
    page = np.full((480, 640), rng.uniform(60, 255), np.float32)
    at = (int(rng.integers(200, 440)), int(rng.integers(160, 320)))
    size = int(rng.integers(90, 230))
    while size > 15:
        cv2.circle(page, at, size, float(rng.uniform(10, 255)), -1, cv2.LINE_AA)
        size = round(size * rng.uniform(0.4, 0.85))
    return _noisy(page, rng)


def wheel(rng: Rng) -> Grey:
    """A wheel or a clock: rim, hub, spokes, on a ground lighter above than below."""
    light = np.linspace(rng.uniform(120, 240), rng.uniform(40, 160), 480, dtype=np.float32)
    page = np.repeat(light[:, None], 640, axis=1)
    at, size = (
        (int(rng.integers(200, 440)), int(rng.integers(180, 300))),
        int(rng.integers(90, 180)),
    )
    cv2.circle(page, at, size, float(rng.uniform(15, 60)), -1, cv2.LINE_AA)
    cv2.circle(page, at, round(size * 0.75), float(rng.uniform(90, 210)), -1, cv2.LINE_AA)
    for turn in np.linspace(0, 2 * np.pi, int(rng.integers(5, 14)))[:-1]:
        tip = (round(at[0] + size * 0.75 * np.cos(turn)), round(at[1] + size * 0.75 * np.sin(turn)))
        cv2.line(page, at, tip, float(rng.uniform(20, 90)), int(rng.integers(2, 12)), cv2.LINE_AA)
    cv2.circle(page, at, round(size * rng.uniform(0.1, 0.35)), 25, -1, cv2.LINE_AA)
    return _noisy(page, rng)


def letter(rng: Rng) -> Grey:
    """A round letter, a zero, a dot or a hole, large."""
    page = np.full((480, 640), rng.uniform(170, 255), np.float32)
    size, thick = rng.uniform(6, 14), int(rng.integers(6, 60))
    sign = str(rng.choice(list("OQ0o.8@C")))
    cv2.putText(page, sign, (180, 380), int(rng.integers(0, 5)), size, 20, thick, cv2.LINE_AA)
    cv2.circle(page, (320, 240), int(rng.integers(10, 60)), float(rng.uniform(0, 40)), -1)
    return _noisy(page, rng)


def _noisy(page: NDArray[np.float32], rng: Rng) -> Grey:
    blurred = cv2.GaussianBlur(page, (0, 0), rng.uniform(0.6, 3))
    uneven = blurred + 6 * smooth((480, 640), 100, rng)
    return np.clip(uneven + rng.normal(0, 3, page.shape), 0, 255).astype(np.uint8)


ROUND: Mapping[str, Drawing] = {"coin": coin, "target": target, "wheel": wheel, "letter": letter}
