"""Pillow within bounds: named formats only, and a size it can't be talked out of."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image

from guardrail.detect.media.budget import Budget, Uninspectable

FORMATS = ("PNG", "GIF", "WEBP", "TIFF")
"""What Pillow is asked to read where nothing else is said. Never EPS, which starts a program."""
_ONE_BYTE = {"1", "L", "P"}


@contextmanager
def opened(
    data: bytes, budget: Budget, formats: tuple[str, ...] = FORMATS
) -> Iterator[Image.Image]:
    """Open a picture of `formats`; nothing is decoded yet, and what fails inside is a verdict.

    Raises:
        Uninspectable: ``too_many_pixels``; ``undecodable``, whatever Pillow met with, in here or in
            the block.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=formats) as image:
                check_frame(image, budget)
                yield image
    except (Uninspectable, GeneratorExit):
        raise
    except Image.DecompressionBombError:
        raise Uninspectable("too_many_pixels") from None
    except Exception:  # noqa: BLE001 - its readers raise whatever a broken file makes them raise
        raise Uninspectable("undecodable") from None


def check_frame(image: Image.Image, budget: Budget) -> None:
    """Compare the frame that Pillow stands at with what may be decoded.

    Pillow has no reduced decoding, and most of its pixels take four bytes: so of pictures that it
    reads, half as many are decoded as of others, unless a pixel is one byte.

    Raises:
        Uninspectable: ``too_many_pixels``.
    """
    most = budget.pixels if image.mode in _ONE_BYTE else budget.pixels // 2
    if image.width * image.height > most:
        raise Uninspectable("too_many_pixels")
