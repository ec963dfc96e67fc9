"""ZIP archives, and what is one inside: OOXML, OpenDocument, EPUB (APPNOTE.TXT 6.3.10).

Readers differ on archives that contradict themselves. Such an archive isn't read at all: two
entries of one name, entries that overlap, entries that the directory doesn't name.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.names import named
from guardrail.detect.media.containers.part import FAILURES, Part, Room
from guardrail.detect.media.containers.worth import is_worth_a_look

_MOST = 4096
"""Entries in all; `Budget.parts` bounds those that are looked at."""
_LOCAL = b"PK\x03\x04"
_LOCAL_SIZE = 30
_ENCRYPTED = 1 | 1 << 6 | 1 << 13
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_FAILURES = (*FAILURES, zipfile.BadZipFile, zlib.error)


def parts(data: bytes, budget: Budget) -> Iterator[Part]:
    """Yield the entries of a ZIP archive that may be media or hold some.

    Raises:
        Uninspectable: ``too_many_bytes``, ``too_many_parts``, ``too_many_unpacked_bytes``,
            ``compressed_too_much``, ``encrypted``, ``duplicate_entries``, ``overlapping_entries``,
            ``hidden_entries``, ``format_not_readable`` (another compression), ``broken``.
    """
    room = Room(data, budget)
    archive = checked(data)
    for number, entry in enumerate(archive.infolist(), 1):
        if entry.is_dir() and not entry.file_size:
            continue
        room.unpack(entry.file_size, entry.compress_size)
        content = content_of(archive, entry)
        if is_worth_a_look(content):
            yield room.part(named(entry.filename, number), content)


def checked(data: bytes) -> zipfile.ZipFile:
    """Return an archive that all readers understand alike.

    Raises:
        Uninspectable: as `parts`.
    """
    if data.count(b"PK\x01\x02") > _MOST:
        raise Uninspectable("too_many_parts")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _FAILURES as error:
        raise Uninspectable("broken") from error
    _check(data, archive.infolist(), archive.start_dir)
    return archive


def content_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return what an entry holds.

    Raises:
        Uninspectable: ``broken``.
    """
    try:
        with archive.open(entry) as stream:
            content = stream.read(entry.file_size)
            if len(content) != entry.file_size or stream.read(1):
                raise Uninspectable("broken")
            return content
    except _FAILURES as error:
        raise Uninspectable("broken") from error


def _check(data: bytes, entries: list[zipfile.ZipInfo], directory: int) -> None:
    if len(entries) > _MOST:
        raise Uninspectable("too_many_parts")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Uninspectable("encrypted")
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise Uninspectable("format_not_readable")
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise Uninspectable("duplicate_entries")
    _check_places(data, entries, directory)


def _check_places(data: bytes, entries: list[zipfile.ZipInfo], directory: int) -> None:
    """See that entries follow each other, with no other entry between them."""
    places = [(0, 0), *sorted(place_of(data, entry) for entry in entries), (directory, directory)]
    for (_, end), (start, _) in pairwise(places):
        if start < end:
            raise Uninspectable("overlapping_entries")
        if data.find(_LOCAL, end, start) >= 0:
            raise Uninspectable("hidden_entries")
    if data.find(_LOCAL, directory) >= 0:
        raise Uninspectable("hidden_entries")


def place_of(data: bytes, entry: zipfile.ZipInfo) -> tuple[int, int]:
    """Return where an entry starts and where its data end.

    Raises:
        Uninspectable: ``broken``.
    """
    at = entry.header_offset
    if data[at : at + 4] != _LOCAL:
        raise Uninspectable("broken")
    name = int.from_bytes(data[at + 26 : at + 28], "little")
    extra = int.from_bytes(data[at + 28 : at + 30], "little")
    return at, at + _LOCAL_SIZE + name + extra + entry.compress_size
