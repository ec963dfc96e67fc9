"""Pictures decoded upright, no larger than needed, and never before their header was judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size, check
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.detect.media.pictures.pillow import opened

Pixels = NDArray[np.uint8]
"""Height x width x 3, blue green red."""

LONG_SIDE = 640
"""Pixels of the long side that detectors want at least."""

_REDUCED = (
    (8, cv2.IMREAD_REDUCED_COLOR_8),
    (4, cv2.IMREAD_REDUCED_COLOR_4),
    (2, cv2.IMREAD_REDUCED_COLOR_2),
)
_ORIENTATION = 0x0112
"""The tag of EXIF."""
_LYING, _MIRRORED, _OVERTURNED = {5, 6, 7, 8}, {2, 3, 6, 7}, {3, 4, 7, 8}
"""Orientations whose columns are rows, and then, what is left and what is above change sides."""
_STRIP_PIXELS = 1 << 20
"""Of an image that are converted at once."""
_SCANS = 32
_SCANNED_PIXELS = 300_000_000
"""A progressive JPEG goes over all pixels once a scan; a camera's has 10 scans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as people see it: its orientation applied, on a ground that shows it."""

    pixels: Pixels
    scale: float
    """Pixels here for one of the whole picture: 1 where it wasn't reduced."""
    width: int
    """Of the whole picture, upright."""
    height: int
    beneath: Pixels | None = None
    """What is under the transparency: some readers drop that, and see this instead."""

    @property
    def views(self) -> tuple[Pixels, ...]:
        """All ways to see it."""
        return (self.pixels,) if self.beneath is None else (self.pixels, self.beneath)


def decode(data: bytes, size: Size, *, long_side: int, budget: Budget) -> Picture:
    """Decode a picture, or its first frame, so that its long side keeps `long_side` if it had it.

    Args:
        data: The whole file.
        size: What `headers.picture_size` says of it.
        long_side: In pixels.
        budget: Of its pixels.

    Raises:
        Uninspectable: ``too_many_pixels``, ``too_many_scans``, ``undecodable``, or
            ``sizes_disagree``: it was larger than its header said.
    """
    check(size, budget)
    if has_transparency(data):
        with opened(data, budget) as image:
            return from_image(image, long_side)
    _check_scans(data, size)
    longest = max(size.width, size.height)
    factor, flag = next(
        (one for one in _REDUCED if longest // one[0] >= long_side), (1, cv2.IMREAD_COLOR)
    )
    return _measured(imdecode(data, flag), size, factor)


def from_pixels(pixels: Pixels, long_side: int) -> Picture:
    """Return pixels as a picture, reduced so that its long side is at most twice `long_side`."""
    height, width = pixels.shape[:2]
    reduced = _halved(pixels, long_side)
    return Picture(
        pixels=reduced,
        scale=max(reduced.shape[:2]) / max(width, height),
        width=width,
        height=height,
    )


def from_image(image: Image.Image, long_side: int) -> Picture:
    """Return a picture that Pillow opened, upright, its transparent parts on a ground."""
    way = image.getexif().get(_ORIENTATION, 1)
    reduced = _upright(_reduced(image, long_side), way)
    width, height = image.size if way not in _LYING else image.size[::-1]
    beneath = np.ascontiguousarray(reduced[:, :, 2::-1])
    alpha = reduced[:, :, 3]
    opaque = bool((alpha == 255).all())
    return Picture(
        pixels=beneath if opaque else _grounded(beneath, alpha),
        scale=max(reduced.shape[:2]) / max(width, height),
        width=width,
        height=height,
        beneath=None if opaque else beneath,
    )


def imdecode(data: bytes, flag: int) -> Pixels:
    """Decode with OpenCV.

    Raises:
        Uninspectable: ``undecodable``.
    """
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flag)
    except cv2.error:
        pixels = None
    if pixels is None or pixels.size == 0:
        raise Uninspectable("undecodable")
    return np.asarray(pixels, np.uint8)


def has_transparency(data: bytes) -> bool:
    """Tell whether a PNG or WebP says that it has transparent pixels."""
    if data.startswith(b"\x89PNG"):
        return bool(data[25:26] and data[25] & 4) or b"tRNS" in data[: max(0, data.find(b"IDAT"))]
    if data[8:15] == b"WEBPVP8":
        if data[15:16] == b"X":
            return bool(data[20:21] and data[20] & 0x10)
        return data[15:16] == b"L" and bool(data[24:25] and data[24] & 0x10)
    return False


def _check_scans(data: bytes, size: Size) -> None:
    if not data.startswith(b"\xff\xd8"):
        return
    scans = data.count(b"\xff\xda")  # coded data can't hold it: its FF are followed by 00
    if scans > _SCANS or scans * size.width * size.height > _SCANNED_PIXELS:
        raise Uninspectable("too_many_scans")


def _measured(pixels: Pixels, size: Size, factor: int) -> Picture:
    """Tell the whole upright picture's size from the header and from how the pixels lie."""
    height, width = pixels.shape[:2]
    if (height > width) == (size.height > size.width):
        whole = (size.width, size.height)
    else:
        whole = (size.height, size.width)
    if width > -(-whole[0] // factor) + 1 or height > -(-whole[1] // factor) + 1:
        raise Uninspectable("sizes_disagree")
    return Picture(
        pixels=pixels, scale=max(width, height) / max(whole), width=whole[0], height=whole[1]
    )


def _grounded(colours: Pixels, alpha: Pixels) -> Pixels:
    """Lay transparent colours on white where they are dark, on black where they are bright."""
    weight = alpha.astype(np.uint16)[:, :, None]
    bright = float((colours * weight).sum()) > 127.5 * 3 * float(weight.sum())
    ground = 0 if bright else 255
    return ((colours * weight + ground * (255 - weight)) // 255).astype(np.uint8)


def _halved(pixels: Pixels, long_side: int) -> Pixels:
    """Reduce by a power of two, keeping `long_side`."""
    height, width = pixels.shape[:2]
    factor = _factor(max(width, height), long_side)
    if factor == 1:
        return pixels
    to = (max(1, width // factor), max(1, height // factor))
    return np.asarray(cv2.resize(pixels, to, interpolation=cv2.INTER_AREA), np.uint8)


def _factor(longest: int, long_side: int) -> int:
    """Return the power of two, at most 8, by which a side can be divided and keep `long_side`."""
    return next((one for one in (8, 4, 2) if longest // one >= long_side), 1)


def _reduced(image: Image.Image, long_side: int) -> Pixels:
    """Return an image as red, green, blue and alpha, reduced by a power of two.

    That is done in strips: converted as a whole, a large image would take four times its memory.
    """
    factor = _factor(max(image.size), long_side)
    strip = factor * max(1, _STRIP_PIXELS // (factor * image.width))
    parts = []
    for top in range(0, image.height, strip):
        box = (0, top, image.width, min(image.height, top + strip))
        rows = np.asarray(image.crop(box).convert("RGBA"), np.uint8)
        if factor > 1:
            to = (max(1, image.width // factor), max(1, len(rows) // factor))
            rows = np.asarray(cv2.resize(rows, to, interpolation=cv2.INTER_AREA), np.uint8)
        parts.append(rows)
    return np.concatenate(parts)


def _upright(pixels: Pixels, way: int) -> Pixels:
    """Turn pixels from how they lie, an EXIF orientation of 1 to 8, to how they are seen."""
    if way in _LYING:
        pixels = pixels.transpose(1, 0, 2)
    if way in _MIRRORED:
        pixels = pixels[:, ::-1]
    return pixels[::-1] if way in _OVERTURNED else pixels
