"""Takes checkpoints out of the house, again and again, and puts on record what came of it.

It runs in a thread beside the sequencer, and nothing waits for it: an anchor that is down delays
itself alone. What failed is tried again each minute, until the next checkpoint's turn has come.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    Entry,
    EntryKind,
    Objects,
    Value,
    Verifier,
    open_checkpoint,
    open_key_statement,
    previous_shard,
    shard_of,
    verifier,
)
from guardrail.settings import Settings
from guardrail.shells.anchors import Anchor, Held, anchors
from guardrail.shells.evidence_log import log_keys

log = logging.getLogger("guardrail")

RETRY_SECONDS = 60.0
"""Between two attempts at what failed."""
SPLIT_VIEW = frozenset({"witness_refused", "witness_ahead"})
"""What a witness says of a log that isn't the one it saw before: somebody must look at once."""


def anchoring(
    settings: Settings,
    objects: Objects,
    *,
    record: Callable[[Sequence[Entry]], object],
    confirmed: Callable[[], object] = lambda: None,
) -> Anchoring | None:
    """Return what anchors the log as `settings` say; None where they name no anchor.

    Args:
        settings: which anchors, how often, and whose log.
        objects: where the log is kept.
        record: puts entries on record.
        confirmed: hears of each checkpoint that somebody confirmed.

    Raises:
        ConfigError: an address or a key can't be used.
    """
    evidence = settings.evidence
    outside = anchors(evidence)
    if not outside:
        return None
    root = verifier(evidence.origin, log_keys(settings).root.public_key())
    every = evidence.anchor_minutes * 60
    return Anchoring(objects, root, outside, record=record, confirmed=confirmed, every=every)


class AnchoringThread:
    """Anchors from a thread of its own. Make it after forking."""

    def __init__(self, work: Anchoring, leads: Callable[[], bool] = lambda: True) -> None:
        """Begin; `leads` says whether this process is the one that does it."""
        self._stop = threading.Event()
        self._thread = threading.Thread(
            target=work.watch, args=(self._stop, leads), name="guardrail-anchors", daemon=True
        )
        self._thread.start()

    def close(self, seconds: float = 1.0) -> None:
        """Begin no more; who is asked just now is waited for so long and no longer."""
        self._stop.set()
        self._thread.join(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchored:
    """What came of one anchor."""

    anchor: str
    origin: str
    size: int
    code: str = ""
    """Why it failed; empty where it didn't."""

    @property
    def ok(self) -> bool:
        """Whether the checkpoint is anchored there."""
        return not self.code


@dataclass(slots=True, kw_only=True)
class _Task:
    """A checkpoint and who hasn't confirmed it yet."""

    held: Held
    left: list[Anchor]
    told: set[str] = field(default_factory=set)
    """Anchors whose failure is on record already."""


class Anchoring:
    """Anchors the newest checkpoint of a log. One thread at a time may use it."""

    def __init__(  # noqa: PLR0913 - what it works on, and three ways to tell
        self,
        objects: Objects,
        root: Verifier,
        anchors: Sequence[Anchor],
        *,
        record: Callable[[Sequence[Entry]], object],
        confirmed: Callable[[], object] = lambda: None,
        every: float = 600.0,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000,
    ) -> None:
        """Ask nobody yet.

        Args:
            objects: where the log is kept.
            root: the log's root key.
            anchors: who is asked, in this order.
            record: puts entries on record.
            confirmed: hears of each checkpoint that somebody confirmed.
            every: seconds between two checkpoints that are anchored.
            clock: microseconds since 1970, UTC.
        """
        self._objects = objects
        self._root = root
        self._anchors = tuple(anchors)
        self._record = record
        self._confirmed = confirmed
        self._every = every
        self._clock = clock
        self._due = float("-inf")
        self._tasks: list[_Task] = []
        self._done: dict[str, int] = {}

    def watch(self, stop: threading.Event, leads: Callable[[], bool] = lambda: True) -> None:
        """Anchor until `stop` is set, for as long as `leads` says that this process is the one."""
        while not stop.is_set():
            pause = self.tick() if self._anchors and leads() else RETRY_SECONDS
            stop.wait(min(pause, RETRY_SECONDS))

    def tick(self) -> float:
        """Do what is due; return after how many seconds something may be due again."""
        try:
            if time.monotonic() >= self._due:
                self._due = time.monotonic() + self._every
                self._tasks = list(self._begun())
            self._tried()
        except Exception as error:  # noqa: BLE001 - whatever it is, the thread must live
            told = str(error) if isinstance(error, EvidenceError) else type(error).__name__
            log.warning("a checkpoint can't be anchored: %s", told)
            self._due = min(self._due, time.monotonic() + RETRY_SECONDS)
            return min(RETRY_SECONDS, self._every)
        left = self._due - time.monotonic()
        return max(0.0, min(RETRY_SECONDS, left) if self._tasks else left)

    def once(self) -> list[Anchored]:
        """Anchor the newest checkpoint now, whatever is due; return what came of it.

        Raises:
            EvidenceError: the log can't be read, or the checkpoint isn't the log's own.
        """
        self._tasks = list(self._begun())
        return self._tried()

    def _begun(self) -> list[_Task]:
        """Return what is to be anchored: the newest checkpoint, and last ones that still wait."""
        now = shard_of(self._clock())
        tasks = [task for task in self._tasks if task.held.shard != now]
        # At the turn of a half-year the shard before got a last checkpoint, which never left.
        before = previous_shard(now)
        for shard in (before, now):
            held = self._held(shard)
            if held is None or not (self._is_new(held) or shard == now):
                continue
            self._objects.create(held.name, held.note)
            tasks.append(_Task(held=held, left=list(self._anchors)))
        return tasks

    def _held(self, shard: str) -> Held | None:
        """Return a shard's checkpoint, where it is larger than the last that was anchored."""
        note = self._objects.read(f"{shard}/checkpoint")
        statement = self._objects.read(f"{shard}/key")
        if note is None or statement is None:
            return None
        checkpoint = open_checkpoint(note, open_key_statement(statement, self._root))
        if checkpoint.size <= self._done.get(shard, 0):
            return None
        return Held(objects=self._objects, shard=shard, note=note, checkpoint=checkpoint)

    def _is_new(self, held: Held) -> bool:
        return self._objects.read(held.name) is None

    def _tried(self) -> list[Anchored]:
        tried = [(task, one) for task in self._tasks for one in self._results(task)]
        fresh = [one for task, one in tried if one.ok or one.anchor not in task.told]
        for task, one in tried:
            if not one.ok:
                task.told.add(one.anchor)
        for task in self._tasks:
            if not task.left:
                self._done[task.held.shard] = task.held.checkpoint.size
        self._tasks = [task for task in self._tasks if task.left]
        if any(one.ok for _, one in tried):
            self._confirmed()
        if fresh:
            self._record([entry for one in fresh for entry in _entries(one)])
        return [one for _, one in tried]

    def _results(self, task: _Task) -> list[Anchored]:
        results = [_result(task.held, anchor) for anchor in task.left]
        task.left = [anchor for anchor, one in zip(task.left, results, strict=True) if not one.ok]
        return results


def _result(held: Held, anchor: Anchor) -> Anchored:
    code = ""
    try:
        anchor.anchor(held)
    except EvidenceError as error:
        code = error.code
        level = logging.ERROR if code in SPLIT_VIEW else logging.WARNING
        log.log(level, "%s: %s at %d entries", anchor.name, code, held.checkpoint.size)
    origin, size = held.checkpoint.origin, held.checkpoint.size
    return Anchored(anchor=anchor.name, origin=origin, size=size, code=code)


def _entries(one: Anchored) -> list[Entry]:
    fields: dict[str, Value] = {"anchor": one.anchor, "origin": one.origin, "size": one.size}
    fields |= {"ok": one.ok} | ({"code": one.code} if one.code else {})
    entries = [Entry(kind=EntryKind.LOG_ANCHOR, fields=fields)]
    if one.code in SPLIT_VIEW:
        entries.append(Entry(kind=EntryKind.INCIDENT, fields=fields))
    return entries
