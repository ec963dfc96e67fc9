"""Pictures decoded upright, no larger than needed, and never before their header was judged."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size, check
from guardrail.detect.media.layouts.jpeg import kept_coefficients
from guardrail.detect.media.pictures import png_bands, webp
from guardrail.detect.media.pictures.divided import divided
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.detect.media.pictures.orientation import TAG
from guardrail.detect.media.pictures.pillow import opened
from guardrail.detect.media.pictures.room import check_bytes, opencv_has_room, thrifty
from guardrail.detect.media.sniff import sniff

Pixels = NDArray[np.uint8]
"""Height x width x 3, blue green red."""

LONG_SIDE = 640
"""Pixels of the long side that detectors want at least."""

_JPEG, _PNG, _WEBP = b"\xff\xd8", b"\x89PNG", b"WEBP"
_REDUCED = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    1: cv2.IMREAD_COLOR,
}
_LYING, _MIRRORED, _OVERTURNED = {5, 6, 7, 8}, {2, 3, 6, 7}, {3, 4, 7, 8}
"""Orientations whose columns are rows, and then, what is left and what is above change sides."""
_MOST_AT_ONCE = 4_000_000
"""Pixels of a PNG, once reduced, up to which it is read in bands: those are put together then."""
_MOST_WHOLE = 4_000_000
"""Pixels up to which what takes the least time matters more than what takes the least memory."""
_UNREAD = {"image/heic", "image/heic-sequence"}
"""Formats whose headers are understood, but whose pixels no reader here understands."""
_DEEP = b"\x10"
"""Bits of a sample, in a PNG's header: OpenCV reads such ones whole in less time than in bands."""
_INTERLACED_PIXELS = 16_000_000
"""Of a PNG, whose rows come seven times and stand whole in memory."""
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
        Uninspectable: ``too_many_pixels``, also for the memory that it would take;
            ``too_many_scans``, ``format_not_decodable``, ``undecodable``, or ``sizes_disagree``: it
            was larger than its header said.
    """
    check(size, budget)
    longest = max(size.width, size.height)
    factor = _factor(longest, long_side)
    transparent = has_transparency(data)
    most = budget.pixels // 2 if transparent else budget.pixels
    if size.width * size.height <= most:
        read = _while_read(data, size, factor, long_side, transparent=transparent)
        if read is not None:
            return read
    if transparent:
        with opened(data, budget) as image:
            return from_image(image, long_side)
    _check_scans(data, size)
    if data.startswith(_JPEG):
        return _measured(imdecode(data, _REDUCED[factor]), size, factor)
    mime = sniff(data).mime
    if mime in _UNREAD:
        raise Uninspectable("format_not_decodable")
    if not opencv_has_room(size, mime):
        with thrifty(data, mime, budget) as image:
            return from_image(image, long_side)
    # OpenCV reads others whole, and leaves pixels out to reduce them.
    unreduced = _measured(imdecode(data, cv2.IMREAD_COLOR), size, 1)
    small = _halved(unreduced.pixels, long_side)
    return replace(unreduced, pixels=small, scale=max(small.shape[:2]) / longest)


def _while_read(
    data: bytes, size: Size, factor: int, long_side: int, *, transparent: bool
) -> Picture | None:
    """Return a picture that can be reduced while it is read, or with little memory."""
    pixels = size.width * size.height
    if data.startswith(_PNG):
        _check_passes(data, size)
        small = pixels <= _MOST_WHOLE and not transparent
        if pixels > _MOST_AT_ONCE * factor**2 or (small and data[24:25] == _DEEP):
            return None
        bands = png_bands.reduced(data, size, factor)
        return _from_samples(bands.samples, bands.way, size) if bands else None
    if data[8:12] != _WEBP or (pixels <= _MOST_WHOLE and not transparent):
        return None
    if transparent:
        four = webp.whole(data, size)
        if four is None:
            return None
        return _seen_through(_halved(four[0], long_side), four[1], size.width, size.height)
    three = webp.reduced(data, size, factor)
    return _lying(*three, size) if three else None


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
    way = image.getexif().get(TAG, 1)
    return _seen_through(_reduced(image, long_side), way, *image.size)


def _from_samples(samples: Pixels, way: int, size: Size) -> Picture:
    """Return a picture of samples as `png_bands.Reduced` has them, upright."""
    match samples.shape[2]:
        case 4:
            return _seen_through(samples, way, size.width, size.height)
        case 2:
            grey, alpha = samples[:, :, :1], samples[:, :, 1:]
            four = np.concatenate((grey, grey, grey, alpha), axis=2)
            return _seen_through(four, way, size.width, size.height)
        case 1:
            pixels = np.asarray(cv2.cvtColor(samples, cv2.COLOR_GRAY2BGR), np.uint8)
        case _:
            pixels = np.asarray(
                cv2.cvtColor(np.ascontiguousarray(samples), cv2.COLOR_RGB2BGR), np.uint8
            )
    return _lying(pixels, way, size)


def _lying(pixels: Pixels, way: int, size: Size) -> Picture:
    """Return the pixels of a picture of that size, as they lie in its file, upright."""
    pixels = np.ascontiguousarray(_upright(pixels, way))
    width, height = (size.height, size.width) if way in _LYING else (size.width, size.height)
    return Picture(
        pixels=pixels,
        scale=max(pixels.shape[:2]) / max(width, height),
        width=width,
        height=height,
    )


def _seen_through(reduced: Pixels, way: int, width: int, height: int) -> Picture:
    """Return red, green, blue and alpha of a picture of that size on a ground, upright."""
    reduced = np.ascontiguousarray(_upright(reduced, way))
    width, height = (height, width) if way in _LYING else (width, height)
    beneath = np.asarray(cv2.cvtColor(reduced, cv2.COLOR_RGBA2BGR), np.uint8)
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
    if data.startswith(_PNG):
        return bool(data[25:26] and data[25] & 4) or b"tRNS" in data[: max(0, data.find(b"IDAT"))]
    if data[8:15] == b"WEBPVP8":
        if data[15:16] == b"X":
            return bool(data[20:21] and data[20] & 0x10)
        return data[15:16] == b"L" and bool(data[24:25] and data[24] & 0x10)
    return False


def _check_scans(data: bytes, size: Size) -> None:
    if not data.startswith(_JPEG):
        return
    scans = data.count(b"\xff\xda")  # coded data can't hold it: its FF are followed by 00
    if scans > _SCANS or scans * size.width * size.height > _SCANNED_PIXELS:
        raise Uninspectable("too_many_scans")
    check_bytes(kept_coefficients(data))


def _check_passes(data: bytes, size: Size) -> None:
    """Bound a PNG that is interlaced: nothing reads it in bands."""
    if data[28:29] not in {b"", b"\0"} and size.width * size.height > _INTERLACED_PIXELS:
        raise Uninspectable("too_many_pixels")


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
    factor = _factor(max(pixels.shape[:2]), long_side)
    return pixels if factor == 1 else divided(pixels, factor)


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
        parts.append(rows if factor == 1 else divided(rows, factor))
    return np.concatenate(parts)


def _upright(pixels: Pixels, way: int) -> Pixels:
    """Turn pixels from how they lie, an EXIF orientation of 1 to 8, to how they are seen."""
    if way in _LYING:
        pixels = pixels.transpose(1, 0, 2)
    if way in _MIRRORED:
        pixels = pixels[:, ::-1]
    return pixels[::-1] if way in _OVERTURNED else pixels
