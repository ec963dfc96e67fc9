"""Compound files: documents of Office before 2007, and messages of Outlook ([MS-CFB])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.octets import number, take

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
"""Sector numbers from here on have other meanings."""
_STREAM, _ROOT = 2, 5
_IN_HEADER = 109
_MINI = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A stream by its directory entry."""

    name: str
    kind: int
    first: int
    size: int


class CompoundFile:
    """A compound file: sectors in chains."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        """Read its tables.

        Raises:
            Uninspectable: ``broken_ole``, ``truncated``, ``too_many_unpacked_bytes``.
        """
        if not data.startswith(MAGIC) or number(data, 30, 2, "little") not in {9, 12}:
            raise Uninspectable("broken_ole")
        self._data = data
        self._size = 1 << number(data, 30, 2, "little")
        self._left = budget.unpacked_bytes
        self._table = self._allocation()
        directory = self._chain(number(data, 48, 4, "little"))
        self.entries = [_entry(directory[at : at + 128]) for at in range(0, len(directory), 128)]
        self._small = b""
        self._small_table: tuple[int, ...] = ()
        self._cutoff = number(data, 56, 4, "little")
        self._read_small()

    def streams(self) -> Iterator[tuple[str, bytes]]:
        """Yield the name and content of each stream.

        Raises:
            Uninspectable: as above.
        """
        for entry in self.entries:
            if entry.kind == _STREAM and entry.size:
                yield entry.name, self._stream(entry)

    def _sector(self, index: int) -> bytes:
        return take(self._data, (index + 1) * self._size, self._size)

    def _allocation(self) -> tuple[int, ...]:
        """Return the table of what follows each sector ([MS-CFB] 2.3, 2.5)."""
        tables = list(struct.unpack("<109I", take(self._data, 76, 4 * _IN_HEADER)))
        more, most = number(self._data, 68, 4, "little"), len(self._data) // self._size + 1
        while more < _END:
            sector = self._sector(more)
            *numbers, more = struct.unpack(f"<{self._size // 4}I", sector)
            tables += numbers
            if len(tables) > most + self._size:
                raise Uninspectable("broken_ole")
        used = [index for index in tables if index < _END]
        if len(used) > most:
            raise Uninspectable("broken_ole")
        joined = b"".join(self._sector(index) for index in used)
        return struct.unpack(f"<{len(joined) // 4}I", joined)

    def _chain(self, first: int, size: int | None = None) -> bytes:
        found = []
        for index in _followed(first, self._table):
            found.append(self._padded(index))
            if size is not None and len(found) * self._size >= size:
                break
        self._left -= len(found) * self._size
        if self._left < 0:
            raise Uninspectable("too_many_unpacked_bytes")
        return b"".join(found)[:size]

    def _padded(self, index: int) -> bytes:
        """Return a sector; writers leave the last one of a file short."""
        start = (index + 1) * self._size
        if start >= len(self._data):
            raise Uninspectable("truncated")
        return self._data[start : start + self._size].ljust(self._size, b"\0")

    def _read_small(self) -> None:
        root = next((entry for entry in self.entries if entry.kind == _ROOT), None)
        first = number(self._data, 60, 4, "little")
        if root is None or first >= _END:
            return
        table = self._chain(first)
        self._small_table = struct.unpack(f"<{len(table) // 4}I", table)
        self._small = self._chain(root.first)

    def _stream(self, entry: Entry) -> bytes:
        if entry.size >= self._cutoff:
            return self._chain(entry.first, entry.size)
        pieces = [
            take(self._small, index * _MINI, _MINI)
            for index in _followed(entry.first, self._small_table)
        ]
        self._left -= len(pieces) * _MINI
        if self._left < 0:
            raise Uninspectable("too_many_unpacked_bytes")
        return b"".join(pieces)[: entry.size]


def _followed(first: int, table: tuple[int, ...]) -> Iterator[int]:
    """Yield the sectors of a chain; none may come twice."""
    index, count = first, 0
    while index < _END:
        count += 1
        if index >= len(table) or count > len(table):
            raise Uninspectable("broken_ole")
        yield index
        index = table[index]


def _entry(raw: bytes) -> Entry:
    """Return a directory entry ([MS-CFB] 2.6.1)."""
    raw = raw.ljust(128, b"\0")
    length = min(number(raw, 64, 2, "little"), 64)
    return Entry(
        name=raw[: max(0, length - 2)].decode("utf-16-le", "replace"),
        kind=raw[66],
        first=number(raw, 116, 4, "little"),
        size=number(raw, 120, 4, "little"),
    )
