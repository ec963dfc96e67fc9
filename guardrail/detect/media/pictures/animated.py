"""Pictures of several frames: GIF, APNG, WebP and TIFF, a few frames evenly spaced."""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size, check
from guardrail.detect.media.pictures.decode import LONG_SIDE, Picture, from_image
from guardrail.detect.media.pictures.pillow import check_frame, opened
from guardrail.detect.media.pictures.room import check_frame_room

_IN_ORDER_PIXELS = 64_000_000
"""A frame needs all that come before it: this many pixels take well under a second."""
_IN_ORDER_FRAMES = 2_000
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def frames(data: bytes, size: Size, budget: Budget) -> Iterator[tuple[int, Picture]]:
    """Yield at most `budget.frames` frames with their numbers from 0, first and last included.

    Frames of an animation resemble each other, so a few stand for all. Pages of a TIFF don't: all
    are looked at, or none.

    Raises:
        Uninspectable: ``too_many_pixels``, also for the memory of a frame; ``too_many_frames``:
            of an animation, more than can be decoded in good time; of a TIFF, more than the budget;
            ``undecodable``.
    """
    check(size, budget)
    paged = data.startswith(_TIFF)
    _check_frames(size.frames or 1, size, budget, paged=paged)
    with opened(data, budget) as image:
        count = int(getattr(image, "n_frames", 1))
        _check_frames(count, size, budget, paged=paged)
        for number in spaced(count, budget.frames):
            image.seek(number)
            check_frame(image, budget)
            if count > 1:
                check_frame_room(image, data)
            yield number, from_image(image, LONG_SIDE)


def spaced(count: int, most: int) -> list[int]:
    """Return at most `most` numbers below `count`, evenly spaced, with both ends."""
    if count <= most or most < 2:
        return list(range(min(count, most)))
    return [round(place * (count - 1) / (most - 1)) for place in range(most)]


def _check_frames(count: int, size: Size, budget: Budget, *, paged: bool) -> None:
    in_all = count * size.width * size.height
    if paged:
        too_many = count > budget.frames
    else:
        too_many = count > _IN_ORDER_FRAMES or (count > 1 and in_all > _IN_ORDER_PIXELS)
    if too_many:
        raise Uninspectable("too_many_frames")
