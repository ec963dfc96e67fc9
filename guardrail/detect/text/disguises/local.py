"""Disguises that are undone piece by piece, wherever a look at them starts: escapes, encodings.

Such a text has no end that must be known. What could be a finding is looked for in all of it; the
verdict on a candidate is then read anew from as much text around it as any look has, so that
pieces of a stream say what the whole does.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import ClassVar

from guardrail.detect.text.disguises.recognizer import DisguiseRecognizer, Inner
from guardrail.detect.text.disguises.revealed import Revealed, Unit, reveal
from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import CONTEXT, LOOK_BEHIND, TextRecognizer

_AFTER = 160
"""Code points behind the last escape that a finding it belongs to, or introduces, may take."""

_AHEAD = 64
"""Code points behind the longest finding that a verdict may rest on."""


class LocalDisguise(DisguiseRecognizer):
    """Base of disguises whose pieces each stand for characters of their own."""

    UNIT: ClassVar[str]
    """One piece, for Python's `re`; linear to search for. May be longer than any finding."""
    LONGEST = 384

    def __init__(self, inner: Inner) -> None:
        """Take the recognizers that judge what was hidden."""
        super().__init__(inner)
        self._unit = lazily(self.UNIT)

    def decode(self, match: re.Match[str]) -> Iterator[Unit]:
        """Yield what one piece stands for, in order; nothing where it is no disguise."""
        raise NotImplementedError

    def accepts(
        self,
        found: RecognizerResult,  # noqa: ARG002 - for kinds that want more
        plain: Revealed,  # noqa: ARG002 - for kinds that want more
        text: str,  # noqa: ARG002 - for kinds that want more
    ) -> bool:
        """Tell whether what was found in `plain` is worth a finding in `text`."""
        return True

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield findings that start at `start` or later and that an escape has a part in."""
        for left, right in self._regions(text, max(0, start - LOOK_BEHIND)):
            plain = self._plain(text, left, right)
            if plain is None:
                continue
            for recognizer, found in self.inner.find(plain.text, 0):
                first, last = plain.span(found.start, found.end)
                before = max(0, found.start - CONTEXT)
                same = plain.text[before : found.end] == text[plain.starts[before] : last]
                if first >= start and not same:
                    yield from self._settle(text, first, recognizer, found.entity_type)

    def _regions(self, text: str, position: int) -> Iterator[tuple[int, int]]:
        """Yield where pieces are, those near each other together, with text around them."""
        left = right = -1
        for match in self._unit.finditer(text, position):
            if right < 0:
                left = match.start()
            elif match.start() - right > LOOK_BEHIND + _AFTER:
                yield max(0, left - LOOK_BEHIND), right + _AFTER
                left = match.start()
            right = match.end()
        if right >= 0:
            yield max(0, left - LOOK_BEHIND), min(len(text), right + _AFTER)

    def _plain(self, text: str, left: int, right: int) -> Revealed | None:
        units = [
            (left + first, left + last, plain)
            for match in self._unit.finditer(text[left:right])
            for first, last, plain in self.decode(match)
        ]
        return reveal(text, left, right, units) if units else None

    def _settle(
        self, text: str, first: int, recognizer: TextRecognizer, entity: str
    ) -> Iterator[RecognizerResult]:
        """Yield the finding that starts at `first`, judged by the text next to it alone."""
        right = min(len(text), first + self.LONGEST + _AHEAD)
        plain = self._plain(text, max(0, first - LOOK_BEHIND), right)
        if plain is None:
            return
        for found in recognizer.scan(plain.text, bisect_left(plain.starts, first)):
            span = plain.span(found.start, found.end)
            if span[0] != first or found.entity_type != entity or span[1] - first > self.LONGEST:
                continue
            signed = self.is_signed(text[max(0, first - LOOK_BEHIND) : span[1] + 1])
            if signed and self.accepts(found, plain, text):
                yield self.disguised(found, span)
