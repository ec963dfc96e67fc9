"""Slovnet's tagger of Russian news, read from the natasha wheel and run so that it is cheap.

Slovnet (MIT, A. Kukushkin) is three convolutions over navec word vectors; what it says of a word
rests on three words on either side. Its own runner spends most of its time in the first of them,
which here is looked up: a word's part in it is the same wherever the word stands. Of the random
field at its end the marginals are taken, over a few words on either side, so that a text may be
read in pieces; our own network then weighs them as one more thing that is known of a word.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import tarfile
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.installed import package_folder
from guardrail.detect.text.names.memory import Memory
from guardrail.detect.text.names.words import BREAK, LONGEST_WORD, Casing, Words
from guardrail.errors import ConfigError

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

TAGS = 7
"""O, then B and I of a person, a place, an organisation: slovnet's order."""

BEFORE, BEHIND = 3, 2
"""Words on either side that the random field looks at."""

REACH = 3 + BEHIND
"""Words behind one that may matter to its scores."""

_NORMAL = int(Casing.NORMAL)

_REMEMBERED = 2500
"""Words whose part in the first convolution is remembered: 3 KiB each."""

_BLOCK = 64
"""Sorted words among which one is looked for, once it is known to be there if anywhere."""

VECTORS_FILE = "data/emb/navec_news_v1_1B_250K_300d_100q.tar"
TAGGER_FILE = "data/model/slovnet_ner_news_v1.tar"


class WordVectors:
    """Navec: 300 numbers for each of 250,000 Russian words, read as they are asked for."""

    def __init__(self, archive: Path) -> None:
        """Read what is needed for any word from `archive`."""
        with tarfile.open(archive) as tar:
            vocabulary = tar.extractfile("vocab.bin")
            if vocabulary is None:
                raise ConfigError(f"{archive} holds no vocabulary")
            packed = gzip.decompress(vocabulary.read())
            start = tar.getmember("pq.bin").offset_data
        count = int.from_bytes(packed[:4], "little")
        self._words = packed[4 + 4 * count :]
        breaks = np.flatnonzero(np.frombuffer(self._words, np.uint8) == 10)
        self._ends = memoryview(np.append(breaks, len(self._words)).astype(np.int32).data)
        rows, size, parts, centroids = np.fromfile(archive, "<u4", 4, offset=start).tolist()
        # Rows are read one by one: mapped into memory, a few hundred would hold all the file there.
        self._file = os.open(archive, os.O_RDONLY | os.O_CLOEXEC)
        self._start, self._codes = start + 16, parts
        self.size: int = size
        held = np.fromfile(
            archive, "<f4", parts * centroids * (size // parts), offset=start + 16 + rows * parts
        )
        self._centroids = held.reshape(parts, centroids, size // parts)
        self._parts = np.arange(parts)
        self._sorted: int = rows - 2
        self.unknown: int = self._sorted
        ends = [0, *(self._ends[place - 1] + 1 for place in range(_BLOCK, self._sorted, _BLOCK))]
        self._firsts = [self._words[end : self._words.find(b"\n", end)] for end in ends]
        self._known: dict[int, bytes] = {}

    def row(self, word: str) -> int:
        """Return the row of `word`, which is in lower case, or `unknown`."""
        wanted = word.encode()
        block = bisect_right(self._firsts, wanted) - 1
        if block < 0:
            return self.unknown
        first = block * _BLOCK
        if self._firsts[block] == wanted:
            return first
        start = self._ends[first - 1] if first else 0
        end = self._ends[min(first + _BLOCK, self._sorted) - 1] + 1
        at = self._words.find(b"\n" + wanted + b"\n", start, end)
        return self.unknown if at < 0 else first + self._words.count(b"\n", start + 1, at + 1)

    def rows(self, rows: Numbers) -> Floats:
        """Return the vectors of `rows`: (n, 300)."""
        known = self._known
        if len(known) > _REMEMBERED:
            known = self._known = {}
        read = []
        for row in rows.tolist():
            code = known.get(row)
            if code is None:
                code = os.pread(self._file, self._codes, self._start + row * self._codes)
                known[row] = code
            read.append(code)
        codes = np.frombuffer(b"".join(read), np.uint8).reshape(len(rows), self._codes)
        vectors: Floats = self._centroids[self._parts, codes]
        return vectors.reshape(len(rows), self.size)


def _outline(word: str) -> str:
    if len(word) == 1:
        return "X" if word.isupper() else "x"
    if word.isupper():
        return "XX"
    if word.islower():
        return "xx"
    if _is_title(word):
        return "Xx"
    left, dash, right = word.partition("-")
    return "Xx-Xx" if dash and all(map(_is_title, (left, right))) else "OTHER"


def _is_title(word: str) -> bool:
    return len(word) > 1 and word[0].isupper() and word[1:].islower()


_RUSSIAN = re.compile("[а-яё]", re.IGNORECASE)
_ENGLISH = re.compile("[a-z]", re.IGNORECASE)
_PUNCTUATION = frozenset(
    "!#$%&()[]\\/*+,.:;<=>?@^_{|}~-\u2010\u2212\u2012\u2043–—―`\"'«»„“\u02bc\u02bb”№…"
)


def shape_of(word: str) -> str:
    """Return slovnet's name for the shape of `word`."""
    first = word[0]
    if _RUSSIAN.match(first):
        return f"RU_{_outline(word)}"
    if _ENGLISH.match(first):
        return f"EN_{_outline(word)}"
    if first.isdigit():
        return "NUM"
    return f"PUNCT_{word}" if word in _PUNCTUATION else "OTHER"


class RussianTagger:
    """Scores for every word of a text. Safe to share between threads."""

    def __init__(self, root: Path, vectors: WordVectors) -> None:
        """Read the model below `root`, the folder of the natasha package."""
        self.vectors = vectors
        with tarfile.open(root / TAGGER_FILE) as tar:

            def read(name: str) -> bytes:
                member = tar.extractfile(name)
                if member is None:
                    raise ConfigError(f"slovnet's model holds no {name}")
                return member.read()

            def array(weight: dict[str, object]) -> Floats:
                data = np.frombuffer(read(f"arrays/{weight['array']}.bin"), "<f4")
                return data.reshape(weight["shape"])  # type: ignore[no-any-return,call-overload]

            scheme = json.loads(read("model.json"))
            shapes = gzip.decompress(read("vocabs/shape.gz")).decode().split("\n")
            self._shapes = {name: number for number, name in enumerate(shapes)}
            self._other = len(shapes) - 1
            of_shapes = array(scheme["emb"]["shape"]["weight"])
            layers = scheme["encoder"]["layers"]
            kernels = [array(one["conv"]["weight"]).transpose(2, 1, 0) for one in layers]
            self._biases = [array(one["conv"]["bias"]) for one in layers]
            norms = [one["norm"] for one in layers]
            self._scales = [array(one["weight"]) / array(one["std"]) for one in norms]
            self._shifts = [
                array(one["bias"]) - array(one["mean"]) * scale
                for one, scale in zip(norms, self._scales, strict=True)
            ]
            head = scheme["head"]["proj"]
            self._head, self._head_bias = array(head["weight"]), array(head["bias"])
            transitions = array(scheme["head"]["crf"]["transitions"])
            self._transitions: Floats = np.exp(transitions[1:, 1:])
        width = kernels[0].shape[2]
        size = 3 * width
        first = kernels[0].transpose(1, 0, 2).reshape(-1, size)
        self._of_words = np.ascontiguousarray(first[:300])
        self._of_shapes = of_shapes @ first[300:]
        self._kernels = [np.ascontiguousarray(one.reshape(-1, one.shape[2])) for one in kernels[1:]]
        self._width = width
        self._memory = Memory(
            capacity=_REMEMBERED,
            width=size,
            longest=2 * LONGEST_WORD,
            learn=self._learn,
        )

    def scores(self, words: Words, wanted: Numbers, names: Sequence[bool]) -> Floats:
        """Return the probabilities of the tags for some words: (wanted, TAGS).

        Words that aren't Cyrillic get none: zeros. Where capital letters tell nothing, those words
        are read as if they had one that `names` says may be names.

        Args:
            words: all words there are.
            wanted: the numbers of those asked about.
            names: for each of `words`.
        """
        joined, belongs = joined_words(recased(words, names))
        those = np.asarray(belongs)[wanted]
        asked = _around(those, BEFORE, BEHIND, len(joined))
        emissions = np.ones((len(joined), TAGS), np.float32)
        emissions[asked] = self._emissions(joined, asked)
        told: Floats = self._marginals(emissions, np.array(list(map(bool, joined))))[those]
        told[[not is_cyrillic(words.texts[number]) for number in wanted.tolist()]] = 0
        return told

    def _emissions(self, joined: Sequence[str], asked: Numbers) -> Floats:
        """Return how likely the tags are for each of the words `asked`, by its surroundings."""
        second = _around(asked, 1, 1, len(joined))
        first = _around(second, 1, 1, len(joined))
        near = _around(first, 1, 1, len(joined))
        # What a word adds to the first convolution: of the word before, it, the next.
        page, numbers = self._memory.read([joined[number] for number in near.tolist()])
        parts, at = page.rows, np.zeros(len(joined), np.int64)
        at[near] = numbers  # row 0 is zeros, for what isn't there
        width = self._width
        now = parts[at[first - 1], :width]
        now += parts[at[first], width : 2 * width]
        now += parts[at[first + 1], 2 * width :]
        there = np.array(list(map(bool, joined)))
        layer = self._layer(0, now, there[first])
        held = first
        for number, places in ((1, second), (2, asked)):
            at = _places(held, len(joined))
            around = layer[at[places[:, None] + np.arange(-1, 2)]].reshape(len(places), -1)
            layer = self._layer(number, around @ self._kernels[number - 1], there[places])
            held = places
        logits = (layer[:-1] @ self._head + self._head_bias)[:, 1:]
        emissions: Floats = np.exp(logits - logits.max(1, keepdims=True))
        return emissions

    def _layer(self, number: int, now: Floats, there: NDArray[np.bool_]) -> Floats:
        """Return what a convolution makes of its sums, and a row of zeros for what isn't there."""
        layer = np.empty((len(now) + 1, now.shape[1]), np.float32)
        layer[-1] = 0
        told = layer[:-1]
        np.add(now, self._biases[number], out=told)
        np.maximum(told, 0, out=told)
        told *= self._scales[number]
        told += self._shifts[number]
        told[~there] = 0
        return layer

    def _marginals(self, emissions: Floats, there: NDArray[np.bool_]) -> Floats:
        """Return the tags' probabilities in the random field, of a few words on either side."""
        forth = emissions
        for _ in range(BEFORE):
            coming = np.ones_like(emissions)
            coming[1:] = np.where(there[:-1, None], forth[:-1] @ self._transitions, 1)
            forth = _normalised(emissions * coming)
        back = np.ones_like(emissions)
        for _ in range(BEHIND):
            going = (emissions[1:] * back[1:]) @ self._transitions.T
            back = np.ones_like(emissions)
            back[:-1] = _normalised(np.where(there[1:, None], going, 1))
        return _normalised(forth * back)

    def _learn(self, words: Sequence[str]) -> tuple[Floats, NDArray[np.int8]]:
        rows = np.array([self.vectors.row(word.lower()) for word in words])
        # The network learnt from what slovnet says of parts as precise as this.
        parts = (self.vectors.rows(rows) @ self._of_words).astype(np.float16)
        shapes = [self._shapes.get(shape_of(word), self._other) for word in words]
        return parts + self._of_shapes[shapes], np.zeros(len(words), np.int8)


def _around(places: Numbers, before: int, behind: int, count: int) -> Numbers:
    """Return `places` and those near them, of `count`, rising, but the first and the last."""
    near = np.zeros(count + before + behind, np.bool_)
    near[places[:, None] + np.arange(before + behind + 1)] = True
    return np.flatnonzero(near[before + 1 : before + count - 1]) + 1


def _places(held: Numbers, count: int) -> Numbers:
    """Return where each of `count` words is among those `held`, rising; what isn't is behind."""
    places = np.full(count, len(held))
    places[held] = np.arange(len(held))
    return places


def _normalised(rows: Floats) -> Floats:
    result: Floats = rows / rows.sum(1, keepdims=True)
    return result


def is_cyrillic(word: str) -> bool:
    """Tell whether slovnet has anything to say of `word`."""
    return "Ѐ" <= word[0] <= "ԯ"


def recased(words: Words, names: Sequence[bool]) -> Words:
    """Return `words` cased as in print where capital letters tell nothing, as far as is known."""
    texts = [
        word if casing == _NORMAL else word.capitalize() if name else word.lower()
        for word, casing, name in zip(words.texts, words.casings, names, strict=True)
    ]
    return Words(texts=texts, starts=words.starts, casings=words.casings)


def joined_words(words: Words) -> tuple[list[str], list[int]]:
    """Return the words as slovnet knows them, and for each of `words` which of them it is in.

    Words with hyphens are one. An empty word stands where what follows has nothing to do with what
    was before: at breaks and words too long to be any.
    """
    joined = [""]
    belongs: list[int] = []
    end = -1
    for word, start in zip(words.texts, words.starts, strict=True):
        size = len(word)
        if word == BREAK or size > LONGEST_WORD:
            joined.append("")
        elif (
            start == end
            and (word == "-" or joined[-1][-1:] == "-")
            and _continues(joined[-1], word)
        ):
            joined[-1] += word
        else:
            joined.append(word)
        belongs.append(len(joined) - 1)
        end = start + size
    joined.append("")
    return joined, belongs


def _continues(before: str, word: str) -> bool:
    """Tell whether `word`, right behind, is of one word with `before`: Ливиу-Дитер."""
    if len(before) + len(word) > LONGEST_WORD or not before[:1].isalpha():
        return False
    return (before[-1] == "-" and word[0].isalpha()) or (before[-1] != "-" and word == "-")


def word_vectors() -> WordVectors:
    """Return the word vectors of the installed natasha package.

    Raises:
        ConfigError: natasha isn't installed.
    """
    return WordVectors(package_folder("natasha", "natasha") / VECTORS_FILE)


def russian_tagger(vectors: WordVectors) -> RussianTagger:
    """Return the tagger of the installed natasha package.

    Raises:
        ConfigError: natasha isn't installed.
    """
    return RussianTagger(package_folder("natasha", "natasha"), vectors)
