"""What is known of words before anything is learnt of intent: vectors of English and Russian ones.

They are those that names are told by: spaCy's of English words, navec's of Russian ones. Kazakh
words have none, unless they are spelt as a Russian word is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.english_vectors import key_of
from guardrail.detect.text.names.russian import WordVectors, word_vectors

Floats = NDArray[np.float32]

ENGLISH, RUSSIAN = 96, 300

SIZE = ENGLISH + RUSSIAN

_LENGTH = 3.0
"""Of every vector, so that none of the two languages outweighs the other."""


class Vectors:
    """Vectors of words in lower case. Safe to share between threads."""

    def __init__(self, english: bytes, russian: WordVectors) -> None:
        """Read the English ones from the bytes of ``english.npz``; keep the Russian ones."""
        with np.load(BytesIO(english), allow_pickle=False) as npz:
            self._keys = np.cumsum(_joined(npz["key_steps"]), dtype=np.uint32)
            self._rows = _joined(npz["key_rows"]).astype(np.uint16)
            self._vectors: NDArray[np.int8] = npz["vectors"]
        self._russian = russian

    def of(self, words: Sequence[str]) -> Floats:
        """Return the vectors of words: (n, SIZE); zeros for what isn't known."""
        made = np.zeros((len(words), SIZE), np.float32)
        latin = [place for place, word in enumerate(words) if word[:1].isascii()]
        others = [place for place, word in enumerate(words) if not word[:1].isascii()]
        if latin:
            made[latin, :ENGLISH] = self._english([words[place] for place in latin])
        if others:
            rows = [self._russian.row(words[place]) for place in others]
            known = np.array([row != self._russian.unknown for row in rows], np.bool_)
            found = np.array(others, np.intp)[known]
            if len(found):
                made[found, ENGLISH:] = self._russian.rows(np.array(rows, np.int64)[known])
        lengths = np.sqrt(np.einsum("nw,nw->n", made, made))[:, None]
        result: Floats = made * (np.float32(_LENGTH) / np.maximum(lengths, np.float32(1e-6)))
        return result

    def know_russian(self, words: Sequence[str]) -> bool:
        """Tell whether half of the Cyrillic words or more have vectors; where there are none, yes.

        In Kazakh, with its own letters or with Russian ones for them, one in five has.
        """
        cyrillic = [word for word in words if "а" <= word[:1] <= "я"]
        known = sum(self._russian.row(word) != self._russian.unknown for word in cyrillic)
        return 2 * known >= len(cyrillic)

    def _english(self, words: Sequence[str]) -> Floats:
        keys = np.array([key_of(word) for word in words], np.uint32)
        at = np.searchsorted(self._keys, keys)
        at[at == len(self._keys)] = 0
        found: Floats = self._vectors[self._rows[at]].astype(np.float32)
        found[self._keys[at] != keys] = 0
        return found


def _joined(planes: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return numbers of two bytes, which are kept apart: the lower ones first."""
    low, high = planes.astype(np.uint32)
    joined: NDArray[np.uint32] = low + (high << np.uint32(8))
    return joined


@cache
def vectors() -> Vectors:
    """Return the vectors that ship with guardrail and its dependencies, read once.

    Raises:
        ConfigError: natasha isn't installed.
    """
    data = files("guardrail.detect.text.names") / "data"
    return Vectors((data / "english.npz").read_bytes(), word_vectors())
