"""Evidence for tests: a log in memory that fails when it is told to, and what a real one holds."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import orjson

from guardrail.errors import EvidenceError
from guardrail.evidence import Acknowledge, Chain, Entry, Receipt, promised
from guardrail.stores.evidence_reader import FIRST_SHARD_US, read_entries, read_waiting
from guardrail.stores.object_folder import ObjectFolder


def recorded(folder: Path) -> list[dict[str, Any]]:
    """Return all entries that a directory's log holds, writer by writer, in their order.

    Those that wait for the sequencer are among them.

    Args:
        folder: the log's own directory, ``evidence`` in a state directory.
    """
    objects = ObjectFolder(folder)
    bodies = set(read_waiting(objects))
    bodies |= {body for _, _, body in read_entries(objects, FIRST_SHARD_US, 1 << 52)}
    found: list[dict[str, Any]] = [orjson.loads(body) for body in bodies]
    return sorted(found, key=lambda entry: (entry["w"], entry["n"]))


class MemoryLog:
    """A log like the durable one in all but durability.

    Attributes:
        healthy: set it to False and every `append` fails as on a full disk.
        entries: what was put on record, in order.
        closed: True after `close`.
    """

    def __init__(self, *, writer: str = "memory") -> None:
        """Begin an empty log of a writer."""
        self.healthy = True
        self.entries: list[Entry] = []
        self.closed = False
        self._chain = Chain(writer)
        self._lock = threading.Lock()

    def append(self, entries: Sequence[Entry]) -> Future[tuple[Receipt, ...]]:
        """Keep `entries`; the future holds their receipts, or an EvidenceError."""
        return promised(self, entries)

    def submit(self, entries: Sequence[Entry], told: Acknowledge) -> None:
        """Keep `entries` and tell at once."""
        if self.closed or not self.healthy:
            told(EvidenceError("The evidence log can't be written."))
            return
        with self._lock:
            self.entries.extend(entries)
            receipts = tuple(self._receipt(entry) for entry in entries)
        told(receipts)

    def close(self) -> None:
        """Take no more."""
        self.closed = True

    def _receipt(self, entry: Entry) -> Receipt:
        self._chain.append(entry, self._chain.size)
        return self._chain.receipt
