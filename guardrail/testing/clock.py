"""A clock that stands still until it is told to move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MIDSUMMER = datetime(2026, 6, 21, 12, tzinfo=UTC)


class FixedClock:
    """Ask it, or `now`, for the time of day, and `seconds` for a clock that only measures.

    Both move by `advance` only.
    """

    def __init__(self, now: datetime = MIDSUMMER) -> None:
        """Start at `now`, which must know its time zone."""
        if now.tzinfo is None:
            message = "A clock's time needs a time zone."
            raise ValueError(message)
        self._now = now
        self._seconds = 0.0

    def __call__(self) -> datetime:
        """Return the time of day."""
        return self._now

    def now(self) -> datetime:
        """Return the time of day."""
        return self._now

    def seconds(self) -> float:
        """Return the seconds since the clock was made."""
        return self._seconds

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`."""
        self._now += timedelta(seconds=seconds)
        self._seconds += seconds
