"""The port through which the shells put entries on record."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from guardrail.evidence.entry import Entry
from guardrail.evidence.receipt import Receipt


class EvidenceLog(Protocol):
    """Takes entries; tells when they are durable. Safe to use from many threads."""

    @property
    def healthy(self) -> bool:
        """Whether an entry that came now would be written."""
        ...

    def append(self, entries: Sequence[Entry]) -> Future[tuple[Receipt, ...]]:
        """Put entries on record, side by side and in order.

        Never blocks and never raises: the future's result is the entries' receipts, once they are
        durable; its exception is an `EvidenceError` where they can't be written.
        Cancelling the future doesn't take the entries back.
        """
        ...

    def close(self) -> None:
        """Write what was accepted, seal the log, and give its resources back."""
        ...
