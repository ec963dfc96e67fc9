"""A cheap look that tells which windows the network need not read.

Every stem has a weight that is never negative: more words never make a text less suspicious, so
harmless ones around a request hide nothing. The weights are learnt (`training.intent.trigger`).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from importlib.resources.abc import Traversable
from io import BytesIO

import numpy as np

STEM = 5
"""Letters of a word that are looked at."""


class Trigger:
    """Weights of stems. Safe to share between threads."""

    def __init__(self, file: Traversable) -> None:
        """Read the stems of `file`."""
        data = file.read_bytes()
        self.digest = sha256(data).hexdigest()
        with np.load(BytesIO(data), allow_pickle=False) as npz:
            stems = npz["stems"].tobytes().decode().split("\n")
            weights: list[float] = npz["weights"].astype(np.float64).tolist()
            self._weights = dict(zip(stems, weights, strict=True))
            self.threshold = float(npz["threshold"])

    def strength(self, words: Sequence[str]) -> float:
        """Return how much there is in `words` that requests for prohibited uses have."""
        known = self._weights
        return sum((known.get(stem, 0.0) for stem in {word[:STEM] for word in words}), 0.0)
