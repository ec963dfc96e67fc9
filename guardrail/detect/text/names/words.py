"""A text as words, each with what its surroundings say of capital letters.

Whatever is said of a word rests on `SIGHT` code points before it at most, wherever the text is cut:
that is what lets a stream be read in pieces.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

SIGHT = 90
"""Code points before a word in which other words count."""

LONGEST_WORD = 40
"""Code points of a word that anything is known of."""

BREAK = "\n"
"""A line break, and a gap so wide that what stands before it doesn't count."""

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[ \t\r]+|[^\w \t\r]|_")
"""All there is: lengths tell where each stands, which is cheaper than asking of each match."""
_BLANK = " \t\r"
_WIDE = 9
"""Code points of a gap that is as good as a break."""
_ENDS = frozenset(".!?…\n;|{}")
"""What a sentence, or a line, may end with."""

_FAR = -1 << 40


class Casing(IntEnum):
    """What a capital letter, or the lack of one, tells where a word stands."""

    NORMAL = 0
    LOWER = 1
    """The sentence began with a small letter: nothing can be told from small letters."""
    UPPER = 2
    """Nothing but capital letters since the sentence began, or as far as is seen."""
    UNKNOWN = 3
    """No capital letter in sight, nor where the sentence began."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, in order; parallel sequences."""

    texts: Sequence[str]
    starts: Sequence[int]
    casings: Sequence[int]
    """A `Casing` for each."""


def words_of(text: str) -> Words:
    """Return the words of `text`: runs of letters, runs of digits, single signs, breaks."""
    texts, starts = _cut(text)
    casings: list[int] = []
    began, began_lower, fresh = 0, False, True
    capital = small = _FAR
    for word, start in zip(texts, starts, strict=True):
        first = word[0]
        if first.isalpha():
            lower = word.islower()
            if fresh:
                fresh, began_lower = False, lower
                capital = small = _FAR
            if lower or (len(word) > 1 and not word.isupper()):
                small = start
            if not lower:
                capital = start
        near = start - SIGHT
        if small < near and capital >= near:
            casings.append(2)
        elif began >= near:
            casings.append(1 if began_lower else 0)
        else:
            casings.append(0 if capital >= near else 3)
        if first in _ENDS:
            fresh, began = True, start
    return Words(texts=texts, starts=starts, casings=casings)


def _cut(text: str) -> tuple[list[str], list[int]]:
    """Return the words of `text`, and where each starts."""
    texts: list[str] = []
    starts: list[int] = []
    end = 0
    for token in _TOKEN.findall(text):
        if token[0] not in _BLANK:
            texts.append(token)
            starts.append(end)
        elif len(token) >= _WIDE:
            texts.append(BREAK)
            starts.append(end)
        end += len(token)
    return texts, starts
