"""Which of all marks that are looked for stand in a medium: asked once, in one pass.

Some forty short strings of bytes may stand anywhere in a file. To look for one after another goes
over a large picture forty times, which takes longer than to decode it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import re2

from guardrail.detect.media import oddities
from guardrail.detect.media.metadata import blocks
from guardrail.detect.media.templates.rows import Where, rows

_MEMORY = 64 << 20
"""Bytes that the automaton may take; the known marks take less than 1 MB."""


class Marks:
    """Strings of bytes, in one automaton. For any number of threads."""

    def __init__(self, exact: Iterable[bytes], any_case: Iterable[bytes] = ()) -> None:
        """Take marks as they are, and lower-case ones that may be in capitals, too."""
        self._marks = (*exact, *any_case)
        any_case = frozenset(any_case)
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False
        options.max_mem = _MEMORY
        self._automaton = re2.Set.SearchSet(options)
        self._automaton.Add(r"\A")  # always there: where it isn't found, the automaton gave up
        for mark in self._marks:
            self._automaton.Add(("(?i)" if mark in any_case else "") + _spelt(mark))
        self._automaton.Compile()

    def within(self, data: bytes) -> frozenset[bytes]:
        """Return which marks stand in `data`; more of them where that couldn't be told."""
        found = self._automaton.Match(data)
        if 0 not in found:
            return frozenset(self._marks)
        return frozenset(self._marks[number - 1] for number in found if number)


def _spelt(mark: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in mark)


@cache
def known() -> Marks:
    """Return the marks of biometric records, of other formats inside, and of XMP."""
    return Marks(
        {
            *(row.magic for row in rows() if row.where is Where.ANYWHERE),
            *oddities.BINARY,
            *blocks.PACKET_MARKS,
        },
        oddities.WRITTEN,
    )


def standing(data: bytes) -> frozenset[bytes]:
    """Return which of the `known` marks stand in `data`."""
    return known().within(data)
