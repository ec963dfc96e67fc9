"""Which recognizers could find anything: a few passes of RE2, linear by construction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import re2

from guardrail.detect.text.normalise import TRIGGER as FOLDABLE
from guardrail.detect.text.recognizer import TextRecognizer

_MEMORY = 64 << 20
"""Bytes RE2 may use for its automaton at most. With the default of 8 MiB it would throw states
away and build them again on long mixed texts; the present patterns need under 10 MiB."""


_LONG = 600
"""Characters of a trigger from which on it is a list of words, a large automaton by itself."""

_TOGETHER = 12
"""Triggers in one automaton at most, …"""
_LONG_TOGETHER = 4
"""… and of those that are lists of words."""


def groups_of(triggers: Sequence[str]) -> list[list[str]]:
    """Return `triggers` in groups that each make a small automaton.

    One automaton for all would have a state for every way in which a number is half read while a
    word is, and each of them once more for every set of triggers that a text has shown before: 36
    together take three times the memory of 12 and 12 and 12, and another pass is cheap.
    """
    long = [one for one in triggers if len(one) >= _LONG]
    digits = [one for one in triggers if len(one) < _LONG and "[0-9]" in one]
    words = [one for one in triggers if len(one) < _LONG and "[0-9]" not in one]
    sizes = (digits, _TOGETHER), (words, _TOGETHER), (long, _LONG_TOGETHER)
    return [list(group) for all_, size in sizes for group in _evenly(all_, size)]


def _evenly(triggers: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    """Yield `triggers` in groups of up to `most`, as few and as even as can be."""
    groups = -(-len(triggers) // most)
    for number in range(groups):
        yield triggers[len(triggers) * number // groups : len(triggers) * (number + 1) // groups]


class Gate:
    """All triggers of all recognizers, in a few automata. Safe to share between threads."""

    def __init__(self, recognizers: Sequence[TextRecognizer]) -> None:
        """Compile the triggers of `recognizers`."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        triggers = sorted({trigger for one in recognizers for trigger in one.TRIGGERS})
        numbers = {trigger: number for number, trigger in enumerate([FOLDABLE, *triggers])}
        self._sets = []
        for group in groups_of(list(numbers)):
            automaton = re2.Set.SearchSet(options)
            for trigger in group:
                automaton.Add(trigger)
            automaton.Compile()
            self._sets.append((automaton, [numbers[trigger] for trigger in group]))
        self._needs = tuple(
            (frozenset(numbers[trigger] for trigger in one.TRIGGERS), one) for one in recognizers
        )

    def hits(self, text: str) -> frozenset[int]:
        """Return the numbers of the triggers in `text`; 0 says that it wants folding."""
        try:
            found = [
                numbers[place]
                for automaton, numbers in self._sets
                for place in automaton.Match(text) or ()
            ]
        except UnicodeEncodeError:  # a lone surrogate, which folding replaces
            return frozenset({0})
        return frozenset(found)

    def passed(self, hits: frozenset[int]) -> list[TextRecognizer]:
        """Return the recognizers all of whose triggers are among `hits`."""
        return [one for needs, one in self._needs if needs <= hits]
