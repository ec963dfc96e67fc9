"""Values that count as secret because a word before says so: ``api_key = "..."``, ``пароль: ...``.

The word and what links it to the value are together shorter than what is looked at behind, so each
word is judged by itself and streams find what a whole look does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import ClassVar

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import LOOK_BEHIND, TextRecognizer, Verdict


class Link(IntEnum):
    """How surely what follows is the value."""

    SPACE = 0
    WORD = 1
    SIGN = 2


_LINK = lazily(
    r"""(?ix)
    (?: [ ](?:мой|моя|новый|такой|вот|my|new) )?
    (?: [ ](?:от|для|к|на|в|for|to|of|от[ ]мо\w{1,3}) [ ][\w\-]{1,16} (?:[ ][\w\-]{1,12})? )?
    (?: [ ]?\([^()\n]{1,12}\) )?
    \\? ["'`\])]{0,2}
    (?: (?P<sign> [ \t]{0,2} (?: => | := | == | ->  | [=:] ) [ \t\n]{0,2} )
      | (?P<word> [ ] (?: - | это | болады | is | was | \| ) [ ]{1,2} | [ ]\|[ ] )
      | (?P<space> [ ] | > )
    )
    \\? (?P<quote> ["'`«“]? )
    """
)
"""At most some 60 characters; with the longest word before it less than `LOOK_BEHIND`."""


_LONGEST_VALUE = 260
"""Code points of a value, and one more."""


class KeyedRecognizer(TextRecognizer):
    """A word, a link and a value; the finding is the value alone."""

    VALUE: ClassVar[re.Pattern[str]]
    UNFINISHED: ClassVar[re.Pattern[str]] = lazily(rf"[^\s]{{1,{_LONGEST_VALUE}}}")
    """A value whose end isn't known, read backwards."""
    BACKWARD = ""
    OPENS = True

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield values that start at `start` or later, their words maybe before it."""
        for match in self._pattern.finditer(text, max(0, start - LOOK_BEHIND)):
            verdict = self.judge(text, match)
            if verdict is not None and verdict.start >= start:
                yield self.result(verdict)

    def opens(self, text: str, start: int) -> int:
        """Return where the unfinished value begins, if a word stands before it."""
        edge = text[max(start, len(text) - _LONGEST_VALUE) :]
        unfinished = self.UNFINISHED.match(edge[::-1])
        first = len(text) - (unfinished.end() if unfinished else 0)
        announced = self._pattern.search(text, max(0, first - LOOK_BEHIND))
        return first if announced else len(text)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Return the verdict on the value behind the word."""
        link = _LINK.match(text, match.end())
        if link is None:
            return None
        value = self.VALUE.match(text, link.end())
        if value is None:
            return None
        strength = Link.SIGN if link["sign"] else Link.WORD if link["word"] else Link.SPACE
        return self.weigh(text, match, value, strength)

    def weigh(
        self, text: str, word: re.Match[str], value: re.Match[str], link: Link
    ) -> Verdict | None:
        """Return the verdict on `value`, said by `word` over `link`."""
        raise NotImplementedError
