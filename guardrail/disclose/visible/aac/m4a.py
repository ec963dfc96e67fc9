"""AAC in MP4 (M4A): the rhythm, and spoken words, before the sound's own frames, byte for byte.

The new frames stand in an ``mdat`` of their own, before the others; of all else only tables of
times and places change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from guardrail.disclose.marks.adts import RATES
from guardrail.disclose.marks.boxes import Box, box, boxes, is_c2pa, within
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import number, patched, sized, take
from guardrail.disclose.visible.aac.configuration import Sound, sound_of
from guardrail.disclose.visible.aac.encoder import FRAME, encoded
from guardrail.disclose.visible.aac.extended import is_extended
from guardrail.disclose.visible.film.fragments import whole
from guardrail.disclose.visible.film.tables import (
    Chunks,
    Numbers,
    Samples,
    chunks,
    offsets_table,
    samples,
    times_table,
)
from guardrail.disclose.visible.sound import beginning
from guardrail.disclose.visible.unlabelled import Bounds, Labelled, Unlabelled

_TABLE = (b"mdia", b"minf", b"stbl")
_AROUND = frozenset({b"moov", b"trak", b"edts", *_TABLE})
_KNOWN = frozenset({b"stsd", b"stts", b"stsc", b"stsz", b"stco", b"co64", b"sgpd", b"sbgp"})
"""What a table of samples may hold: we know all that must change in these."""
_LOOKED_AT = 8
"""Frames that tell what the rest is."""
_DURATIONS = {b"mvhd": (16, 24), b"mdhd": (16, 24), b"tkhd": (20, 28)}
"""Where durations stand in versions 0 and 1."""
_UNKNOWN = {4: 0xFFFFFFFF, 8: 0xFFFFFFFFFFFFFFFF}
_GAPLESS = re.compile(rb"( 00000000 )([0-9A-F]{8})( [0-9A-F]{8} )([0-9A-F]{16})(?= )")
"""iTunes' note: samples before the sound, after it, and of it."""


@dataclass(frozen=True, slots=True)
class _File:
    data: bytes
    top: tuple[Box, ...]
    movie: Box
    trak: Box
    table: Box
    samples: Samples
    chunks: Chunks
    sound: Sound
    skipped: int
    """Samples that an edit list passes over at the start."""


def preface(
    data: bytes,
    words: str,
    *,
    spoken: bytes = b"",
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> Labelled:
    """Put the rhythm, and spoken words, before the AAC-LC of an MP4 that has no other track.

    Args:
        data: The whole file; fragments are joined.
        words: What the label says, as text: handed back for those who can't hear.
        spoken: The operator's recording of these words.
        bounds: Of size.

    Raises:
        Unlabelled: ``unsupported_format``: another coding than AAC-LC, or several tracks;
            ``unsupported_layout``, ``encrypted``, ``fragmented``, ``unreadable``, ``too_large``.
        ConfigError: `spoken` can't be read or is too long.
    """
    if len(data) > bounds.encoded_bytes:
        raise Unlabelled("too_large")
    try:
        file = _file(whole(data))
        rate = RATES[file.sound.rate]
        blocks = encoded(beginning(rate, spoken, bounds), file.sound.rate, file.sound.channels)
        made = _with(file, blocks)
    except Unmarkable:
        raise Unlabelled("unreadable") from None
    seconds = _added(file, blocks) / rate
    return Labelled(data=made, mime="audio/mp4", words=words, seconds=seconds)


def _file(data: bytes) -> _File:
    top = tuple(boxes(data))
    movie = next((one for one in top if one.kind == b"moov"), None)
    tracks = list(within(data, movie, b"trak")) if movie else []
    if movie is None or len(tracks) != 1 or top[0].kind != b"ftyp":
        raise Unlabelled("unsupported_format")
    trak = tracks[0]
    if take(data, _only(data, trak, b"mdia", b"hdlr").body + 8, 4) != b"soun":
        raise Unlabelled("unsupported_format")
    table = _only(data, trak, *_TABLE)
    sound = sound_of(data, _only(data, table, b"stsd"))
    _check(data, top, trak, table)
    found = samples(data, table)
    places = chunks(data, table, found)
    _check_times(data, trak, found, RATES[sound.rate])
    file = _File(data, top, movie, trak, table, found, places, sound, _skipped(data, trak))
    if is_extended(_first(file)):
        raise Unlabelled("unsupported_format")
    return file


def _check(data: bytes, top: Sequence[Box], trak: Box, table: Box) -> None:
    """Make sure that nothing is there whose places and times we wouldn't correct."""
    kinds = {one.kind for one in top}
    if b"mdat" not in kinds or kinds & {b"meta", b"moof", b"sidx"}:
        raise Unlabelled("unsupported_layout")
    if {one.kind for one in boxes(data, table.body, table.end)} - _KNOWN:
        raise Unlabelled("unsupported_layout")
    listed = _only(data, trak, b"mdia", b"minf", b"dinf", b"dref")
    for entry in boxes(data, listed.body + 8, listed.end):
        if not number(data, entry.body, 4) & 1:
            raise Unlabelled("unsupported_layout")  # samples in another file


def _check_times(data: bytes, trak: Box, found: Samples, rate: int) -> None:
    """Make sure that time is counted in samples."""
    if _scale(data, _only(data, trak, b"mdia", b"mdhd")) != rate or not len(found.sizes):
        raise Unlabelled("unsupported_layout")


def _skipped(data: bytes, trak: Box) -> int:
    """Return how many samples the edit list passes over, which has one entry at most."""
    listed = next(within(data, trak, b"edts", b"elst"), None)
    if listed is None:
        return 0
    wide = 8 if data[listed.body] else 4
    start = int.from_bytes(take(data, listed.body + 8 + wide, wide), "big", signed=True)
    rate = number(data, listed.body + 8 + 2 * wide, 4)
    if number(data, listed.body + 4, 4) != 1 or start < 0 or rate != 1 << 16:
        raise Unlabelled("unsupported_layout")
    return start


def _first(file: _File) -> list[bytes]:
    """Return the first frames, as far as they stand together."""
    at, end = int(file.chunks.offsets[0]), int(file.chunks.offsets[0] + file.chunks.sizes[0])
    found = []
    for size in file.samples.sizes[:_LOOKED_AT].tolist():
        if at + size <= end:
            found.append(file.data[at : at + size])
        at += size
    return found


def _added(file: _File, blocks: Sequence[bytes]) -> int:
    """Return by how many samples what is heard grows.

    The first frame that a decoder gives is empty, and is passed over where there is an edit list;
    what that passed over before is heard now: next to nothing.
    """
    listed = next(within(file.data, file.trak, b"edts", b"elst"), None)
    return len(blocks) * FRAME + (file.skipped - FRAME if listed else 0)


def _with(file: _File, blocks: Sequence[bytes]) -> bytes:
    """Return the file with frames before its own."""
    sound = box(b"mdat", *blocks)
    first = next(one for one in file.top if one.kind == b"mdat")
    gone = [(one.start, one.end, b"") for one in file.top if is_c2pa(file.data, one)]

    def movie(places: Numbers) -> bytes:
        new = _changed(file, blocks, places)
        made = _rebuilt(file.data, file.movie, new)
        return _GAPLESS.sub(lambda found: _gapless(found, _added(file, blocks)), made)

    grown = len(movie(np.zeros(len(file.chunks.offsets) + 1, np.int64)))
    old = file.movie.start, file.movie.end
    edits = [*gone, (*old, bytes(grown)), (first.start, first.start, sound)]

    def moved(place: int) -> int:
        return place + sum(len(new) - (end - start) for start, end, new in edits if end <= place)

    # Of what is put where `first` starts, its own frames come behind its head.
    start = moved(first.start) - len(sound) + 8
    places = np.array([start, *map(moved, file.chunks.offsets.tolist())], np.int64)
    edits[len(gone)] = (*old, movie(places))
    return patched(file.data, edits)


def _changed(file: _File, blocks: Sequence[bytes], places: Numbers) -> dict[int, bytes]:
    """Return the boxes that change, by where they start."""
    data, more = file.data, len(blocks)
    durations = np.diff(np.append(file.samples.times, file.samples.ends))
    sizes = np.concatenate([[len(one) for one in blocks], file.samples.sizes])
    added = _added(file, blocks)
    made = {
        b"stts": times_table(np.concatenate([np.full(more, FRAME), durations])),
        b"stsz": box(b"stsz", bytes(8), sized(len(sizes), 4), sizes.astype(">u4").tobytes()),
        b"stco": offsets_table(places),
        b"co64": offsets_table(places),
    }
    new: dict[int, bytes] = {}
    for one in boxes(data, file.table.body, file.table.end):
        if one.kind == b"stsc":
            new[one.start] = _chunk_counts(data, one, more)
        elif one.kind == b"sbgp":
            new[one.start] = _groups(data, one, more)
        elif one.kind in made:
            new[one.start] = made[one.kind]
    media = _only(data, file.trak, b"mdia", b"mdhd")
    film = _only(data, file.movie, b"mvhd")
    rate = RATES[file.sound.rate]
    in_film = round(added * _scale(data, film) / rate)
    new[media.start] = _longer(data, media, more * FRAME)
    for one in (film, _only(data, file.trak, b"tkhd")):
        new[one.start] = _longer(data, one, in_film)
    for one in within(data, file.trak, b"edts", b"elst"):
        new[one.start] = _edited(data, one, in_film)
    return new


def _chunk_counts(data: bytes, one: Box, more: int) -> bytes:
    """Return ``stsc`` with a chunk of so many samples before the others."""
    runs = number(data, one.body + 4, 4)
    table = np.frombuffer(take(data, one.body + 8, 12 * runs), ">u4").reshape(-1, 3).copy()
    table[:, 0] += 1
    rows = np.concatenate([np.array([[1, more, 1]], ">u4"), table]).astype(">u4")
    return box(b"stsc", bytes(4), sized(len(rows), 4), rows.tobytes())


def _groups(data: bytes, one: Box, more: int) -> bytes:
    """Return ``sbgp`` with samples before the others, of the group of the first (8.9.2)."""
    at = one.body + (12 if data[one.body] else 8)
    count = number(data, at, 4)
    group = take(data, at + 8, 4) if count else bytes(4)
    runs = sized(count + 1, 4) + sized(more, 4) + group
    return box(b"sbgp", data[one.body : at], runs, data[at + 4 : one.end])


def _longer(data: bytes, one: Box, added: int) -> bytes:
    """Return a box with its duration grown; one that is unknown, or left to fragments, stays."""
    version = 1 if data[one.body] else 0
    at, wide = one.body + _DURATIONS[one.kind][version], 8 if version else 4
    old = number(data, at, wide)
    new = old if old in {0, _UNKNOWN[wide]} else old + added
    return data[one.start : at] + sized(new, wide) + data[at + wide : one.end]


def _edited(data: bytes, one: Box, added: int) -> bytes:
    """Return an edit list that passes over the first, empty frame."""
    wide = 8 if data[one.body] else 4
    old = number(data, one.body + 8, wide)
    length = sized(old + added if old else 0, wide)
    return box(b"elst", data[one.body : one.body + 8], length, sized(FRAME, wide),
               data[one.body + 8 + 2 * wide : one.end])  # fmt: skip


def _gapless(found: re.Match[bytes], added: int) -> bytes:
    total = int(found[4], 16) + added
    return b"%b%08X%b%016X" % (found[1], FRAME, found[3], total)


def _rebuilt(data: bytes, one: Box, new: Mapping[int, bytes]) -> bytes:
    """Return a box with others in the place of some within it, by where those start."""
    if one.start in new:
        return new[one.start]
    if one.kind not in _AROUND:
        return data[one.start : one.end]
    return box(one.kind, *(_rebuilt(data, inner, new) for inner in boxes(data, one.body, one.end)))


def _scale(data: bytes, one: Box) -> int:
    """Return the units of time in a second, of a box that says it."""
    return max(1, number(data, one.body + (20 if data[one.body] else 12), 4))


def _only(data: bytes, around: Box, *path: bytes) -> Box:
    found = next(within(data, around, *path), None)
    if found is None:
        raise Unlabelled("unreadable")
    return found
