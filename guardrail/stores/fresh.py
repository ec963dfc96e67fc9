"""Lines that a process made durable just now, for the sequencer of the same process.

It need neither read nor check again what it gets here: who kept the lines here made them. Whoever
else sequences reads them from the write-ahead log, as does this process whatever isn't here.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from guardrail.evidence import Line

FRESH_BYTES = 24 << 20
"""How much is kept at most: what one step of the sequencer takes."""


@dataclass(slots=True)
class _Kept:
    """A writer's lines: from `first` on (None: none came yet), without a gap up to its newest."""

    asked: bool = False
    first: int | None = None
    lines: list[Line] = field(default_factory=list)
    size: int = 0


class Fresh:
    """Keeps durable lines for whoever asks for them; nothing where nobody asks. For all threads."""

    def __init__(self, limit: int = FRESH_BYTES) -> None:
        """Begin empty.

        Args:
            limit: bytes of JSON that are kept of a writer. Past it nothing is kept until somebody
                asks again.
        """
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def begin(self, writer: str) -> None:
        """Expect lines of a writer."""
        with self._lock:
            self._kept[writer] = _Kept()

    def keep(self, writer: str, lines: Sequence[Line]) -> None:
        """Take a writer's newest lines, which are durable."""
        with self._lock:
            kept = self._kept[writer]
            if not kept.asked or not lines:
                return
            if kept.first is None:
                kept.first = lines[0].n
            kept.lines += lines
            kept.size += _size(lines)
            if kept.size > self._limit:
                self._kept[writer] = _Kept()

    def since(self, writer: str, n: int) -> Sequence[Line] | None:
        """Return a writer's lines from its entry `n` on; those before aren't kept any longer.

        Returns:
            All that are durable, maybe none; None where they must be read from the write-ahead log.
            What a writer makes durable after it was asked for first is kept.
        """
        with self._lock:
            kept = self._kept.get(writer)
            if kept is None:
                return None
            done = -1 if kept.first is None else n - kept.first
            if not 0 <= done <= len(kept.lines):
                self._kept[writer] = _Kept(asked=True)
                return None
            if done:  # mostly all of them, so that there is nothing to add up
                kept.size = _size(kept.lines[done:])
            del kept.lines[:done]
            kept.first = n
            return tuple(kept.lines)

    def leave(self, writer: str) -> None:
        """Keep nothing of a writer that is no more: only its write-ahead log tells how it ended."""
        with self._lock:
            self._kept.pop(writer, None)


def _size(lines: Sequence[Line]) -> int:
    return sum([len(line.body) for line in lines])
