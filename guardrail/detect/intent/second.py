"""A second reader of the likeliest requests: what sentence embeddings say, where they are there.

A small head on embeddings tells the same outputs as the network; both are put together before they
become probabilities. Pretrained embeddings know other wordings for the same thing; the network
knows disguises, Kazakh and short asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources.abc import Traversable
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.intent.embeddings import SIZE, VERSION, Embeddings
from guardrail.detect.intent.vectors import vectors

Floats = NDArray[np.float32]

MOST = 4
"""Windows of a text that are embedded: the likeliest."""

ENOUGH = 240
"""Characters of a text that are embedded, unless its likeliest window alone is longer."""

_KAZAKH = re.compile("[әғқңөұүһіӘҒҚҢӨҰҮҺІ]")


class SecondReader:
    """Logits for windows as text. Safe to share between threads."""

    def __init__(self, file: Traversable, embeddings: Embeddings) -> None:
        """Read the head and how it is put together with the network from `file`."""
        data = file.read_bytes()
        self.digest = sha256(data + VERSION.encode()).hexdigest()
        self._embeddings = embeddings
        with np.load(BytesIO(data), allow_pickle=False) as npz:
            held = {name: npz[name] for name in npz.files}
        self._of_text, self._text_bias, self._out, self._bias = (
            held[name].astype(np.float32) for name in ("of_text", "text_bias", "out", "bias")
        )
        self._share = float(held["share"])
        self.least = float(held["least"])
        self.slopes: Floats = held["slopes"]
        self.shifts: Floats = held["shifts"]
        self.thresholds: tuple[float, float] = tuple(held["thresholds"].tolist())

    def together(self, logits: Floats, texts: Sequence[str], *, with_media: bool) -> Floats:
        """Return what the network and the embeddings say together: (windows, 16).

        Args:
            logits: of the network, for the same windows; at least one.
            texts: the windows as they were written.
            with_media: whether pictures or sound come along.
        """
        inputs = np.empty((len(texts), SIZE + 1), np.float32)
        inputs[:, :SIZE] = self._embeddings.of(texts)
        inputs[:, SIZE] = with_media
        hidden = np.maximum(inputs @ self._of_text + self._text_bias, 0)
        told = hidden @ self._out + self._bias
        result: Floats = logits + np.float32(self._share) * (told - logits)
        return result


def knows(text: str, words: Sequence[str]) -> bool:
    """Tell whether the embeddings know the language of `text`: Kazakh they don't.

    Args:
        text: as it was written: a letter that Kazakh alone has says no.
        words: of `text`; mostly unknown ones are Kazakh in Russian letters.
    """
    return bool(text) and _KAZAKH.search(text) is None and vectors().know_russian(words)
