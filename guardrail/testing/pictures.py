"""Pictures made up by code: a portrait of nobody, a document's page, and files that mean harm.

Needs the extra ``media``.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Height x width x 3, blue green red."""

Colour = tuple[int, int, int]

SKIN: Colour = (150, 180, 225)
_GROUND: Colour = (190, 170, 150)
_HAIR: Colour = (30, 40, 55)
_FULL = 512


def portrait(side: int = 512, skin: Colour = SKIN) -> Pixels:
    """Return a drawn portrait of nobody, `side` x `side`, that face detectors are sure of."""
    canvas = np.full((_FULL, _FULL, 3), _GROUND, np.uint8)
    shade = _darker(skin, 0.8)
    canvas = _soft(canvas, (256, 520, 200, 120), (110, 60, 40), 3)  # shoulders
    canvas = _soft(canvas, (256, 215, 140, 165), _HAIR, 3)
    canvas = _soft(canvas, (256, 380, 42, 60), shade, 4)  # neck
    canvas = _soft(canvas, (256, 250, 110, 145), skin, 2)
    canvas = _soft(canvas, (345, 270, 25, 110), shade, 18)
    canvas = _soft(canvas, (167, 270, 20, 110), shade, 18)
    canvas = _soft(canvas, (256, 120, 110, 45), _HAIR, 6)
    for across in (210, 302):
        canvas = _eye(canvas, across, shade)
    canvas = _soft(canvas, (270, 270, 10, 45), shade, 8)  # nose
    canvas = _soft(canvas, (256, 303, 26, 9), _darker(skin, 0.6), 4, (0, 180))
    for across in (244, 268):
        canvas = _soft(canvas, (across, 304, 6, 4), (60, 70, 110), 2)
    canvas = _soft(canvas, (256, 347, 38, 13), (95, 95, 185), 2)  # mouth
    canvas = _soft(canvas, (256, 345, 38, 4), (60, 50, 110), 1.5)
    canvas = _soft(canvas, (256, 372, 30, 8), shade, 6)
    return _resized(canvas, side)


def scene(width: int, height: int, seed: int = 1) -> Pixels:
    """Return a landscape without anybody: sky, ground, blocks, and noise of a camera."""
    rng = np.random.default_rng(seed)
    canvas: Pixels = np.empty((height, width, 3), np.uint8)
    canvas[:] = (210, 180, 140)
    canvas[height * 6 // 10 :] = (70, 110, 90)
    for _ in range(12):
        left, top = int(rng.integers(0, width)), int(rng.integers(0, height))
        size = int(rng.integers(4, max(5, width // 8)))
        colour = [int(value) for value in rng.integers(0, 255, 3)]
        cv2.rectangle(canvas, (left, top), (left + size, top + size // 2), colour, -1)
    noise = rng.integers(-2, 3, (height, width, 1))  # a camera smooths the rest
    noisy: Pixels = np.clip(canvas.astype(np.int16) + noise, 0, 255).astype(np.uint8)
    return noisy


def with_portrait(ground: Pixels, left: int, top: int, side: int) -> Pixels:
    """Return `ground` with a portrait of `side` pixels at a place."""
    copy: Pixels = np.array(ground)
    copy[top : top + side, left : left + side] = portrait(side)
    return copy


ZONE = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
"""The specimen of ICAO Doc 9303-4."""


def document(
    lines: tuple[str, ...] = ZONE, width: int = 1250, height: int = 880, *, face: bool = False
) -> Pixels:
    """Return a page with a machine-readable zone at its foot, and a portrait if wanted."""
    page: Pixels = np.full((height, width, 3), 236, np.uint8)
    if face:
        page[60:460, 60:460] = portrait(400)
    pitch = width * 0.9 / len(lines[0])
    for row, line in enumerate(lines):
        down = int(height - 30 - (len(lines) - 1 - row) * 2.55 * pitch)
        for place, character in enumerate(line):
            (wide, _), _ = cv2.getTextSize(character, cv2.FONT_HERSHEY_SIMPLEX, pitch / 24, 2)
            at = (int(width * 0.05 + (place + 0.5) * pitch - wide / 2), down)
            cv2.putText(page, character, at, cv2.FONT_HERSHEY_SIMPLEX, pitch / 24, (25, 25, 25), 2)
    return page


def printed(lines: tuple[str, ...] = ZONE, width: int = 1250, height: int = 880) -> Pixels:
    """Return a page with a machine-readable zone at its foot in the font that is printed: OCR-B."""
    held = json.loads(
        files("guardrail.detect.media.pictures").joinpath("data", "ocr_b.json").read_text("utf-8")
    )
    pitch = width * 0.9 / len(lines[0])
    size = (round(pitch), round(pitch * held["height"] / held["width"]))
    page: Pixels = np.full((height, width, 3), 236, np.uint8)
    for row, line in enumerate(lines):
        top = int(height - 30 - size[1] - (len(lines) - 1 - row) * 2.5 * pitch)
        for place, character in enumerate(line):
            ink = np.array([int(one, 16) for one in held["ink"][character]], np.uint8) * 17
            glyph = cv2.resize(ink.reshape(held["height"], held["width"]), size)
            left = int(width * 0.05 + place * pitch)
            spot = page[top : top + size[1], left : left + size[0]]
            spot[:] = np.minimum(spot, 236 - (glyph.astype(np.uint16) * 210 // 255)[..., None])
    return page


def encoded(pixels: Pixels, ending: str = ".png") -> bytes:
    """Return a file: ``.png``, ``.jpg``, ``.webp``, ``.bmp``, ``.tiff``, ``.avif``."""
    return bytes(cv2.imencode(ending, pixels)[1].tobytes())


def png(width: int, height: int, packed: bytes, *, depth: int = 8, colour: int = 2) -> bytes:
    """Return a PNG of zlib's `packed` rows (each with its filter byte)."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, body) for kind, body in ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    )


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def empty_png(side: int, *, bits: int) -> bytes:
    """Return a black square PNG of 1 or 24 bits: 50 KB are 20,000 x 20,000 pixels of one bit."""
    packed = deflated_zeros(side * (1 + side * bits // 8))
    return png(side, side, packed, depth=1 if bits == 1 else 8, colour=0 if bits == 1 else 2)


def deflated_zeros(count: int) -> bytes:
    """Return `count` zero bytes as zlib packs them (RFC 1950), without ever having them."""
    block = 1 << 20
    packer = zlib.compressobj(9, wbits=-15)
    one = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    last = zlib.compressobj(9, wbits=-15)
    rest = last.compress(bytes(count % block)) + last.flush()
    adler = (count % 65521) << 16 | 1
    return b"\x78\xda" + one * (count // block) + rest + struct.pack(">I", adler)


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """Return a JPEG with an EXIF orientation, 1 to 8."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def with_stated_size(jpeg: bytes, width: int, height: int) -> bytes:
    """Return a JPEG whose frame header states another size."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def gif(count: int, side: int) -> bytes:
    """Return a GIF of `count` square frames, all alike."""
    from PIL import Image  # noqa: PLC0415 - only here

    still = _animated(1, lambda _: Image.new("P", (side, side), 7), "GIF")
    start = still.index(b",\0\0\0\0")  # the image descriptor
    return still[:start] + still[start:-1] * count + b";"


def animation(frames: list[Pixels], kind: str) -> bytes:
    """Return an animation of these frames: ``GIF``, ``PNG``, ``WEBP`` or a ``TIFF`` of pages."""
    from PIL import Image  # noqa: PLC0415 - only here

    return _animated(len(frames), lambda n: Image.fromarray(frames[n][:, :, ::-1]), kind)


def _animated(count: int, frame: Callable[[int], Any], kind: str) -> bytes:
    from io import BytesIO  # noqa: PLC0415 - only here

    out = BytesIO()
    rest = [frame(number) for number in range(1, count)]
    frame(0).save(out, kind, save_all=True, append_images=rest, duration=100, loop=0)
    return out.getvalue()


def _eye(canvas: Pixels, across: int, shade: Colour) -> Pixels:
    canvas = _soft(canvas, (across, 225, 32, 20), shade, 8)
    canvas = _soft(canvas, (across, 196, 32, 9), _HAIR, 2, (180, 360))
    canvas = _soft(canvas, (across, 230, 22, 11), (235, 238, 240), 1.5)
    canvas = _soft(canvas, (across, 221, 24, 5), (30, 35, 50), 1, (180, 360))
    canvas = _soft(canvas, (across, 230, 10, 10), (40, 50, 60), 1)
    return _soft(canvas, (across + 3, 227, 3, 3), (240, 240, 240), 0.8)


def _soft(
    canvas: Pixels,
    place: tuple[int, int, int, int],
    colour: Colour,
    blur: float,
    arc: tuple[int, int] = (0, 360),
) -> Pixels:
    """Lay an ellipse (centre, half axes) on the canvas, its edge blurred."""
    across, down, wide, high = place
    mask = np.zeros(canvas.shape[:2], np.float32)
    cv2.ellipse(mask, (across, down), (wide, high), 0, *arc, 1.0, -1, cv2.LINE_AA)
    weight = np.asarray(cv2.GaussianBlur(mask, (0, 0), blur))[:, :, None]
    return (canvas * (1 - weight) + np.array(colour) * weight).astype(np.uint8)


def _darker(colour: Colour, times: float) -> Colour:
    return int(colour[0] * times), int(colour[1] * times), int(colour[2] * times)


def _resized(pixels: Pixels, side: int) -> Pixels:
    if side == _FULL:
        return pixels
    how = cv2.INTER_AREA if side < _FULL else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (side, side), interpolation=how), np.uint8)
