"""A network of one window: what a word is, told from three words on either side.

A word's vector is the sum of its features' rows, plus where it stands among other words. Seven of
them side by side, and what teachers say of the middle one, go through two layers; in print of their
language the teachers' word counts by itself, too. Of what is around, the network itself sees those
seven words and each teacher no more than it says, so a text may be read in pieces; and only words
that could be names are asked about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.english import TAGS as ENGLISH_TAGS
from guardrail.detect.text.names.english import EnglishTagger, is_latin
from guardrail.detect.text.names.features import is_kazakh
from guardrail.detect.text.names.glance import BEFORE, Glance
from guardrail.detect.text.names.glance import LEAST as LEAST_GLANCE
from guardrail.detect.text.names.knowledge import (
    OF_ENGLISH,
    Floats,
    Knowledge,
    Known,
    Name,
    read_arrays,
)
from guardrail.detect.text.names.memory import Memory, Page
from guardrail.detect.text.names.russian import TAGS as RUSSIAN_TAGS
from guardrail.detect.text.names.russian import Numbers, RussianTagger, is_cyrillic
from guardrail.detect.text.names.words import LONGEST_WORD, Casing, Words

REACH = 3
"""Words on either side that count."""

TOLD_WEIGHT = 3
"""What the teachers' probabilities are multiplied by: they are worth more than a feature's noise.
"""

TOLD = RUSSIAN_TAGS + len(ENGLISH_TAGS)
"""What all teachers say of a word, in numbers."""

LABELS = ("O", "B-PERSON", "I-PERSON", "LOCATION", "ORG", "HISTORIC")

_AROUND = 32
"""Words around those asked about that are looked at: more than matter, with hyphens and all."""

_REMEMBERED = 12_000
"""Words whose vectors are remembered, a third of a kilobyte each."""


@dataclass(frozen=True, slots=True)
class Head:
    """Two layers over seven words and what the head's teachers say, and what comes of them."""

    casings: Floats
    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats
    third: Floats
    third_bias: Floats

    def logits(self, inputs: Floats, told: Floats, casings: Numbers) -> Floats:
        """Return those of `LABELS`: (words, labels).

        Args:
            inputs: the vectors of the words around each: (words, (2 REACH + 1) x size).
            told: what teachers say of each, those of the head first.
            casings: how each is cased.
        """
        size = inputs.shape[1]
        teachers = len(self.first) - size
        hidden = inputs @ self.first[:size] + self.first_bias + self.casings[casings]
        hidden += told[:, :teachers] @ self.first[size:] * np.float32(TOLD_WEIGHT)
        hidden = np.maximum(hidden, 0)
        hidden = np.maximum(hidden @ self.second + self.second_bias, 0)
        logits: Floats = hidden @ self.third + self.third_bias
        return logits


@dataclass(frozen=True, slots=True)
class Weights:
    """What training found: one table, and the heads of a tier over it."""

    table: NDArray[np.int8]
    """A row a feature: `knowledge.ROWS`."""
    table_scale: Floats
    of_vectors: Floats
    vector_bias: Floats
    kinds: Floats
    heads: tuple[Head, ...]
    """The tier's own first. Where no teacher's word counts by itself, what all say is averaged: of
    what they disagree about, much is no name. The tier fast has its own head, standard both."""


ENGLISH_TRUST, RUSSIAN_TRUST = 0.3, 0.3
"""How far the teachers' word counts by itself, beside what the network makes of it."""

_MOSTLY = 0.5
"""Share of the Latin words around one above which the text is taken for English."""

_ENGLISH = 8
"""The mark of a word that is known as English, beside its `Name`, which is from -2 on."""

# Numpy is slow to make out what the member of an enumeration is.
_COMMON, _NONE, _NORMAL = np.int8(int(Name.COMMON)), int(Name.NONE), int(Casing.NORMAL)

_LEAST = np.float32(1e-4)
"""The least chance of a label."""

HEADS = ("fast", "standard")


def read_weights(data: Traversable, tier: str) -> Weights:
    """Return the weights in ``network.npz`` below `data`, with the heads of a tier of `HEADS`."""
    held = read_arrays(data / "network.npz")
    known = {
        name: np.ascontiguousarray(array, np.float32)
        for name, array in held.items()
        if name != "table"
    }
    heads = HEADS[HEADS.index(tier) :: -1]  # its own, then those of the tiers below it
    shared = {name: one for name, one in known.items() if name.partition("_")[0] not in HEADS}
    return Weights(table=held["table"], heads=tuple(_head(known, name) for name in heads), **shared)


def _head(known: Mapping[str, Floats], name: str) -> Head:
    mark = f"{name}_"
    return Head(**{one.removeprefix(mark): known[one] for one in known if one.startswith(mark)})


@dataclass(frozen=True, slots=True)
class Teachers:
    """Larger models of others, which the network learnt to weigh: slovnet, and spaCy's."""

    russian: RussianTagger
    english: EnglishTagger | None = None
    """The fast tier has none."""

    def told(self, words: Words, wanted: Numbers, names: Sequence[bool]) -> Floats:
        """Return what they say of the words asked about: (wanted, TOLD).

        Slovnet knows no Kazakh, so it isn't asked where a letter of Kazakh is near.

        Args:
            words: all words there are.
            wanted: the numbers of those asked about, rising.
            names: which of `words` may be names where capital letters don't tell.
        """
        width = RUSSIAN_TAGS + (len(ENGLISH_TAGS) if self.english is not None else 0)
        told = np.zeros((len(wanted), width), np.float32)
        texts = [words.texts[number] for number in wanted.tolist()]
        russian = [
            place
            for place, number in enumerate(wanted.tolist())
            if is_cyrillic(texts[place]) and not is_among_kazakh(words, number)
        ]
        if russian:
            told[russian, :RUSSIAN_TAGS] = self.russian.scores(words, wanted[russian], names)
        english = [place for place, text in enumerate(texts) if is_latin(text)]
        if english and self.english is not None:
            told[english, RUSSIAN_TAGS:] = self.english.scores(words, wanted[english].tolist())
        return told


def is_among_kazakh(words: Words, number: int) -> bool:
    """Tell whether a word, or one near it, has a letter of Kazakh alone."""
    return is_kazakh("".join(words.texts[max(0, number - REACH) : number + REACH + 1]))


def as_labels(told: Floats) -> Floats:
    """Return what teachers say as probabilities of `LABELS`, but for historic persons: zeros."""
    labels = np.zeros((len(told), len(LABELS)), np.float32)
    labels[:, :3] = told[:, :3]
    labels[:, 3] = told[:, 3] + told[:, 4]
    labels[:, 4] = told[:, 5] + told[:, 6]
    english = told[:, RUSSIAN_TAGS:]
    if english.shape[1]:
        labels[:, 0] += english[:, 0] + english[:, 5]
        labels[:, 1:5] += english[:, 1:5]
    return labels


class Network:
    """Tells what words are. Safe to share between threads."""

    def __init__(
        self,
        weights: Weights,
        knowledge: Knowledge,
        teachers: Teachers,
        glance: Glance,
    ) -> None:
        """Take what training found, what is known of words, and the teachers of its head."""
        self._weights = weights
        self._glance = glance
        self._knowledge = knowledge
        self._teachers = teachers
        self._memory = Memory(
            capacity=_REMEMBERED,
            width=weights.table.shape[1],
            longest=LONGEST_WORD,
            learn=self._learn,
            plain=_told_apart,
        )
        self._last: tuple[Sequence[str], Page, Numbers] = ((), *self._memory.read(()))

    def names(self, words: Words) -> list[int]:
        """Return whether each of `words` is a name of Kazakhstan by the lists: a `Name`."""
        page, numbers = self._known(words.texts)
        names: list[int] = _names(page.marks[numbers]).tolist()
        return names

    def _known(self, texts: Sequence[str]) -> tuple[Page, Numbers]:
        """Return the page that holds all words of `texts`, and their rows in it.

        A text is asked about several times over: the one asked about last is remembered.
        """
        last = self._last
        if last[0] is not texts:
            last = self._last = (texts, *self._memory.read(texts))
        return last[1], last[2]

    def rows(self, words: Words) -> Floats:
        """Return the vectors of `words`, behind as many rows of zeros as a glance looks back."""
        page, numbers = self._known(words.texts)
        rows: Floats = page.rows[np.concatenate([np.zeros(BEFORE, np.int64), numbers])]
        return rows

    def worth(self, words: Words, asked: Sequence[int]) -> dict[int, float]:
        """Return those of the words `asked` about that are worth it, from what stands before.

        Returns:
            How much each looks like a name at a glance, a logit, by the words' numbers, rising.
        """
        if not asked:
            return {}
        logits = self._glance.logits(self.rows(words), np.asarray(words.casings), np.asarray(asked))
        return {
            number: logit
            for number, logit in zip(asked, logits.ravel().tolist(), strict=True)
            if logit >= LEAST_GLANCE
        }

    def _learn(self, words: Sequence[str]) -> tuple[Floats, NDArray[np.int8]]:
        known = self._knowledge.of(words)
        marks = known.names - _COMMON + _ENGLISH * (known.kinds == OF_ENGLISH)
        return self._vectors(known), marks.astype(np.int8)

    def _vectors(self, known: Known) -> Floats:
        weights = self._weights
        features = known.features
        order = np.argsort(features.owners, kind="stable")
        rows = features.rows[order]
        begins = np.searchsorted(features.owners[order], np.arange(len(known.kinds)))
        parts = weights.table[rows] * weights.table_scale[rows, None]
        vectors: Floats = np.add.reduceat(parts, begins, 0) + weights.kinds[known.kinds]
        placed = np.flatnonzero(known.kinds)
        vectors[placed] += known.vectors[placed] @ weights.of_vectors + weights.vector_bias
        return vectors

    def chances(self, words: Words, asked: Sequence[int]) -> Floats:
        """Return the probabilities of `LABELS` for some words: (asked, labels).

        Args:
            words: all words there are.
            asked: the numbers of those that are asked about, rising, at least one.
        """
        weights = self._weights
        first, last = max(0, asked[0] - _AROUND), asked[-1] + _AROUND
        page, numbers = self._known(words.texts)
        numbers = numbers[first:last]
        words = Words(
            texts=words.texts[first:last],
            starts=words.starts[first:last],
            casings=words.casings[first:last],
        )
        wanted = np.asarray(asked) - first
        padded = np.zeros(len(numbers) + 2 * REACH, np.int64)
        padded[REACH : REACH + len(numbers)] = numbers
        near = wanted[:, None] + np.arange(2 * REACH + 1)
        inputs = page.rows[padded[near]].reshape(len(wanted), -1)
        told = self._teachers.told(words, wanted, may_be_names(words, _names(page.marks[numbers])))
        casings = np.asarray(words.casings)[wanted]
        trusted = self._trusted(words, wanted, page.marks[padded[near]] & _ENGLISH > 0)
        chances = _chances(weights.heads[0].logits(inputs, told, casings))
        if len(weights.heads) > 1 and not trusted.all():
            alone = trusted == 0
            said = [
                _chances(one.logits(inputs[alone], told[alone], casings[alone]))
                for one in weights.heads[1:]
            ]
            logs = np.log(np.stack([chances[alone], *said]) + _LEAST)
            chances[alone] = _chances(logs.mean(0))
        return _blended(chances, as_labels(told), trusted)

    def _trusted(self, words: Words, wanted: Numbers, english: NDArray[np.bool_]) -> Floats:
        """Return how far the teachers' word counts by itself for each word asked about.

        They know printed English and Russian: their word counts where capitals are as in print,
        and most words around are English, or no letter of Kazakh is near.

        Args:
            words: all words there are.
            wanted: the numbers of those asked about.
            english: which of the words around each are known as English: (wanted, 2 REACH + 1).
        """
        trusted = np.zeros(len(wanted), np.float32)
        knows_english = self._teachers.english is not None
        for place, number in enumerate(wanted.tolist()):
            if words.casings[number] != _NORMAL:
                continue
            if is_latin(words.texts[number]):
                if not knows_english:
                    continue
                around = words.texts[max(0, number - REACH) : number + REACH + 1]
                others = sum(map(is_latin, around)) - 1
                known = int(english[place].sum()) - int(english[place, REACH])
                if known > others * _MOSTLY:
                    trusted[place] = ENGLISH_TRUST
            elif is_cyrillic(words.texts[number]) and not is_among_kazakh(words, number):
                trusted[place] = RUSSIAN_TRUST
        return trusted


def _told_apart(word: str) -> str:
    """Return `word`, zeros for digits: of a number nothing is known but how many it has."""
    return "0" * len(word) if word.isdigit() else word


def _names(marks: NDArray[np.int8]) -> NDArray[np.int8]:
    return (marks & (_ENGLISH - 1)) + _COMMON


def _normalised(rows: Floats) -> Floats:
    result: Floats = rows / rows.sum(1, keepdims=True)
    return result


def _chances(logits: Floats) -> Floats:
    return _normalised(np.exp(logits - logits.max(1, keepdims=True)))


def _blended(chances: Floats, told: Floats, trusted: Floats) -> Floats:
    """Return `chances` and what was `told` as one: the mean of their logarithms, weighed."""
    # Of historic persons nobody tells; they stay as likely as they were among persons.
    persons = chances[:, 1:3].sum(1) + chances[:, 5]
    told = told.copy()
    told[:, 5] = told[:, 1:3].sum(1) * chances[:, 5] / np.maximum(persons, _LEAST)
    share = trusted[:, None]
    logs = (1 - share) * np.log(chances + _LEAST) + share * np.log(told + _LEAST)
    return _normalised(np.exp(logs))


def may_be_names(words: Words, names: NDArray[np.int8]) -> list[bool]:
    """Return which of `words` may be names, by the lists, where capital letters don't tell."""
    may_be: list[bool] = ((np.asarray(words.casings) != _NORMAL) & (names > _NONE)).tolist()
    return may_be
