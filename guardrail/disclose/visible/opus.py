"""Sound of WebM and Matroska in Opus: the rhythm, and spoken words, before its own packets.

These stay byte for byte: an Opus packet says itself how it is coded (RFC 6716, 3.1), so others may
stand before it. Blocks, and an index of places to jump to, are written anew for the later times.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import pairwise

import numpy as np

from guardrail.disclose.marks import ebml, matroska, ogg
from guardrail.disclose.marks.ebml import Element, element, elements
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.visible.film.blocks import (
    KEY,
    TIME,
    Block,
    blocks,
    longest,
    scale_of,
    written,
)
from guardrail.disclose.visible.sound import Samples, beginning, library
from guardrail.disclose.visible.unlabelled import Bounds, Labelled, Unlabelled

_TRACK, _NUMBER, _CODEC, _PRIVATE, _ENCODINGS = 0xAE, 0xD7, 0x86, 0x63A2, 0x6D80
_DURATION = 0x4489
_CUE, _CUE_TIME, _CUE_PLACES, _CUE_TRACK, _CUE_CLUSTER = 0xBB, 0xB3, 0xB7, 0xF7, 0xF1
_PARTS = frozenset({ebml.SEEK_HEAD, ebml.CUES, ebml.CLUSTER, ebml.VOID, ebml.CRC})
"""Of a segment, what is written anew."""
_ROOM = 2_048
"""Bytes for a label before the first cluster."""
_RATE = 48_000
_HEAD, _LEAST_HEAD = b"OpusHead", 19
_FRAME = 960
"""Samples of a packet that libsndfile writes: 20 ms."""
_HEADERS = 2
_SIZES = (480, 960, 1_920, 2_880) * 3 + (480, 960) * 2 + (120, 240, 480, 960) * 4
"""Samples of a frame, by how it is coded: as speech, both, or as music (RFC 6716, table 2)."""


@dataclass(frozen=True, slots=True)
class _Sound:
    """What a file is made of."""

    data: bytes
    whole: Element
    inside: tuple[Element, ...]
    number: int
    """Of the only track."""
    channels: int
    scale: int
    """Nanoseconds of a tick."""
    blocks: tuple[Block, ...]


def preface(
    data: bytes,
    words: str,
    *,
    spoken: bytes = b"",
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> Labelled:
    """Put the rhythm, and spoken words, before the only track of a WebM or Matroska file.

    Args:
        data: The whole file.
        words: What the label says, as text: handed back for those who can't hear.
        spoken: The operator's recording of these words.
        bounds: Of size.

    Raises:
        Unlabelled: ``unsupported_codec``: it isn't Opus, of one or two channels; ``encrypted``;
            ``unsupported_layout``: another track, or a gain; ``unreadable``, ``too_large``.
        ConfigError: `spoken` can't be read or is too long; a library is missing.
    """
    if len(data) > bounds.encoded_bytes:
        raise Unlabelled("too_large")
    try:
        sound = _read(data)
        packets = encoded(beginning(_RATE, spoken, bounds), sound.channels)
        made = _with(sound, packets)
    except Unmarkable:
        raise Unlabelled("unreadable") from None
    seconds = sum(map(samples_of, packets)) / _RATE
    return Labelled(data=made, mime=matroska.kind(data), words=words, seconds=seconds)


def encoded(mono: Samples, channels: int) -> list[bytes]:
    """Return one channel of sound at 48 kHz as packets of Opus, filled up with silence.

    Args:
        mono: frames, from -1 to 1.
        channels: of the packets, one or two.

    Raises:
        Unlabelled: ``no_encoder``: the libsndfile that is there has none.
    """
    lib = library()
    filled = np.append(mono, np.zeros(-len(mono) % _FRAME, np.float32))
    target = BytesIO()
    try:
        both = np.repeat(filled[:, None], channels, axis=1)
        lib.write(target, both, _RATE, "OPUS", format="OGG")
    except (lib.LibsndfileError, ValueError):
        raise Unlabelled("no_encoder") from None
    return list(ogg.packets(target.getvalue()))[_HEADERS:]


def samples_of(packet: bytes) -> int:
    """Return how many samples at 48 kHz a packet lasts (RFC 6716, 3.1 and 3.2); 0 for none."""
    if not packet:
        return 0
    kind, code = packet[0] >> 3, packet[0] & 3
    if code < 3:
        return _SIZES[kind] * (1, 2, 2)[code]
    return _SIZES[kind] * (packet[1] & 63) if len(packet) > 1 else 0


def _read(data: bytes) -> _Sound:
    whole = ebml.segment(data)
    if any(one.kind == ebml.SEGMENT and one.start != whole.start for one in elements(data)):
        raise Unlabelled("unsupported_layout")
    inside = tuple(elements(data, whole.body, whole.end))
    tracks = [
        entry for one in inside if one.kind == ebml.TRACKS
        for entry in ebml.within(data, one, _TRACK)
    ]  # fmt: skip
    if len(tracks) != 1:
        raise Unlabelled("unsupported_layout" if tracks else "unreadable")
    parts = {one.kind: one for one in elements(data, tracks[0].body, tracks[0].end)}
    if _ENCODINGS in parts:
        raise Unlabelled("encrypted")
    if _NUMBER not in parts or _CODEC not in parts:
        raise Unlabelled("unreadable")
    number = ebml.value(data, parts[_NUMBER])
    held = tuple(blocks(data, inside))
    if not held or any(one.track != number for one in held):
        raise Unlabelled("unsupported_layout" if held else "unreadable")
    head = data[parts[_PRIVATE].body : parts[_PRIVATE].end] if _PRIVATE in parts else b""
    channels = _channels(ebml.text(data, parts[_CODEC]), head)
    return _Sound(data, whole, inside, number, channels, scale_of(data, inside), held)


def _channels(codec: str, head: bytes) -> int:
    """Return how many channels there are, by how Opus begins (RFC 7845, 5.1)."""
    if codec != "A_OPUS":
        raise Unlabelled("unsupported_codec")
    if not head.startswith(_HEAD) or len(head) < _LEAST_HEAD:
        raise Unlabelled("unreadable")
    if head[18] or head[9] not in {1, 2}:
        raise Unlabelled("unsupported_codec")
    if head[16:18] != bytes(2):
        raise Unlabelled("unsupported_layout")  # what it makes of the rhythm nobody would foresee
    return head[9]


def _with(one: _Sound, packets: Sequence[bytes]) -> bytes:
    """Return the file with these packets before its own."""
    ends = np.cumsum([samples_of(packet) for packet in packets]) / _RATE * 1e9 / one.scale
    times = [0, *(round(end) for end in ends.tolist())]
    later = times.pop()
    before = [
        Block(one.number, time, KEY, packet) for time, packet in zip(times, packets, strict=True)
    ]
    after = [replace(block, time=block.time + later) for block in one.blocks]
    clusters = list(_clusters([*before, *after], longest(one.scale)))
    head = b"".join(_head(one, later))
    starts = [start for start, _ in clusters]
    places = [0] * len(clusters)
    first = len(head) + len(_cues(one.number, starts, places)) + _ROOM
    places = [first + sum(len(made) for _, made in clusters[:at]) for at in range(len(clusters))]
    cues = _cues(one.number, starts, places)
    body = [head, cues, ebml.void(_ROOM), *(made for _, made in clusters)]
    length = ebml.size(sum(map(len, body)), 8)
    return b"".join([one.data[: one.whole.start], ebml.identified(ebml.SEGMENT), length, *body])


def _clusters(held: Sequence[Block], most: int) -> Iterator[tuple[int, bytes]]:
    """Yield clusters, each with the time that it begins with."""
    bounds = [0]
    for at, block in enumerate(held):
        if not 0 <= block.time - held[bounds[-1]].time <= most:
            bounds.append(at)
    for start, end in pairwise([*bounds, len(held)]):
        time = held[start].time
        inner = (written(block, block.time - time) for block in held[start:end])
        yield time, element(ebml.CLUSTER, ebml.unsigned(TIME, time), *inner)


def _head(one: _Sound, later: int) -> Iterator[bytes]:
    """Yield all that isn't written anew, with the longer duration."""
    for part in one.inside:
        if part.kind == ebml.INFO:
            inner = elements(one.data, part.body, part.end)
            yield element(ebml.INFO, *(_lasting(one.data, each, later) for each in inner))
        elif part.kind not in _PARTS:
            yield one.data[part.start : part.end]


def _lasting(data: bytes, part: Element, later: int) -> bytes:
    if part.kind == ebml.CRC:
        return b""
    size = part.end - part.body
    if part.kind != _DURATION or size not in {4, 8}:
        return data[part.start : part.end]
    (ticks,) = struct.unpack(">f" if size == 4 else ">d", data[part.body : part.end])
    return element(_DURATION, struct.pack(">d", ticks + later))


def _cues(track: int, times: Sequence[int], places: Sequence[int]) -> bytes:
    """Return an index, as long wherever the clusters stand."""
    return element(ebml.CUES, *(
        element(
            _CUE, ebml.unsigned(_CUE_TIME, time),
            element(
                _CUE_PLACES, ebml.unsigned(_CUE_TRACK, track),
                element(_CUE_CLUSTER, struct.pack(">Q", place)),
            ),
        )
        for time, place in zip(times, places, strict=True)
    ))  # fmt: skip
