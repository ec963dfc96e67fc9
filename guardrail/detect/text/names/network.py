"""A network of one window: what a word is, told from three words on either side.

A word's vector is the sum of its features' rows, plus where it stands among other words. Seven of
them side by side, and what slovnet says of the middle ones, go through two layers. Nothing rests on
more than those seven words, so a text may be read in pieces; and only words that could be names are
asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.features import bucket
from guardrail.detect.text.names.knowledge import Floats, Knowledge, Name, read_arrays
from guardrail.detect.text.names.russian import TAGS, RussianTagger, is_cyrillic
from guardrail.detect.text.names.words import LONGEST_WORD, Casing, Words

REACH = 3
"""Words on either side that count."""

TAG_WEIGHT = 3
"""What slovnet's probabilities are multiplied by: they are worth more than a feature's noise."""

LABELS = ("O", "B-PERSON", "I-PERSON", "LOCATION", "ORG", "HISTORIC")

_AROUND = 32
"""Words around those asked about that are looked at: more than matter, with hyphens and all."""

_REMEMBERED = 20_000
"""Words whose vectors are remembered, a third of a kilobyte each."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found."""

    table: NDArray[np.int8]
    """A row a feature: the first ones are shapes."""
    table_scale: Floats
    of_vectors: Floats
    vector_bias: Floats
    kinds: Floats
    casings: Floats
    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats
    third: Floats
    third_bias: Floats


def read_weights(data: Traversable) -> Weights:
    """Return the weights in ``network.npz`` below `data`."""
    held = read_arrays(data / "network.npz")
    return Weights(
        table=held.pop("table"),
        **{name: np.ascontiguousarray(array, np.float32) for name, array in held.items()},
    )


class Network:
    """Tells what words are. Safe to share between threads."""

    def __init__(self, weights: Weights, knowledge: Knowledge, russian: RussianTagger) -> None:
        """Take what training found, what is known of words, and slovnet."""
        self._weights = weights
        self._knowledge = knowledge
        self._russian = russian
        self._vectors: dict[str, Floats] = {}
        self._names: dict[str, Name] = {}
        self._pad = np.zeros(weights.table.shape[1], np.float32)

    def name(self, word: str) -> Name:
        """Return whether `word` is a name of Kazakhstan by the lists."""
        name = self._names.get(word)
        if name is None:
            if len(self._names) >= _REMEMBERED:
                self._names = {}
            name = self._names[word] = self._knowledge.name(word)
        return name

    def _vector(self, word: str) -> Floats:
        vector = self._vectors.get(word)
        if vector is None:
            if len(self._vectors) >= _REMEMBERED:
                self._vectors = {}
            vector = self._vectors[word] = self._learn(word)
        return vector

    def _learn(self, word: str) -> Floats:
        if len(word) > LONGEST_WORD:
            return self._pad
        weights = self._weights
        of_word = self._knowledge.of(word)
        rows = [of_word.shape, *map(bucket, of_word.features)]
        vector: Floats = weights.table_scale[rows] @ weights.table[rows].astype(np.float32)
        vector += weights.kinds[of_word.kind]
        if of_word.vector is not None:
            vector += of_word.vector @ weights.of_vectors + weights.vector_bias
        return vector

    def chances(self, words: Words, asked: Sequence[int]) -> Floats:
        """Return the probabilities of `LABELS` for some words: (asked, labels).

        Args:
            words: all words there are.
            asked: the numbers of those that are asked about, rising, at least one.
        """
        weights = self._weights
        first, last = max(0, asked[0] - _AROUND), asked[-1] + _AROUND
        words = Words(
            texts=words.texts[first:last],
            starts=words.starts[first:last],
            casings=words.casings[first:last],
        )
        wanted = np.asarray(asked) - first
        near = wanted[:, None] + np.arange(2 * REACH + 1)
        vectors = np.zeros((len(words.texts) + 2 * REACH, len(self._pad)), np.float32)
        for place in sorted(set(near.ravel().tolist())):
            if REACH <= place < len(words.texts) + REACH:
                vectors[place] = self._vector(words.texts[place - REACH])
        told = np.zeros((len(wanted), TAGS), np.float32)
        if any(is_cyrillic(words.texts[number]) for number in wanted.tolist()):
            told = self._russian.scores(words, self._names_among(words))[wanted]
            told *= np.float32(TAG_WEIGHT)
        inputs = np.concatenate([vectors[near].reshape(len(wanted), -1), told], 1)
        casings = weights.casings[np.asarray(words.casings)[wanted]]
        hidden = np.maximum(inputs @ weights.first + weights.first_bias + casings, 0)
        hidden = np.maximum(hidden @ weights.second + weights.second_bias, 0)
        logits = hidden @ weights.third + weights.third_bias
        logits = np.exp(logits - logits.max(1, keepdims=True))
        chances: Floats = logits / logits.sum(1, keepdims=True)
        return chances

    def _names_among(self, words: Words) -> list[bool]:
        """Return which of `words` may be names where capital letters don't tell."""
        return [
            casing != Casing.NORMAL and self.name(word) > Name.NONE
            for word, casing in zip(words.texts, words.casings, strict=True)
        ]
