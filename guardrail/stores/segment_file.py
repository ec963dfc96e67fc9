"""One evidence segment on disk: made, written, made durable, sealed; and read again.

A segment belongs to one writer and is written by one thread. What it has acknowledged is durable;
a checkpoint never covers more than that. It becomes visible under its name only with its first
entry in it, and nothing that became visible is ever taken back.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.evidence import (
    LINE_LIMIT,
    TAIL_BYTES,
    Chain,
    Checkpoint,
    Entry,
    EntryKind,
    Head,
    head_of,
    listed_heads,
    sign_checkpoint,
    start_entries,
)

LOG, CHECKPOINT = ".log", ".checkpoint"

PATIENCE, PATIENCE_STEP = 5, 0.02
"""How often, and after how many seconds each, an unfinished last line is looked at again."""

_PRIVATE = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The log's name and the key that seals it."""

    origin: str
    key: Ed25519PrivateKey


class SegmentFile:
    """A segment that is being written.

    Attributes:
        sealed: how many entries its checkpoint covers.
    """

    def __init__(
        self, directory: Path, writer: str, seal: Seal, *, ts: int, sync: Callable[[int], None]
    ) -> None:
        """Create ``<writer>.log``, its first entries and its first checkpoint.

        Raises:
            FileExistsError: this writer has a segment already.
            OSError: it can't be written.
        """
        self._directory = directory
        self._seal = seal
        self._sync = sync
        self._chain = Chain(writer)
        self.sealed = 0
        starts = start_entries(seal.origin, _unlisted_heads(directory, sync))
        path = directory / f"{writer}{LOG}"
        temporary = path.with_suffix(".starting")
        # Exclusive: of two writers of one name the second stops here, or finds the first's segment.
        self._fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, _PRIVATE)
        try:
            self._appear(temporary, path, [(entry, ts) for entry in starts])
        except Exception:
            self.close()
            with suppress(OSError):  # a left-over is never read
                temporary.unlink(missing_ok=True)
            raise

    def _appear(self, temporary: Path, path: Path, starts: Sequence[tuple[Entry, int]]) -> None:
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        self.write(starts)
        temporary.rename(path)
        self.seal()

    @property
    def writer(self) -> str:
        """The writer's id."""
        return self._chain.writer

    @property
    def size(self) -> int:
        """How many entries it holds."""
        return self._chain.size

    def write(self, entries: Sequence[tuple[Entry, int]]) -> tuple[str, ...]:
        """Append entries, each with its time in microseconds, and make them durable.

        After an error the segment is of no more use but to be abandoned.

        Returns:
            Their ids, ``<writer>-<n>``.

        Raises:
            OSError: they may or may not be on disk.
        """
        first = self._chain.size
        data = b"".join(self._chain.append(entry, ts) for entry, ts in entries)
        self._write(data)
        self._sync(self._fd)
        return tuple(f"{self.writer}-{n}" for n in range(first, self.size))

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._fd, left) :]
        except OSError:
            torn = len(data) - len(left) - (data.rfind(b"\n", 0, len(data) - len(left)) + 1)
            with suppress(OSError):  # a torn line is no loss: the next start puts it on record
                os.ftruncate(self._fd, os.fstat(self._fd).st_size - torn)
            raise

    def seal(self) -> None:
        """Sign a checkpoint over all entries and put it in place of the last one.

        Raises:
            OSError: the last checkpoint stays.
        """
        checkpoint = Checkpoint(
            origin=f"{self._seal.origin}/{self.writer}",
            size=self._chain.size,
            root=self._chain.tree.root(),
        )
        note = sign_checkpoint(checkpoint, name=self._seal.origin, signer=self._seal.key)
        replace_durably(self._directory / f"{self.writer}{CHECKPOINT}", note)
        self.sealed = checkpoint.size

    def stop(self, ts: int) -> None:
        """Write the writer's last entry and seal.

        Raises:
            OSError: the segment ends without it, or unsealed.
        """
        self.write([(Entry(kind=EntryKind.WRITER_STOP), ts)])
        self.seal()

    def close(self) -> None:
        """Give the file back."""
        with suppress(OSError):  # all that was acknowledged is durable already
            os.close(self._fd)


def replace_durably(path: Path, data: bytes, *, mode: int = _PRIVATE) -> None:
    """Put `data` in place of the file at `path` so that a crash leaves the old or the new one.

    Raises:
        OSError: the old one stays.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(fd)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def segments(directory: Path) -> list[Path]:
    """Return the segments in a directory in the order of their names."""
    return sorted(directory.glob(f"*{LOG}"))


def lines_of(path: Path) -> Generator[bytes]:
    """Yield the lines that a segment has now, with their newlines; overlong ones in pieces.

    A segment that is gone has no lines. Where the last line is unfinished it is read for a little
    longer: its writer may be alive, and a write isn't seen all at once.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        left = os.fstat(file.fileno()).st_size
        while left > 0 and (data := file.readline(LINE_LIMIT)):
            if not data.endswith(b"\n") and len(data) >= left:
                data += _rest(file)
            left -= len(data)
            yield data


def _rest(file: BufferedReader) -> bytes:
    for _ in range(PATIENCE):
        time.sleep(PATIENCE_STEP)
        if rest := file.readline(LINE_LIMIT):
            return rest
    return b""


def _unlisted_heads(directory: Path, sync: Callable[[int], None]) -> tuple[Head, ...]:
    """Return the heads of all segments that no segment's start lists as they are now."""
    paths = segments(directory)
    listed = {head for path in paths for head in _listed(path)}
    return tuple(head for path in paths if (head := _head(path, listed, sync)) not in listed)


def _listed(path: Path) -> Iterable[Head]:
    with closing(lines_of(path)) as lines:
        return listed_heads(lines)


def _head(path: Path, listed: set[Head], sync: Callable[[int], None]) -> Head:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - TAIL_BYTES))
        head = head_of(path.name.removesuffix(LOG), file.read(TAIL_BYTES))
        if head not in listed:
            # The writer may still be alive: what we say we saw must outlast a loss of power.
            sync(file.fileno())
    return head
