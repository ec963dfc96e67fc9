"""The port through which the shells put entries on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol, TypeAlias

from guardrail.errors import EvidenceError
from guardrail.evidence.entry import Entry
from guardrail.evidence.receipt import Receipt

Outcome: TypeAlias = "tuple[Receipt, ...] | EvidenceError"
"""The receipts of entries that are durable now, or why they aren't."""

Acknowledge = Callable[[Outcome], None]
"""Hears of an outcome, in any thread. It must neither block nor raise."""


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

    def submit(self, entries: Sequence[Entry], told: Acknowledge) -> None:
        """Put entries on record as `append` does; `told` hears of it once, perhaps at once."""
        ...

    def close(self) -> None:
        """Write what was accepted, seal the log, and give its resources back."""
        ...


def promised(log: EvidenceLog, entries: Sequence[Entry]) -> Future[tuple[Receipt, ...]]:
    """Put entries on record by `EvidenceLog.submit`; return a future of what comes of it."""
    done: Future[tuple[Receipt, ...]] = Future()

    def told(outcome: Outcome) -> None:
        if not done.set_running_or_notify_cancel():
            return  # nobody waits any more; what it brought counts all the same
        if isinstance(outcome, EvidenceError):
            done.set_exception(outcome)
        else:
            done.set_result(outcome)

    log.submit(entries, told)
    return done
