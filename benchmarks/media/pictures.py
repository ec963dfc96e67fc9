"""``python -m benchmarks.media.pictures [FILE …]``: what looking into a picture costs.

Generated photos of 0.3, 2 and 12 megapixels, with a face and without, or the files named. Printed
are milliseconds of processor time, median and 95th percentile, of decoding, of looking for faces,
for a document's zone and for fingerprints, and of all; and all as a multiple of a fixed piece of
work of the same run, so that machines can be compared: decoding a JPEG of 640 x 480 pixels and one
run of the model over 320 x 240. The first run loads the model and isn't counted. At last, what a
worker keeps in memory, and what it took at most.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from guardrail.detect.media.budget import Budget
from guardrail.detect.media.headers import picture_size
from guardrail.detect.media.pictures.decode import LONG_SIDE, decode
from guardrail.detect.media.pictures.faces import Faces
from guardrail.detect.media.pictures.machine_zone import zone
from guardrail.detect.media.pictures.yunet import YuNet
from guardrail.detect.media.ridges.fingerprints import Fingerprints
from guardrail.detect.media.sniff import sniff
from guardrail.shells.media.pool import MediaPool
from guardrail.testing.pictures import empty_png, encoded, scene, with_portrait
from guardrail.testing.sounds import encoded as sound
from guardrail.testing.sounds import voice

RUNS = 30
SIZES = {"0.3 MP": (640, 480), "2 MP": (1632, 1224), "12 MP": (4000, 3000)}

Spent = tuple[float, float, float, float]
"""Milliseconds of decoding, faces, zone, fingerprints."""


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


def spent(data: bytes, faces: Faces, fingers: Fingerprints) -> Spent:
    """Return what each step of one picture took."""
    marks = [time.process_time()]
    size = picture_size(data, sniff(data))
    picture = decode(data, size, long_side=LONG_SIDE, budget=Budget())
    marks.append(time.process_time())
    faces.find(picture)
    marks.append(time.process_time())
    zone(picture)
    marks.append(time.process_time())
    fingers.find(np.asarray(cv2.cvtColor(picture.pixels, cv2.COLOR_BGR2GRAY), np.uint8))
    marks.append(time.process_time())
    first, second, third, fourth = (b - a for a, b in pairwise(marks))
    return first * 1e3, second * 1e3, third * 1e3, fourth * 1e3


def high(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


class Reference:
    """The fixed piece of work."""

    def __init__(self) -> None:
        """Load the model."""
        self._model = YuNet()
        self._small = np.frombuffer(encoded(scene(640, 480), ".jpg"), np.uint8)
        self.milliseconds()

    def milliseconds(self) -> float:
        """Return what it takes just now: on a busy machine that changes."""
        begun = time.process_time()
        whole = np.asarray(cv2.imdecode(self._small, cv2.IMREAD_COLOR), np.uint8)
        self._model.run(np.ascontiguousarray(whole[::2, ::2]))
        return (time.process_time() - begun) * 1e3


def worker_memory() -> None:
    """Print what a worker keeps after each of some media, and the most that it ever took, in MB."""
    media = {
        "2 MP jpeg": encoded(with_portrait(scene(1632, 1224), 500, 300, 600), ".jpg"),
        "speech": sound(voice(4)),
        "40 MP png": empty_png(6_320, bits=24),
        "2 MP jpeg again": encoded(scene(1632, 1224), ".jpg"),
    }
    pool = MediaPool(1, seconds=30)
    for name, data in media.items():
        pool.inspect(data)
        time.sleep(0.2)  # what it gives back, it gives back once it has answered
        worker = next(one for one in pool._workers._free.queue if one is not None)  # noqa: SLF001
        status = Path(f"/proc/{worker.process.pid}/status").read_text("ascii")
        kept, most = (
            int(status.split(f"{what}:")[1].split()[0]) // 1024 for what in ("VmRSS", "VmHWM")
        )
        print(f"worker after {name:18} {kept:4} MB, at most {most:4} MB")
    pool.close()


def main() -> None:
    """Print a row for each picture."""
    named = [Path(name) for name in sys.argv[1:]]
    faces, fingers, reference = Faces(), Fingerprints(), Reference()
    samples = {file.name: file.read_bytes() for file in named} if named else pictures()
    steps = ("decode", "faces", "zone", "prints", "all", "reference")
    print(f"{'ms, p50/p95':22}" + "".join(f"{step:>15}" for step in steps) + f"{'x':>6}")
    for name, data in samples.items():
        spent(data, faces, fingers)
        rows, units = [], []
        for _ in range(RUNS):
            rows.append(spent(data, faces, fingers))
            units.append(reference.milliseconds())
        columns = [*zip(*rows, strict=True), tuple(map(sum, rows)), tuple(units)]
        cells = "".join(f"{f'{median(one):.1f} / {high(one):.1f}':>15}" for one in columns)
        print(f"{name:22.22}{cells}{median(columns[-2]) / median(units):6.2f}")
    worker_memory()


if __name__ == "__main__":
    main()
