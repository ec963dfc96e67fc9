"""``python -m benchmarks.watermark FILE|FOLDER …``: what the built-in watermark survives.

Give photos: made-up pictures flatter it. Printed are, for each change, in how many pictures the
message was read, right to the last bit; the lowest PSNR; milliseconds of processor time a megapixel
of hiding and of reading; and, of pictures without a mark under several keys, how often anything was
read, which must be never, and the largest strength seen, which should stay under `STRENGTH`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

from benchmarks.watermark.changes import CHANGES
from guardrail.disclose.watermark.port import Pixels
from guardrail.disclose.watermark.spread import LEAST_SIDE, STRENGTH, Spread

OWN = Spread(b"a key of 16 byte")
MESSAGE = b"\x00\xff\x10\x7f\xa5"
KEYS = 2
ENDINGS = {".png", ".jpg", ".jpeg", ".webp", ".tif"}


def pictures(places: Sequence[str]) -> dict[str, Pixels]:
    """Return the pictures of files and folders that have room for a tile."""
    files: list[Path] = []
    for place in map(Path, places):
        files += sorted(place.rglob("*")) if place.is_dir() else [place]
    found = {}
    for file in files:
        if file.suffix.lower() in ENDINGS:
            pixels = np.asarray(Image.open(file).convert("RGB"), np.uint8)
            if min(pixels.shape[:2]) >= LEAST_SIDE:
                found[file.name] = pixels
    return found


def decibels(one: Pixels, other: Pixels) -> float:
    """Return the peak signal to noise ratio."""
    return float(10 * np.log10(255**2 / ((one.astype(float) - other) ** 2).mean()))


def main() -> None:
    """Print it."""
    found = pictures(sys.argv[1:])
    if not found:
        raise SystemExit(__doc__)
    read: dict[str, int] = dict.fromkeys(CHANGES, 0)
    hiding, reading, unmarked, psnr, alarms = [], [], [], [], 0
    for name, pixels in found.items():
        million = pixels.shape[0] * pixels.shape[1] / 1e6
        begun = time.process_time()
        marked = OWN.embed(pixels, MESSAGE)
        hiding.append((time.process_time() - begun) / million * 1e3)
        psnr.append(decibels(pixels, marked))
        lost = []
        for change, done in CHANGES.items():
            changed = np.asarray(done(Image.fromarray(marked)), np.uint8)
            begun = time.process_time()
            told = OWN.detect(changed)
            reading.append((time.process_time() - begun) * 1e3)
            if told is not None and told.message == MESSAGE:
                read[change] += 1
            else:
                lost.append(change)
        for number in range(KEYS):
            begun = time.process_time()
            alarms += Spread(b"another key %4d " % number).detect(pixels) is not None
            unmarked.append((time.process_time() - begun) / million * 1e3)
        print(f"{name:24} {psnr[-1]:.1f} dB  lost: {', '.join(lost) or 'never'}", flush=True)
    print(f"\n{len(found)} pictures, PSNR at least {min(psnr):.1f} dB")
    print(f"hiding: median {median(hiding):.0f} ms/MP, at most {max(hiding):.0f}")
    print(f"reading a marked one: median {median(reading):.0f} ms, at most {max(reading):.0f}")
    print(f"reading an unmarked one: median {median(unmarked):.0f} ms/MP")
    print(f"false alarms: {alarms} of {len(found) * KEYS}; gate at {STRENGTH}\n")
    for change, count in read.items():
        print(f"{change:28} {count:4} of {len(found)}")


if __name__ == "__main__":
    main()
