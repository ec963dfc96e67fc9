"""What is known of words by themselves: their letters, their ends, and how they are written.

Features are numbers, made for many words at once: a row in the network's table each. The first rows
are for what is said in so many words (a shape, a list of names, …); pieces of words share the rest
by their hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int32]
Marks = NDArray[np.bool_]

BUCKETS = 1 << 16
"""Rows of the table that hashed features share."""

SHAPES = (
    "other", "digits", "sign", "break", "lower", "Title", "UPPER", "letter", "Letter", "miXed",
)  # fmt: skip
"""Kinds of words."""

SCRIPTS = ("kazakh", "cyrillic", "other")

_LONGEST_TOLD = 12
"""Letters of a word beyond which its length says no more."""

SAID = len(SHAPES) + len(SCRIPTS) + _LONGEST_TOLD + 1
"""Rows of what is said in so many words here."""

_SUFFIXES, _PREFIXES, _ENDINGS, _PIECES = range(3, 7), range(3, 6), range(3, 8), (3, 4)
"""Letters of a word's pieces: of itself the first two, of its skeleton the others."""


@dataclass(frozen=True, slots=True)
class Features:
    """Features of many words; parallel arrays, in any order."""

    rows: Whole
    owners: Whole
    """The number of the word that each is of."""
    whole: Marks
    """Whether it names the word whole: training leaves such out at random, so that names never
    seen are learnt too."""


def shape_of(word: str) -> int:
    """Return which of `SHAPES` the word has."""
    first = word[0]
    if first.isdigit():
        return 1
    if not first.isalpha():
        return 3 if word == "\n" else 2
    if len(word) == 1:
        return 8 if word.isupper() else 7
    if word.islower():
        return 4
    if word.isupper():
        return 6
    return 5 if first.isupper() and word[1:].islower() else 9


def script_of(word: str) -> int:
    """Return which of `SCRIPTS` a word in lower case is written in."""
    if is_kazakh(word):
        return 0
    return 1 if any("а" <= letter <= "я" or letter == "ё" for letter in word) else 2


def is_kazakh(word: str) -> bool:
    """Tell whether a letter of `word` is of Kazakh alone."""
    return not _KAZAKH.isdisjoint(word)


_KAZAKH = frozenset("әғқңөұүһіӘҒҚҢӨҰҮҺІ")


def features_of(words: Sequence[str], plains: Sequence[str], first_row: int) -> Features:
    """Return the features of some words by their letters.

    Args:
        words: in lower case, none empty.
        plains: their skeletons.
        first_row: the first row that is free for what is said in so many words; hashed features
            begin behind `SAID` of them.
    """
    letters = [number for number, word in enumerate(words) if word[0].isalpha()]
    rest = [number for number, word in enumerate(words) if not word[0].isalpha()]
    hashed = first_row + SAID
    made = _Made()
    made.add(rest, [_hashed(_sign(words[number])) for number in rest], hashed, whole=False)
    made.add(letters, [_hashed("w" + words[number]) for number in letters], hashed, whole=True)
    made.add(letters, [_hashed("p" + plains[number]) for number in letters], hashed, whole=True)
    own = [words[number] for number in letters]
    at = first_row + len(SHAPES)
    made.add(letters, [at + script_of(word) for word in own], 0, whole=False)
    at += len(SCRIPTS)
    made.add(letters, [at + min(len(word), _LONGEST_TOLD) for word in own], 0, whole=False)
    if letters:
        owners = np.array(letters, np.int32)
        spelt = _Spelt([f"<{word}>" for word in own])
        made.pieces(spelt.suffixes(_SUFFIXES, 1), owners, hashed)
        made.pieces(spelt.prefixes(_PREFIXES, 2), owners, hashed)
        spelt = _Spelt([f"<{plains[number]}>" for number in letters])
        made.pieces(spelt.suffixes(_ENDINGS, 3), owners, hashed)
        made.pieces(spelt.pieces(_PIECES, 4), owners, hashed)
    return made.done()


def _sign(word: str) -> str:
    """Return what a sign or a number is known by: of a number, its length alone."""
    return f"d{len(word)}" if word.isdigit() else f"s{word}"


def _hashed(what: str) -> int:
    return crc32(what.encode()) % BUCKETS


class _Made:
    """Features as they come."""

    def __init__(self) -> None:
        self._rows: list[Whole] = []
        self._owners: list[Whole] = []
        self._whole: list[Marks] = []

    def add(self, owners: Sequence[int], rows: Sequence[int], base: int, *, whole: bool) -> None:
        """Add a feature for each of `owners`."""
        self._rows.append(np.array(rows, np.int32) + np.int32(base))
        self._owners.append(np.array(owners, np.int32))
        self._whole.append(np.full(len(rows), whole))

    def pieces(self, found: tuple[Whole, Whole], owners: Whole, base: int) -> None:
        """Add the hashes of pieces, with the words they are of."""
        rows, words = found
        self._rows.append(rows + np.int32(base))
        self._owners.append(owners[words])
        self._whole.append(np.zeros(len(rows), np.bool_))

    def done(self) -> Features:
        return Features(
            rows=np.concatenate(self._rows),
            owners=np.concatenate(self._owners),
            whole=np.concatenate(self._whole),
        )


class _Spelt:
    """Words with marks at both ends, as one row of code points."""

    def __init__(self, words: Sequence[str]) -> None:
        codes = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)
        self._sizes = np.array([len(word) for word in words])
        self._ends = np.cumsum(self._sizes)
        self._of = np.repeat(np.arange(len(words), dtype=np.int32), self._sizes)
        longest = max(*_SUFFIXES, *_PREFIXES, *_ENDINGS, *_PIECES)
        padded = np.concatenate([codes, np.zeros(longest, np.uint32)])
        self._codes, self._grams = padded, [np.zeros(0, np.uint32), codes]

    def _hashes(self, size: int) -> NDArray[np.uint32]:
        """Return a number for the piece of `size` letters that begins at each place."""
        while len(self._grams) <= size:
            known = len(self._grams)
            places = len(self._grams[1])
            behind = self._codes[known - 1 : known - 1 + places]
            self._grams.append(self._grams[-1] * np.uint32(0x01000193) + behind)
        return self._grams[size]

    def suffixes(self, sizes: Sequence[int], kind: int) -> tuple[Whole, Whole]:
        """Return the hashes of the last letters of longer words, and the words they are of."""
        words = [np.flatnonzero(self._sizes > size) for size in sizes]
        return self._taken(sizes, kind, [self._ends[one] - size for one, size in
                                         zip(words, sizes, strict=True)])  # fmt: skip

    def prefixes(self, sizes: Sequence[int], kind: int) -> tuple[Whole, Whole]:
        """Return the hashes of the first letters of longer words, and the words they are of."""
        words = [np.flatnonzero(self._sizes > size) for size in sizes]
        return self._taken(sizes, kind, [self._ends[one] - self._sizes[one] for one in words])

    def pieces(self, sizes: Sequence[int], kind: int) -> tuple[Whole, Whole]:
        """Return the hashes of all pieces, and the words they are of."""
        of = self._of
        places = [np.flatnonzero(of[: len(of) - size + 1] == of[size - 1 :]) for size in sizes]
        return self._taken(sizes, kind, places)

    def _taken(
        self, sizes: Sequence[int], kind: int, places: Sequence[NDArray[np.int64]]
    ) -> tuple[Whole, Whole]:
        parts = [
            _mixed(self._hashes(size)[at] ^ np.uint32((size << 8 | kind) * 0x9E3779B1 & 0xFFFFFFFF))
            for size, at in zip(sizes, places, strict=True)
        ]
        rows = (np.concatenate(parts) % np.uint32(BUCKETS)).astype(np.int32)
        return rows, np.concatenate([self._of[at] for at in places])


def _mixed(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return `hashes` with their bits mixed, so that the last of them differ."""
    hashes ^= hashes >> np.uint32(16)
    hashes *= np.uint32(0x7FEB352D)
    hashes ^= hashes >> np.uint32(15)
    hashes *= np.uint32(0x846CA68B)
    return hashes ^ (hashes >> np.uint32(16))
