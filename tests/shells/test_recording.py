from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import TypeVarTuple, Unpack

import pytest

from guardrail.errors import EvidenceError
from guardrail.evidence import Acknowledge, Entry, EntryKind, Receipt
from guardrail.shells.recording import Recording
from guardrail.testing.evidence import MemoryLog

ENTRY = Entry(kind=EntryKind.ERROR, req="req_1", fields={"code": "stopping"})
WAIT = 10
Ts = TypeVarTuple("Ts")


class Slow(MemoryLog):
    """Makes entries durable when it is told to, in another thread."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[tuple[Sequence[Entry], Acknowledge]] = []

    def submit(self, entries: Sequence[Entry], told: Acknowledge) -> None:
        self.waiting.append((entries, told))

    def flush(self) -> None:
        waiting, self.waiting = self.waiting, []

        def write() -> None:
            for entries, told in waiting:
                MemoryLog.submit(self, entries, told)

        thread = threading.Thread(target=write, daemon=True)
        thread.start()
        thread.join()


async def asked(recording: Recording, count: int) -> list[asyncio.Task[tuple[Receipt, ...]]]:
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(recording.append([ENTRY])) for _ in range(count)]
    await asyncio.sleep(0)  # they ask
    await asyncio.sleep(0)  # and go to the log together
    return tasks


class Counting(asyncio.SelectorEventLoop):
    """Counts how often it is woken."""

    woken = 0

    def call_soon_threadsafe(
        self,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        self.woken += 1
        return super().call_soon_threadsafe(callback, *args, context=context)


async def test_each_caller_gets_its_own_receipts() -> None:
    log = Slow()
    tasks = await asked(Recording(log), 100)
    log.flush()
    receipts = await asyncio.wait_for(asyncio.gather(*tasks), WAIT)
    assert [str(one) for (one,) in receipts] == [f"memory-{n}" for n in range(100)]


async def test_who_brings_several_entries_gets_a_receipt_for_each() -> None:
    log = Slow()
    recording = Recording(log)
    waiting = asyncio.gather(*[recording.append([ENTRY] * count) for count in (2, 0, 3)])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    log.flush()
    receipts = await asyncio.wait_for(waiting, WAIT)
    assert [[one.n for one in each] for each in receipts] == [[0, 1], [], [2, 3, 4]]


async def test_what_comes_in_one_turn_of_the_loop_goes_to_the_log_together() -> None:
    log = Slow()
    recording = Recording(log)
    tasks = [*await asked(recording, 3), *await asked(recording, 2)]
    assert [len(entries) for entries, _ in log.waiting] == [3, 2]
    log.flush()
    await asyncio.wait_for(asyncio.gather(*tasks), WAIT)


class Small(MemoryLog):
    """Has room for so many entries, and refuses at once what doesn't fit."""

    room = 3

    def submit(self, entries: Sequence[Entry], told: Acknowledge) -> None:
        if len(self.entries) + len(entries) > self.room:
            told(EvidenceError("entries are waiting already", code="full"))
        else:
            super().submit(entries, told)


async def test_where_there_is_no_room_for_all_there_is_for_who_came_first() -> None:
    log = Small()
    tasks = await asked(Recording(log), 5)
    outcomes = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), WAIT)
    assert [isinstance(one, EvidenceError) for one in outcomes] == [False] * 3 + [True] * 2
    assert len(log.entries) == 3


async def test_what_failed_in_the_log_is_not_tried_again() -> None:
    log = Slow()
    tasks = await asked(Recording(log), 3)
    log.healthy = False
    log.flush()
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), WAIT)
    assert log.waiting == []


async def test_each_caller_is_told_of_a_failure_by_an_error_of_its_own() -> None:
    log = Small()
    log.room = 0
    tasks = await asked(Recording(log), 2)
    one, other = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), WAIT)
    assert isinstance(one, EvidenceError)
    assert isinstance(other, EvidenceError)
    assert one is not other
    assert (str(one), one.code) == ("entries are waiting already", "full")


class Faulty(MemoryLog):
    """Raises where it should tell."""

    def submit(self, entries: Sequence[Entry], told: Acknowledge) -> None:
        raise ZeroDivisionError


async def test_a_log_that_breaks_lets_nobody_wait_for_ever() -> None:
    tasks = await asked(Recording(Faulty()), 2)
    for task in tasks:
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(task, WAIT)


def test_a_group_wakes_the_loop_once() -> None:
    log = Slow()
    recording = Recording(log)

    async def three_groups(loop: Counting) -> list[int]:
        counts = []
        for _ in range(3):
            tasks = await asked(recording, 50)
            before = loop.woken
            log.flush()
            counts.append(loop.woken - before)
            await asyncio.wait_for(asyncio.gather(*tasks), WAIT)
        return counts

    with asyncio.Runner(loop_factory=Counting) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, Counting)
        assert runner.run(three_groups(loop)) == [1, 1, 1]


async def test_what_can_not_be_written_is_an_error_for_everybody_who_waits() -> None:
    log = Slow()
    tasks = await asked(Recording(log), 3)
    log.healthy = False
    log.flush()
    outcomes = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), WAIT)
    assert all(isinstance(one, EvidenceError) for one in outcomes)


async def test_a_caller_that_goes_away_takes_no_entry_back() -> None:
    log = Slow()
    gone, stays = await asked(Recording(log), 2)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    log.flush()
    ((receipt,)) = await asyncio.wait_for(stays, WAIT)
    assert receipt.n == 1
    assert len(log.entries) == 2


def test_a_loop_that_has_ended_is_no_fault_of_the_log() -> None:
    log = Slow()
    recording = Recording(log)

    async def leave() -> None:
        await asked(recording, 1)

    asyncio.run(leave())
    log.flush()
    assert len(log.entries) == 1

    async def come_again() -> int:
        (task,) = await asked(recording, 1)
        log.flush()
        return (await asyncio.wait_for(task, WAIT))[0].n

    assert asyncio.run(come_again()) == 1
