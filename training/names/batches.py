"""Examples as numbers: words, how they are cased, what slovnet says, and what they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.knowledge import DIMENSIONS, Knowledge
from guardrail.detect.text.names.network import REACH, TOLD, Teachers, may_be_names
from guardrail.detect.text.names.words import LONGEST_WORD, Words, words_of
from training.names.generate import Example
from training.names.slots import Span

Whole = NDArray[np.int64]
Floats = NDArray[np.float32]

LABEL = {"LOCATION": 3, "FACILITY": 3, "ADDRESS": 3, "ORG": 4, "HISTORIC": 5}
NOTHING = "x" * (LONGEST_WORD + 1)
"""A word so long that nothing is known of it: what stands where a text ends."""

TOGETHER = 64
"""Texts that slovnet is asked about at once."""

SKIPPED = -1
"""The label of words that nothing is learnt from."""


class Vocabulary:
    """All words seen so far, each with what is known of it; 0 is no word."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._numbers: dict[str, int] = {}
        self._known: list[Table] = [_nothing()]

    def learn(self, texts: Iterable[Sequence[str]]) -> None:
        """Learns the words of texts that are new."""
        words = {word for text in texts for word in text if len(word) <= LONGEST_WORD}
        fresh = sorted(words - self._numbers.keys())
        if not fresh:
            return
        first = len(self._numbers) + 1
        self._numbers.update((word, first + number) for number, word in enumerate(fresh))
        known = self._knowledge.of(fresh)
        order = np.argsort(known.features.owners, kind="stable")
        self._known.append(
            Table(
                features=known.features.rows[order].astype(np.int64),
                counts=np.bincount(known.features.owners, minlength=len(fresh)),
                whole=known.features.whole[order],
                kinds=known.kinds.astype(np.int64),
                vectors=known.vectors,
                names=known.names,
            )
        )

    def numbers(self, words: Sequence[str]) -> list[int]:
        """The numbers of words that were learnt; 0 for those too long to be any."""
        return [self._numbers.get(word, 0) for word in words]

    def frozen(self) -> Table:
        """The words so far, as arrays."""
        self._known = [_joined_tables(self._known)]
        return self._known[0]


@dataclass(frozen=True, slots=True)
class Table:
    """Words by number: ``counts`` features each, one after another, a shape first."""

    features: Whole
    counts: Whole
    whole: NDArray[np.bool_]
    """Whether a feature names its word whole."""
    kinds: Whole
    vectors: Floats
    names: NDArray[np.int8]


def _nothing() -> Table:
    """The table of no word."""
    return Table(
        features=np.zeros(0, np.int64),
        counts=np.zeros(1, np.int64),
        whole=np.zeros(0, np.bool_),
        kinds=np.zeros(1, np.int64),
        vectors=np.zeros((1, DIMENSIONS), np.float32),
        names=np.zeros(1, np.int8),
    )


def _joined_tables(tables: Sequence[Table]) -> Table:
    return Table(
        **{name: np.concatenate([getattr(one, name) for one in tables]) for name in Table.__slots__}
    )


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of many texts one after another, `REACH` blanks between; parallel arrays."""

    words: Whole
    casings: Whole
    labels: Whole
    told: Floats


def labels_of(example: Example, words: Words) -> list[int]:
    """What each word is, as in `network.LABELS`, or `SKIPPED`."""
    labels = [0] * len(words.texts)
    for span in example["spans"]:
        inside = [
            number
            for number, start in enumerate(words.starts)
            if start < span["end"] and start + len(words.texts[number]) > span["start"]
        ]
        for place, number in enumerate(inside):
            if span["label"] == "PERSON":
                labels[number] = 2 if place else 1
            elif span["label"] == "SKIP":
                labels[number] = SKIPPED
            elif labels[number] == 0:
                labels[number] = LABEL.get(span["label"], 0)
    for number, word in enumerate(words.texts[:-1]):
        if word == "@":
            labels[number + 1] = SKIPPED
    return labels


def tokens_of(examples: Sequence[Example], vocabulary: Vocabulary, teachers: Teachers) -> Tokens:
    """The examples as arrays."""
    all_words = [words_of(example["text"]) for example in examples]
    vocabulary.learn(words.texts for words in all_words)
    names = vocabulary.frozen().names
    numbers: list[int] = []
    casings: list[int] = []
    labels: list[int] = []
    told: list[Floats] = []
    for begin in range(0, len(examples), TOGETHER):
        several = all_words[begin : begin + TOGETHER]
        page = one_after_another(several)
        ours = vocabulary.numbers(page.texts)
        everyone = np.arange(len(ours))
        told.append(teachers.told(page, everyone, may_be_names(page, names[ours])))
        numbers += ours
        casings += page.casings
        for example, words in zip(examples[begin : begin + TOGETHER], several, strict=True):
            labels += [*([SKIPPED] * REACH), *labels_of(example, words)]
    blanks = [0] * REACH
    return Tokens(
        words=np.array(numbers + blanks),
        casings=np.array(casings + blanks),
        labels=np.array(labels + [SKIPPED] * REACH),
        told=np.concatenate([*told, np.zeros((REACH, TOLD), np.float32)]),
    )


def one_after_another(several: Sequence[Words]) -> Words:
    """The words of several texts, `REACH` words that are none before each."""
    texts: list[str] = []
    starts: list[int] = []
    casings: list[int] = []
    end = 0
    for words in several:
        texts += [*([NOTHING] * REACH), *words.texts]
        starts += [*([end] * REACH), *(end + 1 + start for start in words.starts)]
        casings += [*([0] * REACH), *words.casings]
        end = starts[-1] + len(texts[-1]) + 1
    return Words(texts=texts, starts=starts, casings=casings)


def joined(examples: Sequence[Example], chance: Random, share: float = 0.3) -> list[Example]:
    """Examples of which some are two on end: a text rarely is one sentence."""
    made: list[Example] = []
    for example in examples:
        before = made[-1] if made else None
        if before is None or chance.random() >= share or len(before["text"]) > 300:
            made.append(example)
            continue
        shift = len(before["text"]) + 1
        spans = [
            Span(start=one["start"] + shift, end=one["end"] + shift, label=one["label"])
            for one in example["spans"]
        ]
        text = before["text"] + chance.choice("  \n") + example["text"]
        made[-1] = {**before, "text": text, "spans": before["spans"] + spans}
    return made
