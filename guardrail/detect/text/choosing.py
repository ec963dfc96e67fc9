"""A sweep in which only what was chosen counts."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.options import Choice
from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.sweep import CHUNK, Sweeper, seen_by


class ChoosingSweeper(Sweeper):
    """A sweeper that weighs results by a choice before they are resolved.

    So what isn't wanted suppresses nothing: where an allowed phone number overlaps a number that
    isn't allowed, the latter is found. Only what lies within an allowed value is allowed with it.
    """

    def __init__(
        self, recognizers: Sequence[TextRecognizer], choice: Choice, *, chunk: int = CHUNK
    ) -> None:
        """Take the recognizers and the choice."""
        super().__init__(recognizers, chunk=chunk)
        self.choice = choice
        self.muted: frozenset[str] = frozenset()
        """Names of recognizers whose results don't count."""
        self.guests: tuple[TextRecognizer, ...] = ()
        """Recognizers that run on every text, without a gate."""

    def but(
        self,
        choice: Choice,
        *,
        guests: Sequence[TextRecognizer] = (),
        muted: frozenset[str] = frozenset(),
    ) -> ChoosingSweeper:
        """Return a sweeper with the same recognizers and gate, which are heavy, but another choice.

        Args:
            choice: what counts.
            guests: further recognizers, which no gate stands before.
            muted: names of recognizers whose results don't count.
        """
        twin = copy.copy(self)
        twin.choice, twin.muted = choice, muted
        twin.invite(guests)
        return twin

    def invite(self, guests: Sequence[TextRecognizer]) -> None:
        """Let `guests` run, too, and hold back what may become a finding of theirs."""
        ahead = self.reach - self.longest
        self.guests = (*self.guests, *guests)
        self.longest = max(self.longest, *(one.LONGEST for one in self.guests), 0)
        self.reach = self.longest + ahead
        held = [(lazily(one.BACKWARD), one.LONGEST + ahead) for one in guests if one.BACKWARD]
        self._backward = [*self._backward, *held]
        self._opening = [*self._opening, *(one for one in guests if one.OPENS)]

    def _found(self, piece: str, start: int) -> list[RecognizerResult]:
        found = super()._found(piece, start)
        found += [result for one in self.guests for result in seen_by(one, piece, start)]
        for one in found:
            if one.analysis_explanation.recognizer in self.muted:
                one.score = 0
        self.choice.weigh(found, piece)
        return found
