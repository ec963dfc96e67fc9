"""What pictures that must be read as a whole may take of a worker's 200 MB.

JPEG, PNG and most WebP are reduced while they are read. Of other formats readers want all pixels at
once, and some of them several times.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PIL import Image

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size
from guardrail.detect.media.pictures.pillow import opened

MOST_BYTES: Final = 48 << 20
"""Of memory for whole pixels: a worker keeps about 140 MB already."""
_OPENCV: Final = {
    "image/tiff": 14,
    "image/bmp": 6,
    "image/gif": 9,
    "image/avif": 18,
    "image/heif": 18,
    "image/heif-sequence": 18,
    "image/jp2": 18,
    "image/jpx": 18,
    "image/x-jp2-codestream": 18,
}
"""Bytes for each pixel that OpenCV was measured to take, up to; of others it isn't asked here."""
_PILLOW: Final = {"1": 1, "L": 1, "P": 1, "RGB": 4, "RGBA": 4}
"""Bytes of a pixel in memory, by the modes in which Pillow shows what OpenCV would."""
_THRIFTY: Final = {"image/tiff": "TIFF", "image/gif": "GIF", "image/avif": "AVIF"}
"""What Pillow calls the formats that it reads with less memory than OpenCV."""
_MOVING: Final = {"GIF": 18, "PNG": 20, "WEBP": 24}
"""Bytes for each pixel that Pillow was measured to take of an animation: its canvas several times,
as a frame may bring back what was there before."""
_AVIF: Final = 10
"""Bytes for each pixel that libavif and Pillow take together."""
_ROWS_OF_STRIP: Final = 278
"""The tag of TIFF 6.0: libtiff reads a strip as a whole, beside the pixels."""
_MANY_ROWS: Final = 256


def check_room(size: Size, octets: int) -> None:
    """Refuse a picture that takes so many bytes for each pixel, where these are too many in all.

    Raises:
        Uninspectable: ``too_many_pixels``.
    """
    check_bytes(size.width * size.height * octets)


def check_bytes(octets: int) -> None:
    """Refuse what takes so many bytes beside what a worker keeps, where these are too many.

    Raises:
        Uninspectable: ``too_many_pixels``.
    """
    if octets > MOST_BYTES:
        raise Uninspectable("too_many_pixels")


def check_frame_room(image: Image.Image, data: bytes) -> None:
    """Refuse the frame or page of several at which Pillow stands, where there is no room for it.

    Raises:
        Uninspectable: ``too_many_pixels``.
    """
    each = _MOVING.get(image.format or "") or _octets(image)
    check_bytes(image.width * image.height * each + len(data))


def opencv_has_room(size: Size, mime: str) -> bool:
    """Tell whether OpenCV may read a picture of that size and format."""
    return size.width * size.height * _OPENCV.get(mime, 0) <= MOST_BYTES


@contextmanager
def thrifty(data: bytes, mime: str, budget: Budget) -> Iterator[Image.Image]:
    """Open, by Pillow, a picture for which OpenCV has no room; nothing is decoded yet.

    Raises:
        Uninspectable: ``too_many_pixels``, where there is no room for it so either; else as
            `opened`.
    """
    form = _THRIFTY.get(mime)
    if form is None:
        raise Uninspectable("too_many_pixels")
    with opened(data, budget, (form,)) as image:
        check_bytes(image.width * image.height * _octets(image) + len(data))
        yield image


def _octets(image: Image.Image) -> int:
    """Return how many bytes Pillow takes for each pixel."""
    if image.mode not in _PILLOW:
        raise Uninspectable("too_many_pixels")
    if image.format == "AVIF":
        return _AVIF
    return _PILLOW[image.mode] * (2 if _rows_of_strip(image) > _MANY_ROWS else 1)


def _rows_of_strip(image: Image.Image) -> int:
    """Return the rows of a TIFF's strip; 1 of other formats, which are read row by row."""
    if image.format != "TIFF":
        return 1
    rows = getattr(image, "tag_v2", {}).get(_ROWS_OF_STRIP, image.height)
    return rows if isinstance(rows, int) else image.height
