"""Write-ahead logs: each writer's lines, durable before anything else happens with them.

Objects ``wal/<writer>/<n>`` hold lines, the first of them the writer's entry *n*. In a directory a
writer appends to one file until that is large; in other stores each group of entries is an object.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Protocol

from guardrail.errors import EvidenceError
from guardrail.evidence import LINE_LIMIT
from guardrail.evidence.objects import Objects
from guardrail.stores.object_folder import ObjectFolder

WAL = "wal/"
FILE_BYTES = 8 << 20
"""From this size on a writer begins another file: the sequencer deletes whole files only."""

_SEGMENT = re.compile(r"wal/([a-z0-9][a-z0-9._-]{0,79})/\d{16}", re.ASCII)
_PRIVATE_FILE, _PRIVATE_DIRECTORY = 0o600, 0o700


class WriteAhead(Protocol):
    """Where one writer's lines go."""

    def append(self, lines: bytes, first: int) -> None:
        """Make lines durable, the first of which is the writer's entry `first`.

        Raises:
            OSError, EvidenceError: they may or may not be there; nothing may be appended any more.
        """
        ...

    def close(self) -> None:
        """Give the file back."""
        ...


def write_ahead(
    objects: Objects, writer: str, sync: Callable[[int], None] = os.fdatasync
) -> WriteAhead:
    """Return where a writer's lines go in a store."""
    if isinstance(objects, ObjectFolder):
        return _Files(objects.root / WAL / writer, sync)
    return _Pieces(objects, writer)


def segment_name(writer: str, first: int) -> str:
    """Return the name of a writer's object that begins with its entry `first`."""
    return f"{WAL}{writer}/{first:016d}"


class _Pieces:
    """An object for each group of entries."""

    def __init__(self, objects: Objects, writer: str) -> None:
        self._objects = objects
        self._writer = writer

    def append(self, lines: bytes, first: int) -> None:
        """Make lines durable."""
        name = segment_name(self._writer, first)
        if not self._objects.create(name, lines):
            raise EvidenceError(f"{name} is there already: two writers have one name")

    def close(self) -> None:
        """Do nothing: no object is open."""


class _Files:
    """One file after the other, each appended to until it is large."""

    def __init__(self, directory: Path, sync: Callable[[int], None]) -> None:
        self._directory = directory
        self._sync = sync
        self._fd = -1
        self._size = 0
        self._path = directory

    def append(self, lines: bytes, first: int) -> None:
        """Make lines durable; the file's name, too, when it is new."""
        new = self._fd < 0 or self._size >= FILE_BYTES
        if new:
            self._open(first)
        try:
            self._write(lines)
            self._sync(self._fd)
            if new:
                _sync_names(self._directory)
            _check_there(self._fd)
        except OSError:
            self._take_back(new=new)
            raise
        self._size += len(lines)

    def close(self) -> None:
        """Give the file back."""
        if self._fd >= 0:
            with suppress(OSError):  # all that was acknowledged is durable already
                os.close(self._fd)
            self._fd = -1

    def _open(self, first: int) -> None:
        self.close()
        for folder in (self._directory.parent.parent, self._directory.parent, self._directory):
            if not folder.exists():
                folder.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
                _sync_names(folder.parent)
        self._path = self._directory / f"{first:016d}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._fd = os.open(self._path, flags, _PRIVATE_FILE)
        self._size = 0

    def _take_back(self, *, new: bool) -> None:
        """Leave nothing of what nobody was told of, as far as that is possible now."""
        with suppress(OSError):
            os.ftruncate(self._fd, self._size)
            if new:
                self._path.unlink()
                self._directory.rmdir()  # where there is no other file: it was the first

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[os.write(self._fd, left) :]


@dataclass(slots=True)
class _Read:
    """How far a writer's lines were read: in which object, and up to which byte of it."""

    name: str
    offset: int


class Tail:
    """Reads what is new in all write-ahead logs, without going over old lines again."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._read: dict[str, _Read] = {}

    def segments(self) -> dict[str, list[str]]:
        """Return each writer's objects, in their order; other names are nobody's."""
        found: dict[str, list[str]] = {}
        for name in self._objects.names(WAL):
            if match := _SEGMENT.fullmatch(name):
                found.setdefault(match[1], []).append(name)
        return found

    def lines(self, writer: str, segments: list[str], next_n: int) -> Iterator[bytes]:
        """Yield a writer's new lines from its entry `next_n` on, without their newlines.

        Where reading begins anew, the line before comes, too: it shows whether the rest goes on
        from what the log holds. Those before that one are counted and not looked at. A last line
        without an end isn't given: its writer is still at it, or died in it. Each line counts as
        read once the next one is asked for.
        """
        read = self._read.get(writer)
        if read is None or read.name not in segments:
            begun = [at for at, name in enumerate(segments) if _first(name) <= next_n]
            begin = max(begun, default=0)
            read = self._read[writer] = _Read(segments[begin], 0)
            self._skip(read, next_n - 1 - _first(segments[begin]))
        for name in segments[segments.index(read.name) :]:
            if name != read.name:
                read.name, read.offset = name, 0
            data = self._objects.read(name, read.offset) or b""
            for line in _whole_lines(data):
                yield line
                read.offset += len(line) + 1

    def _skip(self, read: _Read, count: int) -> None:
        if count > 0:
            lines = _whole_lines(self._objects.read(read.name) or b"")
            read.offset = sum(len(line) + 1 for line in islice(lines, count))

    def forget(self, writer: str | None = None) -> None:
        """Read a writer's lines (None: everybody's) from the start again, when next asked."""
        if writer is None:
            self._read.clear()
        else:
            self._read.pop(writer, None)


def closed_segments(segments: list[str], next_n: int, *, ended: bool) -> list[str]:
    """Return which of a writer's objects hold nothing past its entry `next_n` - 1.

    Args:
        segments: in their order.
        next_n: what the log holds of the writer already.
        ended: whether the writer won't write any more; else the last object may be appended to.
    """
    done = [name for name, after in pairwise(segments) if _first(after) <= next_n]
    return segments if ended else done


def _first(name: str) -> int:
    return int(name.rpartition("/")[2])


def _whole_lines(data: bytes) -> Iterator[bytes]:
    at = 0
    while (end := data.find(b"\n", at)) >= 0:
        yield data[at:end]
        at = end + 1
    if len(data) - at > LINE_LIMIT:  # no writer makes such a line: it is told of as broken
        yield data[at:]


def _check_there(fd: int) -> None:
    """Raise OSError if a file has no name any more: what is in there, nobody will ever read."""
    if os.fstat(fd).st_nlink == 0:
        raise OSError(errno.ESTALE, "the write-ahead log was taken away")


def _sync_names(directory: Path) -> None:
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
