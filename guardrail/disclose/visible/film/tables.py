"""Where the samples of a track stand and when they are shown (ISO/IEC 14496-12, 8.6 and 8.7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guardrail.disclose.marks.boxes import Box, box, boxes
from guardrail.disclose.marks.octets import number, sized, take
from guardrail.disclose.visible.unlabelled import Unlabelled

Numbers = NDArray[np.int64]

MOST_SAMPLES = 4_000_000
"""Of a track: raw sound has one for each of its frames, 80 seconds of it that many."""
_LARGEST = 0x7FFFFFFF


@dataclass(frozen=True, slots=True)
class Chunks:
    """The runs of bytes that a track's samples stand in."""

    offsets: Numbers
    sizes: Numbers
    times: Numbers
    """When the first sample of each is decoded, in the track's own units."""


@dataclass(frozen=True, slots=True)
class Samples:
    """A track's samples, in the order in which they are decoded."""

    sizes: Numbers
    times: Numbers
    """When each is decoded, in the track's own units."""
    shown: Numbers
    """When each is shown."""
    ends: int
    """When the last one ends."""


def samples(data: bytes, table: Box) -> Samples:
    """Read a track's ``stbl``.

    Raises:
        Unlabelled: ``unreadable``, ``too_many_frames``.
        Unmarkable: a box is broken.
    """
    parts = {one.kind: one for one in boxes(data, table.body, table.end)}
    sizes = _sizes(data, parts)
    durations = _runs(data, parts, b"stts", len(sizes))
    if durations is None:
        raise Unlabelled("unreadable")
    ends = np.cumsum(durations)
    times = ends - durations
    moved = _runs(data, parts, b"ctts", len(sizes))
    shown = times if moved is None else times + moved
    return Samples(sizes, times, shown, int(ends[-1]) if len(ends) else 0)


def chunks(data: bytes, table: Box, of: Samples) -> Chunks:
    """Read where the samples of a ``stbl`` stand.

    Raises:
        Unlabelled: ``unreadable``: a chunk lies outside of the file, or tables disagree.
        Unmarkable: a box is broken.
    """
    parts = {one.kind: one for one in boxes(data, table.body, table.end)}
    offsets = _offsets(data, parts)
    counts = _counts(data, parts, len(offsets), len(of.sizes))
    ends = np.cumsum(counts)
    if int(counts.sum()) != len(of.sizes) or bool((counts < 1).any()):
        raise Unlabelled("unreadable")
    before = np.concatenate([[0], np.cumsum(of.sizes)])
    sizes = before[ends] - before[ends - counts]
    if bool((offsets < 0).any()) or bool((offsets + sizes > len(data)).any()):
        raise Unlabelled("unreadable")
    return Chunks(offsets, sizes, of.times[ends - counts])


def times_table(durations: Numbers) -> bytes:
    """Return ``stts`` for the durations of all samples."""
    return box(b"stts", bytes(4), _run_lengths(durations))


def shifts_table(shifts: Numbers) -> bytes:
    """Return ``ctts``: by how much later each sample is shown; nothing where none is."""
    if not shifts.any():
        return b""
    return box(b"ctts", b"\1" + bytes(3), _run_lengths(shifts))


def _run_lengths(values: Numbers) -> bytes:
    if bool((np.abs(values) > _LARGEST).any()):
        raise Unlabelled("unsupported_layout")
    starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    lengths = np.diff(np.concatenate([starts, [len(values)]]))
    table = np.stack([lengths, values[starts]], axis=1)
    return sized(len(starts), 4) + table.astype(">i4").tobytes()


def offsets_table(offsets: Numbers) -> bytes:
    """Return ``stco``.

    Raises:
        Unlabelled: ``too_large``.
    """
    if len(offsets) and not 0 <= int(offsets.min()) <= int(offsets.max()) <= _LARGEST:
        raise Unlabelled("too_large")
    return box(b"stco", bytes(4), sized(len(offsets), 4), offsets.astype(">u4").tobytes())


def _sizes(data: bytes, parts: dict[bytes, Box]) -> Numbers:
    one = parts.get(b"stsz")
    if one is None:
        raise Unlabelled("unsupported_layout" if b"stz2" in parts else "unreadable")
    all_alike, count = number(data, one.body + 4, 4), number(data, one.body + 8, 4)
    if count > MOST_SAMPLES:
        raise Unlabelled("too_many_frames")
    if all_alike:
        return np.full(count, all_alike, np.int64)
    return _row(data, one.body + 12, count, ">u4")


def _runs(data: bytes, parts: dict[bytes, Box], kind: bytes, count: int) -> Numbers | None:
    """Return the values of a table of runs, one for each sample; None where there is none."""
    one = parts.get(kind)
    if one is None:
        return None
    runs = number(data, one.body + 4, 4)
    table = _row(data, one.body + 8, 2 * runs, ">i4").reshape(-1, 2)
    lengths = table[:, 0]
    if bool((lengths < 0).any()) or int(lengths.sum()) != count:
        raise Unlabelled("unreadable")
    if kind == b"stts" and bool((table[:, 1] < 0).any()):
        raise Unlabelled("unreadable")
    return np.repeat(table[:, 1], lengths)


def _offsets(data: bytes, parts: dict[bytes, Box]) -> Numbers:
    for kind, form in ((b"stco", ">u4"), (b"co64", ">i8")):
        one = parts.get(kind)
        if one is not None:
            return _row(data, one.body + 8, number(data, one.body + 4, 4), form)
    raise Unlabelled("unreadable")


def _counts(data: bytes, parts: dict[bytes, Box], chunk_count: int, most: int) -> Numbers:
    """Return how many samples each chunk has."""
    one = parts.get(b"stsc")
    if one is None:
        raise Unlabelled("unreadable")
    runs = number(data, one.body + 4, 4)
    table = _row(data, one.body + 8, 3 * runs, ">i4").reshape(-1, 3)
    firsts = table[:, 0]
    lengths = np.diff(np.concatenate([firsts, [chunk_count + 1]]))
    if not chunk_count:
        return np.zeros(0, np.int64)
    if not runs or firsts[0] != 1 or bool((lengths < 1).any()):
        raise Unlabelled("unreadable")
    if bool((table[:, 1] < 1).any()) or bool((table[:, 1] > most).any()):
        raise Unlabelled("unreadable")
    return np.repeat(table[:, 1], lengths)


def _row(data: bytes, at: int, count: int, form: str) -> Numbers:
    width = int(form[-1])
    return np.frombuffer(take(data, at, count * width), form).astype(np.int64)
