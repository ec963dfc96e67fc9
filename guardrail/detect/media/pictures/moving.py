"""Faces taken out of an animation: every frame is searched, filled, and searched again.

Wherever a face is in one frame, that place is filled in all: between two frames nobody has moved
far, and what is found in one may just be missed in the next.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.headers import Size, check
from guardrail.detect.media.pictures.decode import Pixels, from_image
from guardrail.detect.media.pictures.encode import Encoded
from guardrail.detect.media.pictures.faces import SUSPECT, Faces
from guardrail.detect.media.pictures.pillow import check_frame, opened
from guardrail.detect.media.pictures.redact import AROUND, cover, enlarged, found
from guardrail.facts.media import Box

_MOST_FRAMES = 40
_MOST_PIXELS = 2_500_000
"""Of all frames: each is searched twice and encoded anew, in the time that one medium may take."""
_FORMATS = {"GIF": "image/gif", "WEBP": "image/webp", "PNG": "image/png"}
_QUALITY = 85
_SHORTEST = 20
"""Milliseconds that a frame stays, at least: of less, readers make what they like."""


@dataclass(frozen=True, slots=True)
class _Frame:
    pixels: Pixels
    milliseconds: int


def fill_frames(
    data: bytes, size: Size, boxes: Iterable[Box], *, faces: Faces, budget: Budget
) -> Encoded:
    """Fill `boxes`, and whatever may be a face in any frame, in every frame, and encode anew.

    Args:
        data: A GIF, an animated WebP or an APNG.
        size: What `headers.picture_size` says of it.
        boxes: In pixels, as `Seen.box`.
        faces: Finds what else is there, and proves that nothing is left.
        budget: Of its pixels.

    Raises:
        Uninspectable: ``too_many_frames``, ``cannot_redact`` for pages of a TIFF,
            ``undecodable``, ``redaction_unproven``.
    """
    shown, kind, loop = _decoded(data, size, budget)
    places = [*boxes, *(box for one in shown for box in found(one.pixels, faces))]
    for one in shown:
        for box in places:
            cover(one.pixels, enlarged(box, AROUND, one.pixels.shape))
    done = _encoded(shown, kind, loop)
    again, _, _ = _decoded(done, size, budget)
    if any(found(one.pixels, faces, least=SUSPECT) for one in again):
        raise Uninspectable("redaction_unproven")
    return Encoded(done, _FORMATS[kind])


def _decoded(data: bytes, size: Size, budget: Budget) -> tuple[list[_Frame], str, int | None]:
    """Return all frames, the format, and how often they are to be shown; None for once."""
    check(size, budget)
    with opened(data, budget) as image:
        count = int(getattr(image, "n_frames", 1))
        if image.format not in _FORMATS:
            raise Uninspectable("cannot_redact")
        if count > _MOST_FRAMES or count * image.width * image.height > _MOST_PIXELS:
            raise Uninspectable("too_many_frames")
        kind, loop = str(image.format), image.info.get("loop")
        return [*_frames(image, count, budget)], kind, loop if isinstance(loop, int) else None


def _frames(image: Image.Image, count: int, budget: Budget) -> Iterator[_Frame]:
    for number in range(count):
        image.seek(number)
        check_frame(image, budget)
        pixels = from_image(image, max(image.size)).pixels
        stays = image.info.get("duration", 100)
        milliseconds = int(stays) if isinstance(stays, int | float) and 0 <= stays < 1e6 else 100
        yield _Frame(np.ascontiguousarray(pixels).copy(), max(_SHORTEST, milliseconds))


def _encoded(shown: Sequence[_Frame], kind: str, loop: int | None) -> bytes:
    images = [Image.fromarray(np.ascontiguousarray(one.pixels[:, :, ::-1])) for one in shown]
    out = io.BytesIO()
    often = {} if loop is None else {"loop": loop}
    how = {"quality": _QUALITY, "method": 0} if kind == "WEBP" else {}
    images[0].save(
        out,
        format=kind,
        save_all=True,
        append_images=images[1:],
        duration=[one.milliseconds for one in shown],
        **often,
        **how,
    )
    return out.getvalue()
