"""Faces taken out of a picture, or everything but one face, and proof that it worked.

A blurred or pixelated face is still found by a detector, and by people: only a solid fill is
relied on. What is handed back was decoded and searched again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import ceil

import numpy as np

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size
from guardrail.detect.media.pictures.decode import (
    LONG_SIDE,
    Picture,
    Pixels,
    decode,
    from_pixels,
    imdecode,
)
from guardrail.detect.media.pictures.encode import Encoded, encode_like
from guardrail.detect.media.pictures.faces import CERTAIN, SUSPECT, Faces, box_of
from guardrail.detect.media.pictures.opencv import cv2
from guardrail.facts.media import Box

AROUND = 1.3
"""How much larger than a face the place is that is filled."""
_BLOCK = 16
"""Of a JPEG with halved colour: what a face's compression left outside of it ends at one."""
_SIDE, _LEAST = 960, 0.5
"""Smaller and weaker faces than an inspection reports are filled, too."""
_ROUNDS = 2
_MOST_PIXELS = 4_000_000
"""A larger picture is handed on with its sides halved until it has no more: to decode all of it,
twice, takes more memory than a worker has, and models read no more than about two megapixels."""
_AROUND_FACE = 1.4
_LEAST_SHARE = 0.2


class Look(StrEnum):
    """How a filled place looks. Neither holds anything of what was there but its mean colour."""

    FILL = "fill"
    """Black."""
    MOSAIC = "mosaic"
    """A chequer of two shades around the place's mean colour, for the eye's sake."""


def fill(
    data: bytes,
    size: Size,
    boxes: Iterable[Box],
    *,
    faces: Faces,
    budget: Budget,
    look: Look = Look.FILL,
) -> Encoded:
    """Fill `boxes` and whatever else may be a face, each 1.3 times as large, and encode anew.

    Of several frames the first stays. Transparency is laid on a ground: nothing stays beneath it.
    A picture of more than four megapixels comes back with sides halved, or halved again.

    Args:
        data: The whole file.
        size: What `headers.picture_size` says of it.
        boxes: In pixels of the upright picture, as `Seen.box`.
        faces: Finds what else is there, and proves that nothing is left.
        budget: Of its pixels.
        look: Of the filled places.

    Returns:
        A file of the same format where that is JPEG, PNG or WebP, else a PNG.

    Raises:
        Uninspectable: As `decode`; ``redaction_unproven``: a face is still found in the result.
    """
    picture = _decoded(data, size, budget)
    pixels = np.ascontiguousarray(picture.pixels)
    if not pixels.flags.writeable:
        pixels = pixels.copy()
    places = [*(_reduced(box, picture.scale) for box in boxes), *found(pixels, faces)]
    for _ in range(_ROUNDS):
        for box in places:
            cover(pixels, enlarged(box, AROUND, pixels.shape), look)
        done = encode_like(data, pixels)
        if not _still_there(done.data, faces):
            return done
        places = found(imdecode(done.data, cv2.IMREAD_COLOR), faces)
    raise Uninspectable("redaction_unproven")


def face_only(
    data: bytes, size: Size, *, faces: Faces, budget: Budget, least_share: float = _LEAST_SHARE
) -> Encoded:
    """Return the one face of a picture, its box 1.4 times as large, and nothing else of it.

    For identification by banks, which may use a face and no other part of the body. The share of
    the face is read as: the detector's box, not enlarged, over the whole upright picture as it was
    sent. A picture of a whole person is so refused rather than cropped. A second face counts
    already where it is only suspected. As in `fill`, a large picture is reduced.

    Raises:
        Uninspectable: As `decode`; ``no_face``: none that is sure; ``several_faces``;
            ``face_too_small``; ``redaction_unproven``: the result isn't one face.
    """
    picture = _decoded(data, size, budget)
    found = faces.find(from_pixels(picture.pixels, LONG_SIDE))
    if not found or found[0].score < CERTAIN or found[0].box is None:
        raise Uninspectable("no_face")
    if len(found) > 1:
        raise Uninspectable("several_faces")
    box = found[0].box
    if box[2] * box[3] < least_share * picture.pixels.shape[0] * picture.pixels.shape[1]:
        raise Uninspectable("face_too_small")
    left, top, width, height = scaled_box(box, _AROUND_FACE, picture.pixels.shape)
    done = encode_like(data, picture.pixels[top : top + height, left : left + width])
    left_over = faces.find(from_pixels(imdecode(done.data, cv2.IMREAD_COLOR), LONG_SIDE))
    if len(left_over) != 1 or left_over[0].score < CERTAIN:
        raise Uninspectable("redaction_unproven")
    return done


def _decoded(data: bytes, size: Size, budget: Budget) -> Picture:
    """Decode as much of a picture as is handed on."""
    longest, pixels = max(size.width, size.height), size.width * size.height
    while pixels > _MOST_PIXELS:
        longest, pixels = longest // 2, pixels // 4
    return decode(data, size, long_side=longest, budget=budget)


def _reduced(box: Box, scale: float) -> Box:
    """Return a box of the whole picture in the reduced one, outwards to whole pixels."""
    left, top = int(box[0] * scale), int(box[1] * scale)
    right, bottom = ceil((box[0] + box[2]) * scale), ceil((box[1] + box[3]) * scale)
    return left, top, right - left, bottom - top


def enlarged(box: Box, times: float, shape: Sequence[int]) -> Box:
    """Return a box `times` as large, outwards to borders of JPEG blocks, within `shape`."""
    left, top, width, height = scaled_box(box, times, shape)
    right, bottom = -(-(left + width) // _BLOCK) * _BLOCK, -(-(top + height) // _BLOCK) * _BLOCK
    left, top = left // _BLOCK * _BLOCK, top // _BLOCK * _BLOCK
    return left, top, min(right, shape[1]) - left, min(bottom, shape[0]) - top


def scaled_box(box: Box, times: float, shape: Sequence[int]) -> Box:
    """Return a box with both sides `times` as long around its centre, within `shape`."""
    left, top, width, height = box
    more_wide, more_high = width * (times - 1) / 2, height * (times - 1) / 2
    first = (
        min(shape[1], max(0, int(left - more_wide))),
        min(shape[0], max(0, int(top - more_high))),
    )
    last = (
        min(shape[1], -int(-(left + width + more_wide) // 1)),
        min(shape[0], -int(-(top + height + more_high) // 1)),
    )
    return first[0], first[1], max(0, last[0] - first[0]), max(0, last[1] - first[1])


def found(pixels: Pixels, faces: Faces, *, least: float = _LEAST) -> list[Box]:
    """Return where a picture may show faces, smaller and weaker ones than an inspection reports."""
    height, width = pixels.shape[:2]
    seen = faces.candidates(pixels, side=_SIDE, least=least)
    return [box_of(one, 1.0, width, height) for one in seen]


def _still_there(data: bytes, faces: Faces) -> bool:
    pixels = imdecode(data, cv2.IMREAD_COLOR)
    if faces.candidates(pixels, side=_SIDE, least=SUSPECT):
        return True
    return bool(faces.find(from_pixels(pixels, LONG_SIDE)))


def cover(pixels: Pixels, box: Box, look: Look = Look.FILL) -> None:
    """Fill a place, in the pixels themselves."""
    left, top, width, height = box
    place = pixels[top : top + height, left : left + width]
    if place.size == 0:
        return
    if look is Look.FILL:
        place[:] = 0
        return
    mean = place.reshape(-1, 3).mean(axis=0)
    tile = max(1, max(width, height) // 8)
    chequer = (np.arange(height)[:, None] // tile + np.arange(width)[None, :] // tile) % 2
    shades = np.stack((mean * 0.9, np.minimum(mean * 1.1, 255))).astype(np.uint8)
    place[:] = shades[chequer]
