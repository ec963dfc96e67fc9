"""A label drawn onto a picture: onto every frame, upright, readable on any ground.

White letters stand on a black plate that hides what is under it, so their contrast doesn't depend
on the picture. Everything else stays: size, colour space, profile, metadata, timing. What can't
stay is a signature over the old file, since the file is another one: a signer takes the old file
as its parent.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from io import BytesIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from guardrail.disclose.visible.formats import MIMES, kept, saved
from guardrail.disclose.visible.letters import Plate, plate
from guardrail.disclose.visible.unlabelled import Bounds, Labelled, Unlabelled

Paint = Callable[[Image.Image], Image.Image]

AI = ("AI",)
"""The EU code of practice's letters, for `Place.TOP_RIGHT`."""
_MARGIN = 0.4
"""Of a letter's height, between label and edge."""
_COLOURS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "L": ((0,), (255,)),
    "LA": ((0, 255), (255, 255)),
    "RGB": ((0, 0, 0), (255, 255, 255)),
    "RGBA": ((0, 0, 0, 255), (255, 255, 255, 255)),
    "CMYK": ((0, 0, 0, 255), (0, 0, 0, 0)),
}
"""Black and white in each mode that is drawn on."""


class Place(StrEnum):
    """Where a label stands."""

    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"


def overlay(
    data: bytes,
    candidates: Sequence[str],
    *,
    place: Place = Place.BOTTOM_LEFT,
    then: Paint | None = None,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> Labelled:
    """Draw a label onto a JPEG, PNG, WebP, GIF, TIFF or AVIF, onto each of its frames.

    Args:
        data: The whole file.
        candidates: Words, the longest first: the first that fits is drawn, in letters of at least
            5 % of the shorter side. In Kazakhstan Kazakh and Russian, a line each.
        place: Which corner.
        then: What else is to be done with each frame before it is encoded, which then happens
            once: a watermark.
        bounds: Of size.

    Raises:
        Unlabelled: ``unsupported_format``, ``unreadable``, ``too_large``, ``too_many_pixels``,
            ``too_many_frames``, ``too_small``, ``no_letters``, ``unwritable``.
    """
    drawn: list[tuple[Plate, tuple[int, int, int, int]]] = []

    def paint(frame: Image.Image) -> Image.Image:
        before = drawn[-1][0] if drawn else None
        words = _plate_for(before, candidates, frame)
        box = _draw(frame, words, place)
        drawn.append((words, box))
        return then(frame) if then else frame

    file, mime = repaint(data, paint, bounds)
    words, box = drawn[0]
    return Labelled(
        data=file, mime=mime, words=words.words, box=box, letter_height=words.letter_height
    )


def repaint(data: bytes, paint: Paint, bounds: Bounds) -> tuple[bytes, str]:
    """Decode a picture, do something with each of its frames, and encode it as it was.

    Args:
        data: The whole file.
        paint: Gets each frame as it is seen, upright, in a mode of ``L``, ``LA``, ``RGB``,
            ``RGBA`` or ``CMYK``, and returns one of the same size.
        bounds: Of size.

    Returns:
        The file and its MIME type.

    Raises:
        Unlabelled: As `overlay`, and whatever `paint` raises.
    """
    with _opened(data, bounds) as image:
        keep = kept(image)
        unpainted = list(_frames(image, bounds))
    return saved([paint(frame) for frame in unpainted], keep), MIMES[keep.format]


def frames(data: bytes, bounds: Bounds) -> Iterator[Image.Image]:
    """Yield a picture's frames, upright, in the modes that `repaint` names.

    Raises:
        Unlabelled: As `overlay`.
    """
    with _opened(data, bounds) as image:
        yield from _frames(image, bounds)


def contrast(data: bytes, box: tuple[int, int, int, int]) -> float:
    """Measure a label's contrast (WCAG 2.2, 1.4.3): 1 to 21; 4.5 are asked of text.

    The median of the lightest tenth against that of the darkest half, of the first frame.
    """
    left, top, width, height = box
    with _opened(data, Bounds()) as image:
        area = image.convert("RGB").crop((left, top, left + width, top + height))
    shares = np.asarray(area, np.float64) / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    light = np.sort((linear @ np.array([0.2126, 0.7152, 0.0722])).ravel())
    brightest = float(np.median(light[-max(1, light.size // 10) :]))
    darkest = float(np.median(light[: max(1, light.size // 2)]))
    return (brightest + 0.05) / (darkest + 0.05)


@contextmanager
def _opened(data: bytes, bounds: Bounds) -> Iterator[Image.Image]:
    if len(data) > bounds.encoded_bytes:
        raise Unlabelled("too_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=tuple(MIMES)) as image:
                _check(image, bounds)
                yield image
    except Unlabelled:
        raise
    except UnidentifiedImageError:
        raise Unlabelled("unsupported_format") from None
    except Image.DecompressionBombError:
        raise Unlabelled("too_many_pixels") from None
    except Exception:  # noqa: BLE001 - its readers raise whatever a broken file makes them raise
        raise Unlabelled("unreadable") from None


def _check(image: Image.Image, bounds: Bounds) -> None:
    pixels, frames = image.width * image.height, int(getattr(image, "n_frames", 1))
    if pixels > bounds.pixels:
        raise Unlabelled("too_many_pixels")
    if frames > bounds.frames or pixels * frames > max(bounds.moving_pixels, bounds.pixels):
        raise Unlabelled("too_many_frames")


def _frames(image: Image.Image, bounds: Bounds) -> Iterator[Image.Image]:
    """Yield each frame as it is seen: upright, in a mode that can be drawn on, a copy."""
    pixels = 0
    for number in range(int(getattr(image, "n_frames", 1))):
        image.seek(number)
        pixels += image.width * image.height  # pages of a TIFF have sizes of their own
        if number and pixels > bounds.moving_pixels:
            raise Unlabelled("too_many_frames")
        _check(image, bounds)
        upright = ImageOps.exif_transpose(image)
        yield _drawable(upright)


def _drawable(image: Image.Image) -> Image.Image:
    if image.mode in _COLOURS:
        return image.copy()
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    if image.mode == "1":
        return image.convert("L")
    has_alpha = image.mode in {"PA", "La", "RGBa"} or "transparency" in image.info
    return image.convert("RGBA" if has_alpha else "RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Reduce grey of 16 bits and more to 8: nothing else is drawn on."""
    values = np.asarray(image).astype(np.float64)
    most = 65_535.0 if image.mode.startswith("I") else max(float(values.max(initial=1.0)), 1e-9)
    shades = np.clip(np.nan_to_num(values) / most * 255, 0, 255).astype(np.uint8)
    done = Image.fromarray(shades, "L")
    done.info = dict(image.info)
    return done


def _plate_for(before: Plate | None, candidates: Sequence[str], frame: Image.Image) -> Plate:
    """Return the plate of the frame before, or set one for a page of another size."""
    if before and before.size == frame.size:
        return before
    return plate(candidates, *frame.size)


def corner(words: Plate, size: tuple[int, int], place: Place) -> tuple[int, int]:
    """Return where a plate's left upper corner stands, in a picture of a width and height."""
    margin = int(_MARGIN * words.letter_height)
    width, height = words.mask.size
    left = margin if place.endswith("left") else size[0] - width - margin
    top = margin if place.startswith("top") else size[1] - height - margin
    return max(0, min(left, size[0] - width)), max(0, min(top, size[1] - height))


def _draw(frame: Image.Image, words: Plate, place: Place) -> tuple[int, int, int, int]:
    black, white = _COLOURS[frame.mode]
    width, height = words.mask.size
    left, top = corner(words, frame.size, place)
    frame.paste(_single(black), (left, top, left + width, top + height))
    frame.paste(_single(white), (left, top), words.mask)
    return left, top, width, height


def _single(colour: tuple[int, ...]) -> int | tuple[int, ...]:
    return colour[0] if len(colour) == 1 else colour
