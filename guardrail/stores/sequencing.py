"""A thread that keeps a log in order: takes entries into the tree, and the tree into the index."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from guardrail.errors import EvidenceError
from guardrail.evidence import Objects
from guardrail.stores.evidence_index import EvidenceIndex
from guardrail.stores.sequencer import Sequencer
from guardrail.stores.stepped import Stepped

log = logging.getLogger("guardrail")

LATE_SECONDS = 60.0
"""After which somebody is told that the log isn't sealed: a lease that changes hands, or a store
that is restarted, takes less."""
LOOK_SECONDS = 10.0
"""How often entries that wait are counted while the log isn't sealed."""


class Sequencing:
    """Steps a sequencer in a thread of its own. Make it after forking.

    Attributes:
        leads: whether this process is the one that sequences.
    """

    def __init__(  # noqa: PLR0913 - what it serves, and who hears of it
        self,
        sequencer: Sequencer,
        *,
        objects: Objects,
        clock: Callable[[], int],
        index: EvidenceIndex | None = None,
        told: Callable[[Stepped], None] | None = None,
        lagging: Callable[[int], None] | None = None,
        every: float = 1.0,
    ) -> None:
        """Begin.

        Args:
            sequencer: is stepped, and closed in the end.
            objects: where the log is kept.
            clock: microseconds since 1970, UTC.
            index: follows the log, whoever sequences it; closed in the end.
            told: hears of each step that came about, in this thread.
            lagging: hears how many entries wait, while steps fail or don't keep up.
            every: seconds between two steps.
        """
        self._failures: dict[str, str] = {}
        self.leads = False
        self._sequencer = sequencer
        self._objects = objects
        self._clock = clock
        self._index = index
        self._told = told
        self._lagging = lagging
        self._looked = 0.0
        self._behind = False
        self._every = every
        self._stepped = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="guardrail-sequencer", daemon=True)
        self._thread.start()

    @property
    def failure(self) -> str:
        """Why the log wasn't sealed or indexed when that was last tried; empty where it was."""
        return next(filter(None, self._failures.values()), "")

    def overdue(self, bound: float = LATE_SECONDS) -> str:
        """Return why no step came about for longer than `bound` seconds; empty where one did.

        Entries of one writer that can't be read are no reason: all others are sealed.
        """
        if time.monotonic() - self._stepped <= bound:
            return ""
        return self._failures.get("sealed") or "a step doesn't come to its end"

    def forget(self, shard: str, below: int) -> None:
        """Take a shard's entries below an index out of the index.

        Raises:
            EvidenceError: it can't be written.
        """
        if self._index is not None:
            self._index.forget(shard, below)

    def close(self) -> None:
        """Take in what is left and end. Close the writers first."""
        self._stop.set()
        self._thread.join()
        self._guarded(self._sequencer.close, "sealed")
        if self._index is not None:
            self._guarded(self._follow, "indexed")
            self._index.close()

    def _run(self) -> None:
        pause = 0.0
        while not self._stop.wait(pause):
            self._behind = False
            fine = self._guarded(self._step, "sealed")
            self._guarded(self._follow, "indexed")
            if self._behind or not fine:
                self._look()
            pause = 0.0 if self._behind else self._every

    def _step(self) -> None:
        stepped = self._sequencer.step()
        self._stepped = time.monotonic()
        self.leads = stepped.leads
        self._behind = stepped.more
        if self._index is not None:
            for added in stepped.added:
                self._index.add(added.shard, added.first, added.lines)
        if self._told is not None:
            self._told(stepped)
        if stepped.unread is not None:
            raise stepped.unread  # so that it is told of; the rest is in the tree

    def _look(self) -> None:
        """Count what waits, now and then: it takes reading all of it."""
        if self._lagging is not None and time.monotonic() - self._looked > LOOK_SECONDS:
            lagging = self._lagging
            with suppress(EvidenceError):  # the store fails: that is told already
                lagging(self._sequencer.waiting())
            self._looked = time.monotonic()

    def _follow(self) -> None:
        if self._index is not None:
            self._index.follow(self._objects, self._clock())

    def _guarded(self, work: Callable[[], None], what: str) -> bool:
        """Do something that may fail: entries are durable already, and the next step goes on."""
        failure = ""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the thread must live
            failure = str(error) if isinstance(error, EvidenceError) else type(error).__name__
        if failure and failure != self._failures.get(what):
            log.warning("the evidence log isn't being %s: %s", what, failure)
        self._failures[what] = failure
        return not failure
