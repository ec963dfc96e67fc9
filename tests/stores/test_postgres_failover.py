"""PostgreSQL dies under a log that is written to, and comes again: nobody lends a hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EntryKind, Receipt, verifier
from guardrail.stores.object_postgres import ObjectPostgres
from guardrail.stores.segments import Pace, SegmentLog
from guardrail.stores.sequencer import Sequencer
from guardrail.stores.sequencing import Sequencing
from guardrail.testing.small_log import SmallKeys
from guardrail.verify import Asked, verify_log

if TYPE_CHECKING:
    from tests.conftest import PostgresServer

pytestmark = pytest.mark.thorough

ROUNDS = 3
ERROR = Entry(kind=EntryKind.ERROR, req="req_1", fields={"code": "too_deep"})


def clock() -> int:
    return time.time_ns() // 1_000


class Process:
    """What a guard has of the log: a writer under load, and a try at being the sequencer."""

    def __init__(self, url: str) -> None:
        self.receipts: list[Receipt] = []
        self.failed = 0
        self._objects = ObjectPostgres(url)
        self._log = SegmentLog(self._objects, log="log", clock=clock, pace=Pace(retry_every=0.2))
        sequencer = Sequencer(self._objects, log="log", keys=SmallKeys(), clock=clock)
        self._sequencing = Sequencing(sequencer, objects=self._objects, clock=clock, every=0.1)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        while not self._ended.wait(0.002):
            done: Future[tuple[Receipt, ...]] = self._log.append([ERROR] * 3)
            try:
                self.receipts += done.result(30)
            except (EvidenceError, TooLate):
                self.failed += 1
                time.sleep(0.05)

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        self._log.close()
        self._sequencing.close()
        self._objects.close()


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_what_was_acknowledged_outlasts_a_server_that_dies_and_the_log_goes_on(
    fresh_postgres: PostgresServer,
) -> None:
    processes = [Process(fresh_postgres.url) for _ in range(2)]
    try:
        for _ in range(ROUNDS):
            before = [len(one.receipts) for one in processes]
            until(lambda: all(len(p.receipts) > n for p, n in zip(processes, before, strict=True)))  # noqa: B023 - awaited here
            failed = sum(one.failed for one in processes)
            fresh_postgres.stop()  # as if the power went
            until(lambda: sum(one.failed for one in processes) > failed)  # noqa: B023 - likewise
            fresh_postgres.start()
        before = [len(one.receipts) for one in processes]
        until(lambda: all(len(p.receipts) > n for p, n in zip(processes, before, strict=True)))
    finally:
        with suppress(AssertionError):
            fresh_postgres.start()  # where it failed in between
        for one in processes:
            one.close()
    receipts = [receipt.header("log") for one in processes for receipt in one.receipts]
    objects = ObjectPostgres(fresh_postgres.url)
    vkey = str(verifier("log", SmallKeys().root.public_key()))
    report = verify_log(objects, vkey, Asked(receipts=receipts))
    objects.close()
    assert report.problems == ()
    assert report.waiting == 0
    assert len(receipts) > 3 * 2 * (ROUNDS + 1)
