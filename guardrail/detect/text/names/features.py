"""What is known of words by themselves: their letters, their ends, and how they are written.

Features are numbers, made for many words at once: a row in the network's table each. The first rows
are for what is said in so many words (a shape, a list of names, …); pieces of words share the rest
by their hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
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
    hashed, of_script = first_row + SAID, first_row + len(SHAPES)
    of_length = of_script + len(SCRIPTS)
    letters: list[int] = []
    rows: list[int] = []
    owners: list[int] = []
    whole: list[bool] = []
    for number, (word, plain) in enumerate(zip(words, plains, strict=True)):
        if not word[0].isalpha():
            rows.append(hashed + _hashed(_sign(word)))
            owners.append(number)
            whole.append(False)
            continue
        letters.append(number)
        rows += hashed + _hashed("w" + word), hashed + _hashed("p" + plain)
        rows += of_script + script_of(word), of_length + min(len(word), _LONGEST_TOLD)
        owners += (number,) * 4
        whole += (True, True, False, False)
    own, cut = [words[number] for number in letters], [plains[number] for number in letters]
    pieces, theirs = _pieces(own, cut)
    return Features(
        rows=np.concatenate([np.array(rows, np.int32), pieces + np.int32(hashed)]),
        owners=np.concatenate([np.array(owners, np.int32), np.array(letters, np.int32)[theirs]]),
        whole=np.concatenate([np.array(whole, np.bool_), np.zeros(len(pieces), np.bool_)]),
    )


def _sign(word: str) -> str:
    """Return what a sign or a number is known by: of a number, its length alone."""
    return f"d{len(word)}" if word.isdigit() else f"s{word}"


def _hashed(what: str) -> int:
    return crc32(what.encode()) % BUCKETS


def _pieces(words: Sequence[str], plains: Sequence[str]) -> tuple[Whole, NDArray[np.int64]]:
    """Return the hashes of all pieces of words and of their skeletons, and whose they are.

    A piece is hashed letter by letter: times a number, plus the next. That is the difference of two
    sums over all letters, each divided by the number as often as it has letters before it, and 32
    bits can be divided by what is odd: so all pieces are hashed at once, whatever their sizes.
    """
    if not words:
        return np.zeros(0, np.int32), np.zeros(0, np.int64)
    spelt = [f"<{word}>" for word in (*words, *plains)]
    sizes = list(map(len, spelt))
    cuts = [_cuts(size) for size in sizes[: len(words)]]
    cuts += [_cuts_of_skeleton(size) for size in sizes[len(words) :]]
    counts = [cut.shape[1] for cut in cuts]
    ends = np.cumsum(sizes)
    codes = np.frombuffer("".join(spelt).encode("utf-32-le"), np.uint32)
    firsts, lasts, salts = np.concatenate(cuts, axis=1)
    begins = np.repeat(ends - sizes, counts)
    firsts += begins
    lasts += begins
    sums = np.zeros(len(codes) + 1, np.uint32)
    np.cumsum(codes * _powers(_UNTIMES, len(codes)), out=sums[1:], dtype=np.uint32)
    hashes = (sums[lasts] - sums[firsts]) * _powers(_TIMES, len(codes))[lasts - 1]
    rows = (_mixed(hashes ^ salts.astype(np.uint32)) % np.uint32(BUCKETS)).astype(np.int32)
    numbers = np.arange(len(words))
    return rows, np.repeat(np.concatenate([numbers, numbers]), counts)


_TIMES = 0x01000193
_UNTIMES = pow(_TIMES, -1, 1 << 32)


def _powers(base: int, count: int) -> NDArray[np.uint32]:
    """Return the powers of `base` from the 0th on, without what is above 32 bits."""
    powers = np.full(count, base, np.uint32)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint32)


@lru_cache(256)
def _cuts(size: int) -> NDArray[np.int64]:
    """Return where the pieces of a word of `size` letters begin and end, and what marks each kind.

    Marks at both ends count as letters. Pieces are parts: none is the whole word.
    """
    suffixes = [(size - piece, size, _salt(piece, 1)) for piece in _SUFFIXES if size > piece]
    prefixes = [(0, piece, _salt(piece, 2)) for piece in _PREFIXES if size > piece]
    return _columns([*suffixes, *prefixes])


@lru_cache(256)
def _cuts_of_skeleton(size: int) -> NDArray[np.int64]:
    """Return the same for a skeleton."""
    endings = [(size - piece, size, _salt(piece, 3)) for piece in _ENDINGS if size > piece]
    within = [
        (first, first + piece, _salt(piece, 4))
        for piece in _PIECES
        for first in range(size - piece + 1)
    ]
    return _columns([*endings, *within])


def _salt(piece: int, kind: int) -> int:
    return (piece << 8 | kind) * 0x9E3779B1 & 0xFFFFFFFF


def _columns(cuts: Sequence[tuple[int, int, int]]) -> NDArray[np.int64]:
    return np.array(cuts, np.int64).reshape(-1, 3).T


def _mixed(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return `hashes` with their bits mixed, so that the last of them differ."""
    hashes ^= hashes >> np.uint32(16)
    hashes *= np.uint32(0x7FEB352D)
    hashes ^= hashes >> np.uint32(15)
    hashes *= np.uint32(0x846CA68B)
    return hashes ^ (hashes >> np.uint32(16))
