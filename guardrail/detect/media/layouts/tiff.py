"""Image file directories of TIFF and EXIF: TIFF 6.0 section 2, BigTIFF, CIPA DC-008."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.octets import Order, number, take

EXIF_POINTER = 0x8769
GPS_POINTER = 0x8825
_SUBDIRECTORIES = 0x014A
_MOST_DIRECTORIES = 64
_MOST_ENTRIES = 1_000
_OPTIONAL = frozenset({"thumbnail", "sub"})
"""Directories that editors leave dangling pointers to: readers do without them."""
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
          16: 8, 17: 8, 18: 8}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: its type, how many values, where they stand, and where the entry itself does."""

    kind: int
    count: int
    at: int

    @property
    def size(self) -> int:
        """Bytes of its values."""
        return _SIZES.get(self.kind, 1) * self.count


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory: ``main``, ``thumbnail`` (all later ones), ``exif``, ``gps`` or ``sub``."""

    role: str
    entries: Mapping[int, Entry]


@dataclass(frozen=True, slots=True)
class Tiff:
    """All directories of a file, and how its numbers are written."""

    data: bytes
    order: Order
    directories: tuple[Directory, ...]

    def value(self, entry: Entry) -> int:
        """Return the first value of a field of whole numbers.

        Raises:
            Uninspectable: ``truncated``.
        """
        return number(self.data, entry.at, _SIZES.get(entry.kind, 1), self.order)

    def octets(self, entry: Entry) -> bytes:
        """Return the bytes of all values.

        Raises:
            Uninspectable: ``truncated``.
        """
        return take(self.data, entry.at, entry.size)


class _Reader:
    """Reads directories, each offset once."""

    def __init__(self, data: bytes) -> None:
        marks: dict[bytes, Order] = {b"II": "little", b"MM": "big"}
        if data[:2] not in marks:
            raise Uninspectable("broken_tiff")
        self.data = data
        self.order = marks[data[:2]]
        self.big = number(data, 2, 2, self.order) == 43
        self.word = 8 if self.big else 4
        self.seen: set[int] = set()
        self.directories: list[Directory] = []

    def number(self, at: int, size: int) -> int:
        return number(self.data, at, size, self.order)

    def read(self) -> None:
        pending = [(self.number(8 if self.big else 4, self.word), "main")]
        while pending:
            at, role = pending.pop(0)
            if at == 0 or at in self.seen:
                continue
            if len(self.seen) >= _MOST_DIRECTORIES:
                raise Uninspectable("too_many_parts")
            self.seen.add(at)
            try:
                pending += self._directory(at, role)
            except Uninspectable:
                if role not in _OPTIONAL:
                    raise

    def _directory(self, at: int, role: str) -> list[tuple[int, str]]:
        width = 8 if self.big else 2
        count = self.number(at, width)
        if count > _MOST_ENTRIES:
            raise Uninspectable("too_many_parts")
        size = 20 if self.big else 12
        entries: dict[int, Entry] = {}
        for place in range(at + width, at + width + count * size, size):
            entries.setdefault(self.number(place, 2), self._entry(place))
        self.directories.append(Directory(role, entries))
        return self._following(entries, at + width + count * size, role)

    def _entry(self, place: int) -> Entry:
        kind, count = self.number(place + 2, 2), self.number(place + 4, self.word)
        inline = place + 4 + self.word
        entry = Entry(kind, count, inline)
        if entry.size <= self.word:
            return entry
        return Entry(kind, count, self.number(inline, self.word))

    def _following(
        self, entries: Mapping[int, Entry], behind: int, role: str
    ) -> list[tuple[int, str]]:
        found = []
        for tag, name in ((EXIF_POINTER, "exif"), (GPS_POINTER, "gps"), (_SUBDIRECTORIES, "sub")):
            entry = entries.get(tag)
            if entry:
                width = _SIZES.get(entry.kind, 4)
                places = range(entry.at, entry.at + width * min(entry.count, 16), width)
                found += [(self.number(one, width), name) for one in places]
        if role in {"main", "thumbnail"} and behind + self.word <= len(self.data):
            found.append((self.number(behind, self.word), "thumbnail"))
        return found


def read(data: bytes) -> Tiff:
    """Return the directories of a TIFF file or of an EXIF block behind its ``Exif`` mark.

    Raises:
        Uninspectable: ``broken_tiff``, ``truncated`` or ``too_many_parts``.
    """
    reader = _Reader(data)
    reader.read()
    return Tiff(data, reader.order, tuple(reader.directories))
