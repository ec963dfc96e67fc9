"""Which seconds of a recording are listened to, where it is longer than what can be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_FIRST = 2
"""Seconds decoded at first where all of a recording is: mostly they say enough. Each step is twice
as long as the one before it."""
_MOST = 16
"""Seconds decoded at once."""
_STRETCH = 6
"""Seconds listened to in one go where only samples can be: several sentences' pauses fit in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A stretch of a recording, in seconds from its beginning."""

    start: float
    seconds: float


def slots(seconds: float, heard: float, *, known: bool, most: int = _MOST) -> Iterator[Slot]:
    """Yield what to listen to, in order of worth.

    Args:
        seconds: the recording's length.
        heard: how many of them are listened to, at most.
        known: whether the length is true and can be sought in; else it is read from its beginning.
        most: seconds decoded at once.
    """
    if not known or seconds <= heard:
        yield from _in_order(seconds, most)
    else:
        yield from _spread(seconds)


def _in_order(seconds: float, most: int) -> Iterator[Slot]:
    start, step = 0, _FIRST
    while start < seconds:
        yield Slot(start=start, seconds=step)
        start += step
        step = min(step * 2, most, _MOST)


def _spread(seconds: float) -> Iterator[Slot]:
    """Yield every stretch once: halves, then quarters, and so on.

    Wherever the listening stops, what was heard is spread evenly.
    """
    count = -int(-seconds // _STRETCH)
    bits = max(1, (count - 1).bit_length())
    for number in range(1 << bits):
        index = int(f"{number:0{bits}b}"[::-1], 2)
        if index < count:
            yield Slot(start=index * _STRETCH, seconds=_STRETCH)
