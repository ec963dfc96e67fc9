"""The evidence log of one process: entries in, durable in groups, in a write-ahead log of its own.

One thread owns it. It takes everything that waits, makes it durable at once, and only then tells
the waiting callers: the more callers wait, the less each costs. A failed write or sync leaves the
writer behind for good (after a failed fsync nobody knows what is on disk) and another begins. The
`Sequencer` of the log takes the entries into the tree later.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import NamedTuple

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    COUNTED,
    Acknowledge,
    Chain,
    Entry,
    EntryKind,
    Line,
    Receipt,
    Totals,
    Value,
    origin_of,
    promised,
    shard_of,
)
from guardrail.evidence.objects import Objects
from guardrail.stores.fresh import Fresh
from guardrail.stores.wal import WriteAhead, write_ahead

log = logging.getLogger("guardrail")

_WRITER = re.compile(r"[a-z0-9][a-z0-9._-]{0,55}")
_CHECKPOINT = re.compile(rb"[^\n]+\n(\d{1,16})\n([A-Za-z0-9+/]{43}=)\n")

GROUP_BYTES = 8 << 20
"""From so many bytes on what waits is written in several pieces: one object can't hold everything
(`guardrail.evidence.objects.OBJECT_LIMIT`), and what nobody can read would stop the sequencer."""
PIECE = 256
"""Entries that are made before their bytes are counted: at most 4 MB."""
_tuple = tuple.__new__  # of a named tuple it takes a third of the time of its own

SILENCE = 1_800_000_000
"""Microseconds. Who was silent for longer (a process that stood still) begins anew as another
writer: by then the sequencer may have given this one up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a log spends time and memory."""

    beat_every: float = 10.0
    """Seconds between two signs of life."""
    retry_every: float = 1.0
    """Seconds between two attempts to begin a writer after a failure."""
    waiting: int = 10_000
    """Entries that may wait to be written: about 6 MB, or 0.1 s on a slow disk's group commit."""
    sync: Callable[[int], None] = os.fdatasync
    """Makes a file's data durable, given its descriptor."""


Told = Callable[[str, Totals, float], None]
"""Hears of each group that became durable: its writer, what it was made of, and how many seconds
that took. It must not block."""


class _Waiting(NamedTuple):
    entries: Sequence[Entry]
    ts: int
    told: Acknowledge


def _own(entries: Sequence[Entry], ts: int) -> _Waiting:
    """Return entries of the log's own, which nobody waits for."""
    return _Waiting(entries, ts, lambda _: None)


class _Forks:
    """How often a process and those that it comes from forked: asking for its id takes longer."""

    count = 0

    @classmethod
    def another(cls) -> None:
        """Count one; in the child."""
        cls.count += 1


os.register_at_fork(after_in_child=_Forks.another)


class SegmentLog:
    """An `EvidenceLog` over `Objects`. Make it after forking: its thread doesn't fork along.

    Attributes:
        entries: how many entries were made durable.
        syncs: how many groups that took.
        failures: how often a write or a sync failed.
        failure: why the log isn't healthy, or an empty string.
        fresh: what was made durable just now, for a sequencer in the same process.
    """

    def __init__(
        self,
        objects: Objects,
        *,
        log: str,
        clock: Callable[[], int],
        writer: str | None = None,
        pace: Pace = Pace(),
        told: Told | None = None,
    ) -> None:
        """Begin a writer; where that fails the log isn't healthy and keeps trying.

        Args:
            objects: where the log is kept; several processes may share it.
            log: the log's name.
            clock: microseconds since 1970, UTC.
            writer: what writers' ids begin with, by default the time. The rest is made up: an id
                that had been used before would break the chain that it stood for.
            pace: how often to say something and to retry, and how much may wait.
            told: hears of what became durable, in the log's own thread.

        Raises:
            EvidenceError: `writer` can't be used as a name.
        """
        if writer is not None and not _WRITER.fullmatch(writer):
            raise EvidenceError("a writer's id has 1 to 56 of a-z, 0-9, dot, hyphen, underscore")
        self.entries = self.syncs = self.failures = 0
        self.failure = ""
        self.fresh = Fresh()
        self._objects = objects
        self._log = log
        self._clock = clock
        self._name = writer
        self._pace = pace
        self._told = told
        self._forks = _Forks.count
        self._queue: list[_Waiting] = []
        self._queued = 0
        self._closing = False
        self._lock = threading.Lock()
        self._wake = threading.Condition(self._lock)
        self._asleep = False
        self._writer: _Writer | None = None
        self._due = 0.0
        self._begin()
        self._thread = threading.Thread(target=self._run, name="guardrail-evidence", daemon=True)
        self._thread.start()

    @property
    def healthy(self) -> bool:
        """Whether an entry that came now would be written, as far as is known."""
        return self._writer is not None and not self._closing

    @property
    def waiting(self) -> int:
        """How many entries wait to be made durable."""
        return self._queued

    @property
    def origin(self) -> str:
        """The present shard's origin, as receipts name it."""
        return origin_of(self._log, shard_of(self._clock()))

    def append(self, entries: Sequence[Entry]) -> Future[tuple[Receipt, ...]]:
        """Put entries on record: see `EvidenceLog.append`."""
        return promised(self, entries)

    def submit(self, entries: Sequence[Entry], told: Acknowledge) -> None:
        """Put entries on record: see `EvidenceLog.submit`."""
        if self._is_copy():  # its locks may be held by a thread that isn't there
            refusal = "the log was opened before the process forked"
        else:
            with self._lock:
                refusal = self._refusal(len(entries))
                if not refusal:
                    item = (tuple(entries), self._clock(), told)
                    self._queue.append(_tuple(_Waiting, item))
                    self._queued += len(entries)
                    self._rouse()
        if refusal:
            told(_unwritten(refusal))

    def _is_copy(self) -> bool:
        """Tell whether this is what a fork left: without a thread, and with locks nobody opens."""
        return _Forks.count != self._forks

    def _rouse(self) -> None:
        """Wake the thread, if it sleeps: once, however many entries come until it is there."""
        if self._asleep:
            self._asleep = False
            self._wake.notify()

    def _refusal(self, count: int) -> str:
        if self._closing:
            return "the log is closed"
        if self._queued + count > self._pace.waiting:
            return f"{self._queued} entries are waiting already"
        return ""

    def close(self) -> None:
        """Write what was accepted, then the writer's stop. May be called again."""
        if self._is_copy():
            return
        with self._wake:
            self._closing = True
            self._rouse()
        self._thread.join()

    def _run(self) -> None:
        closing = False
        while not closing:
            waiting, closing = self._take()
            if self._writer is None and self._is_due() and (waiting or not closing):
                self._begin()
            elif self._writer is not None and self._clock() - self._writer.last > SILENCE:
                self._leave(self._writer)
                self._begin()
            if waiting:
                self._commit(waiting)
            if self._is_due() and self._writer is not None:
                self._beat()
        self._end(EntryKind.WRITER_STOP)

    def _is_due(self) -> bool:
        """Tell whether it is time for a beat, or without a writer for another attempt."""
        return time.monotonic() >= self._due

    def _take(self) -> tuple[list[_Waiting], bool]:
        """Wait for entries, for the end, or until something is due."""
        with self._wake:
            if not self._queue and not self._closing:
                self._asleep = True
                self._wake.wait(max(0.0, self._due - time.monotonic()))
                self._asleep = False
            waiting, self._queue, self._queued = self._queue, [], 0
            return waiting, self._closing

    def _commit(self, waiting: Sequence[_Waiting]) -> None:
        receipts = self._written(waiting)
        at = 0
        for entries, _, told in waiting:
            upto = at + len(entries)
            told(_unwritten(self.failure) if receipts is None else receipts[at:upto])
            at = upto

    def _written(self, waiting: Sequence[_Waiting]) -> tuple[Receipt, ...] | None:
        """Make entries durable; without a writer, or where it fails, return None."""
        writer = self._writer
        if writer is None:
            return None
        try:
            return self._durable(writer, waiting)
        except Exception as error:  # noqa: BLE001 - whatever it is, who waits must hear of it
            self._leave(writer)
            self._failed(error)
            return None

    def _durable(self, writer: _Writer, waiting: Sequence[_Waiting]) -> tuple[Receipt, ...]:
        started = time.monotonic()
        lines, receipts, totals = writer.write(waiting)
        self.fresh.keep(writer.name, lines)
        self.entries += len(receipts)
        self.syncs += 1
        if self._told is not None:
            try:
                self._told(writer.name, totals, time.monotonic() - started)
            except Exception as error:  # noqa: BLE001 - it is on record, and who waits must hear of it
                log.warning("what counts evidence failed: %s", type(error).__name__)
        return receipts

    def _begin(self) -> None:
        try:
            self._writer = self._created()
        except Exception as error:  # noqa: BLE001 - whatever it is, who waits must hear of it
            self._failed(error)
            return
        self.failure = ""
        self._due = time.monotonic() + self._pace.beat_every

    def _created(self) -> _Writer:
        start = Entry(kind=EntryKind.WRITER_START, fields=self._found())
        name = f"{self._name or f'{self._clock():014x}'}-{secrets.token_hex(4)}"
        writer = _Writer(name, write_ahead(self._objects, name, self._pace.sync))
        self.fresh.begin(name)
        try:
            self._durable(writer, [_own([start], self._clock())])
        except Exception:
            self._leave(writer)
            raise
        return writer

    def _found(self) -> dict[str, Value]:
        """Say what the log looked like at the start: so much was there already."""
        shard = shard_of(self._clock())
        fields: dict[str, Value] = {"origin": origin_of(self._log, shard)}
        found = _CHECKPOINT.match(self._objects.read(f"{shard}/checkpoint") or b"")
        return fields | {"size": int(found[1])} if found else fields

    def _beat(self) -> None:
        self._due = time.monotonic() + self._pace.beat_every
        self._end(EntryKind.WRITER_BEAT)

    def _end(self, kind: EntryKind) -> None:
        """Say how many entries of what kind there were so far, and nothing more or goodbye."""
        writer = self._writer
        if writer is None:
            return
        *said, last = [{"totals": totals} for totals in writer.totals.parts()]
        fields: list[Mapping[str, Value]] = [{**part, "more": True} for part in said]
        self._written(
            [_own([Entry(kind=kind, fields=part) for part in (*fields, last)], self._clock())]
        )
        if kind is EntryKind.WRITER_STOP and self._writer is not None:
            self._leave(self._writer)

    def _leave(self, writer: _Writer) -> None:
        self._writer = None
        self.fresh.leave(writer.name)
        writer.close()

    def _failed(self, error: Exception) -> None:
        self.failures += 1
        self.failure = (isinstance(error, OSError) and error.strerror) or (
            str(error) if isinstance(error, EvidenceError) else type(error).__name__
        )
        self._due = time.monotonic() + self._pace.retry_every


class _Writer:
    """A chain and where its lines go. After an error it is of no more use."""

    def __init__(self, name: str, wal: WriteAhead) -> None:
        self.name = name
        self.totals = Totals()
        self.last = 0
        self._chain = Chain(name)
        self._wal = wal

    def write(self, waiting: Sequence[_Waiting]) -> tuple[list[Line], tuple[Receipt, ...], Totals]:
        """Append entries and make them durable.

        Returns:
            Their lines, their receipts, and how many there are of what.
        """
        chain = self._chain
        first, size = chain.size, 0
        lines: list[Line] = []
        text: list[bytes] = []
        receipts: list[Receipt] = []
        for entries, ts, _ in waiting:
            for at in range(0, len(entries), PIECE):
                if size >= GROUP_BYTES:
                    self._wal.append(b"".join(text), first)
                    first, size, text = chain.size, 0, []
                made = chain.extend(entries[at : at + PIECE], ts, text, receipts)
                size += sum([len(line.body) for line in made])
                lines += made
        self._wal.append(b"".join(text), first)
        if lines:
            self.last = lines[-1].ts
        totals = Totals()
        totals.count_all(map(COUNTED, lines))
        self.totals.merge(totals)
        return lines, tuple(receipts), totals

    def close(self) -> None:
        """Give the file back."""
        self._wal.close()


def _unwritten(reason: str) -> EvidenceError:
    return EvidenceError(f"evidence can't be written: {reason}")
