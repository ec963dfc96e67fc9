"""Our words joined to what spaCy takes for words in English."""

from __future__ import annotations

import re

import numpy as np

from guardrail.detect.text.names.words import LONGEST_WORD, Words

PARTED = 4
"""Empty words between what has nothing to do with each other: no convolution sees across."""

_LETTERS = r"[^\W\d_]"
_SHORT = (
    "Adm|Apr|Aug|Bros|Co|Corp|Dec|Dr|Feb|Gen|Gov|Inc|Jan|Jr|Jul|Jun|Ltd|Mar|Messrs|Mr|Mrs|Ms|Mt|"
    "Nov|Oct|Ph|Prof|Rep|Rev|Sen|Sep|Sept|St|vs"
)
_TOKEN = re.compile(
    rf"{_LETTERS}++(?= )|\n(?: ?\n)+|(?:{_SHORT})\."
    rf"|(?<!{_LETTERS}\.)(?:{_LETTERS}\.){{1,3}}{_LETTERS}*"
    rf"|{_LETTERS}+?(?=[nN]['’][tT](?!{_LETTERS}))|[nN]['’][tT](?!{_LETTERS})"
    rf"|['’](?:[sdmSDM]|re|ve|ll)(?!{_LETTERS})"
    rf"|(?<!['’]){_LETTERS}+['’](?!(?:[sdmSDM]|re|ve|ll)(?!{_LETTERS})){_LETTERS}+"
    rf"|(?<!\d){_LETTERS}++\d+|{_LETTERS}+"
    r"|(?<!\d[.,:/])\d+(?:[.,:/]\d+){0,3}(?:(?:st|nd|rd|th|s)(?![^\W\d_]))?|\d+"
    r"|(?<!\.)\.{2,3}|(?<!-)-{2,3}|\n|[^ ]"
)
"""What spaCy's rules make of our words, but for addresses and rare things."""


def joined_words(words: Words) -> tuple[list[str], list[int]]:
    """Return the words as spaCy knows them, and for each of `words` which of them it is in.

    ``'s`` is a word, as are ``n't``, initials with their dots, and numbers with signs inside; the
    break of a single line is one too. Empty words, so many that no convolution sees across, stand
    where what follows has nothing to do with what was before: at blank lines and words too long to
    be any.
    """
    text, starts = _written(words)
    joined: list[str] = []
    begins: list[int] = []
    numbers: list[int] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        begins.append(match.start())
        numbers.append(len(joined))
        if token[0] == "\n" and len(token) > 1:
            joined.extend([""] * PARTED)
        else:
            joined.append(token)
    places = np.searchsorted(begins, starts, "right") - 1
    belongs: list[int] = np.asarray(numbers, np.intp)[places].tolist()
    return joined, belongs


def _written(words: Words) -> tuple[str, list[int]]:
    """Return the words as text, a space at most between two, and where each begins in it."""
    pieces: list[str] = []
    starts: list[int] = []
    end = at = 0
    for word, start in zip(words.texts, words.starts, strict=True):
        if start > end:
            pieces.append(" ")
            at += 1
        starts.append(at)
        end = start + len(word)
        pieces.append(word if len(word) <= LONGEST_WORD else "\n\n")
        at += len(pieces[-1])
    return "".join(pieces), starts
