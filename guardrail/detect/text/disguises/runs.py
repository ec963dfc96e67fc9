"""Disguises that only a whole run of words or digits tells: said in words, split, look-alikes.

The verdict is on the run from its first to its last word, so a run is held together until it ends.
One longer than `LONGEST` is no value and is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

from guardrail.detect.text.disguises.recognizer import DisguiseRecognizer, Inner, reason_of
from guardrail.detect.text.disguises.revealed import Revealed
from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import CONTEXT, LOOK_BEHIND

_BEFORE = CONTEXT + 24
"""Code points before a run that are read with it: context words and what they follow."""

Rule = Callable[[RecognizerResult, tuple[int, int]], bool]
"""Tells whether a finding, at a span of the text, is sure enough."""

Reading = tuple[Revealed, Rule]
"""What a run may say; the plain text covers exactly the run."""


class RunDisguise(DisguiseRecognizer):
    """Base of disguises that are read a run at a time."""

    RUN: ClassVar[str]
    """The longest run, for Python's `re`: linear, and with no bound on its length. It starts with
    one class of characters, which the search leaps to, and may look ahead for the least it needs.
    """

    def __init__(self, inner: Inner) -> None:
        """Take the recognizers that judge what was hidden."""
        super().__init__(inner)
        self._run = lazily(self.RUN)

    def runs(self, text: str, position: int) -> Iterator[tuple[int, int]]:
        """Yield where runs start and end, from `position` on."""
        for match in self._run.finditer(text, position):
            yield match.span()

    def readings(self, text: str, first: int, last: int) -> Iterator[Reading]:
        """Yield what the run may say, the likeliest first, each with its rule."""
        raise NotImplementedError

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield findings in runs that start at `start` or later."""
        for first, last in self.runs(text, max(0, start - LOOK_BEHIND)):
            if first < start or last - first > self.LONGEST:
                continue
            results = self._read(text, first, last)
            if results:
                yield self._whole(results[0], first, last)
                yield from results

    def _read(self, text: str, first: int, last: int) -> list[RecognizerResult]:
        """Return the findings of the first reading that has any."""
        before, behind = text[max(0, first - _BEFORE) : first], text[last : last + 2]
        known: dict[str, list[RecognizerResult]] = {}
        for plain, rule in self.readings(text, first, last):
            results = []
            if plain.text not in known:
                inside = self.inner.find(before + plain.text + behind, len(before))
                known[plain.text] = [found for _, found in inside]
            for found in known[plain.text]:
                end = found.end - len(before)
                if end > len(plain.text):
                    continue
                span = plain.span(found.start - len(before), end)
                if rule(found, span):
                    results.append(self.disguised(found, span))
            if results:
                return results if self.is_signed(before + text[first:last]) else []
        return []

    def _whole(self, found: RecognizerResult, first: int, last: int) -> RecognizerResult:
        """Return a result of score 0: no finding, but where one is, no piece may end in its run."""
        whole = self.disguised(found, (first, last))
        whole.score = 0.0
        return whole


def is_checked(found: RecognizerResult) -> bool:
    """Tell whether a check digit vouches for `found`."""
    return "checksum" in reason_of(found)


def is_contact(found: RecognizerResult) -> bool:
    """Tell whether `found` is a telephone number or an address: its shape alone says much."""
    return found.entity_type in ("PHONE_NUMBER", "EMAIL_ADDRESS")


def is_named(found: RecognizerResult) -> bool:
    """Tell whether `found` was announced by a context word."""
    return "context" in reason_of(found)
