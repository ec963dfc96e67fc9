"""A WebM or Matroska film with other pictures: all other tracks stay byte for byte (RFC 9559).

What can't be kept is refused with its reason, and never left out. Blocks are put in clusters anew;
an index of places to jump to, and room for a label, stand before them.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from guardrail.disclose.marks import ebml
from guardrail.disclose.marks.ebml import Element, element, elements
from guardrail.disclose.visible.film.blocks import (
    KEY,
    TIME,
    Block,
    blocks,
    longest,
    scale_of,
    written,
)
from guardrail.disclose.visible.film.encoder import Packet
from guardrail.disclose.visible.film.webm_track import NUMBER, Pictures, anew, number_of, pictures
from guardrail.disclose.visible.unlabelled import Unlabelled

_TRACK, _TYPE = 0xAE, 0x83
_REFERENCE = 0xFB
_CUE, _CUE_TIME, _CUE_PLACES, _CUE_TRACK, _CUE_CLUSTER = 0xBB, 0xB3, 0xB7, 0xF7, 0xF1
_PARTS = frozenset({ebml.SEEK_HEAD, ebml.CUES, ebml.CLUSTER, ebml.VOID, ebml.CRC})
"""Of a segment, what is written anew."""
_LACED = 0x06
_ROOM = 2_048
"""Bytes for a label before the first cluster."""


@dataclass(frozen=True, slots=True)
class Film:
    """What a film is made of."""

    data: bytes
    whole: Element
    pictures: Pictures
    frames: tuple[Block, ...]
    """Blocks of pictures, in the order in which they are shown."""
    others: tuple[Block, ...]
    scale: int
    """Nanoseconds of a tick."""


def film(data: bytes) -> Film:
    """Read a film.

    Raises:
        Unlabelled: ``unsupported_format``: it has no pictures; ``several_video_tracks``,
            ``unsupported_layout``, ``encrypted``, ``unreadable``; and as
            `guardrail.disclose.visible.film.webm_track.pictures`.
        Unmarkable: an element is broken.
    """
    whole = ebml.segment(data)
    if any(one.kind == ebml.SEGMENT and one.start != whole.start for one in elements(data)):
        raise Unlabelled("unsupported_layout")
    inside = list(elements(data, whole.body, whole.end))
    listed = [one for one in inside if one.kind == ebml.TRACKS]
    if len(listed) != 1:
        raise Unlabelled("unsupported_layout" if listed else "unreadable")
    entries = list(ebml.within(data, listed[0], _TRACK))
    seen = [one for one in entries if number_of(data, one, _TYPE) == 1]
    if len(seen) != 1:
        raise Unlabelled("several_video_tracks" if seen else "unsupported_format")
    number = number_of(data, seen[0], NUMBER)
    held = list(blocks(data, inside))
    mine = [one for one in held if one.track == number]
    if any(one.flags & _LACED for one in mine) or not mine:
        raise Unlabelled("unsupported_layout" if mine else "unreadable")
    track = pictures(data, seen[0], number, mine[0].data)
    shown = [one for one in mine if one.is_shown and track.shows(one.data)]
    frames = tuple(sorted(shown, key=lambda one: one.time))
    others = tuple(one for one in held if one.track != number)
    return Film(data, whole, track, frames, others, scale_of(data, inside))


def with_pictures(one: Film, packets: Sequence[Packet]) -> bytes:
    """Return the film with other pictures.

    Args:
        one: the film.
        packets: a frame each, in the order in which they are shown.

    Raises:
        Unlabelled: ``frames_lost``: there are fewer packets than frames, or more.
        Unmarkable: ``too_large``.
    """
    if len(packets) != len(one.frames) or not packets:
        raise Unlabelled("frames_lost")
    clusters, cues = _clusters(one, packets)
    head = _head(one)
    least = len(head) + len(_cues(one, cues, [0] * len(clusters))) + _ROOM
    places: list[int] = []
    for cluster in clusters:
        places.append(least)
        least += len(cluster)
    body = [head, _cues(one, cues, places), ebml.void(_ROOM), *clusters]
    length = ebml.size(sum(map(len, body)), 8)
    before = one.data[: one.whole.start]
    return b"".join([before, ebml.identified(ebml.SEGMENT), length, *body])


def _head(one: Film) -> bytes:
    """Return all that isn't written anew, with the new track among the others."""
    data, out = one.data, b""
    for part in elements(data, one.whole.body, one.whole.end):
        if part.kind == ebml.TRACKS:
            out += element(ebml.TRACKS, *(
                anew(data, one.pictures) if inner == one.pictures.entry
                else data[inner.start : inner.end]
                for inner in elements(data, part.body, part.end) if inner.kind != ebml.CRC
            ))  # fmt: skip
        elif part.kind not in _PARTS:
            out += data[part.start : part.end]
    return out


def _clusters(one: Film, packets: Sequence[Packet]) -> tuple[list[bytes], list[tuple[int, int]]]:
    """Return clusters, and the times that players can jump to with the number of its cluster."""
    frames = [
        (frame.time, 0, at, _frame(frame, packets[at], one.frames[at - 1] if at else None))
        for at, frame in enumerate(one.frames)
    ]
    rest = [(block.time, 1, at, block) for at, block in enumerate(one.others)]
    most = longest(one.scale)
    made: list[list[bytes]] = []
    cues: list[tuple[int, int]] = []
    start = 0
    for time, which, at, block in sorted([*frames, *rest], key=lambda entry: entry[:3]):
        is_key = which == 0 and packets[at].is_key
        if not made or is_key or time - start > most:
            start = time
            made.append([ebml.unsigned(TIME, start)])
        if is_key:
            cues.append((time, len(made) - 1))
        made[-1].append(written(block, time - start))
    return [element(ebml.CLUSTER, *parts) for parts in made], cues


def _frame(old: Block, packet: Packet, before: Block | None) -> Block:
    """Return the block of a new frame that is shown when the old one was."""
    if not old.duration:
        return Block(old.track, old.time, KEY * packet.is_key, packet.data)
    back = (before.time if before else old.time) - old.time
    refers = b"" if packet.is_key else element(_REFERENCE, struct.pack(">q", back))
    return Block(old.track, old.time, 0, packet.data, old.duration + refers)


def _cues(one: Film, cues: Sequence[tuple[int, int]], places: Sequence[int]) -> bytes:
    """Return an index, as long wherever the clusters stand."""
    track = ebml.unsigned(_CUE_TRACK, one.pictures.number)
    return element(ebml.CUES, *(
        element(
            _CUE, ebml.unsigned(_CUE_TIME, time),
            element(_CUE_PLACES, track, element(_CUE_CLUSTER, struct.pack(">Q", places[cluster]))),
        )
        for time, cluster in cues
    ))  # fmt: skip
