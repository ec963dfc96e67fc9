"""``python -m benchmarks.media.pictures [FILE …]``: what looking into a picture costs.

Generated photos of 0.3, 2 and 12 megapixels, with a face and without, or the files named. Printed
are milliseconds of processor time, median and 95th percentile, of decoding, of looking for faces
and for a document's zone, and of all; and all as a multiple of one run of the model over 640 x 480
pixels, so that machines can be compared. The first run loads the model and isn't counted.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from guardrail.detect.media.budget import Budget
from guardrail.detect.media.headers import picture_size
from guardrail.detect.media.pictures.decode import LONG_SIDE, decode
from guardrail.detect.media.pictures.faces import Faces
from guardrail.detect.media.pictures.machine_zone import zone
from guardrail.detect.media.pictures.yunet import YuNet
from guardrail.detect.media.sniff import sniff
from guardrail.testing.pictures import encoded, scene, with_portrait

RUNS = 30
SIZES = {"0.3 MP": (640, 480), "2 MP": (1632, 1224), "12 MP": (4000, 3000)}

Spent = tuple[float, float, float]
"""Milliseconds of decoding, faces, zone."""


def pictures() -> dict[str, bytes]:
    """Return JPEGs of each size with a face and without, and a PNG of 2 megapixels."""
    made = {}
    for name, (width, height) in SIZES.items():
        empty = scene(width, height)
        face = with_portrait(empty, width // 3, height // 4, height // 2)
        made[f"{name} jpeg, face"] = encoded(face, ".jpg")
        made[f"{name} jpeg, nobody"] = encoded(empty, ".jpg")
        if name == "2 MP":
            made[f"{name} png, nobody"] = encoded(empty, ".png")
            made[f"{name} webp, nobody"] = encoded(empty, ".webp")
    return made


def spent(data: bytes, faces: Faces) -> Spent:
    """Return what each step of one picture took."""
    marks = [time.process_time()]
    size = picture_size(data, sniff(data))
    picture = decode(data, size, long_side=LONG_SIDE, budget=Budget())
    marks.append(time.process_time())
    faces.find(picture)
    marks.append(time.process_time())
    zone(picture)
    marks.append(time.process_time())
    return (
        (marks[1] - marks[0]) * 1e3,
        (marks[2] - marks[1]) * 1e3,
        (marks[3] - marks[2]) * 1e3,
    )


def high(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


def baseline() -> float:
    """Return the median milliseconds of the model over 640 x 480 pixels."""
    model, pixels = YuNet(), scene(640, 480)
    model.run(pixels)
    runs = []
    for _ in range(RUNS):
        begun = time.process_time()
        model.run(pixels)
        runs.append((time.process_time() - begun) * 1e3)
    return median(runs)


def resident() -> float:
    """Return the most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print a row for each picture."""
    named = [Path(name) for name in sys.argv[1:]]
    faces, unit = Faces(), baseline()
    before = resident()
    samples = {file.name: file.read_bytes() for file in named} if named else pictures()
    print(f"baseline: YuNet over 640 x 480 in {unit:.1f} ms; {before:.0f} MB")
    print(f"{'ms, p50/p95':24}{'decode':>15}{'faces':>15}{'zone':>15}{'all':>15}{'x':>6}")
    for name, data in samples.items():
        spent(data, faces)
        rows = [spent(data, faces) for _ in range(RUNS)]
        steps = [*zip(*rows, strict=True), tuple(map(sum, rows))]
        cells = "".join(f"{f'{median(one):.1f} / {high(one):.1f}':>15}" for one in steps)
        print(f"{name:24.24}{cells}{median(steps[-1]) / unit:6.2f}")
    print(f"most memory: {resident():.0f} MB (with the samples made here, if none were named)")


if __name__ == "__main__":
    main()
