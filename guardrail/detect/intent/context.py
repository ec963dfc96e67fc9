"""What sentences say of each other: whether one that asks for something still does among its own.

"Who is it? Don't tell me names, count them." One sentence asks for something, both together don't.
So a sentence is told by itself and together with those of its neighbours that tell anything, and
the difference weighs, too. The weights are learnt from texts of several sentences
(`training.intent.context`).
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from importlib.resources.abc import Traversable
from io import BytesIO
from math import log

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.intent.network import USES

Told = NDArray[np.float64]

MOST = 8
"""Sentences of a text that are counted: there were no longer ones to learn from."""

STRONGEST = 2.0
"""Thresholds of the trigger that a neighbour counts for at most."""

_LAST = slice(len(USES), None)


class Context:
    """Weights of a sentence and of what changes beside others. Safe to share between threads."""

    def __init__(self, file: Traversable) -> None:
        """Read the weights of `file`: a row for the network, one for it with embeddings."""
        data = file.read_bytes()
        self.digest = sha256(data).hexdigest()
        with np.load(BytesIO(data), allow_pickle=False) as npz:
            self._weights: Told = npz["weights"].astype(np.float64)

    def asks(self, inputs: Told, embedded: Sequence[bool]) -> Told:
        """Return the logits that sentences ask for a use, given the others: (n,).

        Args:
            inputs: (n, 11), of `inputs_of` each.
            embedded: of each, whether embeddings read it, too.
        """
        told: Told = (inputs * self._weights[np.asarray(embedded, np.intp)]).sum(1)
        return told


def inputs_of(alone: Told, change: Told, *, of_text: int, joined: int, beside: float) -> Told:
    """Return what is weighed: (11,).

    Args:
        alone: logits of the outputs of a sentence by itself, calibrated.
        change: what is added to them when the neighbours come along.
        of_text: sentences of the text.
        joined: sentences that are read together.
        beside: how strongly the strongest neighbour fires, in thresholds of the trigger: what
            neighbours change counts more where they are of the same matter.
    """
    beside = min(beside, STRONGEST)
    rest = [beside * change[-1], beside, log(min(of_text, MOST)), log(min(joined, MOST)), 1.0]
    return np.concatenate([alone[_LAST], change[_LAST], rest])
