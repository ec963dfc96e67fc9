"""Clocks that jump: years ahead, years back, to and fro."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guardrail.stores.sequencer import FIRST_SHARD
from guardrail.testing.small_log import AUGUST, SECOND, SmallLog

HALF_YEAR = 184 * 86_400 * SECOND
JUMPS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, -1, 2, -2, 5, -5]),  # half-years away from the right time
        st.integers(0, 3),  # entries that are made meanwhile
        st.integers(1, 3),  # steps of the sequencer meanwhile
    ),
    max_size=8,
)


def shards(log: SmallLog) -> list[str]:
    names = log.objects.names("")
    return sorted({name.split("/")[0] for name in names if name.endswith("/checkpoint")})


def lived(jumps: list[tuple[int, int, int]]) -> tuple[SmallLog, int]:
    """Return a log whose clock jumped so, and how many steps were made."""
    log = SmallLog()
    writer, sequencer = log.writer(), log.sequencer(seal_every=1.0)
    steps, right = 0, AUGUST
    for away, entries, times in [*jumps, (0, 1, 1)]:
        log.clock.now = right + away * HALF_YEAR
        if entries:
            writer.ask(entries)
        for _ in range(times):
            sequencer.step()
            log.clock.advance(1)
            right += SECOND
            steps += 1
    writer.stop()
    sequencer.close()
    log.settle()
    return log, steps


@settings(max_examples=40, deadline=None)
@given(JUMPS)
@example([(5, 1, 3), (-5, 1, 3), (5, 1, 3), (0, 1, 3)])
def test_whatever_a_clock_does_nothing_is_lost_and_nobody_cries_wolf(
    jumps: list[tuple[int, int, int]],
) -> None:
    log, steps = lived(jumps)
    assert log.problems() == []
    assert log.of_kind("incident") == []
    there = shards(log)
    assert there[0] == FIRST_SHARD or there[0] >= "2026h1"
    assert len(there) <= 1 + steps, "one step begins one shard at most"


@pytest.mark.parametrize("away", [-1, -2, -5])
def test_a_clock_that_goes_back_begins_no_shard(away: int) -> None:
    log, _ = lived([(0, 2, 1), (away, 2, 3), (0, 2, 1)])
    assert shards(log) == ["2026h2"]


def test_a_clock_far_ahead_begins_no_shard_until_it_is_believed() -> None:
    log, _ = lived([(0, 2, 1), *[(5, 2, 3), (0, 2, 1)] * 4])
    assert shards(log) == ["2026h2"]
    assert log.problems() == []


def test_a_clock_that_stays_far_ahead_is_believed_and_caught_up_with() -> None:
    log = SmallLog()
    writer, sequencer = log.writer(), log.sequencer()
    sequencer.step()
    log.clock.now = AUGUST + 5 * HALF_YEAR
    for _ in range(70):
        writer.ask()
        sequencer.step()
        log.clock.advance(60)
    sequencer.close()
    assert shards(log)[-1] == "2029h1"
    assert log.problems() == []
