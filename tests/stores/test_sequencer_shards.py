import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    next_shard,
    previous_shard,
    read_state,
)
from guardrail.testing.faulty import FaultyObjects
from guardrail.testing.small_log import NEW_YEAR, SECOND, SmallLog

STRIDE = 1 if os.environ.get("THOROUGH") else 2
"""Each moment is tried with `THOROUGH=1`, each second one without."""


def kinds(log: SmallLog, shard: str = "") -> list[object]:
    return [entry["t"] for entry in log.entries(shard)]


# --- Half-years ---


def test_a_half_years_end_closes_a_shard_and_opens_the_next() -> None:
    log = SmallLog()
    writer, sequencer = log.writer(), log.sequencer()
    writer.ask(300)
    sequencer.step()
    log.clock.now = NEW_YEAR - 1
    writer.ask(3)
    sequencer.step()
    log.clock.now = NEW_YEAR
    writer.ask(2)
    sequencer.step()
    writer.ask(2)
    sequencer.step()
    old, new = log.entries("2026h2"), log.entries("2027h1")
    assert [entry["t"] for entry in old[-2:]] == ["log.seal", "key.rotate"]
    assert old[-1]["origin"] == "log/2027h1"
    state = read_state(log.objects.read("2026h2/state") or b"")
    assert state.closed
    opening = {key: new[0][key] for key in ("t", "origin", "parent", "size", "root")}
    assert opening == {
        "t": "log.open", "origin": "log/2027h1", "parent": "log/2026h2",
        "size": len(old), "root": state.root,
    }  # fmt: skip
    assert [entry["t"] for entry in new[1:]] == ["request", "request"]
    assert list(log.objects.names("2026h2/staging/")) == []
    sequencer.close()
    assert log.problems() == []


def stepped(log: SmallLog, objects: FaultyObjects) -> None:
    """Step once; raise what failed, also where that kept one writer alone waiting."""
    unread = log.sequencer(objects).step().unread
    if unread is not None:
        raise unread


@pytest.mark.parametrize("late", [False, True])
def test_a_half_years_end_that_is_interrupted_anywhere_is_made_good(*, late: bool) -> None:
    def begun() -> SmallLog:
        log = SmallLog()
        log.writer().ask(250)
        log.sequencer().close()
        log.clock.now = NEW_YEAR + SECOND
        log.writers[0].ask(10)
        return log

    log = begun()
    counted = FaultyObjects(log.objects, at=-1)
    log.sequencer(counted).step()
    for at in range(0, counted.done, STRIDE):
        log = begun()
        with pytest.raises(EvidenceError, match="told to"):
            stepped(log, FaultyObjects(log.objects, at=at, late=late))
        log.writers[0].ask(3)
        log.settle()
        assert log.problems() == []
        opened = [entry["origin"] for entry in log.of_kind("log.open")]
        assert opened == ["log/2026h2", "log/2027h1"]
        assert len(log.of_kind("key.rotate")) == 1


def test_two_that_both_close_a_shard_close_it_once() -> None:
    def begun() -> SmallLog:
        log = SmallLog()
        log.writer().ask(5)
        log.sequencer().close()
        log.clock.now = NEW_YEAR + SECOND
        log.writers[0].ask(5)
        return log

    log = begun()
    counted = FaultyObjects(log.objects, at=-1)
    log.sequencer(counted).step()
    for at in range(0, counted.done, STRIDE):
        log = begun()
        other = log.unguarded()
        sequencer = log.unguarded(FaultyObjects(log.objects, at=at, meanwhile=other.step))
        sequencer.step()
        other.step()
        sequencer.step()
        log.settle()
        assert log.problems() == []
        assert len(log.of_kind("key.rotate")) == 1


def test_a_log_that_slept_for_years_goes_through_every_half_year() -> None:
    log = SmallLog()
    log.writer().ask(2)
    log.sequencer().close()
    log.clock.advance(3 * 365 * 86_400)
    sequencer = log.sequencer()
    for _ in range(8):
        sequencer.step()
    sequencer.close()
    opened = [entry["origin"] for entry in log.of_kind("log.open")]
    assert opened == [
        "log/2026h2", "log/2027h1", "log/2027h2", "log/2028h1", "log/2028h2", "log/2029h1",
        "log/2029h2",
    ]  # fmt: skip
    assert log.problems() == []


@pytest.mark.parametrize("now", [NEW_YEAR - SECOND, 1_767_225_600 * SECOND, 5, 10**15])
def test_a_clock_that_went_back_over_half_years_doesnt_begin_another_log(now: int) -> None:
    log = SmallLog()
    log.writer().ask(3)
    log.sequencer().step()
    log.clock.now = NEW_YEAR + SECOND
    sequencer = log.sequencer()
    sequencer.step()
    log.clock.now = now
    log.writers[0].ask(2)
    sequencer.step()
    log.writers[0].ask(2)
    restarted = log.sequencer()
    log.clock.advance(10)
    restarted.step()
    log.clock.now = NEW_YEAR + 10 * SECOND
    log.settle()
    shards = {name.partition("/")[0] for name in log.objects.names("20")}
    assert shards == {"2026h2", "2027h1"}
    assert not any(log.objects.names("19"))
    assert log.problems() == []


def test_a_log_that_begins_with_a_clock_before_our_time_begins_in_our_time() -> None:
    log = SmallLog()
    log.clock.now = 7
    log.sequencer().step()
    assert log.size("2026h1") == 2


@given(st.integers(1, 9998), st.sampled_from([1, 2]))
def test_half_years_follow_on_each_other(year: int, half: int) -> None:
    name = f"{year:04d}h{half}"
    assert previous_shard(next_shard(name)) == name == next_shard(previous_shard(name))
    assert previous_shard(name) < name < next_shard(name)
