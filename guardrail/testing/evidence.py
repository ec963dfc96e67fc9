"""An evidence log that keeps its entries in memory, and fails when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future

from guardrail.errors import EvidenceError
from guardrail.evidence import Entry


class MemoryLog:
    """A log like the durable one in all but durability.

    Attributes:
        healthy: set it to False and every `append` fails as on a full disk.
        entries: what was put on record, in order.
        closed: True after `close`.
    """

    def __init__(self, *, writer: str = "memory") -> None:
        """Begin an empty log whose entries' ids start with `writer`."""
        self.healthy = True
        self.entries: list[Entry] = []
        self.closed = False
        self._writer = writer
        self._lock = threading.Lock()

    def append(self, entries: Sequence[Entry]) -> Future[tuple[str, ...]]:
        """Keep `entries`; the future holds their ids, or an EvidenceError."""
        future: Future[tuple[str, ...]] = Future()
        if self.closed or not self.healthy:
            future.set_exception(EvidenceError("The evidence log can't be written."))
            return future
        with self._lock:
            first = len(self.entries)
            self.entries.extend(entries)
        ids = tuple(f"{self._writer}-{first + offset}" for offset in range(len(entries)))
        future.set_result(ids)
        return future

    def close(self) -> None:
        """Take no more."""
        self.closed = True
