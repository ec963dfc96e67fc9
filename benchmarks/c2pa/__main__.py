"""``python -m benchmarks.c2pa``: milliseconds and bytes of signing, reading back and labelling.

Made-up pictures and sounds; processor time, median and 95th percentile of `RUNS`. The first run
loads the library and isn't counted.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from statistics import median

import numpy as np
import soundfile
from PIL import Image

from guardrail.disclose.c2pa import Signer, development, sign, verify
from guardrail.disclose.label import label
from guardrail.disclose.visible.document import stamp
from guardrail.disclose.visible.overlay import overlay
from guardrail.disclose.visible.sound import preface

RUNS = 10
WORDS = ("Жасанды интеллект жасаған\nСоздано искусственным интеллектом", "ЖИ жасаған\nСоздано ИИ")


def media() -> dict[str, tuple[str, bytes]]:
    """Return files by their name: type and content."""
    rng = np.random.default_rng(1)
    made = {}
    for side in (256, 1024, 2048):
        small = rng.integers(0, 255, (side // 8, side // 8, 3), dtype=np.uint8)
        image = Image.fromarray(small).resize((side, side), Image.Resampling.BICUBIC)
        for form in ("PNG", "JPEG", "WEBP"):
            made[f"{form} {side}"] = (f"image/{form.lower()}", saved(image, form))
        made[f"PDF {side}"] = ("application/pdf", saved(image, "PDF"))
    wave = rng.normal(0, 0.1, 24_000 * 60)
    for form in ("WAV", "FLAC", "MP3"):
        target = io.BytesIO()
        soundfile.write(target, wave, 24_000, format=form)
        kind = "mpeg" if form == "MP3" else form.lower()
        made[f"{form} 60 s"] = (f"audio/{kind}", target.getvalue())
    return made


def saved(image: Image.Image, form: str) -> bytes:
    """Return an image's file."""
    target = io.BytesIO()
    image.save(target, form)
    return target.getvalue()


def measured(what: Callable[[], object]) -> str:
    """Return median and 95th percentile, in milliseconds."""
    what()
    spent = []
    for _ in range(RUNS):
        begun = time.process_time()
        what()
        spent.append((time.process_time() - begun) * 1e3)
    return f"{median(spent):8.1f} {sorted(spent)[int(0.95 * (RUNS - 1))]:8.1f}"


def labelled(mime: str, data: bytes) -> object:
    """Put a visible or audible label on."""
    if mime.startswith("image/"):
        return overlay(data, WORDS)
    if mime.startswith("audio/"):
        return preface(data, WORDS[0])
    return stamp(data, WORDS[0])


def main() -> None:
    """Print it."""
    now = datetime.now(UTC)
    made = development(now)
    signer = Signer(credentials=(made.credential,), anchors=made.root)
    said = label(id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10", model="demo", created=1)
    print(
        f"{'':12} {'bytes':>9} {'mark':>6} {'sign ms':>8} {'p95':>8} {'read ms':>8} {'p95':>8}",
        end="",
    )
    print(f" {'label ms':>8} {'p95':>8}")
    for name, (mime, data) in media().items():
        done = sign(data, mime, said, signer, now).data
        signing = measured(partial(sign, data, mime, said, signer, now))
        reading = measured(partial(verify, done, mime, anchors=made.root))
        labelling = measured(partial(labelled, mime, data))
        more = len(done) - len(data)
        print(f"{name:12} {len(data):9} {more:6} {signing} {reading} {labelling}", flush=True)


if __name__ == "__main__":
    main()
