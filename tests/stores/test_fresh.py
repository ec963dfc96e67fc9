from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import Chain, Entry, EntryKind, Line
from guardrail.stores.fresh import Fresh
from guardrail.stores.segments import Pace, SegmentLog
from guardrail.stores.sequencer import Sequencer
from guardrail.testing.objects import MemoryObjects
from guardrail.testing.small_log import SmallLog

PACE = Pace()


def made(chain: Chain, count: int) -> list[Line]:
    return [chain.line(Entry(kind=EntryKind.CONSENT), 1) for _ in range(count)]


def numbers(lines: Sequence[Line] | None) -> list[int] | None:
    return None if lines is None else [line.n for line in lines]


def test_nothing_is_kept_before_somebody_asks() -> None:
    fresh, chain = Fresh(), Chain("w")
    fresh.begin("w")
    fresh.keep("w", made(chain, 3))
    assert fresh.since("w", 0) is None
    assert fresh.since("w", 0) is None, "those that it has missed are still to be read"
    fresh.keep("w", made(chain, 2))
    assert numbers(fresh.since("w", 3)) == [3, 4]
    assert numbers(fresh.since("w", 3)) == [3, 4]


def test_what_was_taken_in_is_let_go_of() -> None:
    fresh, chain = Fresh(), Chain("w")
    fresh.begin("w")
    fresh.since("w", 0)
    fresh.keep("w", made(chain, 4))
    assert numbers(fresh.since("w", 1)) == [1, 2, 3]
    assert numbers(fresh.since("w", 4)) == []
    assert fresh.since("w", 3) is None
    fresh.keep("w", made(chain, 1))
    assert numbers(fresh.since("w", 4)) == [4]


def test_who_has_read_ahead_reads_on_until_what_is_kept_follows() -> None:
    fresh, chain = Fresh(), Chain("w")
    fresh.begin("w")
    fresh.since("w", 0)
    fresh.keep("w", made(chain, 2))
    assert fresh.since("w", 3) is None
    fresh.keep("w", made(chain, 2))
    assert numbers(fresh.since("w", 4)) == []


def test_past_the_limit_nothing_is_kept_until_somebody_asks_again() -> None:
    fresh, chain = Fresh(limit=1000), Chain("w")
    fresh.begin("w")
    fresh.since("w", 0)
    for _ in range(20):
        fresh.keep("w", made(chain, 1))
    assert fresh.since("w", 0) is None
    fresh.keep("w", made(chain, 1))
    assert numbers(fresh.since("w", 20)) == [20]


def test_of_a_writer_that_is_no_more_or_is_another_processs_nothing_is_known() -> None:
    fresh, chain = Fresh(), Chain("w")
    fresh.begin("w")
    fresh.since("w", 0)
    fresh.keep("w", made(chain, 2))
    fresh.leave("w")
    assert fresh.since("w", 0) is fresh.since("another", 0) is None


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-2, 1)), max_size=30))
def test_however_it_is_asked_it_gives_all_lines_or_none(turns: list[tuple[int, int]]) -> None:
    fresh, chain, durable = Fresh(limit=2500), Chain("w"), list[Line]()
    fresh.begin("w")
    asked = 0
    for count, step in turns:
        lines = made(chain, count)
        durable += lines
        fresh.keep("w", lines)
        asked = min(max(asked + step, 0), len(durable))
        found = fresh.since("w", asked)
        assert found is None or list(found) == durable[asked:]


class Watched(MemoryObjects):
    def __init__(self) -> None:
        super().__init__()
        self.reads: list[str] = []

    def read(self, name: str, start: int = 0) -> bytes | None:
        self.reads.append(name)
        return super().read(name, start)


def together(pace: Pace = PACE) -> tuple[SmallLog, Watched, SegmentLog, Sequencer]:
    objects = Watched()
    log = SmallLog(objects)
    writer = SegmentLog(objects, log="log", clock=log.clock, writer="w", pace=pace)
    sequencer = Sequencer(objects, log="log", keys=log.keys, clock=log.clock, fresh=writer.fresh)
    sequencer.step()
    return log, objects, writer, sequencer


def test_a_sequencer_doesnt_read_what_its_own_process_wrote() -> None:
    log, objects, writer, sequencer = together()
    objects.reads.clear()
    for turn in range(3):
        entry = Entry(kind=EntryKind.REQUEST, req=f"r{turn}", fields={"in": "a" * 64})
        (receipt,) = writer.append([entry]).result()
        log.writer(f"other{turn}").ask()
        assert sequencer.step().taken == 3
        assert not [name for name in objects.reads if name.startswith(f"wal/{receipt.writer}")]
    writer.close()
    sequencer.close()
    asked = {str(entry["req"]) for entry in log.entries() if entry["t"] == "request"}
    assert asked >= {"r0", "r1", "r2"}
    assert log.problems() == []


def test_after_more_than_is_kept_it_reads_and_then_goes_on_without() -> None:
    log, objects, writer, sequencer = together()
    writer.fresh._limit = 1000
    entry = Entry(kind=EntryKind.CONSENT)
    for count in (2, 40, 2, 2):
        writer.append([entry] * count).result()
        objects.reads.clear()
        assert sequencer.step().taken == count
    assert not [name for name in objects.reads if name.startswith("wal/")]
    writer.close()
    sequencer.close()
    assert log.problems() == log.waiting() == []


def test_what_a_failed_writer_left_is_read() -> None:
    log, objects, writer, sequencer = together(Pace(retry_every=0.01))
    entry = Entry(kind=EntryKind.CONSENT)
    writer.append([entry] * 3).result()
    objects.failing = True
    with pytest.raises(EvidenceError):
        writer.append([entry]).result()
    objects.failing = False
    assert sequencer.step().taken >= 3
    writer.close()
    sequencer.close()
    assert log.problems() == []
