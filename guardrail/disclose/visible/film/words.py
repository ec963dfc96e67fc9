"""Words drawn onto each frame of a film, which is encoded anew for that: pictures in VP9.

They stand from the first frame to the last: GB 45438-2025 (5.5) asks for two seconds from the first
on, and what is cut out of a film later says what it is, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from guardrail.disclose.marks import matroska
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.visible.film import iso, webm
from guardrail.disclose.visible.film.capture import frames
from guardrail.disclose.visible.film.encoder import Encoder, Packet, Pixels
from guardrail.disclose.visible.film.fragments import whole
from guardrail.disclose.visible.letters import Plate, plate
from guardrail.disclose.visible.overlay import Place, corner
from guardrail.disclose.visible.unlabelled import Bounds, Labelled, Unlabelled

_STEP = 8
"""Pixels between those by which frames are told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A film that can be drawn on, in whatever container it came."""

    data: bytes
    mime: str
    width: int
    height: int
    """As encoded, in pixels."""
    turns: int
    """Quarter turns by which players turn it."""
    count: int
    """Of frames."""
    matrix: int
    """What the new pictures are to say of their colours."""
    anew: Callable[[Sequence[Packet], tuple[int, int]], bytes]
    """Returns the film with other frames, of another size."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright frames."""
        return (self.height, self.width) if self.turns % 2 else (self.width, self.height)


def caption(
    data: bytes,
    candidates: Sequence[str],
    *,
    place: Place = Place.BOTTOM_LEFT,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> Labelled:
    """Draw a label onto all frames of an MP4, a QuickTime film, WebM or Matroska.

    Sound and all other tracks stay byte for byte, each frame is shown when it was; fragments are
    joined to one film.

    Args:
        data: The whole file.
        candidates: Words, the longest first: the first that fits is drawn, in letters of at least
            5 % of the shorter side.
        place: Which corner.
        bounds: Of size.

    Raises:
        Unlabelled: ``too_large``, ``too_many_pixels``, ``too_long``, ``too_small``, ``no_letters``,
            ``undecodable``, ``frames_lost``, ``no_encoder``, ``unwritable``,
            ``unreadable``, and what `guardrail.disclose.visible.film.iso.film` and
            `guardrail.disclose.visible.film.webm.film` name: whatever couldn't be kept.
    """
    if len(data) > bounds.encoded_bytes:
        raise Unlabelled("too_large")
    try:
        found = _matroska(data) if data.startswith(matroska.MAGIC) else _mp4(data)
        _check(found, bounds)
        words, packets = _encoded(found, candidates, place)
        if sum(len(one.data) for one in packets) > len(data) + bounds.film_growth:
            raise Unlabelled("too_large")
        made = found.anew(packets, found.size)
    except Unmarkable:
        raise Unlabelled("unreadable") from None
    box = (*corner(words, found.size, place), *words.mask.size)
    return Labelled(
        data=made,
        mime=found.mime,
        words=words.words,
        box=box,
        letter_height=words.letter_height,
    )


def _mp4(data: bytes) -> _Source:
    found = iso.film(whole(data))
    track = found.pictures
    return _Source(
        data=found.data,
        mime="video/quicktime" if iso.is_quicktime(data) else "video/mp4",
        width=track.width,
        height=track.height,
        turns=track.turns,
        count=len(track.samples.sizes),
        matrix=track.colours.matrix,
        anew=lambda packets, size: iso.with_pictures(found, packets, size),
    )


def _matroska(data: bytes) -> _Source:
    found = webm.film(data)
    track = found.pictures
    return _Source(
        data=data,
        mime=matroska.kind(data),
        width=track.width,
        height=track.height,
        turns=0,
        count=len(found.frames),
        matrix=track.colours.matrix,
        anew=lambda packets, _: webm.with_pictures(found, packets),
    )


def _check(one: _Source, bounds: Bounds) -> None:
    pixels = one.width * one.height
    if not pixels or pixels > bounds.pixels:
        raise Unlabelled("too_many_pixels" if pixels else "unreadable")
    if pixels * one.count > bounds.film_pixels or one.count > bounds.film_frames:
        raise Unlabelled("too_long")


def _encoded(one: _Source, candidates: Sequence[str], place: Place) -> tuple[Plate, list[Packet]]:
    """Return what is drawn on the upright frames, and them."""
    words = plate(candidates, *one.size)
    left, top = corner(words, one.size, place)
    letters = np.asarray(words.mask, np.uint8)[:, :, None]
    packets: list[Packet] = []
    seen: set[bytes] = set()
    with closing(Encoder(*one.size, matrix=one.matrix)) as encoder:
        for frame in frames(one.data):
            if len(packets) == one.count or frame.shape[1::-1] != one.size:
                raise Unlabelled("frames_lost")
            if len(seen) < 2:
                seen.add(frame[::_STEP, ::_STEP].tobytes())
            packets.append(encoder.encode(_drawn(frame, letters, left, top)))
    if len(seen) < len(packets[:2]):
        # OpenCV gives the frame before where it fails to convert one, as an interlaced one.
        raise Unlabelled("frames_lost")
    return words, packets


def _drawn(frame: Pixels, letters: Pixels, left: int, top: int) -> Pixels:
    height, width = letters.shape[:2]
    frame[top : top + height, left : left + width] = letters
    return frame
