"""Which recognizers could find anything: a few passes of RE2, linear by construction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import re2

from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.sought import encoded, occurs
from guardrail.detect.text.stretches import signs

_LONG = 600
"""Characters of a trigger from which on it is a list of words, a large automaton by itself."""


def _kind(trigger: str) -> tuple[str, int]:
    """Return what `trigger` looks for, and how many that do share an automaton at most."""
    numbers = "[0-9]" in trigger
    if len(trigger) >= _LONG:
        return ("words with numbers", 1) if numbers else ("lists of words", 4)
    if r"\p" in trigger:
        return "whole words", 6
    if numbers:
        return "numbers", 6
    return ("words", 18) if trigger.startswith("(?i)") else ("codes", 3)


def groups_of(triggers: Sequence[str]) -> list[list[str]]:
    """Return `triggers` in groups that each make a small automaton.

    One automaton for all would have a state for every way in which a number is half read while a
    word is, and each of them once more for every set of triggers that a text has shown before:
    nearly every text would add some. Apart by kind, a few at a time, they have far fewer, and most
    of those come with the first texts; more passes cost what fewer states save.
    """
    kinds: dict[tuple[str, int], list[str]] = {}
    for one in triggers:
        kinds.setdefault(_kind(one), []).append(one)
    return [list(group) for (_, most), all_ in kinds.items() for group in _evenly(all_, most)]


def _evenly(triggers: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    """Yield `triggers` in groups of up to `most`, as few and as even as can be."""
    groups = -(-len(triggers) // most)
    for number in range(groups):
        yield triggers[len(triggers) * number // groups : len(triggers) * (number + 1) // groups]


def _together(triggers: Sequence[str]) -> re2.Set:
    """Return the automaton of `triggers`; RE2's default of 8 MiB is more than any needs."""
    options = re2.Options()
    options.log_errors = False
    automaton = re2.Set.SearchSet(options)
    for trigger in triggers:
        automaton.Add(trigger)
    automaton.Compile()
    return automaton


class Gate:
    """All triggers of all recognizers, in small automata. Safe to share between threads."""

    def __init__(self, recognizers: Sequence[TextRecognizer]) -> None:
        """Compile the triggers of `recognizers`."""
        triggers = sorted({trigger for one in recognizers for trigger in one.TRIGGERS})
        numbers = {trigger: number for number, trigger in enumerate(triggers)}
        groups = groups_of(list(numbers))
        # What is alone is shared: with other gates, and with who looks for where it is.
        self._alone = [(signs(group[0]), numbers[group[0]]) for group in groups if len(group) == 1]
        self._sets = [
            (_together(group), [numbers[trigger] for trigger in group])
            for group in groups
            if len(group) > 1
        ]
        self._needs = tuple(
            (frozenset(numbers[trigger] for trigger in one.TRIGGERS), one) for one in recognizers
        )

    def hits(self, text: str) -> frozenset[int]:
        """Return the numbers of the triggers in `text`, which is folded."""
        raw = encoded(text)
        found = [
            numbers[place]
            for automaton, numbers in self._sets
            for place in automaton.Match(raw) or ()
        ]
        found += [number for sign, number in self._alone if occurs(sign, text)]
        return frozenset(found)

    def passed(self, hits: frozenset[int]) -> list[TextRecognizer]:
        """Return the recognizers all of whose triggers are among `hits`."""
        return [one for needs, one in self._needs if needs <= hits]
