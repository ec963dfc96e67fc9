"""Consents in memory: for tests, demos and the decorator. Gone with the process."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

from guardrail.consent.record import ConsentRecord, withdraw
from guardrail.consent.registry import follows
from guardrail.errors import BadInput


class MemoryConsents:
    """A `ConsentRegistry` that keeps nothing beyond the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._versions: dict[str, list[ConsentRecord]] = {}
        self._order: dict[str, None] = {}
        """Record ids, the one with the latest event last."""

    def find(self, subject: str) -> Sequence[ConsentRecord]:
        """Return the newest version of each of the subject's records, latest event first."""
        with self._lock:
            newest = [self._versions[record_id][-1] for record_id in reversed(self._order)]
        return [record for record in newest if record.subject == subject]

    def get(self, record_id: str) -> ConsentRecord | None:
        """Return the newest version of one record, or None."""
        versions = self.history(record_id)
        return versions[-1] if versions else None

    def history(self, record_id: str) -> Sequence[ConsentRecord]:
        """Return every version of one record, oldest first."""
        with self._lock:
            return tuple(self._versions.get(record_id, ()))

    def put(self, record: ConsentRecord) -> None:
        """Append a version.

        Raises:
            BadInput: it doesn't follow the newest version (``consent_conflict``).
        """
        with self._lock:
            self._append(record)

    def withdraw(
        self, record_id: str, *, now: datetime, by: str = "subject", proof_sha256: str = ""
    ) -> ConsentRecord:
        """Withdraw a record and return it withdrawn; one that already is comes back as it is.

        Raises:
            BadInput: no such record (``consent_unknown``), or no consent (``consent_state``).
        """
        with self._lock:
            versions = self._versions.get(record_id)
            if not versions:
                raise BadInput("no such consent record", code="consent_unknown", status=404)
            withdrawn = withdraw(versions[-1], now=now, by=by, proof_sha256=proof_sha256)
            if withdrawn is not versions[-1]:
                self._append(withdrawn)
            return withdrawn

    def _append(self, record: ConsentRecord) -> None:
        versions = self._versions.setdefault(record.record_id, [])
        if not follows(record, versions[-1] if versions else None):
            raise BadInput(
                f"consent {record.record_id} version {record.version} doesn't follow the newest",
                code="consent_conflict",
                status=409,
            )
        versions.append(record)
        self._order.pop(record.record_id, None)
        self._order[record.record_id] = None
