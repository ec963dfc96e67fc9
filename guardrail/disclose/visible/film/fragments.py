"""An MP4 in fragments (ISO/IEC 14496-12, 8.8) as one without: the same samples where they stood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from guardrail.disclose.marks.boxes import Box, box, boxes, within
from guardrail.disclose.marks.octets import number, patched, sized, take
from guardrail.disclose.visible.film.tables import (
    MOST_SAMPLES,
    Numbers,
    offsets_table,
    shifts_table,
    times_table,
)
from guardrail.disclose.visible.unlabelled import Unlabelled

_GONE = frozenset({b"moov", b"moof", b"sidx", b"ssix", b"styp", b"mfra", b"prft"})
_KNOWN = frozenset({b"tfhd", b"tfdt", b"trun"})
_BASE, _ENTRY, _DURATION, _SIZE, _FLAGS = 0x1, 0x2, 0x8, 0x10, 0x20
"""What a fragment's head says, of 1, 2 and 3 defaults (8.8.7)."""
_OFFSET, _FIRST = 0x1, 0x4
_COLUMNS = (0x100, 0x200, 0x400, 0x800)
"""What a run says of each sample: duration, size, flags, and by how much later it is shown."""
_NOT_SYNC = 0x10000


@dataclass(slots=True)
class _Run:
    offset: int
    durations: Numbers
    sizes: Numbers
    shifts: Numbers
    syncs: Numbers


@dataclass(slots=True)
class _Track:
    """The samples of a track."""

    defaults: tuple[int, int, int]
    """Duration, size, flags."""
    start: int = -1
    """When the first sample is decoded."""
    ends: int = 0
    count: int = 0
    runs: list[_Run] = field(default_factory=list)


def whole(data: bytes) -> bytes:
    """Return a film without fragments; one that has none as it is.

    Raises:
        Unlabelled: ``fragmented``: nobody here can join these; ``unreadable``,
            ``too_many_frames``.
        Unmarkable: a box is broken.
    """
    top = list(boxes(data))
    movie = next((one for one in top if one.kind == b"moov"), None)
    extends = next(within(data, movie, b"mvex"), None) if movie else None
    if movie is None or extends is None:
        return data
    tracks = {
        number(data, one.body + 4, 4): _Track(
            (number(data, one.body + 12, 4), number(data, one.body + 16, 4),
             number(data, one.body + 20, 4))
        )
        for one in within(data, extends, b"trex")
    }  # fmt: skip
    for one in top:
        if one.kind == b"moof":
            _add(data, one, tracks)
    joined = _joined(data, movie, tracks)
    names = [(one.start + 4, one.start + 8, b"free") for one in top if one.kind in _GONE]
    return patched(data, names) + joined


def _add(data: bytes, fragment: Box, tracks: Mapping[int, _Track]) -> None:
    """Take the samples of a fragment."""
    after = fragment.start
    for traf in boxes(data, fragment.body, fragment.end):
        if traf.kind == b"mfhd":
            continue
        parts: dict[bytes, list[Box]] = defaultdict(list)
        for one in boxes(data, traf.body, traf.end):
            parts[one.kind].append(one)
        if traf.kind != b"traf" or set(parts) - _KNOWN or len(parts[b"tfhd"]) != 1:
            raise Unlabelled("fragmented")
        after = _add_track(data, fragment, parts, tracks, after)


def _add_track(
    data: bytes,
    fragment: Box,
    parts: Mapping[bytes, Sequence[Box]],
    tracks: Mapping[int, _Track],
    after: int,
) -> int:
    """Take the samples of a track in a fragment; return where their bytes end."""
    head = parts[b"tfhd"][0]
    track = tracks.get(number(data, head.body + 4, 4))
    if track is None:
        raise Unlabelled("unreadable")
    base, defaults = _head(data, head, track.defaults)
    if base < 0:
        base = fragment.start if number(data, head.body, 4) & 0x20000 else after
    _check_time(data, parts.get(b"tfdt", ()), track)
    at = base
    for one in parts.get(b"trun", ()):
        run = _run(data, one, defaults, (base, at))
        track.count += len(run.sizes)
        if track.count > MOST_SAMPLES:
            raise Unlabelled("too_many_frames")
        if len(run.sizes):
            track.runs.append(run)
        track.ends += int(run.durations.sum())
        at = run.offset + int(run.sizes.sum())
    return at


def _head(data: bytes, head: Box, usual: tuple[int, int, int]) -> tuple[int, tuple[int, int, int]]:
    """Return where a fragment's samples begin, -1 where it isn't said; and what they are like."""
    flags, at = number(data, head.body, 4), head.body + 8
    base = -1
    if flags & _BASE:
        base, at = number(data, at, 8), at + 8
    if flags & _ENTRY:
        if number(data, at, 4) != 1:
            raise Unlabelled("several_formats")
        at += 4
    found = list(usual)
    for place, flag in enumerate((_DURATION, _SIZE, _FLAGS)):
        if flags & flag:
            found[place], at = number(data, at, 4), at + 4
    return base, (found[0], found[1], found[2])


def _check_time(data: bytes, told: Sequence[Box], track: _Track) -> None:
    """Make sure that a fragment begins where the one before it ended."""
    now = track.ends
    for one in told:
        now = number(data, one.body + 4, 8 if data[one.body] else 4)
    if track.start < 0:
        track.start = track.ends = now
    if now != track.ends or track.start:
        raise Unlabelled("fragmented")


def _run(data: bytes, one: Box, defaults: tuple[int, int, int], places: tuple[int, int]) -> _Run:
    flags, count, at = number(data, one.body, 4), number(data, one.body + 4, 4), one.body + 8
    if count > MOST_SAMPLES:
        raise Unlabelled("too_many_frames")
    base, offset = places
    if flags & _OFFSET:
        offset = base + int.from_bytes(take(data, at, 4), signed=True)
        at += 4
    first = -1
    if flags & _FIRST:
        first, at = number(data, at, 4), at + 4
    named = [flag for flag in _COLUMNS if flags & flag]
    raw = take(data, at, 4 * count * len(named))
    rows = np.frombuffer(raw, ">i4").astype(np.int64).reshape(count, len(named))
    columns = [
        rows[:, named.index(flag)] if flag in named else np.full(count, usual, np.int64)
        for flag, usual in zip(_COLUMNS, (*defaults, 0), strict=True)
    ]
    durations, sizes, marks, shifts = columns
    if first >= 0 and count:
        marks[0] = first
    if bool((durations < 0).any()) or bool((sizes < 0).any()):
        raise Unlabelled("unreadable")
    return _Run(offset, durations, sizes, shifts, (marks & _NOT_SYNC) == 0)


def _joined(data: bytes, movie: Box, tracks: Mapping[int, _Track]) -> bytes:
    """Return the index of a film without fragments."""
    head = next(within(data, movie, b"mvhd"), None)
    if head is None:
        raise Unlabelled("unreadable")
    scale = number(data, head.body + (20 if data[head.body] else 12), 4)
    parts, longest = [], 0
    for one in boxes(data, movie.body, movie.end):
        if one.kind == b"trak":
            made, length = _trak(data, one, tracks, scale)
            parts.append(made)
            longest = max(longest, length)
        elif one.kind not in {b"mvex", b"mvhd"}:
            parts.append(data[one.start : one.end])
    return box(b"moov", _lasting(data, head, longest, 24 if data[head.body] else 16), *parts)


def _trak(
    data: bytes, trak: Box, tracks: Mapping[int, _Track], movie_scale: int
) -> tuple[bytes, int]:
    """Return a track with all its samples, and how long it is by the film's clock."""
    head, clock, table = (
        next(within(data, trak, *path), None)
        for path in ((b"tkhd",), (b"mdia", b"mdhd"), (b"mdia", b"minf", b"stbl"))
    )
    if head is None or clock is None or table is None:
        raise Unlabelled("unreadable")
    track = tracks.get(number(data, head.body + (20 if data[head.body] else 12), 4))
    scale = number(data, clock.body + (20 if data[clock.body] else 12), 4)
    if track is None or not track.runs or not scale:
        raise Unlabelled("fragmented")
    length = -(-track.ends * movie_scale // scale)
    new = {
        head.start: _lasting(data, head, length, 28 if data[head.body] else 20),
        clock.start: _lasting(data, clock, track.ends, 24 if data[clock.body] else 16),
        table.start: _table(data, table, track),
    }
    for edits in within(data, trak, b"edts", b"elst"):
        new[edits.start] = _edits(data, edits, length)
    return _rebuilt(data, trak, new), length


def _rebuilt(data: bytes, one: Box, new: Mapping[int, bytes]) -> bytes:
    if one.start in new:
        return new[one.start]
    if one.kind not in {b"trak", b"mdia", b"minf", b"edts"}:
        return data[one.start : one.end]
    return box(one.kind, *(_rebuilt(data, x, new) for x in boxes(data, one.body, one.end)))


def _lasting(data: bytes, one: Box, length: int, at: int) -> bytes:
    """Return a head that states a length; `at` is where it does so."""
    wide = 8 if data[one.body] else 4
    body = take(data, one.body, at) + sized(length, wide)
    return box(one.kind, body, data[one.body + at + wide : one.end])


def _edits(data: bytes, one: Box, length: int) -> bytes:
    """Return an edit list whose last edit, which had no length, lasts to the end."""
    count, wide = number(data, one.body + 4, 4), 8 if data[one.body] else 4
    at = one.body + 8 + (count - 1) * (2 * wide + 4)
    if count < 1 or number(data, at, wide):
        return data[one.start : one.end]
    time = int.from_bytes(take(data, at + wide, wide), signed=True)
    if count > 1 and time < 0:
        raise Unlabelled("fragmented")
    body = data[one.body : at] + sized(length, wide) + data[at + wide : one.end]
    return box(b"elst", body)


def _table(data: bytes, table: Box, track: _Track) -> bytes:
    """Return a track's table of samples: each run is a chunk."""
    inside = {one.kind: one for one in boxes(data, table.body, table.end)}
    kept = inside.get(b"stsd")
    sizes = inside.get(b"stsz")
    if kept is None or (sizes is not None and number(data, sizes.body + 8, 4)):
        raise Unlabelled("fragmented")  # samples stand in the index, too
    runs = track.runs
    lengths = np.concatenate([one.sizes for one in runs])
    counts = np.array([(at, len(one.sizes), 1) for at, one in enumerate(runs, 1)], ">u4")
    syncs = np.flatnonzero(np.concatenate([one.syncs for one in runs])) + 1
    return box(
        b"stbl",
        data[kept.start : kept.end],
        times_table(np.concatenate([one.durations for one in runs])),
        shifts_table(np.concatenate([one.shifts for one in runs])),
        b"" if len(syncs) == len(lengths) else _list(b"stss", syncs),
        box(b"stsc", bytes(4), sized(len(runs), 4), counts.tobytes()),
        box(b"stsz", bytes(8), sized(len(lengths), 4), lengths.astype(">u4").tobytes()),
        offsets_table(np.array([one.offset for one in runs], np.int64)),
    )


def _list(kind: bytes, values: Numbers) -> bytes:
    return box(kind, bytes(4), sized(len(values), 4), values.astype(">u4").tobytes())
