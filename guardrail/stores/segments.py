"""The evidence log on disk: each process writes segments of its own, in groups, durably.

One thread owns the files. It takes everything that waits, writes it, makes it durable with one
fdatasync, and only then tells the waiting callers: the more callers wait, the less each costs.
About once a second it seals what is new. A failed write or sync leaves the segment behind for good
(after a failed fsync nobody knows what is on disk) and begins another.
"""

from __future__ import annotations

import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.errors import EvidenceError
from guardrail.evidence import NOTE_LIMIT, Entry, Report, Source, verifier, verify_log
from guardrail.stores.segment_file import (
    CHECKPOINT,
    LOG,
    Seal,
    SegmentFile,
    lines_of,
    sync_directory,
)
from guardrail.stores.signing_key import load_or_create_key

__all__ = ["Pace", "SegmentLog", "load_or_create_key", "verify_directory"]

_T = TypeVar("_T")

_WRITER = re.compile(r"[a-z0-9][a-z0-9._-]{0,55}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a log spends time and memory."""

    seal_every: float = 1.0
    """Seconds between two checkpoints while new entries come."""
    retry_every: float = 1.0
    """Seconds between two attempts to begin a segment after a failure."""
    waiting: int = 10_000
    """Entries that may wait to be written: about 6 MB, or 0.1 s on a slow disk's group commit."""
    sync: Callable[[int], None] = os.fdatasync
    """Makes a file's data durable, given its descriptor."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    entries: Sequence[Entry]
    ts: int
    done: Future[tuple[str, ...]]


class SegmentLog:
    """An `EvidenceLog` in a directory. Make it after forking: its thread doesn't fork along.

    Attributes:
        entries: how many entries were made durable.
        syncs: how many groups that took.
        failures: how often a write, a sync or a seal failed.
        failure: why the log isn't healthy, or an empty string.
    """

    def __init__(
        self,
        directory: Path,
        *,
        signer: Ed25519PrivateKey,
        origin: str,
        clock: Callable[[], int],
        writer: str | None = None,
        pace: Pace = Pace(),
    ) -> None:
        """Begin a segment; where that fails the log isn't healthy and keeps trying.

        Args:
            directory: is made if need be (mode 0700); several processes may share it.
            signer: seals the checkpoints.
            origin: the log's name, which the key signs under.
            clock: microseconds since 1970, UTC.
            writer: id of the first segment, if it isn't taken; by default one is made up, in the
                order of time.
            pace: how often to seal and to retry, and how much may wait.

        Raises:
            EvidenceError: `origin` or `writer` can't be used as a name.
        """
        verifier(origin, signer.public_key())
        if writer is not None and not _WRITER.fullmatch(writer):
            raise EvidenceError("a writer's id has 1 to 56 of a-z, 0-9, dot, hyphen, underscore")
        self.entries = self.syncs = self.failures = 0
        self.failure = ""
        self._directory = directory
        self._seal = Seal(origin=origin, key=signer)
        self._clock = clock
        self._name = writer
        self._pace = pace
        self._pid = os.getpid()
        self._queue: list[_Waiting] = []
        self._queued = 0
        self._closing = False
        self._wake = threading.Condition()
        self._segment: SegmentFile | None = None
        self._due = 0.0
        self._begin()
        self._thread = threading.Thread(target=self._run, name="guardrail-evidence", daemon=True)
        self._thread.start()

    @property
    def healthy(self) -> bool:
        """Whether an entry that came now would be written, as far as is known."""
        return self._segment is not None and not self._closing

    @property
    def unsealed(self) -> int:
        """How many entries of the present segment no checkpoint covers yet."""
        segment = self._segment
        return segment.size - segment.sealed if segment else 0

    def append(self, entries: Sequence[Entry]) -> Future[tuple[str, ...]]:
        """Put entries on record: see `EvidenceLog.append`."""
        done: Future[tuple[str, ...]] = Future()
        with self._wake:
            refusal = self._refusal(len(entries))
            if not refusal:
                self._queue.append(_Waiting(tuple(entries), self._clock(), done))
                self._queued += len(entries)
                self._wake.notify()
        if refusal:
            done.set_exception(_unwritten(refusal))
        return done

    def _refusal(self, count: int) -> str:
        if self._closing:
            return "the log is closed"
        if os.getpid() != self._pid:
            return "the log was opened before the process forked"
        if self._queued + count > self._pace.waiting:
            return f"{self._queued} entries are waiting already"
        return ""

    def close(self) -> None:
        """Write what was accepted, then the writer's stop, and seal. May be called again."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        closing = False
        while not closing:
            waiting, closing = self._take()
            due = time.monotonic() >= self._due
            if due and self._segment is None and (waiting or not closing):
                self._begin()
            if waiting:
                self._commit(waiting)
            if due and self.unsealed:
                self._do(self._sealed)
        self._do(self._stop)

    def _take(self) -> tuple[list[_Waiting], bool]:
        """Wait for entries, for the end, or until something is due."""
        with self._wake:
            if not self._queue and not self._closing:
                idle = self._segment is not None and not self.unsealed
                self._wake.wait(None if idle else max(0.0, self._due - time.monotonic()))
            waiting, self._queue, self._queued = self._queue, [], 0
            return waiting, self._closing

    def _commit(self, waiting: Sequence[_Waiting]) -> None:
        # Once running, a future can't be cancelled; what a cancelled one brought still counts.
        wanted = [item.done.set_running_or_notify_cancel() for item in waiting]
        stamped = [(entry, item.ts) for item in waiting for entry in item.entries]
        ids = self._do(lambda segment: segment.write(stamped))
        if ids is not None:
            self.entries += len(ids)
            self.syncs += 1
        left = iter(ids or ())
        for item, want in zip(waiting, wanted, strict=True):
            mine = tuple(islice(left, len(item.entries)))
            if want and ids is not None:
                item.done.set_result(mine)
            elif want:
                item.done.set_exception(_unwritten(self.failure))

    def _do(self, work: Callable[[SegmentFile], _T]) -> _T | None:
        """Do something with the segment; without one, or where it fails, return None."""
        segment = self._segment
        if segment is None:
            return None
        try:
            return work(segment)
        except Exception as error:  # noqa: BLE001 - whatever it is, who waits must hear of it
            self._segment = None
            segment.close()
            self._failed(error)
            return None

    def _begin(self) -> None:
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_directory(self._directory.parent)
            self._segment = self._created()
        except Exception as error:  # noqa: BLE001 - whatever it is, who waits must hear of it
            self._failed(error)
            return
        self.failure = ""
        self._due = time.monotonic() + self._pace.seal_every

    def _created(self) -> SegmentFile:
        ts = self._clock()
        made_up = f"{self._name or f'{ts:014x}'}-{secrets.token_hex(4)}"
        if self._name:
            with suppress(FileExistsError):
                return self._segment_file(self._name, ts)
        return self._segment_file(made_up, ts)

    def _segment_file(self, writer: str, ts: int) -> SegmentFile:
        return SegmentFile(self._directory, writer, self._seal, ts=ts, sync=self._pace.sync)

    def _failed(self, error: Exception) -> None:
        self.failures += 1
        self.failure = (isinstance(error, OSError) and error.strerror) or type(error).__name__
        self._due = time.monotonic() + self._pace.retry_every

    def _sealed(self, segment: SegmentFile) -> None:
        segment.seal()
        self._due = time.monotonic() + self._pace.seal_every

    def _stop(self, segment: SegmentFile) -> None:
        segment.stop(self._clock())
        segment.close()
        self._segment = None


def verify_directory(directory: Path, vkey: str) -> Report:
    """Verify all segments in a directory; a guard may be writing to it meanwhile.

    Raises:
        EvidenceError: `vkey` isn't a key, there is no such directory, or a file can't be read.
    """
    try:
        paths = [path for path in directory.iterdir() if path.suffix in {LOG, CHECKPOINT}]
        sources = [_source(directory, writer) for writer in sorted({path.stem for path in paths})]
        return verify_log(sources, vkey)
    except OSError as error:
        message = f"evidence in {directory} can't be read: {error.strerror}"
        raise EvidenceError(message, code="evidence_unreadable") from error


def _source(directory: Path, writer: str) -> Source:
    try:
        with (directory / f"{writer}{CHECKPOINT}").open("rb") as file:
            note = file.read(NOTE_LIMIT + 1)
    except FileNotFoundError:
        note = None
    return Source(writer=writer, lines=lambda: lines_of(directory / f"{writer}{LOG}"), note=note)


def _unwritten(reason: str) -> EvidenceError:
    return EvidenceError(f"evidence can't be written: {reason}")
