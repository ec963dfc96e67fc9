"""``python -m benchmarks.media.pictures [FILE …]``: what looking into a picture costs.

Generated pictures of 0.3, 2 and 12 megapixels, or the files named: drawings with a face and
without; of 2 megapixels also a screen's windows, a page as scanners see it, a photo with a camera's
grain, which takes as many bytes without loss as photos do, and noise, which is the worst that there
is. PNG is saved as Pillow and libpng do it, with a filter for each row; by OpenCV, where that is
said. A "photo" has sides that nothing divides, as most that people cut have. Printed
are milliseconds of processor time, median and 95th percentile, of decoding, of looking for faces,
for a document's zone and for fingerprints, and of all that a worker does with a picture: that also
reads metadata, and looks for other formats and biometric records in it. Then the same by the clock,
which a busy machine makes longer; and all as a multiple of a fixed piece of work of the same run,
so that machines can be compared: decoding a JPEG of 640 x 480 pixels and one run of the model over
320 x 240 in OpenCV. The first run loads the model and isn't counted. At last, what a worker keeps
in memory, and what it took at most.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from guardrail.detect.media.budget import Budget
from guardrail.detect.media.headers import picture_size
from guardrail.detect.media.inspector import Inspector
from guardrail.detect.media.pictures.decode import LONG_SIDE, decode
from guardrail.detect.media.pictures.faces import Faces
from guardrail.detect.media.pictures.machine_zone import zone
from guardrail.detect.media.pictures.yunet import ByOpenCV, model_bytes
from guardrail.detect.media.ridges.fingerprints import Fingerprints
from guardrail.detect.media.sniff import sniff
from guardrail.shells.media.pool import MediaPool
from guardrail.testing.pictures import animation, empty_png, encoded, scene, with_portrait
from guardrail.testing.sounds import encoded as sound
from guardrail.testing.sounds import voice

RUNS = 30
SIZES = {"0.3 MP": (640, 480), "2 MP": (1632, 1224), "12 MP": (4000, 3000)}

Pixels = NDArray[np.uint8]
"""Height x width x 3, blue green red."""
Spent = tuple[float, float, float, float]
"""Milliseconds of decoding, faces, zone, fingerprints."""


def pictures() -> dict[str, bytes]:
    """Return JPEGs of each size with a face and without, and other formats of 2 megapixels."""
    made = {}
    for name, (width, height) in SIZES.items():
        empty = scene(width, height)
        face = with_portrait(empty, width // 3, height // 4, height // 2)
        made[f"{name} jpeg, face"] = encoded(face, ".jpg")
        made[f"{name} jpeg, nobody"] = encoded(empty, ".jpg")
        if name == "2 MP":
            made |= {f"{name} {kind}": data for kind, data in of_two_megapixels(empty)}
    return made


def of_two_megapixels(empty: Pixels) -> Iterator[tuple[str, bytes]]:
    """Yield a drawing, and other pictures of its size, in formats without loss, and lossy WebP."""
    height, width = empty.shape[:2]
    photo = grained(empty)[: height - 1, : width - 1]
    seen = np.dstack((empty, np.full_like(empty[:, :, :1], 255)))
    noise = np.random.default_rng(4).integers(0, 256, empty.shape, np.uint8)
    yield "png, screen", saved(screen(width, height))
    yield "png, scan", saved(scanned(width, height))
    yield "png, drawing", saved(empty)
    yield "png, photo", saved(photo)
    yield "png, noise", saved(noise)
    yield "png, by OpenCV", encoded(empty, ".png")
    yield "png, transparent", encoded(seen, ".png")
    lossy = cv2.imencode(".webp", empty, [cv2.IMWRITE_WEBP_QUALITY, 90])[1]
    yield "webp, lossy", lossy.tobytes()
    yield "webp, screen", encoded(screen(width, height), ".webp")
    yield "webp, drawing", encoded(empty, ".webp")
    yield "webp, photo", encoded(photo, ".webp")
    yield "webp, noise", encoded(noise, ".webp")


def saved(pixels: Pixels) -> bytes:
    """Return blue, green, red as a PNG, as Pillow saves it where nothing is said."""
    file = BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1])).save(file, "PNG")
    return file.getvalue()


def screen(width: int, height: int) -> Pixels:
    """Return windows with text in them, in flat colours."""
    drawn: Pixels = np.full((height, width, 3), (90, 60, 30), np.uint8)
    for left, top in ((40, 30), (width // 3, height // 4)):
        right, below = left + width // 2, top + height * 2 // 3
        cv2.rectangle(drawn, (left, top), (right, below), (245, 245, 245), -1)
        cv2.rectangle(drawn, (left, top), (right, top + 30), (200, 120, 40), -1)
        _written(drawn, left + 12, range(top + 60, below - 10, 26), "To whom it may concern: 17 %")
    return drawn


def scanned(width: int, height: int) -> Pixels:
    """Return a page of text on paper, with a scanner's noise."""
    page: Pixels = np.full((height, width, 3), 235, np.uint8)
    _written(
        page, 80, range(90, height - 80, 30), "The parties have agreed on the following terms."
    )
    grain = np.random.default_rng(5).normal(0, 2, (height, width, 1))
    return np.asarray(np.clip(page + grain, 0, 255), np.uint8)


def _written(on: Pixels, left: int, lines: Iterable[int], words: str) -> None:
    for down in lines:
        place = (left, down)
        cv2.putText(on, words, place, cv2.FONT_HERSHEY_SIMPLEX, 0.6, (30, 30, 30), 1, cv2.LINE_AA)


def grained(pixels: Pixels) -> Pixels:
    """Return a picture with soft texture, and with noise of its own in each colour."""
    rng = np.random.default_rng(3)
    fine = cv2.GaussianBlur(rng.normal(0, 5, pixels.shape).astype(np.float32), (0, 0), 0.8)
    soft = cv2.GaussianBlur(rng.normal(0, 60, pixels.shape[:2]).astype(np.float32), (0, 0), 4)
    return np.asarray(np.clip(pixels + fine + soft[:, :, None], 0, 255), np.uint8)


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


def whole(data: bytes, inspector: Inspector) -> tuple[float, float]:
    """Return the milliseconds that all of it took: of the processor, and by the clock."""
    begun, since = time.process_time(), time.perf_counter()
    inspector.inspect(data)
    return (time.process_time() - begun) * 1e3, (time.perf_counter() - since) * 1e3


def high(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[int(0.95 * (len(values) - 1))]


class Reference:
    """The fixed piece of work."""

    def __init__(self) -> None:
        """Load the model."""
        self._model = ByOpenCV(model_bytes())
        self._small = np.frombuffer(encoded(scene(640, 480), ".jpg"), np.uint8)
        self.milliseconds()

    def milliseconds(self) -> float:
        """Return what it takes just now: on a busy machine that changes."""
        begun = time.process_time()
        whole = np.asarray(cv2.imdecode(self._small, cv2.IMREAD_COLOR), np.uint8)
        self._model(np.ascontiguousarray(whole[::2, ::2]))
        return (time.process_time() - begun) * 1e3


def worker_memory() -> None:
    """Print what a worker keeps after each of some media, and the most that it ever took, in MB."""
    media = {
        "2 MP jpeg": encoded(with_portrait(scene(1632, 1224), 500, 300, 600), ".jpg"),
        "speech": sound(voice(4)),
        "40 MP png": empty_png(6_320, bits=24),
        "40 MP webp": cv2.imencode(".webp", scene(6_320, 6_320), [cv2.IMWRITE_WEBP_QUALITY, 80])[
            1
        ].tobytes(),
        "16 MP jpeg, progressive": cv2.imencode(
            ".jpg", scene(4_600, 3_450), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
        )[1].tobytes(),
        "2 MP gif of four frames": animation(
            [scene(1_600, 1_250) // 4 * shade for shade in (1, 2, 3, 4)], "GIF"
        ),
        "14 MP webp, lossless": encoded(scene(4_300, 3_250), ".webp"),
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
        print(f"worker after {name:24} {kept:4} MB, at most {most:4} MB")
    pool.close()


def main() -> None:
    """Print a row for each picture."""
    named = [Path(name) for name in sys.argv[1:]]
    faces, fingers, reference, inspector = Faces(), Fingerprints(), Reference(), Inspector()
    samples = {file.name: file.read_bytes() for file in named} if named else pictures()
    steps = ("decode", "faces", "zone", "prints", "all", "by the clock", "reference")
    print(f"{'ms, p50/p95':24}" + "".join(f"{step:>15}" for step in steps) + f"{'x':>6}")
    for name, data in samples.items():
        spent(data, faces, fingers), whole(data, inspector)
        rows, units = [], []
        for _ in range(RUNS):
            rows.append((*spent(data, faces, fingers), *whole(data, inspector)))
            units.append(reference.milliseconds())
        columns = [*zip(*rows, strict=True), tuple(units)]
        cells = "".join(f"{f'{median(one):.1f} / {high(one):.1f}':>15}" for one in columns)
        print(f"{name:24.24}{cells}{median(columns[-3]) / median(units):6.2f}")
    worker_memory()


if __name__ == "__main__":
    main()
