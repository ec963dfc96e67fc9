"""``python -m benchmarks.media_labels``: what labelling a medium costs, by medium, size and layer.

Through a process of its own, as in serving: milliseconds, the median of some, of tags alone, of
words (or a rhythm) with them, of the watermark too, and of all with a signed manifest; beside one
decoding and encoding of the same picture by Pillow, so that machines can be compared.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from statistics import median

from PIL import Image

from guardrail.disclose import label
from guardrail.disclose.c2pa import development
from guardrail.disclose.layers import Said
from guardrail.disclose.visible.aac.encoder import encoded
from guardrail.disclose.visible.aac.stream import preface
from guardrail.disclose.visible.sound import earcon
from guardrail.shells.label_writer import Kit, LabelWriter
from guardrail.testing import pictures, sounds

SIDES = (512, 1024, 2048)
WORDS = ("Жасанды интеллект жасаған\nСоздано искусственным интеллектом", "ЖИ · ИИ")
SAID = Said(label=label(id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"), words=WORDS)
KEY = bytes(range(16))


def media() -> Iterator[tuple[str, bytes]]:
    """Yield names and files."""
    for ending in (".png", ".jpg", ".webp"):
        for side in SIDES:
            yield f"{ending[1:]} {side}²", pictures.encoded(pictures.scene(side, side), ending)
    for form in ("WAV", "MP3", "FLAC", "OGG"):
        for seconds in (5, 60):
            yield f"{form.lower()} {seconds} s", sounds.encoded(sounds.voice(seconds), form=form)
    for seconds in (5, 60):
        yield f"aac {seconds} s", aac(seconds)


def aac(seconds: int) -> bytes:
    """Return raw AAC: the rhythm again and again."""
    once = preface(frame_of_silence(), "").data
    return once * round(seconds / 1.5)


def frame_of_silence() -> bytes:
    """Return a frame of raw AAC-LC, 24 kHz, one channel."""
    block = encoded(earcon(24_000)[:0], 6, 1)[0]
    return bytes.fromhex("fff15840") + ((7 + len(block)) << 5 | 31).to_bytes(2) + b"\xfc" + block


def milliseconds(work: Callable[[], object], runs: int) -> float:
    """Return the median time of `work`."""
    spent = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        spent.append((time.perf_counter() - begun) * 1e3)
    return median(spent)


def again(data: bytes) -> None:
    """Decode a picture and encode it as it was."""
    with Image.open(BytesIO(data)) as image:
        image.convert("RGB").save(BytesIO(), str(image.format))


def main() -> None:
    """Print a row for each medium."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="of each")
    runs = parser.parse_args().runs
    who = development(datetime.now(UTC))
    kits = {
        "tags": Kit(visible=False),
        "words": Kit(),
        "watermark": Kit(watermark_key=KEY),
        "all": Kit(watermark_key=KEY, credentials=(who.credential,), anchors=who.root),
    }
    writers = {name: LabelWriter(kit, seconds=60) for name, kit in kits.items()}
    for one in writers.values():
        one.write(pictures.encoded(pictures.scene(64, 64)), SAID)
    print(f"{'':14}{'bytes':>12}{'recode':>9}{''.join(f'{name:>11}' for name in kits)}   layers")
    for name, data in media():
        recode = milliseconds(partial(again, data), runs) if "²" in name else 0.0
        cells: list[float] = []
        layers: tuple[str, ...] = ()
        for one in writers.values():
            layers = one.write(data, SAID).written
            cells.append(milliseconds(partial(one.write, data, SAID), runs))
        row = "".join(f"{cell:11.1f}" for cell in cells)
        print(f"{name:14}{len(data):12,}{recode:9.1f}{row}   {', '.join(layers)}")
    for one in writers.values():
        one.close()


if __name__ == "__main__":
    main()
