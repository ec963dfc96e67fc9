"""Which recognizers could find anything: one pass of RE2 over the text, linear by construction."""

from __future__ import annotations

from collections.abc import Sequence

import re2

from guardrail.detect.text.normalise import TRIGGER as FOLDABLE
from guardrail.detect.text.recognizer import TextRecognizer

_MEMORY = 64 << 20
"""Bytes RE2 may use for its automaton at most. With the default of 8 MiB it would throw states
away and build them again on long mixed texts; the present patterns need under 10 MiB."""


class Gate:
    """All triggers of all recognizers in one automaton. Safe to share between threads."""

    def __init__(self, recognizers: Sequence[TextRecognizer]) -> None:
        """Compile the triggers of `recognizers`."""
        options = re2.Options()
        options.max_mem = _MEMORY
        options.log_errors = False
        triggers = sorted({trigger for one in recognizers for trigger in one.TRIGGERS})
        self._set = re2.Set.SearchSet(options)
        for trigger in (FOLDABLE, *triggers):
            self._set.Add(trigger)
        self._set.Compile()
        numbers = {trigger: number for number, trigger in enumerate(triggers, start=1)}
        self._needs = tuple(
            (frozenset(numbers[trigger] for trigger in one.TRIGGERS), one) for one in recognizers
        )

    def hits(self, text: str) -> frozenset[int]:
        """Return the numbers of the triggers in `text`; 0 says that it wants folding."""
        try:
            return frozenset(self._set.Match(text) or ())
        except UnicodeEncodeError:  # a lone surrogate, which folding replaces
            return frozenset({0})

    def passed(self, hits: frozenset[int]) -> list[TextRecognizer]:
        """Return the recognizers all of whose triggers are among `hits`."""
        return [one for needs, one in self._needs if needs <= hits]
