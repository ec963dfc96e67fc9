"""What is known of words beforehand: name lists, and where words stand among other words.

All of it is looked up by a 32-bit hash of the word, so that no list of names is kept in memory as
text; two of a hundred thousand words share one. Words are looked up many at once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.features import (
    BUCKETS,
    SAID,
    Features,
    Whole,
    features_of,
    shape_of,
)
from guardrail.detect.text.names.morphology import CLASSES, Morphology
from guardrail.detect.text.names.russian import WordVectors
from guardrail.detect.text.names.skeleton import skeleton

Floats = NDArray[np.float32]
Hashes = NDArray[np.uint32]

DIMENSIONS = 32
"""Numbers that tell where a word stands among others, made from the 300 of either language."""

GROUPS = (
    ("given_kk", ("kk_given",)),
    ("given_ru", ("ru_given", "ru_dim", "uk_given")),
    ("given_en", ("en_given",)),
    ("given_west", ("west_given",)),
    ("given_world", ("world_given", "far_given", "peoples_given")),
    ("surname_kk", ("kk_surnames",)),
    ("surname_ru", ("ru_surnames", "uk_surnames")),
    ("surname_en", ("en_surnames",)),
    ("surname_west", ("west_surnames",)),
    ("surname_world", ("world_surnames", "far_surnames", "peoples_surnames")),
    ("place", ("places_", "countries_", "ru_cities", "kk_cities", "en_cities")),
    ("organisation", ("orgs_",)),
    ("historic", ("historic_",)),
)
"""Bits of the name lists, and the files each is made of."""

TOLD = ("none", "0", *(f"{what}{count}" for what in "PLO" for count in range(1, 5)))
"""In how many of four sentences a teacher took an English word for a person, place or
organisation."""

_ENDINGS = 6
"""Letters that case and possession may add to a listed name, at most, in its skeleton."""

_IN = 0
_STEM = _IN + len(GROUPS)
_UNLISTED = _STEM + len(GROUPS)
_TAUGHT = _UNLISTED + 1
_KINDS = _TAUGHT + len(TOLD)
_LETTERS = _KINDS + len(CLASSES) + 1
ROWS = _LETTERS + SAID + BUCKETS
"""Rows of the network's table: what lists, the teacher and the dictionary say, then letters."""


def bits_of(*groups: str) -> int:
    """Return the bits of all `GROUPS` whose names begin so."""
    return sum(1 << bit for bit, (name, _) in enumerate(GROUPS) if name.startswith(groups))


_HISTORIC = bits_of("historic")
_GIVEN = bits_of("given_")
_NAMES_HERE = bits_of("given_kk", "given_ru", "surname_kk", "surname_ru")
"""Bits of given names and surnames of Kazakhstan's two languages."""


OF_RUSSIAN, OF_ENGLISH = 1, 2
"""Whose vector a word has; 0 for none."""

_OF_NAMES = 0b111
"""Bits of `CLASSES` that are names of persons."""

_OF_NAMES_AND_PLACES, _NOUNS, _ADJECTIVES = 0b1111, 0b1110000, 0b10000000
"""Those that are of persons or places, those of other nouns, and that of adjectives."""

_CALLED = bits_of("given_kk", "given_ru", "given_en", "surname_kk", "surname_ru", "surname_en")
"""Bits of the lists that a usual word isn't on unless it was met and never in a name. The others
hold too much from everywhere."""

_AS_GOOD_AS_NONE = TOLD.index("0")
"""The last of `TOLD` that takes a word for no name."""


class Name(IntEnum):
    """Whether a word is a given name or surname of Kazakhstan, in any script and case."""

    COMMON = -2
    """It was met often where names are labelled, and never in one."""
    HISTORIC = -1
    """It is what a historic person is called by, and nobody's given name."""
    NONE = 0
    INFLECTED = 1
    """It begins with one and goes on with an ending, or the dictionary has it as a name's form."""
    ITSELF = 2


class Usual(IntEnum):
    """Whether a word is one that everybody uses, and none that anybody or any place is called."""

    NO = 0
    MET = 1
    """It is `Name.COMMON`, and no dictionary has it."""
    ADJECTIVE = 2
    """By the dictionary of Russian."""
    NOUN = 3
    """By that dictionary, and no adjective."""
    ALWAYS = 4
    """Another word by that dictionary, or an English one that the teacher took for no name."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of many words; parallel arrays but for `features`."""

    features: Features
    names: NDArray[np.int8]
    """A `Name` each."""
    kinds: NDArray[np.int8]
    """`OF_RUSSIAN`, `OF_ENGLISH`, or 0."""
    vectors: Floats
    """Zeros where none is known."""


class Knowledge:
    """Name lists, English words and the Russian word vectors, joined."""

    def __init__(self, data: Traversable, russian: WordVectors, morphology: Morphology) -> None:
        """Read ``lists.npz``, ``words.npz`` and ``common.npz`` below `data`."""
        self._morphology = morphology
        lists = read_arrays(data / "lists.npz")
        self._listed, self._bits = lists["keys"], lists["bits"]
        self._common = read_arrays(data / "common.npz")["keys"]
        words = read_arrays(data / "words.npz")
        self._keys, self._rows, self._told = words["keys"], words["rows"], words["told"]
        self._vectors, self._scale = words["vectors"], np.float32(words["scale"])
        self._mean, self._axes = words["mean"], words["axes"]
        self._russian = russian

    def of(self, words: Sequence[str]) -> Known:
        """Return what is known of `words`, none of them empty."""
        lows = [word.lower() for word in words]
        plains = list(map(skeleton, lows))
        exact, stem = self.listed(plains)
        hashes = np.array([crc32(low.encode()) for low in lows], np.uint32)
        kinds = np.zeros(len(words), np.int8)
        vectors = np.zeros((len(words), DIMENSIONS), np.float32)
        names = self._names(hashes, exact, stem)
        said = [*_said(np.array([low[0].isalpha() for low in lows]), exact, stem)]
        russian = [number for number, low in enumerate(lows) if _is_russian(low[0])]
        if russian:
            their = [lows[number] for number in russian]
            numbers = np.array(russian, np.int32)
            of_kinds = self._morphology.kinds(their)
            said += _of_kinds(of_kinds, numbers)
            names[numbers[(of_kinds & _OF_NAMES > 0) & (names[numbers] == Name.NONE)]] = (
                Name.INFLECTED
            )
            found, placed = self._cyrillic(their)
            rows = numbers[found]
            kinds[rows], vectors[rows] = OF_RUSSIAN, placed
        english = [number for number, low in enumerate(lows) if "a" <= low[0] <= "z"]
        if english:
            numbers = np.array(english, np.int32)
            found, at = _sought(self._keys, hashes[numbers])
            told = np.zeros(len(numbers), np.int32)
            told[found] = self._told[at] + 1
            said.append((told + np.int32(_TAUGHT), numbers))
            rows = numbers[found]
            kinds[rows] = OF_ENGLISH
            vectors[rows] = self._vectors[self._rows[at]] * self._scale
        return Known(
            features=_joined(words, features_of(lows, plains, _LETTERS), said),
            names=names,
            kinds=kinds,
            vectors=vectors,
        )

    def listed(self, plains: Sequence[str]) -> tuple[Whole, Whole]:
        """Return the lists that each skeleton is in, and those its stem is in, as bits."""
        hashes = np.array([_stems(plain) for plain in plains], np.uint32)
        found, at = _sought(self._listed, hashes.ravel())
        flat = np.zeros(hashes.size, np.int32)
        flat[found] = self._bits[at]
        bits: Whole = flat.reshape(hashes.shape)
        stems = bits[:, 1:]
        longest = (stems > 0).argmax(1)
        return bits[:, 0], stems[np.arange(len(stems)), longest]

    def usual(self, word: str) -> Usual:
        """Return in what way a word of letters, in lower case, is usual."""
        hashed = crc32(word.encode())
        common = _place(self._common, hashed) is not None
        usual = Usual.MET if common else Usual.NO
        if not common and self.is_called(word):
            return usual
        if _is_russian(word[0]):
            kinds = self._morphology.kind(word)
            if kinds and not kinds & _OF_NAMES_AND_PLACES:
                declined = Usual.NOUN if kinds & _NOUNS else Usual.ALWAYS
                return Usual.ADJECTIVE if kinds & _ADJECTIVES else declined
        elif "a" <= word[0] <= "z":
            at = _place(self._keys, hashed)
            if at is not None and self._told[at] <= _AS_GOOD_AS_NONE:
                return Usual.ALWAYS
        return usual

    def is_called(self, word: str) -> bool:
        """Tell whether a word, in lower case, is on a list of given names or surnames."""
        return bool(self._lists(word) & _CALLED)

    def _lists(self, word: str) -> int:
        """Return the lists that a word, in lower case, is in, as bits."""
        at = _place(self._listed, crc32(skeleton(word).encode()))
        return 0 if at is None else int(self._bits[at])

    def _names(self, hashes: Hashes, exact: Whole, stem: Whole) -> NDArray[np.int8]:
        either = np.where(exact > 0, exact, stem)
        names = np.where((stem & _NAMES_HERE) > 0, int(Name.INFLECTED), int(Name.NONE))
        names[(exact & _NAMES_HERE) > 0] = Name.ITSELF
        names[(either & _HISTORIC > 0) & (exact & _GIVEN == 0)] = Name.HISTORIC
        names[_sought(self._common, hashes)[0]] = Name.COMMON
        return names.astype(np.int8)

    def _cyrillic(self, lows: Sequence[str]) -> tuple[NDArray[np.bool_], Floats]:
        """Return which words have a vector, and those vectors."""
        rows = np.array(list(map(self._russian.row, lows)))
        found = rows != self._russian.unknown
        centred = self._russian.rows(rows[found]) - self._mean
        norms = np.linalg.norm(centred, axis=1, keepdims=True)
        return found, (centred / np.maximum(norms, np.float32(1e-6))) @ self._axes


def _is_russian(letter: str) -> bool:
    return "а" <= letter <= "я" or letter == "ё"


def _stems(plain: str) -> list[int]:
    """Return the hashes of a skeleton and of its stems of three letters and more."""
    stems = [crc32(plain.encode())]
    shortest = max(3, len(plain) - _ENDINGS)
    stems += [crc32(plain[:end].encode()) for end in range(len(plain) - 1, shortest - 1, -1)]
    return stems + [0] * (_ENDINGS + 1 - len(stems))


def _sought(keys: Hashes, wanted: Hashes) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which of `wanted` are among the sorted `keys`, and where those stand."""
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    found: NDArray[np.bool_] = keys[at] == wanted
    return found, at[found]


def _place(keys: Hashes, wanted: int) -> int | None:
    """Return where one hash is among the sorted `keys`: for one, numpy takes ten times as long."""
    held = keys.data
    at = bisect_left(held, wanted)
    return at if at < len(held) and held[at] == wanted else None


def _said(letters: NDArray[np.bool_], exact: Whole, stem: Whole) -> list[tuple[Whole, Whole]]:
    """Return the features that say which lists words are in: rows, and whose they are."""
    everyone = np.arange(len(letters), dtype=np.int32)
    return [
        _of_bits(np.where(letters, exact, 0), everyone, _IN, len(GROUPS)),
        _of_bits(np.where(letters, stem, 0), everyone, _STEM, len(GROUPS)),
        _where(letters & (exact | stem == 0), everyone, _UNLISTED),
    ]


def _of_kinds(kinds: Whole, owners: Whole) -> list[tuple[Whole, Whole]]:
    """Return the features that say what the dictionary of Russian takes words for."""
    return [
        _of_bits(kinds, owners, _KINDS, len(CLASSES)),
        _where(kinds == 0, owners, _KINDS + len(CLASSES)),
    ]


def _of_bits(bits: Whole, owners: Whole, first: int, count: int) -> tuple[Whole, Whole]:
    """Return a row for each bit that is set, and whose it is."""
    words, which = np.nonzero(bits[:, None] >> np.arange(count) & 1)
    return (which + first).astype(np.int32), owners[words]


def _where(marks: NDArray[np.bool_], owners: Whole, row: int) -> tuple[Whole, Whole]:
    those = owners[marks]
    return np.full(len(those), row, np.int32), those


def _joined(
    words: Sequence[str],
    letters: Features,
    said: Sequence[tuple[Whole, Whole]],
) -> Features:
    """Return all features of `words`; what lists and the teacher say names them whole."""
    shapes = np.array([shape_of(word) for word in words], np.int32) + np.int32(_LETTERS)
    rows, owners = [*(one[0] for one in said)], [*(one[1] for one in said)]
    return Features(
        rows=np.concatenate([shapes, *rows, letters.rows]),
        owners=np.concatenate([np.arange(len(words), dtype=np.int32), *owners, letters.owners]),
        whole=np.concatenate(
            [np.zeros(len(words), np.bool_), np.ones(sum(map(len, rows)), np.bool_), letters.whole]
        ),
    )


def read_arrays(source: Traversable) -> dict[str, NDArray[Any]]:
    """Return the arrays of an ``.npz`` file."""
    with np.load(BytesIO(source.read_bytes()), allow_pickle=False) as held:
        return {name: held[name] for name in held.files}
