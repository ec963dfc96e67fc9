"""What waits to be sent: bounded; where it is full, what comes is dropped and counted.

Putting something in costs under a microsecond, waits for nobody and never fails: `deque.append` and
`deque.popleft` need no lock.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from guardrail.telemetry.trail import Trail

T = TypeVar("T")
Line = tuple[int, int, str, str, str, str, str, str]
"""A log line: when (Unix nanoseconds), level's number and name, logger, message, request's id, and
its trace and span."""
Dropped = Callable[[str], None]
"""Counts one thing that wasn't sent, by its signal."""


class Waiting(Generic[T]):
    """Things of one signal that wait."""

    def __init__(self, signal: str, limit: int, dropped: Dropped, wake: threading.Event) -> None:
        """Take at most how many wait, who counts what is dropped, and what hurries the sender."""
        self._things: deque[T] = deque()
        self._signal = signal
        self._limit = limit
        self._dropped = dropped
        self._wake = wake

    def put(self, thing: T) -> None:
        """Let a thing wait, or drop it."""
        waiting = len(self._things)
        if waiting >= self._limit:
            self._dropped(self._signal)
            return
        self._things.append(thing)
        if waiting == self._limit // 2:
            self._wake.set()

    def take(self, most: int) -> Sequence[T]:
        """Return the `most` things that have waited longest, and forget them."""
        things = self._things
        return [things.popleft() for _ in range(min(most, len(things)))]

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._things)


class Outbox:
    """Requests that are over, and log lines, on their way out."""

    def __init__(self, limit: int, dropped: Dropped) -> None:
        """Take at most how many of each wait, and who counts what is dropped."""
        self.wake = threading.Event()
        """Set where half the room is taken."""
        self.trails: Waiting[Trail] = Waiting("traces", limit, dropped, self.wake)
        self.lines: Waiting[Line] = Waiting("logs", limit, dropped, self.wake)
