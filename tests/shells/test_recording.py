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
    await asyncio.sleep(0)
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
