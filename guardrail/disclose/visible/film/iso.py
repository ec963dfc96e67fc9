"""An MP4, or a QuickTime film, with other pictures: all else in it stays, sound byte for byte.

What can't be kept is refused with its reason, and never left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from guardrail.disclose.marks.boxes import Box, box, boxes, is_c2pa
from guardrail.disclose.marks.octets import number, take
from guardrail.disclose.visible.film.encoder import Packet
from guardrail.disclose.visible.film.tables import (
    Numbers,
    chunks,
    offsets_table,
    samples,
)
from guardrail.disclose.visible.film.track import (
    UPRIGHT,
    Pictures,
    Run,
    anew,
    only,
    pictures,
    scale_of,
    table_with,
)
from guardrail.disclose.visible.unlabelled import Unlabelled

_AROUND = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_FRAGMENTS = frozenset({b"moof", b"mvex", b"sidx", b"ssix", b"styp", b"mfra"})
_PADDING = frozenset({b"mdat", b"free", b"skip", b"wide"})
_OLD_CODECS = frozenset({b"avc1", b"hvc1", b"hev1", b"av01"})
"""Brands that promise an encoding of the pictures."""


@dataclass(frozen=True, slots=True)
class Other:
    """A track that isn't of pictures."""

    table: Box
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Film:
    """What an MP4 is made of."""

    data: bytes
    top: tuple[Box, ...]
    movie: Box
    pictures: Pictures
    others: tuple[Other, ...]


def film(data: bytes) -> Film:
    """Read an MP4.

    Raises:
        Unlabelled: ``unsupported_format``: it has no pictures, or is older than MP4;
            ``fragmented``; ``encrypted``; ``several_video_tracks``; ``unsupported_layout``; and as
            `guardrail.disclose.visible.film.track.pictures`.
        Unmarkable: a box is broken.
    """
    top = tuple(boxes(data))
    movies = [one for one in top if one.kind == b"moov"]
    if not movies or top[0].kind != b"ftyp":
        raise Unlabelled("unsupported_format")
    movie = movies[0]
    inside = list(boxes(data, movie.body, movie.end))
    kinds = {one.kind for one in (*top, *inside)}
    if kinds & _FRAGMENTS:
        raise Unlabelled("fragmented")
    if b"pssh" in kinds:
        raise Unlabelled("encrypted")
    if len(movies) > 1 or b"meta" in {one.kind for one in top}:
        raise Unlabelled("unsupported_layout")
    _check_movie(data, movie)
    tracks = [one for one in inside if one.kind == b"trak"]
    seen = [one for one in tracks if _handler(data, one) in {b"vide", b"pict", b"auxv"}]
    if len(seen) != 1:
        raise Unlabelled("several_video_tracks" if seen else "unsupported_format")
    _check_places(data, tracks)
    if is_quicktime(data):
        _check_quicktime(data, tracks)
    others = tuple(_other(data, one) for one in tracks if one != seen[0])
    return Film(data, top, movie, pictures(data, seen[0]), others)


def is_quicktime(data: bytes) -> bool:
    """Tell whether a file says that it is a QuickTime film."""
    return data[4:12] == b"ftypqt  "


def with_pictures(one: Film, packets: Sequence[Packet], size: tuple[int, int]) -> bytes:
    """Return the film with other pictures, made to be played while it loads.

    Args:
        one: the film.
        packets: a frame each, in the order in which they are shown.
        size: of the upright frames, in pixels.

    Raises:
        Unlabelled: ``frames_lost``: there are fewer packets than frames, or more.
        Unmarkable: ``too_large``.
    """
    if len(packets) != len(one.pictures.samples.sizes) or not packets:
        raise Unlabelled("frames_lost")
    new, runs, parts = anew(one.data, one.pictures, packets, size)
    tracks = [tuple(runs), *(other.runs for other in one.others)]
    tables = [one.pictures.table, *(other.table for other in one.others)]
    order = sorted(
        ((run.time, track, place) for track, found in enumerate(tracks)
         for place, run in enumerate(found)),
    )  # fmt: skip
    before, after = _rest(one)

    def head(start: int) -> bytes:
        places = _places(tracks, order, start)
        made = {
            table.start: _replaced(one.data, table, offsets)
            for table, offsets in zip(tables[1:], places[1:], strict=True)
        }
        made |= {**new, tables[0].start: table_with(parts, places[0])}
        return before + rebuilt(one.data, one.movie, made)

    data = b"".join(tracks[track][place].data for _, track, place in order)
    return head(len(head(0)) + 8) + box(b"mdat", data) + after


def rebuilt(data: bytes, one: Box, new: Mapping[int, bytes]) -> bytes:
    """Return a box with others in the place of some within it, by where those start."""
    if one.start in new:
        return new[one.start]
    if one.kind not in _AROUND:
        return data[one.start : one.end]
    inside = (rebuilt(data, inner, new) for inner in boxes(data, one.body, one.end))
    return box(one.kind, *inside)


def _check_movie(data: bytes, movie: Box) -> None:
    """Make sure that the whole film isn't turned: its tracks may be."""
    head = only(data, movie, b"mvhd")
    start = head.body + (48 if data[head.body] else 36)
    if take(data, start, 36) != UPRIGHT:
        raise Unlabelled("unsupported_layout")


def _check_places(data: bytes, tracks: Sequence[Box]) -> None:
    """Make sure that all samples are in this file, and that no others say where in it they are."""
    for one in tracks:
        listed = only(data, one, b"mdia", b"minf", b"dinf", b"dref")
        for entry in boxes(data, listed.body + 8, listed.end):
            if not number(data, entry.body, 4) & 1:
                raise Unlabelled("unsupported_layout")
        table = only(data, one, b"mdia", b"minf", b"stbl")
        if any(inner.kind in {b"saio", b"senc"} for inner in boxes(data, table.body, table.end)):
            raise Unlabelled("encrypted")


def _check_quicktime(data: bytes, tracks: Sequence[Box]) -> None:
    """Make sure that samples are as long as their table says, and that shapes aren't told twice.

    QuickTime's uncompressed sound counts in a way of its own (QTFF, "Sound Sample Descriptions").
    """
    for one in tracks:
        sizes = only(data, one, b"mdia", b"minf", b"stbl", b"stsz")
        if _handler(data, one) == b"soun" and number(data, sizes.body + 4, 4):
            raise Unlabelled("unsupported_layout")
        if any(inner.kind == b"tapt" for inner in boxes(data, one.body, one.end)):
            raise Unlabelled("unsupported_layout")


def _handler(data: bytes, trak: Box) -> bytes:
    one = only(data, trak, b"mdia", b"hdlr")
    return take(data, one.body + 8, 4)


def _other(data: bytes, trak: Box) -> Other:
    table = only(data, trak, b"mdia", b"minf", b"stbl")
    listed = only(data, table, b"stsd")
    if any(one.kind.startswith(b"enc") for one in boxes(data, listed.body + 8, listed.end)):
        raise Unlabelled("encrypted")
    scale = scale_of(data, trak)
    found = chunks(data, table, samples(data, table))
    runs = (
        Run(data[offset : offset + size], time / scale)
        for offset, size, time in zip(
            found.offsets.tolist(), found.sizes.tolist(), found.times.tolist(), strict=True
        )
    )
    return Other(table, tuple(runs))


def _rest(one: Film) -> tuple[bytes, bytes]:
    """Return what stands before the film's index, and after its samples.

    A manifest over the old file goes: who signs the new one names the old as its parent.
    """
    data = one.data
    kept = [
        found
        for found in one.top[1:]
        if found.kind not in _PADDING | {b"moov"} and not is_c2pa(data, found)
    ]
    listed = data[one.top[0].body : one.top[0].end]
    brands = [listed[at : at + 4] for at in range(8, len(listed), 4)]
    first = b"isom" if listed[:4] in _OLD_CODECS else listed[:4]
    others = b"".join(brand for brand in brands if brand not in _OLD_CODECS)
    return box(b"ftyp", first, listed[4:8], others), b"".join(
        data[found.start : found.end] for found in kept
    )


def _places(
    tracks: Sequence[Sequence[Run]], order: Sequence[tuple[float, int, int]], start: int
) -> list[Numbers]:
    """Return where the runs of each track stand."""
    places = [np.zeros(len(found), np.int64) for found in tracks]
    for _, track, place in order:
        places[track][place] = start
        start += len(tracks[track][place].data)
    return places


def _replaced(data: bytes, table: Box, offsets: Numbers) -> bytes:
    """Return a table of samples with other places."""
    new = {
        one.start: offsets_table(offsets)
        for one in boxes(data, table.body, table.end)
        if one.kind in {b"stco", b"co64"}
    }
    return rebuilt(data, table, new)
