"""``python -m benchmarks.media.prints``: how well made-up fingerprints are told, and what it costs.

Prints and textures come from seeds and mostly from styles and families that weren't learnt from
(docs/fingerprint-model.md). Printed for each: how many of how many pictures are suspect, and how
many certain; then the milliseconds of processor time a picture, and how many times what OpenCV
takes to bring the same picture to a quarter of its size. `--pictures` adds a folder of pictures
without fingerprints, `--count` says how many of each kind.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.ridges.fingerprints import Fingerprints
from guardrail.detect.media.ridges.irises import Irises
from guardrail.facts import Seen, Tier
from training.fingerprints.eyes import ROUND, eye
from training.fingerprints.generate import (
    FAMILIES,
    FAMILIES_HELD_OUT,
    STYLES,
    STYLES_HELD_OUT,
    natural,
    negatives,
    prints,
    seeded,
)

FIRST = 20_000
"""Seeds from here on were used nowhere else."""
SIZES = ((512, 384), (1024, 768), (2048, 1536))
REPEATS = 5

Grey = NDArray[np.uint8]
Find = Callable[[Grey], tuple[Seen, ...]]


def counted(title: str, find: Find, named: Iterable[tuple[str, Grey]]) -> None:
    """Print how many pictures of each kind are suspect or certain, and how many certain."""
    table: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for kind, grey in named:
        seen = find(grey)
        row = table[kind]
        row[0] += 1
        row[1] += bool(seen)
        row[2] += any(one.tier is Tier.CERTAIN for one in seen)
    print(title)
    for kind, row in (*table.items(), ("all", [sum(n) for n in zip(*table.values(), strict=True)])):
        print(f"  {kind:26} {row[1]:5} found, {row[2]:5} certain, of {row[0]:5}")


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median processor time of some runs."""
    work()
    spent = []
    for _ in range(REPEATS):
        start = time.process_time_ns()
        work()
        spent.append((time.process_time_ns() - start) / 1e6)
    return median(spent)


def costs() -> None:
    """Print what a picture costs at some sizes: a finger, a page, a texture, noise."""
    kinds = {
        "finger": STYLES["ink"](FIRST, seeded("ink", FIRST)),
        "form": FAMILIES_HELD_OUT["form"](seeded("form", FIRST), 900),
        "noise": FAMILIES["noise"](seeded("noise", FIRST), 900),
        "waves": FAMILIES["water"](seeded("water", FIRST), 900),
    }
    prints_, eyes = Fingerprints(), Irises()
    print("milliseconds a picture (times a resize to a quarter)")
    for name, picture in kinds.items():
        for size in SIZES:
            grey = np.asarray(cv2.resize(picture, size), np.uint8)
            small = (size[0] // 4, size[1] // 4)
            base = milliseconds(
                lambda g=grey, s=small: [  # type: ignore[misc]
                    cv2.resize(g, s, interpolation=cv2.INTER_AREA) for _ in range(50)
                ]
            )
            took = milliseconds(lambda g=grey: prints_.find(g))  # type: ignore[misc]
            eyed = milliseconds(lambda g=grey: eyes.find(g))  # type: ignore[misc]
            ratio = took / (base / 50)
            wide = f"{size[0]}x{size[1]}"
            print(f"  {name:8} {wide:10} prints {took:6.1f} ({ratio:5.0f}x), irises {eyed:5.1f}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--pictures", type=Path)
    asked = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    seeds = range(FIRST, FIRST + asked.count)
    find, look = Fingerprints().find, Irises().find
    counted("prints, styles learnt from", find, prints(STYLES, seeds))
    counted("prints, styles held out", find, prints(STYLES_HELD_OUT, seeds))
    counted("textures, families learnt from", find, negatives(FAMILIES, seeds))
    counted("textures, families held out", find, negatives(FAMILIES_HELD_OUT, seeds))
    counted("irises", look, (("eye", eye(seeded("eye", seed))) for seed in seeds))
    rounds = ((name, made(seeded(name, seed))) for seed in seeds for name, made in ROUND.items())
    counted("irises, round things", look, rounds)
    if asked.pictures is not None:
        for title, way in (("prints", find), ("irises", look)):
            counted(f"{title}, pictures", way, (("any", g) for _, g in natural(asked.pictures)))
    costs()


if __name__ == "__main__":
    main()
