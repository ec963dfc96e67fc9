"""Words of a text as the network of intent reads them, and the numbers of what a word is made of.

Letters of Kazakh that a Russian keyboard lacks are folded, so that «сұрақ» and «сурак» are one
word. Names of tools fall apart: ``analyzeEmotion`` and ``analyze_emotion`` are two words each.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from zlib import crc32

from guardrail.detect.text.normalise import fold

ROWS = 40_000
"""Rows of the table that pieces of words are hashed to."""

LONGEST = 24
"""Letters of a word that are read."""

MEDIA = "\x01"
"""A word in front of others: pictures or sound come along."""

_FOLDED = str.maketrans("әғқңөұүһіё’`\u02bc\u00b4", "агкноуухие''''")
_HUMP = re.compile(r"(?<=[^\W_A-Z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[?!{}()\[\]:]")
_MARKS = re.compile("[\u0300-\u036f]")
_LATIN_LOOKALIKES = str.maketrans("aceopxykmth", "асеорхукмтн")
_MIXED = re.compile(r"[a-z][а-я]|[а-я][a-z]")


def shown_of(text: str) -> str:
    """Return `text` as it looks: without what nobody sees, in the usual forms of its letters."""
    if text.isascii():
        return text
    text = fold(text).text
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    return _MARKS.sub("", text)


def plain_of(text: str) -> str:
    """Return `text` in lower case as it is compared: no disguises, no letters of Kazakh alone.

    It is as long as `text`, but where names of tools fall apart or characters stand for several.
    """
    return plain_of_shown(shown_of(text))


def plain_of_shown(shown: str) -> str:
    """Return `plain_of` a text that `shown_of` returned."""
    plain = _HUMP.sub(" ", shown).lower()
    if plain.isascii():
        return plain
    plain = plain.translate(_FOLDED)
    return _unmixed(plain) if _MIXED.search(plain) else plain


def folded(text: str) -> str:
    """Return `plain_of` a text without apostrophes, which people leave out as they like."""
    return plain_of(text).replace("'", "")


def words_in(plain: str) -> list[str]:
    """Return the words and the telling marks of a text that `plain_of` returned.

    Every number is ``0``.
    """
    found = _WORD.findall(plain)
    return [
        "0" if word[0].isdigit() else word.replace("'", "")[:LONGEST] if "'" in word
        else word[:LONGEST]
        for word in found
    ]  # fmt: skip


def words_of(text: str) -> list[str]:
    """Return the words and the telling marks of `text`; every number is ``0``."""
    return words_in(plain_of(text))


def rows_of(word: str) -> list[int]:
    """Return the rows of a word: its own, then those of its runs of 3 to 5 letters."""
    held = f"<{word}>"
    return [crc32(piece.encode()) % ROWS for piece in _pieces(held)]


def _pieces(held: str) -> Iterator[str]:
    yield held
    for size in (3, 4, 5):
        for start in range(len(held) - size + (size < len(held))):
            yield held[start : start + size]


def _unmixed(text: str) -> str:
    """Return `text` with Latin letters among Cyrillic ones of a word made Cyrillic."""
    return _WORD.sub(_as_cyrillic, text)


def _as_cyrillic(match: re.Match[str]) -> str:
    word = match[0]
    return word.translate(_LATIN_LOOKALIKES) if _MIXED.search(word) else word
