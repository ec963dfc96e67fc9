"""Where in a text something could be found: around what must stand in it or shortly before it.

Python's `re` goes through a text character by character, RE2 through most of it at a leap. So what
has a sign is looked for with `re` around its signs only, which RE2 finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import re2

from guardrail.detect.text.sought import spans

_MEMORY = 12 << 20
"""Bytes at most: RE2 throws its states away when they are full, and builds them again. Most signs
need under a megabyte. Those of addresses never had all of theirs, and with RE2's default of 8 MiB
too little: looking for them took several times as long."""

Signs = re.Pattern[str]


@cache
def signs(pattern: str) -> Signs:
    """Return the expression of a sign, for RE2."""
    options = _options()
    options.max_mem = _MEMORY
    compiled: Signs = re2.compile(pattern, options)
    return compiled


def longest(pattern: str) -> Signs:
    """Return an expression that matches as much as any reading of it can, for RE2."""
    options = _options()
    options.longest_match = True
    compiled: Signs = re2.compile(pattern, options)
    return compiled


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    return options


def stretches(
    pattern: str,
    text: str,
    start: int,
    *,
    before: int = 0,
    behind: int = 0,
    within: tuple[int, int] | tuple[()] = (),
) -> Iterator[tuple[int, int]]:
    """Yield the stretches of `text` around the signs in it, by position, without overlaps.

    Args:
        pattern: of a sign, for RE2.
        text: folded text.
        start: where to begin; signs before it count as well.
        before: code points before a sign that belong to its stretch.
        behind: code points behind a sign that belong to its stretch.
        within: where signs may stand; anywhere if empty.
    """
    first = last = -1
    for begin, end in spans(signs(pattern), text, *within):
        if begin - before > last:
            if last > start:
                yield max(first, start), last
            first = begin - before
        last = end + behind
    if last > start:
        yield max(first, start), min(last, len(text))
