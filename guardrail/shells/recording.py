"""The evidence log, as an event loop waits for it.

A log tells of entries in a thread of its own, whole groups at a time. Waking a loop costs a system
call, so that a group wakes it once, however many callers it has.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial

from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EvidenceLog, Outcome, Receipt

_Promise = asyncio.Future[tuple[Receipt, ...]]


class Recording:
    """Puts entries on record for the callers of one loop at a time."""

    def __init__(self, log: EvidenceLog) -> None:
        """Take the log."""
        self._log = log
        self._woken: _Wakening | None = None

    async def append(self, entries: Sequence[Entry]) -> tuple[Receipt, ...]:
        """Wait until entries are durable. Who stops waiting doesn't take them back.

        Raises:
            EvidenceError: they can't be written.
        """
        loop = asyncio.get_running_loop()
        if self._woken is None or self._woken.loop is not loop:
            self._woken = _Wakening(loop)
        woken = self._woken
        promise: _Promise = loop.create_future()
        self._log.submit(entries, partial(woken.tell, promise))
        return await promise


class _Wakening:
    """Outcomes on their way from a log's thread to a loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._told: deque[tuple[_Promise, Outcome]] = deque()
        self._coming = False

    def tell(self, promise: _Promise, outcome: Outcome) -> None:
        """Have an outcome delivered. In any thread."""
        self._told.append((promise, outcome))
        # Seen as True it was set before this one was put there, so that the delivery has it, too.
        if not self._coming:
            self._coming = True
            try:
                self.loop.call_soon_threadsafe(self._deliver)
            except RuntimeError:  # the loop is closed: nobody waits
                self._told.clear()

    def _deliver(self) -> None:
        self._coming = False
        while self._told:
            promise, outcome = self._told.popleft()
            if promise.cancelled():
                continue
            if isinstance(outcome, EvidenceError):
                promise.set_exception(outcome)
            else:
                promise.set_result(outcome)
