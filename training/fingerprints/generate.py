"""Pictures to learn from and to measure on: made-up prints, and textures that aren't prints.

Everything comes from a seed. `LEARNT` and `HELD_OUT` styles and families are never mixed: the
second are for measuring alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from training.fingerprints import patterns, styles, textures
from training.fingerprints.styles import Style, aslant
from training.fingerprints.textures import Texture

Grey = NDArray[np.uint8]

STYLES: Mapping[str, Style] = styles.LEARNT
STYLES_HELD_OUT: Mapping[str, Style] = styles.HELD_OUT
FAMILIES: Mapping[str, Texture] = {**textures.GROWN, **patterns.DRAWN}
FAMILIES_HELD_OUT: Mapping[str, Texture] = {**textures.GROWN_HELD_OUT, **patterns.DRAWN_HELD_OUT}
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp"}


def seeded(name: str, seed: int) -> np.random.Generator:
    """Return random numbers that depend on a name and a number alone."""
    return np.random.default_rng([crc32(name.encode()), seed])


def prints(made: Mapping[str, Style], fingers: range) -> Iterator[tuple[str, Grey]]:
    """Yield (style, picture) of every finger in every style."""
    for finger in fingers:
        for name, style in made.items():
            yield name, style(finger, seeded(name, finger))


def negatives(made: Mapping[str, Texture], seeds: range) -> Iterator[tuple[str, Grey]]:
    """Yield (family, picture), of 220 to 900 pixels, some of them photographed aslant."""
    for seed in seeds:
        for name, texture in made.items():
            rng = seeded(name, seed)
            page = texture(rng, int(np.exp(rng.uniform(np.log(220), np.log(900)))))
            yield name, aslant(page, rng, 0.1) if rng.random() < 0.2 else page


def natural(folder: Path, half: int | None = None) -> Iterator[tuple[str, Grey]]:
    """Yield (path, picture) of a folder's pictures, at most 1024 pixels long.

    With `half` 0 or 1 only of that half of them: which, is told by the path, so it stays.
    """
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        other = half is not None and sha256(name.encode()).digest()[0] % 2 != half
        if path.suffix.lower() not in SUFFIXES or other:
            continue
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        if picture is None or min(picture.shape) < 96:
            continue
        factor = min(1.0, 1024 / max(picture.shape))
        reduced = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        yield name, np.asarray(reduced, np.uint8)
