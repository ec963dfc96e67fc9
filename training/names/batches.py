"""Examples as numbers: words, how they are cased, what slovnet says, and what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.features import BUCKETS, SHAPES, bucket
from guardrail.detect.text.names.knowledge import DIMENSIONS, Knowledge, Name
from guardrail.detect.text.names.network import REACH
from guardrail.detect.text.names.russian import TAGS, RussianTagger, is_cyrillic
from guardrail.detect.text.names.words import LONGEST_WORD, Words, words_of
from training.names.generate import Example
from training.names.slots import Span

Whole = NDArray[np.int64]
Floats = NDArray[np.float32]

ROWS = len(SHAPES) + BUCKETS
"""Rows of the table of features; one more, always zero, stands for features left out."""

LABEL = {"LOCATION": 3, "FACILITY": 3, "ADDRESS": 3, "ORG": 4, "HISTORIC": 5}
SKIPPED = -1
"""The label of words that nothing is learnt from."""


class Vocabulary:
    """All words seen so far, each with its features; 0 is no word."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._numbers: dict[str, int] = {}
        self._features: list[int] = []
        self._starts = [0, 0]
        self._whole = [0]
        self._kinds = [0]
        self._forms = [False]
        self._vectors = [np.zeros(DIMENSIONS, np.float32)]

    def number(self, word: str) -> int:
        """The number of `word`, which is learnt where it is new."""
        if len(word) > LONGEST_WORD:
            return 0
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self._whole)
            known = self._knowledge.of(word)
            self._forms.append(self._knowledge.name(word) > Name.NONE)
            self._features += [known.shape, *map(bucket, known.features)]
            self._starts.append(len(self._features))
            self._whole.append(known.whole)
            self._kinds.append(known.kind)
            self._vectors.append(self._vectors[0] if known.vector is None else known.vector)
        return number

    def is_form(self, number: int) -> bool:
        """Whether the word of a number may be a name, cased or not."""
        return self._forms[number]

    def frozen(self) -> Table:
        """The words so far, as arrays."""
        return Table(
            features=np.array(self._features),
            starts=np.array(self._starts),
            whole=np.array(self._whole),
            kinds=np.array(self._kinds),
            vectors=np.array(self._vectors, np.float32),
        )


@dataclass(frozen=True, slots=True)
class Table:
    """Words by number: their features are ``features[starts[n]:starts[n + 1]]``, a shape first."""

    features: Whole
    starts: Whole
    whole: Whole
    kinds: Whole
    vectors: Floats


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of many texts one after another, `REACH` blanks between; parallel arrays."""

    words: Whole
    casings: Whole
    labels: Whole
    tags: Floats


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


def tokens_of(
    examples: Sequence[Example], vocabulary: Vocabulary, russian: RussianTagger
) -> Tokens:
    """The examples as arrays."""
    numbers: list[int] = []
    casings: list[int] = []
    labels: list[int] = []
    blank = np.zeros((REACH, TAGS), np.float32)
    tags = []
    pads = [0] * REACH
    for example in examples:
        words = words_of(example["text"])
        if not words.texts:
            continue
        none = np.zeros((len(words.texts), TAGS), np.float32)
        told = any(map(is_cyrillic, words.texts))
        ours = list(map(vocabulary.number, words.texts))
        forms = list(map(vocabulary.is_form, ours))
        tags += [blank, russian.scores(words, forms) if told else none]
        numbers += [*pads, *ours]
        casings += [*pads, *words.casings]
        labels += [*([SKIPPED] * REACH), *labels_of(example, words)]
    return Tokens(
        words=np.array(numbers + pads),
        casings=np.array(casings + pads),
        labels=np.array(labels + [SKIPPED] * REACH),
        tags=np.concatenate([*tags, blank]),
    )


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
