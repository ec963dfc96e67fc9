"""Words drawn onto each frame of a film (MP4), which is encoded anew for that: pictures in VP9.

They stand from the first frame to the last: GB 45438-2025 (5.5) asks for two seconds from the first
on, and what is cut out of a film later says what it is, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import numpy as np

from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.visible.film.capture import frames
from guardrail.disclose.visible.film.encoder import Encoder, Packet, Pixels
from guardrail.disclose.visible.film.fragments import whole
from guardrail.disclose.visible.film.iso import Film, film, with_pictures
from guardrail.disclose.visible.letters import Plate, plate
from guardrail.disclose.visible.overlay import Place, corner
from guardrail.disclose.visible.unlabelled import Bounds, Labelled, Unlabelled

_STEP = 8
"""Pixels between those by which frames are told apart."""


def caption(
    data: bytes,
    candidates: Sequence[str],
    *,
    place: Place = Place.BOTTOM_LEFT,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> Labelled:
    """Draw a label onto all frames of an MP4.

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
            ``unreadable``, and what
            `guardrail.disclose.visible.film.iso.film` names: whatever couldn't be kept.
    """
    if len(data) > bounds.encoded_bytes:
        raise Unlabelled("too_large")
    try:
        found = film(whole(data))
        _check(found, bounds)
        size, words, packets = _encoded(found, candidates, place)
        if sum(len(one.data) for one in packets) > len(data) + bounds.film_growth:
            raise Unlabelled("too_large")
        made = with_pictures(found, packets, size)
    except Unmarkable:
        raise Unlabelled("unreadable") from None
    box = (*corner(words, size, place), *words.mask.size)
    return Labelled(
        data=made,
        mime="video/mp4",
        words=words.words,
        box=box,
        letter_height=words.letter_height,
    )


def _check(one: Film, bounds: Bounds) -> None:
    track = one.pictures
    pixels, count = track.width * track.height, len(track.samples.sizes)
    if not pixels or pixels > bounds.pixels:
        raise Unlabelled("too_many_pixels" if pixels else "unreadable")
    if pixels * count > bounds.film_pixels or count > bounds.film_frames:
        raise Unlabelled("too_long")


def _encoded(
    one: Film, candidates: Sequence[str], place: Place
) -> tuple[tuple[int, int], Plate, list[Packet]]:
    """Return the size of the upright frames, what is drawn on them, and them."""
    track = one.pictures
    wide, high = track.width, track.height
    size = (high, wide) if track.turns % 2 else (wide, high)
    words = plate(candidates, *size)
    left, top = corner(words, size, place)
    letters = np.asarray(words.mask, np.uint8)[:, :, None]
    packets: list[Packet] = []
    seen: set[bytes] = set()
    with closing(Encoder(*size, matrix=track.colours.matrix)) as encoder:
        for frame in frames(one.data):
            if len(packets) == len(track.samples.sizes) or frame.shape[1::-1] != size:
                raise Unlabelled("frames_lost")
            if len(seen) < 2:
                seen.add(frame[::_STEP, ::_STEP].tobytes())
            packets.append(encoder.encode(_drawn(frame, letters, left, top)))
    if len(seen) < len(packets[:2]):
        # OpenCV gives the frame before where it fails to convert one, as an interlaced one.
        raise Unlabelled("frames_lost")
    return size, words, packets


def _drawn(frame: Pixels, letters: Pixels, left: int, top: int) -> Pixels:
    height, width = letters.shape[:2]
    frame[top : top + height, left : left + width] = letters
    return frame
