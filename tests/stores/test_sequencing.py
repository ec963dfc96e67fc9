import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from guardrail.stores.evidence_index import EvidenceIndex
from guardrail.stores.sequencing import Sequencing
from guardrail.stores.stepped import Stepped
from guardrail.testing.objects import MemoryObjects
from guardrail.testing.small_log import SmallLog

WAIT = 20


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@contextmanager
def sequencing(
    log: SmallLog,
    index: EvidenceIndex | None = None,
    told: Callable[[Stepped], None] | None = None,
    lagging: Callable[[int], None] | None = None,
    every: float = 0.01,
) -> Generator[Sequencing]:
    thread = Sequencing(
        log.sequencer(), objects=log.objects, clock=log.clock, index=index, told=told,
        lagging=lagging, every=every,
    )  # fmt: skip
    try:
        yield thread
    finally:
        thread.close()


def memory(log: SmallLog) -> MemoryObjects:
    assert isinstance(log.objects, MemoryObjects)
    return log.objects


def test_what_writers_make_durable_comes_into_the_tree_and_the_index(tmp_path: Path) -> None:
    log, index = SmallLog(), EvidenceIndex(tmp_path / "index")
    with sequencing(log, index) as thread:
        writer = log.writer("w")
        writer.ask(3)
        until(lambda: index.position("w", 3) is not None)
        writer.ask(3)
        until(lambda: index.position("w", 6) is not None)
        writer.stop()
        assert thread.failure == ""
    assert log.problems() == []
    assert [entry["t"] for entry in log.entries()][-2:] == ["log.seal", "writer.stop"]
    assert log.waiting() == []


def test_a_store_that_fails_is_told_of_once_and_gone_on_with(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = SmallLog()
    lag: list[int] = []
    with sequencing(log, lagging=lag.append) as thread:
        log.writer("w").ask(3)
        until(lambda: log.size() >= 6)
        memory(log).failing = True
        until(lambda: thread.failure != "")
        time.sleep(0.1)
        memory(log).failing = False
        until(lambda: thread.failure == "")
        log.writers[0].ask(3)
        until(lambda: log.size() >= 9)
    assert caplog.text.count("isn't being sealed: The evidence can't be reached.") == 1
    assert log.problems() == []


def test_each_step_is_told_of() -> None:
    log = SmallLog()
    heard: list[Stepped] = []
    with sequencing(log, told=heard.append):
        log.writer("w").ask(3)
        until(lambda: sum(one.taken for one in heard) == 4)
    assert all(one.leads for one in heard)


def test_whoever_is_told_may_fail_and_steps_go_on(caplog: pytest.LogCaptureFixture) -> None:
    log = SmallLog()

    def told(_: Stepped) -> None:
        raise KeyError

    with sequencing(log, told=told) as thread:
        log.writer("w").ask(3)
        until(lambda: log.size() >= 6)
        until(lambda: thread.failure == "KeyError")
    assert log.problems() == []


def test_who_doesnt_lead_follows_with_its_index(tmp_path: Path) -> None:
    log, index = SmallLog(), EvidenceIndex(tmp_path / "index")
    leader = log.sequencer()
    leader.step()
    heard: list[Stepped] = []
    with sequencing(log, index, told=heard.append):
        log.writer("w").ask(3)
        leader.step()
        until(lambda: index.position("w", 3) is not None)
        assert not any(one.leads for one in heard)
        leader.close()
    assert log.problems() == []


def test_an_index_that_fails_doesnt_keep_entries_out_of_the_tree(tmp_path: Path) -> None:
    log, index = SmallLog(), EvidenceIndex(tmp_path / "index")
    index.close()
    with sequencing(log, index) as thread:
        log.writer("w").ask(3)
        until(lambda: log.size() >= 6)
        until(lambda: thread.failure != "")
    assert log.problems() == []


def test_the_end_takes_in_what_is_left_without_waiting_for_its_turn() -> None:
    log = SmallLog()
    with sequencing(log, every=3600):
        until(lambda: log.size() > 0)
        log.writer("w").ask(3)
        log.writers[0].stop()
        began = time.monotonic()
    assert time.monotonic() - began < 10
    assert log.problems() == []


def test_a_log_that_wasnt_sealed_for_long_is_told_of_until_it_is() -> None:
    log = SmallLog()
    with sequencing(log) as thread:
        log.writer("w").ask(3)
        until(lambda: log.size() >= 6)
        assert thread.overdue() == ""
        memory(log).failing = True
        until(lambda: thread.overdue(0.2) != "")
        assert thread.overdue(0.2) == "The evidence can't be reached."
        assert thread.overdue() == "", "a minute isn't over"
        memory(log).failing = False
        until(lambda: thread.overdue(0.2) == "")
