"""Which of all marks that are looked for stand in a medium: asked once, in one pass.

Some forty short strings of bytes may stand anywhere in a file. To look for one after another goes
over a large picture forty times, which takes longer than to decode it. RE2 looks for all at once;
where ahocorasick-rs is installed, it says first at which few places one might begin, in a quarter
of RE2's time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import product
from typing import Protocol

import re2

from guardrail.detect.media import oddities
from guardrail.detect.media.metadata import blocks
from guardrail.detect.media.templates.rows import Where, rows

_MEMORY = 64 << 20
"""Bytes that the automaton may take; the known marks take less than 1 MB."""


_BEGINNING = 3
"""Bytes by which a mark in any case is found: each of its spellings is looked for."""
_MOST_PLACES = 500
"""Beyond that many, all of the data is looked at."""
_MORE = 16
"""Bytes behind a mark that what must follow it takes, at most."""


class _Finder(Protocol):
    def find_matches_as_indexes(self, data: bytes, /) -> list[tuple[int, int, int]]: ...


class Marks:
    """Strings of bytes, in one automaton. For any number of threads."""

    def __init__(
        self,
        exact: Iterable[bytes],
        any_case: Iterable[bytes] = (),
        behind: Mapping[bytes, str] | None = None,
    ) -> None:
        """Take marks as they are, and lower-case ones that may be in capitals, too.

        Args:
            exact: marks.
            any_case: others.
            behind: of some, a regular expression: they only count where that follows.
        """
        behind = behind or {}
        self._marks = (*exact, *any_case)
        any_case = frozenset(any_case)
        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False
        options.max_mem = _MEMORY
        self._automaton = re2.Set.SearchSet(options)
        self._automaton.Add(r"\A")  # always there: where it isn't found, the automaton gave up
        for mark in self._marks:
            case = "(?i)" if mark in any_case else ""
            self._automaton.Add(case + _spelt(mark) + behind.get(mark, ""))
        self._automaton.Compile()
        self._longest = max((len(mark) for mark in self._marks), default=0) + _MORE
        spelt = {one for mark in any_case for one in _spellings(mark[:_BEGINNING])}
        self._finder = _finder({mark for mark in self._marks if mark not in any_case} | spelt)

    def within(self, data: bytes) -> frozenset[bytes]:
        """Return which marks stand in `data`; more of them where that couldn't be told."""
        places = self._finder.find_matches_as_indexes(data) if self._finder else None
        if places is None or len(places) > _MOST_PLACES:
            return self._standing(data)
        # What isn't among the places begins in the midst of one of them, and so in its stretch.
        return frozenset[bytes]().union(
            *(self._standing(data[start : end + self._longest]) for _, start, end in places)
        )

    def _standing(self, data: bytes) -> frozenset[bytes]:
        found = self._automaton.Match(data)
        if 0 not in found:
            return frozenset(self._marks)
        return frozenset(self._marks[number - 1] for number in found if number)


def _finder(beginnings: set[bytes]) -> _Finder | None:
    """Return what finds the places of strings that don't overlap, from left to right."""
    if find_spec("ahocorasick_rs") is None:
        return None
    library = import_module("ahocorasick_rs")
    # Of this kind the library has a way that looks at many bytes at once.
    found: _Finder = library.BytesAhoCorasick(
        sorted(beginnings), matchkind=library.MatchKind.LeftmostFirst
    )
    return found


def _spellings(mark: bytes) -> set[bytes]:
    return {bytes(one) for one in product(*zip(mark.lower(), mark.upper(), strict=True))}


def _spelt(mark: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in mark)


@cache
def known() -> Marks:
    """Return the marks of biometric records, of other formats inside, and of XMP."""
    anywhere = [row for row in rows() if row.where is Where.ANYWHERE]
    return Marks(
        {*(row.magic for row in anywhere), *oddities.BINARY, *blocks.PACKET_MARKS},
        oddities.WRITTEN,
        {row.magic: row.behind for row in anywhere} | blocks.BEHIND_MARKS,
    )


def standing(data: bytes) -> frozenset[bytes]:
    """Return which of the `known` marks stand in `data`, with what must follow them."""
    return known().within(data)
