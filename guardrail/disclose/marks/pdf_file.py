"""A PDF file's cross-references (ISO 32000-1, 7.5): where each object stands, newest first."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from guardrail.disclose.marks import pdf_syntax as syntax
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import number, take

_TAIL = 2_048
_MOST_SECTIONS = 500
_MOST_RUNS = 20_000
"""Of all sections."""
_MOST_HEAD = 1 << 20
"""Bytes that tell where the objects of a stream stand."""
_MOST_UNPACKED = 64 << 20
"""Of all streams that are looked into."""
_UP = 2
_FREE, _PLAIN, _PACKED = 0, 1, 2
_ENTRY = 20
_RUN = re.compile(rb"(\d{1,10})[ \t]++(\d{1,10})[ \t]*+(?:\r\n|\r|\n)")
_LINE = re.compile(rb"(\d{10})[ ](\d{5})[ ]([nf])")
_OBJECT = re.compile(rb"(\d{1,10})[\0\t\n\f\r ]++(\d{1,5})[\0\t\n\f\r ]++obj")
_START = re.compile(rb"startxref[\0\t\n\f\r ]++(\d{1,19})")


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    place: int
    """Offset in the file; or the number of the object stream."""
    more: int
    """Generation; or the place in the object stream."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table, or stream, of cross-references."""

    start: int
    source: bytes
    """What the trailer's places are places in."""
    trailer: Mapping[bytes, syntax.Span]
    runs: tuple[tuple[int, int, int], ...]
    """First number, how many, and where they stand in `packed` or the file."""
    widths: tuple[int, int, int] | None = None
    """Bytes of each field of a stream; None for a table."""
    packed: bytes = b""

    def entry(self, wanted: int) -> _Entry | None:
        """Return where an object stands, if this section tells."""
        for first, count, at in self.runs:
            if first <= wanted < first + count:
                return self._read(at, wanted - first)
        return None

    def _read(self, at: int, index: int) -> _Entry:
        if self.widths is None:
            line = _LINE.match(self.source, at + index * _ENTRY)
            if line is None:
                raise Unmarkable("broken_pdf")
            return _Entry(_PLAIN if line[3] == b"n" else _FREE, int(line[1]), int(line[2]))
        first, second, third = self.widths
        start = at + index * sum(self.widths)
        kind = number(self.packed, start, first) if first else _PLAIN
        place = number(self.packed, start + first, second)
        return _Entry(kind, place, number(self.packed, start + first + second, third))


@dataclass(frozen=True, slots=True)
class Object:
    """An object as it stands in `source`: the file, or an object stream."""

    source: bytes
    start: int
    generation: int

    def dictionary(self) -> tuple[Mapping[bytes, syntax.Span], int]:
        """Return the values' places by name, and where the dictionary ends.

        Raises:
            Unmarkable: as `pdf_syntax.dictionary`.
        """
        return syntax.dictionary(self.source, self.start)


class File:
    """A file whose sections were read."""

    def __init__(self, data: bytes) -> None:
        """Read the sections, not the objects.

        Raises:
            Unmarkable: ``broken_pdf``, ``encrypted``, ``too_many_parts``, ``too_much_unpacked``.
        """
        self.data = data
        self.sections: list[Section] = []
        self._streams: dict[int, tuple[bytes, Mapping[int, int]]] = {}
        self._left = _MOST_UNPACKED
        self._runs = 0
        self._unparsed = 2 * len(data)
        starts = list(_START.finditer(data, max(0, len(data) - _TAIL)))
        if not data.startswith(b"%PDF-") or not starts:
            raise Unmarkable("broken_pdf")
        self._read_sections(int(starts[-1][1]))
        if any(b"Encrypt" in section.trailer for section in self.sections):
            raise Unmarkable("encrypted")

    @property
    def newest(self) -> Section:
        """The section that counts first."""
        return self.sections[0]

    def find(self, wanted: int) -> Object:
        """Return an object by its number.

        Raises:
            Unmarkable: ``broken_pdf``: it isn't where it should be; ``too_much_unpacked``.
        """
        entries = (section.entry(wanted) for section in self.sections)
        entry = next((one for one in entries if one is not None), None)
        if entry is None or entry.kind not in {_PLAIN, _PACKED}:
            raise Unmarkable("broken_pdf")
        if entry.kind == _PLAIN:
            return self._plain(entry.place, wanted)
        unpacked, places = self._stream(entry.place)
        if wanted not in places:
            raise Unmarkable("broken_pdf")
        return Object(unpacked, syntax.skipped(unpacked, places[wanted]), 0)

    def content(self, one: Object) -> bytes:
        """Return what a stream holds, unpacked.

        Raises:
            Unmarkable: ``filter_not_readable``; or as `find`.
        """
        values, end = one.dictionary()
        source = one.source
        start = syntax.skipped(source, end)
        if not source.startswith(b"stream", start):
            raise Unmarkable("broken_pdf")
        start += 8 if source.startswith(b"\r\n", start + 6) else 7
        raw = take(source, start, self._length(source, values))
        if not source.startswith(b"endstream", syntax.skipped(source, start + len(raw))):
            raise Unmarkable("broken_pdf")
        plain = _decoded(raw, source, values, self._left)
        self._left -= len(plain)
        return plain

    def _length(self, source: bytes, values: Mapping[bytes, syntax.Span]) -> int:
        span = values.get(b"Length", (0, 0))
        other = syntax.reference(source, span[0])
        if other is None:
            return syntax.integer(source, span)
        held = self._plain_entry(other)
        return syntax.integer(held.source, (held.start, syntax.end_of(held.source, held.start)))

    def _plain_entry(self, wanted: int) -> Object:
        """Return an object that isn't packed: lengths mustn't be, or they could go round."""
        entries = (section.entry(wanted) for section in self.sections)
        entry = next((one for one in entries if one is not None), None)
        if entry is None or entry.kind != _PLAIN:
            raise Unmarkable("broken_pdf")
        return self._plain(entry.place, wanted)

    def _plain(self, place: int, wanted: int) -> Object:
        head = _OBJECT.match(self.data, place)
        if head is None or int(head[1]) != wanted:
            raise Unmarkable("broken_pdf")
        return Object(self.data, syntax.skipped(self.data, head.end()), int(head[2]))

    def _stream(self, wanted: int) -> tuple[bytes, Mapping[int, int]]:
        """Return an object stream unpacked, and where each object in it starts (7.5.7)."""
        if wanted not in self._streams:
            held = self._plain_entry(wanted)
            values, _ = held.dictionary()
            unpacked = self.content(held)
            first = syntax.integer(self.data, values.get(b"First", (0, 0)))
            words = unpacked[: min(first, _MOST_HEAD)].split()
            if first > _MOST_HEAD or any(not word.isdigit() or len(word) > 10 for word in words):
                raise Unmarkable("broken_pdf")
            numbers = [int(word) for word in words]
            pairs = zip(numbers[::2], numbers[1::2], strict=False)
            self._streams[wanted] = unpacked, {which: first + at for which, at in pairs}
        return self._streams[wanted]

    def _read_sections(self, start: int) -> None:
        pending, seen = [start], set[int]()
        while pending:
            at = pending.pop(0)
            if at in seen:
                continue
            seen.add(at)
            section = self._section(at)
            self.sections.append(section)
            self._runs += len(section.runs)
            if len(seen) > _MOST_SECTIONS or self._runs > _MOST_RUNS:
                raise Unmarkable("too_many_parts")
            # A hybrid's stream counts before the sections that are older (7.5.8.4).
            pending += [
                syntax.integer(section.source, section.trailer[key])
                for key in (b"XRefStm", b"Prev")
                if key in section.trailer
            ]

    def _section(self, at: int) -> Section:
        if self.data.startswith(b"xref", at):
            return self._table(at)
        head = _OBJECT.match(self.data, at)
        if head is None:
            raise Unmarkable("broken_pdf")
        held = Object(self.data, syntax.skipped(self.data, head.end()), int(head[2]))
        values = self._trailer(held.start)
        packed = self.content(held)
        widths = syntax.integers(self.data, values.get(b"W", (0, 0)))
        if len(widths) != 3 or not 0 < sum(widths) <= 24:
            raise Unmarkable("broken_pdf")
        size = syntax.integer(self.data, values.get(b"Size", (0, 0)))
        index = syntax.integers(self.data, values[b"Index"]) if b"Index" in values else [0, size]
        runs, place = [], 0
        for first, count in zip(index[::2], index[1::2], strict=False):
            runs.append((first, count, place))
            place += count * sum(widths)
        if place > len(packed) or len(runs) > _MOST_RUNS:
            raise Unmarkable("broken_pdf")
        return Section(
            at, self.data, values, tuple(runs), (widths[0], widths[1], widths[2]), packed
        )

    def _trailer(self, at: int) -> Mapping[bytes, syntax.Span]:
        """Return a section's dictionary; of sections that lie in each other there are few."""
        values, end = syntax.dictionary(self.data, at)
        self._unparsed -= end - at
        if self._unparsed < 0:
            raise Unmarkable("too_many_parts")
        return values

    def _table(self, start: int) -> Section:
        runs = []
        at = syntax.skipped(self.data, start + 4)
        while run := _RUN.match(self.data, at):
            runs.append((int(run[1]), int(run[2]), run.end()))
            end = run.end() + int(run[2]) * _ENTRY
            if len(runs) > _MOST_RUNS or end > len(self.data):
                raise Unmarkable("broken_pdf")
            at = syntax.skipped(self.data, end)
        if not self.data.startswith(b"trailer", at):
            raise Unmarkable("broken_pdf")
        values = self._trailer(syntax.skipped(self.data, at + 7))
        return Section(start, self.data, values, tuple(runs))


def _decoded(raw: bytes, source: bytes, values: Mapping[bytes, syntax.Span], most: int) -> bytes:
    if b"Filter" not in values:
        return raw
    filters = [
        syntax.name(word) for word in source[slice(*values[b"Filter"])].strip(b"[] \r\n").split()
    ]
    if filters != [b"FlateDecode"]:
        raise Unmarkable("filter_not_readable")
    unpacking = zlib.decompressobj()
    try:
        plain = unpacking.decompress(raw, max(1, most))
    except zlib.error:
        raise Unmarkable("broken_pdf") from None
    if unpacking.unconsumed_tail:
        raise Unmarkable("too_much_unpacked")
    span = values.get(b"DecodeParms")
    return _unpredicted(plain, source, span) if span else plain


def _unpredicted(plain: bytes, source: bytes, span: syntax.Span) -> bytes:
    """Undo PNG's predictors (7.4.4.4), of one byte a sample: cross-references have no other."""
    at = source.find(b"<<", *span)
    if at < 0:
        return plain
    values, _ = syntax.dictionary(source, at)
    if b"Predictor" not in values or syntax.integer(source, values[b"Predictor"]) == 1:
        return plain
    if syntax.integer(source, values[b"Predictor"]) < 10:
        raise Unmarkable("filter_not_readable")
    columns = syntax.integer(source, values[b"Columns"]) if b"Columns" in values else 1
    if not 0 < columns <= 4_096 or {b"Colors", b"BitsPerComponent"} & values.keys():
        raise Unmarkable("filter_not_readable")
    rows = np.frombuffer(plain[: len(plain) // (columns + 1) * (columns + 1)], np.uint8)
    rows = rows.reshape(-1, columns + 1)
    kinds, values_of = rows[:, 0], rows[:, 1:]
    if not bool(kinds.any()):
        return values_of.tobytes()
    if bool((kinds != _UP).any()):
        raise Unmarkable("filter_not_readable")
    return np.cumsum(values_of, axis=0, dtype=np.uint8).tobytes()
