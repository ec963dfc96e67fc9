"""A first glance at a word, from it and the words before it: whether it is worth asking about.

Whatever comes behind doesn't matter to it, so the words of ordinary prose leave a stream as soon as
they end, and neither the network nor its teachers are asked about them.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.knowledge import Floats, read_arrays

BEFORE = 3
"""Words before one that count."""

LEAST = -4.75
"""The logit from which on a word is worth asking about: chosen by texts that training didn't see
(docs/name-model.md)."""

CLEAR = 0.0
"""The logit from which on a word looks so much like a name that no second look is taken at it: of
those that a second look passes over, one in 180 does."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What training found: two layers."""

    first: Floats
    """((BEFORE + 1) numbers of a word, hidden): the words before first, the word itself last."""
    casings: Floats
    """A row a `Casing`; holds the bias of the first layer."""
    second: Floats
    bias: Floats

    def logits(self, rows: Floats, casings: NDArray[np.int64], wanted: NDArray[np.int64]) -> Floats:
        """Return how likely each of the words is a part of a person's name, before it is read on.

        Args:
            rows: the network's vectors of all words there are, `BEFORE` rows of zeros before them.
            casings: their casings, without those.
            wanted: the numbers of the words in question.
        """
        near = wanted[:, None] + np.arange(BEFORE + 1)
        hidden = rows[near].reshape(len(wanted), -1) @ self.first + self.casings[casings[wanted]]
        logits: Floats = np.maximum(hidden, 0) @ self.second + self.bias
        return logits


def read_glance(data: Traversable) -> Glance:
    """Return the weights in ``glance.npz`` below `data`."""
    held = read_arrays(data / "glance.npz")
    return Glance(**{name: np.ascontiguousarray(array, np.float32) for name, array in held.items()})
