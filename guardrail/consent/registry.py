"""What a place that keeps consents must offer; `stores` implements it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from guardrail.consent.record import ConsentRecord


class ConsentRegistry(Protocol):
    """Consents, by subject and by id. Synchronous; safe to call from several threads.

    What one caller has put, every other caller sees at its next call, in other processes too where
    they share the store. Every method raises `EvidenceError` with code ``store_unavailable`` when
    the store can't answer: a guard that can't look consent up has found no consent.
    """

    def find(self, subject: str) -> Sequence[ConsentRecord]:
        """Return the newest version of each of the subject's records, latest event first."""
        ...

    def get(self, record_id: str) -> ConsentRecord | None:
        """Return the newest version of one record, or None."""
        ...

    def history(self, record_id: str) -> Sequence[ConsentRecord]:
        """Return every version of one record, oldest first."""
        ...

    def put(self, record: ConsentRecord) -> None:
        """Append a version: the first of a new record, or the one after the newest.

        Raises:
            BadInput: another version came first, or the subject differs (``consent_conflict``).
        """
        ...

    def withdraw(
        self, record_id: str, *, now: datetime, by: str = "subject", proof_sha256: str = ""
    ) -> ConsentRecord:
        """Withdraw a record and return it withdrawn; one that already is comes back as it is.

        Raises:
            BadInput: no such record (``consent_unknown``), or it holds no consent
                (``consent_state``).
        """
        ...


def follows(record: ConsentRecord, newest: ConsentRecord | None) -> bool:
    """Return whether `record` may be appended where `newest` is the newest version so far."""
    if newest is None:
        return record.version == 1
    return record.version == newest.version + 1 and record.subject == newest.subject
