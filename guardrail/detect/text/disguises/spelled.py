"""Numbers said in words, a digit or a few at a time, digits in between or not."""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.detect.text.disguises.number_words import AND, VALUES, WORDS, said
from guardrail.detect.text.disguises.revealed import Unit, reveal
from guardrail.detect.text.disguises.runs import Reading, RunDisguise, is_checked, is_contact
from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.patterns import backwards, either, prefixes

_WORD = either(WORDS)
_BETWEEN = r"[ \t\r\n,.;/\-]"
_TOKEN = lazily(r"[^\W_]+")
_FEWEST, _MOST = 8, 24
"""Digits of a value, with a few for a country's account."""

_FIRST = rf"\b(?:{either(WORDS - AND)}|[0-9]{{1,16}})\b"
_UNIT = rf"\b(?:{_WORD}|[0-9]{{1,16}})\b"
_TINU = rf"\b(?:{either(backwards(WORDS))}|[0-9]{{1,16}})\b"
_TSRIF = rf"\b(?:{either(backwards(WORDS - AND))}|[0-9]{{1,16}})\b"


class SpelledNumberRecognizer(RunDisguise):
    """A number in Kazakh, Russian or English words: ``девять ноль один``, ``ninety nine``."""

    HOW = "written in words"
    PATTERN = rf"(?i)\+?{_FIRST}(?:{_BETWEEN}{{1,3}}{_UNIT}){{3,30}}"
    RUN = rf"(?i)\+?{_FIRST}(?:{_BETWEEN}{{1,3}}{_UNIT})*"
    TRIGGERS = (
        rf"(?i)(?:^|[^\pL])(?:{either(VALUES)}){_BETWEEN}+(?:(?:{_WORD})(?:[^\pL]|$)|[0-9])",
    )
    BACKWARD = (
        rf"(?i)(?:{either(backwards(prefixes(WORDS)))}?{_BETWEEN}{{1,3}})?"
        rf"(?:{_TINU}{_BETWEEN}{{1,3}})*{_TSRIF}\+?"
    )
    LONGEST = 256

    def runs(self, text: str, position: int) -> Iterator[tuple[int, int]]:
        """Yield runs with a word in them."""
        for match in self._run.finditer(text, position):
            if len(match[0]) > _FEWEST and any(map(str.isalpha, match[0])):
                yield match.span()

    def readings(self, text: str, first: int, last: int) -> Iterator[Reading]:
        """Yield the digits that are said, without anything between them."""
        tokens = list(_TOKEN.finditer(text, first, last))
        units: list[Unit] = []
        end = first + (text[first] == "+")
        for one in said([token[0].lower() for token in tokens]):
            begin = tokens[one.first].start()
            if begin > end:
                units.append((end, begin, ""))
            end = tokens[one.last].end()
            units.append((begin, end, one.digits))
        if _FEWEST <= sum(len(unit[2]) for unit in units) <= _MOST:
            yield reveal(text, first, last, units), _is_sure


def _is_sure(found: RecognizerResult, span: tuple[int, int]) -> bool:  # noqa: ARG001 - a rule's signature
    """Accept what a check digit or a numbering plan vouches for; digits are in one piece."""
    return is_checked(found) or is_contact(found)
