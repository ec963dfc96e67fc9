from __future__ import annotations

import pytest

from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EntryKind, EvidenceLog
from guardrail.testing import MemoryLog

ENTRY = Entry(kind=EntryKind.POLICY_LOAD)


def test_entries_are_kept_and_numbered() -> None:
    memory = MemoryLog()
    log: EvidenceLog = memory
    receipts = log.append([ENTRY, ENTRY]).result(0)
    assert [str(one) for one in receipts] == ["memory-0", "memory-1"]
    assert len({one.leaf for one in receipts}) == 2
    assert [one.n for one in log.append([ENTRY]).result(0)] == [2]
    assert log.append([]).result(0) == ()
    assert memory.entries == [ENTRY] * 3


def test_an_unhealthy_or_closed_log_keeps_nothing() -> None:
    log = MemoryLog(writer="w")
    log.healthy = False
    with pytest.raises(EvidenceError):
        log.append([ENTRY]).result(0)
    log.healthy = True
    assert [str(one) for one in log.append([ENTRY]).result(0)] == ["w-0"]
    log.close()
    with pytest.raises(EvidenceError):
        log.append([ENTRY]).result(0)
    assert log.closed
    assert len(log.entries) == 1
