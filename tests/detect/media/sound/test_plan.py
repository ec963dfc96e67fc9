from __future__ import annotations

from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from guardrail.detect.media.sound.plan import slots


@given(st.floats(0, 60))
def test_every_second_of_a_short_recording_is_listened_to_in_order(seconds: float) -> None:
    plan = list(slots(seconds, 60, known=True))
    assert [slot.start for slot in plan] == [
        sum(slot.seconds for slot in plan[:index]) for index in range(len(plan))
    ]
    assert sum(slot.seconds for slot in plan) >= seconds


@given(st.floats(60.1, 20_000))
def test_every_stretch_of_a_long_recording_has_its_turn_once(seconds: float) -> None:
    plan = sorted(slot.start for slot in slots(seconds, 60, known=True))
    assert plan == [6 * index for index in range(len(plan))]
    assert plan[-1] < seconds <= plan[-1] + 6


@given(st.floats(120, 20_000))
def test_wherever_the_listening_stops_it_was_spread_over_the_whole(seconds: float) -> None:
    heard = sorted(slot.start for slot in islice(slots(seconds, 60, known=True), 10))
    gaps = [after - before for before, after in zip(heard, [*heard[1:], seconds], strict=True)]
    assert max(gaps) <= seconds / 3 + 6


def test_what_cant_be_sought_in_is_read_from_its_beginning() -> None:
    plan = islice(slots(1e6, 60, known=False), 6)
    assert [slot.start for slot in plan] == [0, 2, 6, 14, 30, 46]
