"""The track of pictures of an MP4: what is known of it, and the same one for pictures in VP9.

Timing stays to the tick: each frame is shown when it was, edit lists stand as they are.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from guardrail.disclose.marks.boxes import Box, box, boxes, within
from guardrail.disclose.marks.octets import number, sized, take
from guardrail.disclose.visible.film.colours import Colours, as_guessed, colours
from guardrail.disclose.visible.film.encoder import Packet
from guardrail.disclose.visible.film.tables import (
    Numbers,
    Samples,
    offsets_table,
    samples,
    shifts_table,
    times_table,
)
from guardrail.disclose.visible.unlabelled import Unlabelled

_ENTRY = 78
"""Bytes of a sample entry of pictures before its boxes (12.1.3)."""
_OF_CODECS = frozenset(
    {b"avcC", b"hvcC", b"av1C", b"vpcC", b"btrt", b"m4ds", b"fiel", b"mdcv", b"clli"}
)
"""They describe the bytes that are encoded anew."""
_CODECS = frozenset({b"avc1", b"avc3", b"hvc1", b"hev1", b"av01", b"vp08", b"vp09"})
_KEPT = frozenset({b"colr", b"pasp"})
_ONE = 1 << 16
_TURNS = {
    (_ONE, 0, 0, _ONE): 0,
    (0, _ONE, -_ONE, 0): 1,
    (-_ONE, 0, 0, -_ONE): 2,
    (0, -_ONE, _ONE, 0): 3,
}
"""The matrix's a, b, c, d → quarter turns."""
_W = 1 << 30
UPRIGHT = struct.pack(">9i", _ONE, 0, 0, 0, _ONE, 0, 0, 0, _W)
_CHUNK = 1.0
"""Seconds of pictures that stand together."""
_LEVELS = ((36_864, 10), (73_728, 11), (122_880, 20), (245_760, 21), (552_960, 30),
           (983_040, 31), (2_228_224, 40), (8_912_896, 50), (35_651_584, 60))  # fmt: skip
"""Pixels of a frame → VP9's level."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The track of pictures."""

    trak: Box
    head: Box
    table: Box
    entry: Box
    samples: Samples
    colours: Colours
    """What the new pictures are to say."""
    scale: int
    """Units of time in a second."""
    turns: int
    """Quarter turns by which players turn it."""
    width: int
    height: int
    """As encoded, in pixels."""

    @property
    def times(self) -> Numbers:
        """Return when each frame is shown, in the order in which they are."""
        return np.sort(self.samples.shown)


@dataclass(frozen=True, slots=True)
class Run:
    """Packets that stand together, and when the first of them is decoded, in seconds."""

    data: bytes
    time: float


def pictures(data: bytes, trak: Box) -> Pictures:
    """Read a track of pictures.

    Raises:
        Unlabelled: ``unsupported_codec``, ``unsupported_colours``, ``interlaced``, ``encrypted``,
            ``several_formats``, ``unsupported_layout``, ``unreadable``.
        Unmarkable: a box is broken.
    """
    head, table = only(data, trak, b"tkhd"), only(data, trak, b"mdia", b"minf", b"stbl")
    entry = _entry(data, table)
    _check(data, entry)
    width, height = number(data, entry.body + 24, 2), number(data, entry.body + 26, 2)
    return Pictures(
        trak,
        head,
        table,
        entry,
        samples(data, table),
        as_guessed(colours(_inside(data, entry)), height),
        scale_of(data, trak),
        _turns(data, head),
        width,
        height,
    )


def scale_of(data: bytes, trak: Box) -> int:
    """Return a track's units of time in a second."""
    one = only(data, trak, b"mdia", b"mdhd")
    return max(1, number(data, one.body + (20 if data[one.body] else 12), 4))


def only(data: bytes, around: Box, *path: bytes) -> Box:
    """Return the box at the end of a path of kinds.

    Raises:
        Unlabelled: ``unreadable``: there is none.
        Unmarkable: a box is broken.
    """
    found = next(within(data, around, *path), None)
    if found is None:
        raise Unlabelled("unreadable")
    return found


def anew(
    data: bytes, track: Pictures, packets: Sequence[Packet], size: tuple[int, int]
) -> tuple[dict[int, bytes], list[Run], list[bytes]]:
    """Return the track for pictures in VP9.

    Args:
        data: the whole file.
        track: the old track.
        packets: a frame each, in the order in which they are shown.
        size: of the upright frames.

    Returns:
        What stands in the place of which box, by where it starts; the bytes of the frames; and the
        boxes of the table of samples, to which only the places of the runs must be added.
    """
    times = track.times
    durations = np.diff(np.append(times, max(track.samples.ends + times[0], times[-1] + 1)))
    runs, counts = _packed(packets, times, track.scale)
    sizes = np.array([len(one.data) for one in packets], np.int64)
    keys = np.flatnonzero([one.is_key for one in packets]) + 1
    parts = [
        box(b"stsd", bytes(4), sized(1, 4), _vp09(data, track, size)),
        times_table(durations),
        shifts_table(np.full(len(times), times[0])),
        box(b"stss", bytes(4), sized(len(keys), 4), keys.astype(">u4").tobytes()),
        _chunk_counts(counts),
        box(b"stsz", bytes(8), sized(len(sizes), 4), sizes.astype(">u4").tobytes()),
    ]
    return {track.head.start: _head(data, track)}, runs, parts


def table_with(parts: Sequence[bytes], offsets: Numbers) -> bytes:
    """Return a table of samples with the places of its runs."""
    return box(b"stbl", *parts, offsets_table(offsets))


def _entry(data: bytes, table: Box) -> Box:
    listed = only(data, table, b"stsd")
    found = list(boxes(data, listed.body + 8, listed.end))
    if len(found) != 1:
        raise Unlabelled("several_formats" if found else "unreadable")
    return found[0]


def _check(data: bytes, entry: Box) -> None:
    """Make sure that nothing of a sample entry is lost."""
    if entry.kind == b"encv":
        raise Unlabelled("encrypted")
    if entry.kind not in _CODECS:
        raise Unlabelled("unsupported_codec")
    if set(_inside(data, entry)) - _OF_CODECS - _KEPT:
        raise Unlabelled("unsupported_layout")


def _inside(data: bytes, entry: Box) -> dict[bytes, bytes]:
    found = list(boxes(data, entry.body + _ENTRY, entry.end))
    inside = {one.kind: data[one.body : one.end] for one in found}
    if len(inside) < len(found):
        raise Unlabelled("unsupported_layout")  # of two of a kind one would be lost
    return inside


def _turns(data: bytes, head: Box) -> int:
    start = head.body + (52 if data[head.body] else 40)
    matrix = struct.unpack(">9i", take(data, start, 36))
    turns = _TURNS.get((matrix[0], matrix[1], matrix[3], matrix[4]))
    if turns is None or (matrix[2], matrix[5], matrix[8]) != (0, 0, _W):
        raise Unlabelled("unsupported_layout")
    return turns


def _head(data: bytes, track: Pictures) -> bytes:
    """Return ``tkhd`` for pictures that are upright already."""
    one = track.head
    if not track.turns:
        return data[one.start : one.end]
    at = one.body + (52 if data[one.body] else 40)
    wide, high = take(data, at + 36, 4), take(data, at + 40, 4)
    shape = high + wide if track.turns % 2 else wide + high
    return box(b"tkhd", data[one.body : at], UPRIGHT, shape)


def _vp09(data: bytes, track: Pictures, size: tuple[int, int]) -> bytes:
    """Return a sample entry (VP Codec ISO Media File Format Binding 1.0)."""
    entry, told = track.entry, track.colours
    inside = _inside(data, entry)
    named = told.primaries, told.transfer, told.matrix
    more = [box(b"colr", b"nclx", struct.pack(">3HB", *named, 0))]
    if (shade := inside.get(b"colr", b"ncl"))[:3] != b"ncl":
        more.append(box(b"colr", shade))  # a profile
    if shape := inside.get(b"pasp"):
        more.append(box(b"pasp", shape[4:8] + shape[:4] if track.turns % 2 else shape))
    level = next((level for most, level in _LEVELS if size[0] * size[1] <= most), 62)
    depth = 8 << 4 | 1 << 1
    configuration = bytes((1, 0, 0, 0, 0, level, depth, *(one & 0xFF for one in named), 0, 0))
    return box(
        b"vp09",
        data[entry.body : entry.body + 8],
        bytes(16),
        struct.pack(">HHIIIH", *size, 72 << 16, 72 << 16, 0, 1),
        bytes(32),
        struct.pack(">Hh", 24, -1),
        box(b"vpcC", configuration),
        *more,
    )


def _packed(packets: Sequence[Packet], times: Numbers, scale: int) -> tuple[list[Run], list[int]]:
    """Return packets in runs of a second."""
    seconds = (times - times[0]) / scale
    starts = np.flatnonzero(np.diff(seconds // _CHUNK, prepend=-1)).tolist()
    ends = [*starts[1:], len(packets)]
    runs = [
        Run(b"".join(one.data for one in packets[start:end]), float(seconds[start]))
        for start, end in zip(starts, ends, strict=True)
    ]
    return runs, [end - start for start, end in zip(starts, ends, strict=True)]


def _chunk_counts(counts: Sequence[int]) -> bytes:
    rows = [(number, count, 1) for number, count in enumerate(counts, 1)]
    return box(b"stsc", bytes(4), sized(len(rows), 4), np.array(rows, ">u4").reshape(-1).tobytes())
