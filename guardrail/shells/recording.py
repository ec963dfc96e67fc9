"""The evidence log, as an event loop waits for it.

What a loop's callers bring in one of its turns goes to the log together: handing entries from
thread to thread one by one costs more than writing them. A log tells of them in a thread of its
own, and waking a loop costs a system call, so that whole groups wake it once.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Sequence
from copy import copy
from functools import partial
from typing import TypeAlias

from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EvidenceLog, Outcome, Receipt

_Promise: TypeAlias = "asyncio.Future[tuple[Receipt, ...]]"
_Asked: TypeAlias = "list[tuple[Sequence[Entry], _Promise]]"


class Recording:
    """Puts entries on record for the callers of one loop at a time."""

    def __init__(self, log: EvidenceLog) -> None:
        """Take the log."""
        self._log = log
        self._turn: _Turn | None = None

    async def append(self, entries: Sequence[Entry]) -> tuple[Receipt, ...]:
        """Wait until entries are durable. Who stops waiting doesn't take them back.

        Raises:
            EvidenceError: they can't be written.
        """
        loop = asyncio.get_running_loop()
        turn = self._turn
        if turn is None or turn.loop is not loop:
            turn = self._turn = _Turn(loop, self._log)
        promise: _Promise = loop.create_future()
        turn.take(entries, promise)
        return await promise


class _Turn:
    """What the callers of a loop bring in a turn of it, on its way to a log and back."""

    def __init__(self, loop: asyncio.AbstractEventLoop, log: EvidenceLog) -> None:
        self.loop = loop
        self._log = log
        self._thread = threading.get_ident()
        self._asked: _Asked = []
        self._told: deque[tuple[_Asked, Outcome]] = deque()
        self._coming = False

    def take(self, entries: Sequence[Entry], promise: _Promise) -> None:
        """Take entries to the log with all others that come in this turn."""
        if not self._asked:
            self.loop.call_soon(self._submit)
        self._asked.append((tuple(entries), promise))

    def _submit(self) -> None:
        asked, self._asked = self._asked, []
        together = [entry for entries, _ in asked for entry in entries]
        try:
            self._log.submit(together, partial(self._tell, asked))
        except Exception as error:  # noqa: BLE001 - theirs to raise, or they would wait for ever
            for _, promise in asked:
                if not promise.done():
                    promise.set_exception(copy(error))

    def _tell(self, asked: _Asked, outcome: Outcome) -> None:
        """Have an outcome delivered. In any thread."""
        if isinstance(outcome, EvidenceError) and len(asked) > 1 and self._is_at_once():
            for one in asked:  # there was no room for all of them, or for none
                self._log.submit(one[0], partial(self._tell, [one]))
            return
        self._told.append((asked, outcome))
        # Seen as True it was set before this one was put there, so that the delivery has it, too.
        if not self._coming:
            self._coming = True
            try:
                self.loop.call_soon_threadsafe(self._deliver)
            except RuntimeError:  # the loop is closed: nobody waits
                self._told.clear()

    def _is_at_once(self) -> bool:
        """Tell whether a log refuses what it is given just now: it tells of failures elsewhere."""
        return threading.get_ident() == self._thread

    def _deliver(self) -> None:
        self._coming = False
        while self._told:
            asked, outcome = self._told.popleft()
            if isinstance(outcome, EvidenceError):
                for _, promise in asked:
                    if not promise.cancelled():
                        promise.set_exception(copy(outcome))  # each caller raises one of its own
                continue
            at = 0
            for entries, promise in asked:
                upto = at + len(entries)
                if not promise.cancelled():
                    promise.set_result(outcome[at:upto])
                at = upto
