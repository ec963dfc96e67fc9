"""Digits and letters in another dress: circled, raised, bold, struck through.

Footnote marks and formulas stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from unicodedata import normalize

from guardrail.detect.text.disguises.local import LocalDisguise
from guardrail.detect.text.disguises.revealed import Revealed, Unit
from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.patterns import ranges

_RUNS = (
    (0x2460, 1, 20), (0x2474, 1, 20), (0x2488, 1, 20), (0x24EB, 11, 20), (0x24F5, 1, 10),
    (0x2776, 1, 10), (0x2780, 1, 10), (0x278A, 1, 10), (0x2074, 4, 9), (0x2080, 0, 9),
    (0x1F101, 0, 9),
)  # fmt: skip
"""Code point of the first, its number, and the last number, of rows of dressed-up numbers."""

_SINGLE = {"⓪": "0", "⓿": "0", "⁰": "0", "¹": "1", "²": "2", "³": "3", "🄀": "0", "⁺": "+"}

_LETTERS = (
    (0x1D400, 0x1D6A4), (0x24B6, 0x24EA), (0x249C, 0x24B6), (0x2100, 0x214F),
    (0x1F110, 0x1F12A), (0x1F130, 0x1F14A),
)  # fmt: skip
"""From and to (exclusive) of letters that Unicode calls forms of others."""

_SQUARED = (0x1F150, 0x1F170)
"""Code points of ``A`` in rows of white letters on black, which have no plain form in Unicode."""

_MARKS = "\u0300-\u036f\u20d0-\u20f0"
"""Marks that are set over, under or through a character."""


def _letters() -> Iterator[tuple[str, str]]:
    for first, last in _LETTERS:
        for dressed in map(chr, range(first, last)):
            plain = normalize("NFKC", dressed).strip("()")
            if len(plain) == 1 and plain.isascii() and plain.isalpha():
                yield dressed, plain
    for first in _SQUARED:
        for place in range(26):
            yield chr(first + place), chr(ord("A") + place)


_PLAIN: Mapping[str, str] = {
    **{
        chr(first + number - low): str(number)
        for first, low, high in _RUNS
        for number in range(low, high + 1)
    },
    **_SINGLE,
    **dict(_letters()),
}
_DRESSED = ranges(_PLAIN)

_PLAIN_DIGIT = lazily("[0-9A-Za-z@]")


class StyledRecognizer(LocalDisguise):
    """Numbers and addresses in characters that only look special."""

    HOW = "written in styled characters"
    PATTERN = UNIT = rf"[{_DRESSED}]|[{_MARKS}]{{1,8}}"
    TRIGGERS = (
        rf"[{_DRESSED}][ .\-]{{0,2}}[{_DRESSED}]|[0-9A-Za-z.][{_MARKS}]{{1,8}}[0-9A-Za-z.]",
    )
    BACKWARD = (
        rf"(?:[0-9 ().+\-{_MARKS}{_DRESSED}]*[0-9(+{_MARKS}{_DRESSED}])?"
        rf"[\w.+\-@{_MARKS}{_DRESSED}]*"
    )
    LONGEST = 256

    def decode(self, match: re.Match[str]) -> Iterator[Unit]:
        """Yield the plain character; nothing for marks."""
        yield match.start(), match.end(), _PLAIN.get(match[0], "")

    def accepts(self, found: RecognizerResult, plain: Revealed, text: str) -> bool:
        """Accept what is mostly dressed up: one footnote mark makes no value of a number."""
        first, last = plain.span(found.start, found.end)
        bare = len(_PLAIN_DIGIT.findall(text, first, last))
        dressed = len(self._unit.findall(text, first, last))
        return dressed * 3 >= bare
