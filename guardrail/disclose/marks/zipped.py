"""ZIP archives (APPNOTE.TXT 6.3.10): a few entries written anew, all others byte for byte."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from itertools import pairwise

from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import number, sized, take

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCAL_SIZE, _CENTRAL_SIZE, _END_SIZE = 30, 46, 22
_MOST = 10_000
_MOST_BYTES = 16 << 20
"""Of one entry when unpacked."""
_UTF8 = 0x0800
_ENCRYPTED = 0x2041
_VERSION = 20
_DAY = 0x21
"""1 January 1980, the first day of this calendar."""
_FAILURES = (
    zipfile.BadZipFile, zlib.error, EOFError, LookupError, NotImplementedError, OSError,
    OverflowError, RuntimeError, ValueError,
)  # fmt: skip
"""What zipfile raises over bytes that aren't a sound archive."""


class Archive:
    """An archive whose directory was read."""

    def __init__(self, data: bytes) -> None:
        """Read the directory.

        Raises:
            Unmarkable: ``broken_zip``; ``too_many_parts``; ``encrypted``; ``zip64``.
        """
        if data.count(_CENTRAL) > _MOST:
            raise Unmarkable("too_many_parts")
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except _FAILURES:
            raise Unmarkable("broken_zip") from None
        self.data = data
        self._entries = {entry.filename: entry for entry in self._file.infolist()}
        if len(self._entries) != len(self._file.infolist()):
            raise Unmarkable("broken_zip")
        if any(entry.flag_bits & _ENCRYPTED for entry in self._entries.values()):
            raise Unmarkable("encrypted")

    @property
    def names(self) -> tuple[str, ...]:
        """The entries' names, in the order of the directory."""
        return tuple(self._entries)

    def read(self, name: str) -> bytes | None:
        """Return what an entry holds; None where there is none of that name.

        Raises:
            Unmarkable: ``broken_zip`` or ``too_much_unpacked``.
        """
        entry = self._entries.get(name)
        if entry is None:
            return None
        if entry.file_size > _MOST_BYTES:
            raise Unmarkable("too_much_unpacked")
        try:
            with self._file.open(entry) as stream:
                content = stream.read(_MOST_BYTES + 1)
        except _FAILURES:
            raise Unmarkable("broken_zip") from None
        if len(content) > _MOST_BYTES:
            raise Unmarkable("too_much_unpacked")
        return content

    def written(self, changed: Mapping[str, bytes]) -> bytes:
        """Return the archive with entries that hold something else, or are new: those come last.

        Raises:
            Unmarkable: ``broken_zip``: its entries overlap or aren't where they should be;
                ``zip64``; ``too_large``.
        """
        directory = self._directory()
        held, after = self._records(directory)
        starts = sorted(entry.header_offset for entry in self._entries.values())
        if len(set(starts)) != len(starts):
            raise Unmarkable("broken_zip")
        ends = dict(pairwise([*starts, directory]))
        pieces: list[bytes] = [self.data[: starts[0]] if starts else b""]
        at = len(pieces[0])
        records: dict[str, bytes] = {}
        for name, entry in sorted(self._entries.items(), key=lambda one: one[1].header_offset):
            start = entry.header_offset
            if self.data[start : start + 4] != _LOCAL or ends.get(start, 0) <= start:
                raise Unmarkable("broken_zip")
            new = changed.get(name)
            piece = self.data[start : ends[start]] if new is None else _local(name, new, entry)
            records[name] = _central(name, new, entry, held[name], at)
            pieces.append(piece)
            at += len(piece)
        for name in [one for one in changed if one not in self._entries]:
            fresh = zipfile.ZipInfo(name)
            fresh.compress_type = zipfile.ZIP_DEFLATED
            piece = _local(name, changed[name], fresh)
            records[name] = _central(name, changed[name], fresh, b"", at)
            pieces.append(piece)
            at += len(piece)
        order = [*self._entries, *(one for one in changed if one not in self._entries)]
        whole = b"".join(records[name] for name in order)
        return b"".join([*pieces, whole, self._closing(after, len(order), len(whole), at)])

    def _directory(self) -> int:
        start: int = self._file.start_dir
        if self.data[start : start + 4] not in {_CENTRAL, _END}:
            raise Unmarkable("zip64" if self.data[start : start + 4] else "broken_zip")
        return start

    def _records(self, at: int) -> tuple[Mapping[str, bytes], int]:
        """Return the directory's records by name, and where they end."""
        records = {}
        for name in self._entries:
            head = take(self.data, at, _CENTRAL_SIZE)
            if not head.startswith(_CENTRAL):
                raise Unmarkable("broken_zip")
            if b"\xff\xff\xff\xff" in {head[20:24], head[24:28], head[42:46]}:
                raise Unmarkable("zip64")
            size = _CENTRAL_SIZE + sum(number(head, place, 2, "little") for place in (28, 30, 32))
            records[name] = take(self.data, at, size)
            at += size
        return records, at

    def _closing(self, after: int, count: int, size: int, at: int) -> bytes:
        closing = self.data[after:]
        if not closing.startswith(_END) or len(closing) < _END_SIZE:
            raise Unmarkable("zip64")
        where = sized(size, 4, "little") + sized(at, 4, "little")
        return closing[:8] + sized(count, 2, "little") * 2 + where + closing[20:]


def _packed(content: bytes, entry: zipfile.ZipInfo) -> tuple[int, bytes]:
    if entry.compress_type == zipfile.ZIP_STORED:
        return zipfile.ZIP_STORED, content
    packing = zlib.compressobj(6, zlib.DEFLATED, -15)
    return zipfile.ZIP_DEFLATED, packing.compress(content) + packing.flush()


def _shared(name: str, content: bytes, entry: zipfile.ZipInfo) -> tuple[bytes, bytes]:
    """Return the fields that both headers have, and the packed content."""
    method, packed = _packed(content, entry)
    try:
        coded, flags = name.encode("ascii"), 0
    except UnicodeEncodeError:
        coded, flags = name.encode("utf-8", "replace"), _UTF8
    fields = (
        (_VERSION, 2), (flags, 2), (method, 2), (0, 2), (_DAY, 2), (zlib.crc32(content), 4),
        (len(packed), 4), (len(content), 4), (len(coded), 2), (0, 2),
    )  # fmt: skip
    return b"".join(sized(value, size, "little") for value, size in fields), packed


def _local(name: str, content: bytes, entry: zipfile.ZipInfo) -> bytes:
    fields, packed = _shared(name, content, entry)
    return _LOCAL + fields + name.encode("utf-8", "replace") + packed


def _central(
    name: str, content: bytes | None, entry: zipfile.ZipInfo, record: bytes, at: int
) -> bytes:
    if content is None:
        return record[:42] + sized(at, 4, "little") + record[46:]
    fields, _ = _shared(name, content, entry)
    rest = bytes(10) + sized(at, 4, "little")
    return _CENTRAL + sized(_VERSION, 2, "little") + fields + rest + name.encode("utf-8", "replace")
