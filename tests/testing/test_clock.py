from __future__ import annotations

from datetime import UTC, datetime

import pytest

from guardrail.testing import FixedClock


def test_the_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock() == clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    assert clock.seconds() == 0
    clock.advance(90)
    assert clock() == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)
    assert clock.seconds() == 90


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        FixedClock(datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake itself
