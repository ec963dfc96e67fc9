from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from guardrail.telemetry.outbox import Outbox, Waiting


@given(st.integers(1, 50), st.lists(st.integers(0, 5), max_size=80))
def test_everything_that_was_put_in_is_taken_once_or_counted(limit: int, steps: list[int]) -> None:
    dropped: list[str] = []
    waiting: Waiting[int] = Waiting("logs", limit, dropped.append, threading.Event())
    put = 0
    taken: list[int] = []
    for step in steps:
        if step == 0:
            taken += waiting.take(3)
        for _ in range(step):
            waiting.put(put)
            put += 1
        assert len(waiting) <= limit
    taken += waiting.take(1_000)
    assert len(taken) + len(dropped) == put
    assert taken == sorted(taken), "in the order in which they came"
    assert set(dropped) <= {"logs"}


def test_half_full_it_hurries_the_sender() -> None:
    outbox = Outbox(8, lambda _: None)
    for number in range(4):
        outbox.lines.put((number, 0, "", "", "", "", "", ""))
        assert not outbox.wake.is_set()
    outbox.lines.put((4, 0, "", "", "", "", "", ""))
    assert outbox.wake.is_set()
