from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guardrail.consent import ConsentRecord
from guardrail.disclose import label
from guardrail.disclose.c2pa import development
from guardrail.disclose.layers import Said
from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EntryKind
from guardrail.shells.label_writer import Kit, LabelWriter
from guardrail.shells.late_stamps import LateStamps
from guardrail.shells.media.worker import PIXEL
from guardrail.shells.ports import INLINE_BYTES, DirectPorts, LoopPorts, run_directly
from guardrail.stores.manifests import Manifests
from guardrail.stores.memory import MemoryConsents
from guardrail.testing import MemoryLog

ENTRY = Entry(kind=EntryKind.POLICY_LOAD)


class Threaded(MemoryConsents):
    """Notes where it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.thread = ""

    def find(self, subject: str) -> Sequence[ConsentRecord]:
        self.thread = threading.current_thread().name
        return super().find(subject)


@pytest.fixture
def ports() -> Iterator[LoopPorts]:
    made = LoopPorts(Threaded(), MemoryLog())
    yield made
    made.close()


async def test_what_could_block_the_loop_runs_in_threads(ports: LoopPorts) -> None:
    assert await ports.records("p:1") == []
    assert isinstance(ports._consents, Threaded)
    assert ports._consents.thread.startswith("consents")

    def where() -> str:
        return threading.current_thread().name

    assert await ports.compute(where, INLINE_BYTES) == threading.current_thread().name
    assert (await ports.compute(where, INLINE_BYTES + 1)).startswith("examine")
    assert (await ports.fetch(where)).startswith("consents")


async def test_entries_are_awaited_until_they_are_durable(ports: LoopPorts) -> None:
    assert [str(one) for one in await ports.append([ENTRY])] == ["memory-0"]
    assert isinstance(ports.evidence, MemoryLog)
    ports.evidence.healthy = False
    with pytest.raises(EvidenceError):
        await ports.append([ENTRY])


def test_without_a_loop_every_step_is_done_on_the_spot() -> None:
    consents = Threaded()
    ports = DirectPorts(consents, MemoryLog())
    assert run_directly(ports.records("p:1")) == []
    assert consents.thread == threading.current_thread().name
    receipts = run_directly(ports.append([ENTRY, ENTRY]))
    assert [str(one) for one in receipts] == ["memory-0", "memory-1"]
    assert run_directly(ports.compute(lambda: 7, 1 << 30)) == 7


def test_a_step_that_waits_for_a_loop_is_found_out() -> None:
    cleaned = []

    async def hidden() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            cleaned.append(True)

    with pytest.raises(RuntimeError, match="waits for an event loop"):
        run_directly(hidden())
    assert cleaned == [True]


def test_exceptions_of_a_direct_step_come_through() -> None:
    async def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        run_directly(fail())


def test_clocks_and_ids_are_the_worlds() -> None:
    ports = DirectPorts(MemoryConsents(), MemoryLog())
    now = datetime.now(UTC)  # noqa: TID251 - the clock itself is under test
    assert abs(now - ports.now()) < timedelta(seconds=5)
    assert ports.now().tzinfo is UTC
    assert ports.seconds() <= ports.seconds()
    one, two = ports.fresh_id(), ports.fresh_id()
    assert one != two
    assert uuid.UUID(hex=one).version == 4


async def test_media_without_a_time_stamp_wait_for_one(tmp_path: Path) -> None:
    def down(_: bytes) -> bytes:
        raise TimeoutError

    made = development(datetime.now(UTC))  # noqa: TID251 - the process reads the clock
    nobody = "http://127.0.0.1:9/"
    kit = Kit(visible=False, credentials=(made.credential,), anchors=made.root, authority=nobody)
    counted: list[str] = []
    ports = LoopPorts(Threaded(), MemoryLog(), labels=LabelWriter(kit, seconds=60))
    ports.stamps = LateStamps(down, Manifests(tmp_path), counted.append)
    said = Said(label=label(id=f"urn:uuid:{uuid.uuid4()}"))
    [one, other] = await ports.label([(PIXEL, PIXEL), (b"no medium", b"no medium")], said)
    assert (one.layered.is_signed, other.layered.is_signed) == (True, False)
    assert counted == ["missed"]
    ports.close()
    assert counted == ["missed", "lost"]
