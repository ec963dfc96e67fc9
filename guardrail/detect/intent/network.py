"""The network of intent: pieces of words, one convolution, what is asked for.

A word is the sum of the rows of its pieces and of what is known of it (`vectors`). Three words side
by side go through a layer, each word by itself through another; the highest and the mean of what
comes out tells of the whole window.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from importlib.resources.abc import Traversable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.intent.vectors import Vectors, vectors
from guardrail.detect.intent.words import LONGEST, rows_of
from guardrail.detect.text.names.memory import Memory

Floats = NDArray[np.float32]

USES = (
    "MANIPULATION",
    "EXPLOITING_VULNERABILITY",
    "SOCIAL_SCORING",
    "CRIME_PREDICTION",
    "BIOMETRIC_IDENTIFICATION",
    "BIOMETRIC_VERIFICATION",
    "BIOMETRIC_CATEGORISATION",
    "EMOTION_INFERENCE",
    "FACE_SCRAPING",
    "REALTIME_IDENTIFICATION",
    "IMPERSONATION",
    "INTIMATE_IMAGERY",
    "SCAM",
)
"""What the first outputs tell of."""

OUTPUTS = (*USES, "PRIVACY_PROTECTIVE", "ABOUT_THE_LAW", "ANY")
"""All outputs; the last tells whether any of `USES` is asked for."""

_REMEMBERED = 8192
"""Words whose rows are remembered: 200 bytes each."""

_LEARNT_AT_ONCE = 512


class IntentNetwork:
    """Logits for windows of words. Safe to share between threads."""

    def __init__(self, file: Traversable, known: Vectors | None = None) -> None:
        """Read the weights of `file`; `known` are the vectors of words, the shipped by default."""
        self._known = known or vectors()
        data = file.read_bytes()
        self.digest = sha256(data).hexdigest()
        with np.load(BytesIO(data), allow_pickle=False) as npz:
            held = {name: npz[name] for name in npz.files}
        self._table: NDArray[np.int8] = held["table"]
        self._scales = held["scales"].astype(np.float32)
        self._of_known = held["of_known"].astype(np.float32)
        self._of_three, self._three_bias, self._of_one, self._one_bias, self._out, self._bias = (
            held[name].astype(np.float32)
            for name in ("of_three", "three_bias", "of_one", "one_bias", "out", "bias")
        )
        self._width = self._table.shape[1]
        self._memory = Memory(
            capacity=_REMEMBERED, width=self._width, longest=LONGEST, learn=self._learn
        )

    def logits(self, windows: Sequence[Sequence[str]]) -> Floats:
        """Return the logits of `OUTPUTS` for each window: (windows, 16). None may be empty."""
        words = [word for window in windows for word in (*window, "")]
        page, rows = self._memory.read(words)
        vectors = np.zeros((len(rows) + 2, self._width), np.float32)
        vectors[1:-1] = page.rows[rows]
        sizes = np.array([len(window) for window in windows], np.intp)
        ends = np.cumsum(sizes + 1)
        inside = np.ones(len(rows), np.bool_)
        inside[ends - 1] = False
        at = np.flatnonzero(inside)
        starts = np.cumsum(sizes) - sizes
        around = vectors[at[:, None] + np.arange(3)].reshape(len(at), -1)
        three = np.maximum(around @ self._of_three + self._three_bias, 0)
        one = np.maximum(vectors[at + 1] @ self._of_one + self._one_bias, 0)
        told = np.concatenate(
            [
                np.maximum.reduceat(three, starts),
                np.maximum.reduceat(one, starts),
                np.add.reduceat(one, starts) / sizes[:, None].astype(np.float32),
            ],
            1,
        )
        logits: Floats = told @ self._out + self._bias
        return logits

    def _learn(self, words: Sequence[str]) -> tuple[Floats, NDArray[np.int8]]:
        made = np.zeros((len(words), self._width), np.float32)
        for first in range(0, len(words), _LEARNT_AT_ONCE):
            some = [rows_of(word) for word in words[first : first + _LEARNT_AT_ONCE]]
            sizes = np.array([len(rows) for rows in some], np.intp)
            flat = np.array([row for rows in some for row in rows], np.intp)
            pieces = self._table[flat] * self._scales[flat, None]
            sums = np.add.reduceat(pieces, np.cumsum(sizes) - sizes)
            made[first : first + len(some)] = sums / np.sqrt(sizes)[:, None]
        made += self._known.of(words) @ self._of_known
        return made, np.zeros(len(words), np.int8)
