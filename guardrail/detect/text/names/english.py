"""spaCy's tagger of English entities, run so that it is cheap and what it says is local.

The weights are those of the NER in spaCy's ``en_core_web_md`` 3.7.1 (MIT, Explosion), converted by
``training.names.english``: hashed embeddings of a word's norm, prefix, suffix and shape beside a
static vector, four convolutions, and a layer that scores what to do next. spaCy itself then decides
greedily from the first word on, so that a word rests on all text before it. Here the probabilities
of what could be done at each word are put together over a few words instead, so that a text may be
read in pieces, and only those words need be read that are asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources.abc import Traversable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.english_vectors import Embedding, Floats, maxout, normalise
from guardrail.detect.text.names.english_words import PARTED, joined_words
from guardrail.detect.text.names.words import Words

TAGS = ("O", "B-PERSON", "I-PERSON", "LOCATION", "ORG", "OTHER")
"""What the columns of scores tell of a word: it is in no entity; a person's name begins, or goes
on, with it; it is of a place (spaCy's GPE, LOC, FAC), of an organisation or a people (ORG, NORP),
or of anything else that spaCy knows, such as dates and titles of works."""

GROUPS = (("PERSON",), ("GPE", "LOC", "FAC"), ("ORG", "NORP"))
"""spaCy's labels that stand together in `TAGS`; all others are one more group."""

DEPTH = PARTED
"""Convolutions: words on either side that the scores of what to do next rest on."""

LONGEST = 4
"""Words that an entity is followed for, behind its first: then what comes is read anew."""

_FREE = 2
"""Words before one that an entity may begin at for it to keep another from beginning there."""

REACH = DEPTH + 1
"""Joined words behind one that may matter to its scores; the last one may still grow."""

BEFORE = DEPTH + LONGEST + _FREE
"""Joined words before one that may matter."""

_STARTS = (0, 1, 4, 6)
"""Where the groups begin among spaCy's 18 labels, as they are converted."""

_LABELS = 18

_AT_ONCE = 400
"""Words that are read at once: so many that what is computed of them stays near the processor."""

_AROUND = 96
"""Words around those asked about that are joined: more than matter, however they join."""

_LEAST_FREE = np.float32(1e-3)
"""How likely it is at the least that no entity is open: what overlaps comes to more than 1."""


class EnglishTagger:
    """Scores for words of English text. Safe to share between threads."""

    def __init__(self, data: Traversable) -> None:
        """Read ``english.npz`` below `data`."""
        with np.load(BytesIO((data / "english.npz").read_bytes()), allow_pickle=False) as npz:
            held = {name: npz[name] for name in npz.files}
        for name in ("biases", "gains", "shifts", "kernel_scales"):
            held[name] = held[name].astype(np.float32)
        self._embedding = Embedding(held)
        self._kernels = held["kernels"].astype(np.float32) * held["kernel_scales"][1:, None]
        self._biases, self._gains, self._shifts = (
            held[name][1:] for name in ("biases", "gains", "shifts")
        )
        for name in ("head", "head_bias", "closed", "closed_bias", "opened", "opened_bias"):
            held[name] = held[name].astype(np.float32)
        self._head, self._head_bias = held["head"], held["head_bias"]
        self._closed, self._closed_bias = held["closed"], held["closed_bias"]
        self._opened, self._opened_bias = held["opened"], held["opened_bias"]
        self._side = self._head.shape[1] // 3

    def scores(self, words: Words, wanted: Sequence[int] | None = None) -> Floats:
        """Return the probabilities of `TAGS` for words: (wanted, TAGS).

        Words that don't begin with a Latin letter get none: zeros.

        Args:
            words: all words there are.
            wanted: the numbers of those that are asked about; all of them by default.
        """
        asked = range(len(words.texts)) if wanted is None else wanted
        rows = [row for row, number in enumerate(asked) if is_latin(words.texts[number])]
        told = np.zeros((len(asked), len(TAGS)), np.float32)
        if not rows:
            return told
        numbers = [asked[row] for row in rows]
        first, last = max(0, min(numbers) - _AROUND), max(numbers) + _AROUND + 1
        texts, starts = words.texts[first:last], words.starts[first:last]
        joined, belongs = joined_words(Words(texts=texts, starts=starts, casings=()))
        joined = [*[""] * BEFORE, *joined, *[""] * REACH]
        places = np.array([belongs[number - first] + BEFORE for number in numbers], np.intp)
        for start in range(0, len(rows), _AT_ONCE):
            some = places[start : start + _AT_ONCE]
            layers = [
                _around(some, LONGEST + _FREE + reach, reach) for reach in range(DEPTH, -1, -1)
            ]
            tags = self._marginals(joined, layers)
            told[rows[start : start + _AT_ONCE]] = tags[np.searchsorted(layers[-1], some)]
        return told

    def next_moves(
        self, joined: Sequence[str], layers: Sequence[NDArray[np.intp]]
    ) -> tuple[Floats, Floats]:
        """Return what spaCy would do at some words, and what its last layer needs of each.

        The first are probabilities where no entity is open: of beginning one of 18 kinds that goes
        on, one of a single word, and none at all: (n, 37).

        Args:
            joined: all words there are.
            layers: the numbers of the words that are looked up, then of those that come out of each
                convolution: their neighbours are among those before.
        """
        held = layers[0]
        now = self._embedding.of([joined[place] for place in held.tolist()])
        for kept, kernel, bias, gain, shift in zip(
            layers[1:], self._kernels, self._biases, self._gains, self._shifts, strict=True
        ):
            rows = np.searchsorted(held, kept)
            around = now[rows[:, None] + np.arange(-1, 2)].reshape(len(rows), -1)
            pieces = around @ kernel
            pieces += bias
            now = now[rows] + normalise(maxout(pieces, 3), gain, shift)
            held = kept
        sides = now @ self._head
        sides += self._head_bias
        logits = maxout(sides[:, : self._side], 2) @ self._closed + self._closed_bias
        moves = np.exp(logits - logits.max(1, keepdims=True))
        return moves / moves.sum(1, keepdims=True), sides

    def _marginals(self, joined: Sequence[str], layers: Sequence[NDArray[np.intp]]) -> Floats:
        """Return the probabilities of `TAGS` for the last of `layers`.

        An entity is looked for that begins at each word and goes on for up to `LONGEST` more; it
        can where none of those that begin before it does. What is said of the first words of any
        in a row isn't right.
        """
        moves, inside = self._entities(joined, layers)
        free = np.ones((len(moves), 1), np.float32)
        for distance, one in enumerate(inside[:_FREE], 1):
            free[distance:] -= one.sum(1, keepdims=True)
        np.maximum(free, _LEAST_FREE, out=free)
        tags = np.zeros((len(moves), len(TAGS)), np.float32)
        begun = free * np.add.reduceat(moves[:, :_LABELS] + moves[:, _LABELS:-1], _STARTS, 1)
        tags[:, :1] = free * moves[:, -1:]
        tags[:, 1] = begun[:, 0]
        tags[:, 3:] = begun[:, 1:]
        for distance, one in enumerate(inside, 1):
            tags[distance:, 2:] += free[:-distance] * np.add.reduceat(one, _STARTS, 1)
        tags /= tags.sum(1, keepdims=True)
        return tags

    def _entities(
        self, joined: Sequence[str], layers: Sequence[NDArray[np.intp]]
    ) -> tuple[Floats, list[Floats]]:
        """Return what may be done at words, and how likely what begins there still goes on.

        The second are for 1 to `LONGEST` words behind: of each label, so many fewer rows.
        """
        moves, sides = self.next_moves(joined, layers)
        places = layers[-1].tolist()
        empty = np.array([not joined[place] for place in places], np.bool_)
        last = np.array([not joined[place + 1] for place in places], np.bool_)
        moves[empty] = 0
        moves[empty, -1] = 1
        moves[last, :_LABELS] = 0
        moves /= moves.sum(1, keepdims=True)
        inside = [moves[:-1, :_LABELS]]
        for distance in range(1, LONGEST):
            stays = self._stays(sides, distance)
            stays[last[distance:]] = 0
            inside.append((inside[-1] * stays)[:-1])
        return moves, inside

    def _stays(self, sides: Floats, distance: int) -> Floats:
        """Return how likely entities that began `distance` words before go on behind each word."""
        side = self._side
        hidden = sides[distance:, :side] + sides[:-distance, side : 2 * side]
        hidden += sides[distance - 1 : -1, 2 * side :]
        logits = maxout(hidden, 2) @ self._opened + self._opened_bias
        np.clip(logits, -30, 30, out=logits)
        chances: Floats = 1 / (1 + np.exp(-logits))
        return chances


def _around(places: NDArray[np.intp], before: int, behind: int) -> NDArray[np.intp]:
    """Return the numbers of all words that many before, at and behind `places`, rising."""
    steps = np.zeros(int(places.max()) + behind + 2, np.int32)
    np.add.at(steps, places - before, 1)
    np.add.at(steps, places + behind + 1, -1)
    return np.flatnonzero(np.cumsum(steps))


def is_latin(word: str) -> bool:
    """Tell whether spaCy has anything to say of `word`: it begins with a Latin letter."""
    first = word[0]
    return first.isalpha() and first < "ɐ"
