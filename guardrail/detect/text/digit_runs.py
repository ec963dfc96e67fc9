"""Where digits stand in a text, found once for all who look for numbers.

A pattern that Python's `re` looks for creeps through the letters between two numbers. Nearly all
of ours hold digits, many of them close together; so they are looked for around such digits only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

GAP = 3
"""Code points between two digits of one run at most."""

_RUN = re.compile(rf"[0-9]+(?:[^0-9]{{1,{GAP}}}[0-9]+)*")
_OTHERS = re.compile("[^0-9]+")

Run = tuple[int, int, int]
"""Where a run starts and ends, and how many digits it holds."""

_last: tuple[str, Sequence[Run]] = ("", ())
"""What was looked through last. One assignment puts both in place: threads that race look twice."""


def digit_runs(text: str) -> Sequence[Run]:
    """Return the runs of digits in `text`, by position, as long as can be."""
    global _last  # noqa: PLW0603 - a memory of one
    known, runs = _last
    if known is not text:
        runs = [(*match.span(), _count(match[0])) for match in _RUN.finditer(text)]
        _last = text, runs
    return runs


def _count(run: str) -> int:
    return len(run) if run.isdecimal() else len(_OTHERS.sub("", run))


def around(text: str, start: int, fewest: int, before: int) -> list[tuple[int, int]]:
    """Return where a pattern may start that begins with digits, or shortly before them.

    Args:
        text: folded text.
        start: where to begin; a run that ends behind it counts.
        fewest: digits that each match has in its first run at least.
        before: code points of a match before its first digit at most.
    """
    return [
        (max(first - before, start), last)
        for first, last, digits in digit_runs(text)
        if digits >= fewest and last > start
    ]
