"""Pixels encoded anew: nothing but pixels is left, no metadata, thumbnail or hidden tail."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.pictures.decode import Pixels
from guardrail.detect.media.pictures.opencv import cv2

_QUALITY = 90
_OTHERS = {"image/gif": "GIF", "image/bmp": "BMP", "image/tiff": "TIFF"}


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture's file, and what it is now."""

    data: bytes
    mime: str


def encode_like(original: bytes, pixels: Pixels) -> Encoded:
    """Encode in the format of `original`: JPEG, PNG or WebP; everything else becomes PNG.

    Readers of AI services take those three wherever they take a picture; `mime` is to be declared
    where it isn't what was declared before.

    Raises:
        Uninspectable: ``not_encodable``: as a WebP of more than 16,383 pixels a side.
    """
    if original.startswith(b"\xff\xd8\xff"):
        return _encoded(".jpg", "image/jpeg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if original[:4] == b"RIFF" and original[8:12] == b"WEBP":
        return _encoded(".webp", "image/webp", pixels, [cv2.IMWRITE_WEBP_QUALITY, _QUALITY])
    return _encoded(".png", "image/png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])


def in_format(data: bytes, mime: str) -> bytes:
    """Return a picture of one frame, JPEG, PNG or WebP, in a format that a container wants.

    Args:
        data: as `encode_like` made it.
        mime: of a GIF, BMP or TIFF.

    Raises:
        Uninspectable: ``cannot_redact`` for other formats.
    """
    ending = _OTHERS.get(mime)
    if ending is None:
        raise Uninspectable("cannot_redact")
    out = BytesIO()
    with Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
        image.save(out, ending)
    return out.getvalue()


def _encoded(ending: str, mime: str, pixels: Pixels, how: list[int]) -> Encoded:
    try:
        done, data = cv2.imencode(ending, pixels, how)
    except cv2.error:
        done, data = False, None
    if not done or data is None:
        raise Uninspectable("not_encodable")
    return Encoded(data.tobytes(), mime)
