"""What is known of words beforehand: name lists, and where words stand among other words.

All of it is looked up by a 32-bit hash of the word, so that no list of names is kept in memory as
text; two of a hundred thousand words share one.
"""

from __future__ import annotations

from binascii import crc32
from dataclasses import dataclass
from enum import IntEnum
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.features import features_of, listed, shape_of
from guardrail.detect.text.names.russian import WordVectors
from guardrail.detect.text.names.skeleton import skeleton

Floats = NDArray[np.float32]

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


def bits_of(*groups: str) -> int:
    """Return the bits of all `GROUPS` whose names begin so."""
    return sum(1 << bit for bit, (name, _) in enumerate(GROUPS) if name.startswith(groups))


_HISTORIC = bits_of("historic")
_GIVEN = bits_of("given_")
_NAMES_HERE = bits_of("given_kk", "given_ru", "surname_kk", "surname_ru")
"""Bits of given names and surnames of Kazakhstan's two languages."""


class Name(IntEnum):
    """Whether a word is a given name or surname of Kazakhstan, in any script and case."""

    COMMON = -2
    """It was met often where names are labelled, and never in one."""
    HISTORIC = -1
    """It is what a historic person is called by, and nobody's given name."""
    NONE = 0
    INFLECTED = 1
    """It begins with one and goes on with an ending."""
    ITSELF = 2


@dataclass(frozen=True, slots=True)
class Word:
    """What is known of one word."""

    shape: int
    features: list[str]
    whole: int
    """How many of the features, from the first, name the word whole."""
    kind: int
    """0 where no vector is known, 1 of Russian, 2 of English."""
    vector: Floats | None


class Lists:
    """Name lists by the hash of a skeleton."""

    def __init__(self, keys: NDArray[np.uint32], bits: NDArray[np.uint16]) -> None:
        """Take sorted hashes and the `GROUPS` that each is in."""
        self._bits = dict(zip(keys.tolist(), bits.tolist(), strict=True))

    def get(self, plain: str, otherwise: int) -> int:
        """Return the bits of the skeleton `plain`, or `otherwise`."""
        bits: int = self._bits.get(crc32(plain.encode()), otherwise)
        return bits


class Knowledge:
    """Name lists, English words and the Russian word vectors, joined."""

    def __init__(self, data: Traversable, russian: WordVectors) -> None:
        """Read ``lists.npz``, ``words.npz`` and ``common.npz`` below `data`."""
        lists = read_arrays(data / "lists.npz")
        self.lists = Lists(lists["keys"], lists["bits"])
        self._common = frozenset(read_arrays(data / "common.npz")["keys"].tolist())
        words = read_arrays(data / "words.npz")
        self._keys, self._rows, self._told = words["keys"], words["rows"], words["told"]
        self._vectors, self._scale = words["vectors"], float(words["scale"])
        self._mean, self._axes = words["mean"], words["axes"]
        self._russian = russian

    def of(self, word: str) -> Word:
        """Return what is known of `word`."""
        low = word.lower()
        first = low[0]
        features, whole = features_of(low, self.lists)
        kind, vector = 0, None
        if "a" <= first <= "z":
            told, vector = self._english(low)
            features.insert(0, told)
            whole += 1
            kind = 2 if vector is not None else 0
        elif "а" <= first <= "я" or first == "ё":
            vector = self._cyrillic(low)
            kind = 1 if vector is not None else 0
        return Word(shape=shape_of(word), features=features, whole=whole, kind=kind, vector=vector)

    def name(self, word: str) -> Name:
        """Return whether `word` is a name of Kazakhstan."""
        low = word.lower()
        if crc32(low.encode()) in self._common:
            return Name.COMMON
        exact, stem = listed(skeleton(low), self.lists)
        if (exact or stem) & _HISTORIC and not exact & _GIVEN:
            return Name.HISTORIC
        if exact & _NAMES_HERE:
            return Name.ITSELF
        return Name.INFLECTED if stem & _NAMES_HERE else Name.NONE

    def _english(self, low: str) -> tuple[str, Floats | None]:
        key = crc32(low.encode())
        at = int(np.searchsorted(self._keys, np.uint32(key)))
        if at == len(self._keys) or self._keys[at] != key:
            return "t=none", None
        return TOLD[self._told[at]], self._vectors[self._rows[at]] * np.float32(self._scale)

    def _cyrillic(self, low: str) -> Floats | None:
        row = self._russian.row(low)
        if row == self._russian.unknown:
            return None
        centred = self._russian[row] - self._mean
        vector: Floats = (centred / np.linalg.norm(centred)) @ self._axes
        return vector


TOLD = ("t=0", *(f"t={what}{count}" for what in "PLO" for count in range(1, 5)))
"""In how many of four sentences a teacher took a word for a person, place or organisation."""


def read_arrays(source: Traversable) -> dict[str, NDArray[Any]]:
    """Return the arrays of an ``.npz`` file."""
    with np.load(BytesIO(source.read_bytes()), allow_pickle=False) as held:
        return {name: held[name] for name in held.files}
