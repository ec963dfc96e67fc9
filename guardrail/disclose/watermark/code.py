"""A message as signs of frequencies: 40 bits and a keyed check of 24, in eight letters.

Each letter is one of 128 rows of a Hadamard matrix and a sign, 8 bits in 256 places: orthogonal
words stand more noise than bits that are sent one by one. Which places they take, and with which
signs, is the key's secret.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from guardrail.disclose.watermark.port import MESSAGE_BYTES

LETTERS = 8
LENGTH = 256
"""Places of a letter."""
CHECK_BYTES = 3
FALSE_ALARM = 2.0 ** (-8 * CHECK_BYTES)
"""Probability that what isn't a mark passes as one, each time that letters are read."""

Signs = NDArray[np.float32]


def word(message: bytes, key: bytes) -> bytes:
    """Return the eight letters of a message: itself and its check, scrambled.

    Raises:
        ValueError: The message hasn't `MESSAGE_BYTES`.
    """
    if len(message) != MESSAGE_BYTES:
        raise ValueError(f"a mark carries {MESSAGE_BYTES} bytes")
    plain = message + _check(message, key)
    return bytes(one ^ other for one, other in zip(plain, _mask(key), strict=True))


def message(letters: bytes, key: bytes) -> bytes | None:
    """Return the message of eight letters, or None where its check fails."""
    plain = bytes(one ^ other for one, other in zip(letters, _mask(key), strict=True))
    found, check = plain[:MESSAGE_BYTES], plain[MESSAGE_BYTES:]
    return found if hmac.compare_digest(check, _check(found, key)) else None


def signs(letters: bytes) -> Signs:
    """Return letters as signs, `LETTERS` x `LENGTH`."""
    rows = np.frombuffer(letters, np.uint8)
    negative = np.where(rows & 0x80, -1, 1)[:, None]
    return np.asarray(_hadamard()[rows & 0x7F] * negative, np.float32)


def read(values: Signs) -> bytes:
    """Return the letters that `values`, `LETTERS` x `LENGTH`, are likest."""
    scores = values @ _hadamard()[:128].T
    rows = np.abs(scores).argmax(axis=1)
    negative = scores[np.arange(LETTERS), rows] < 0
    return bytes((rows | np.where(negative, 0x80, 0)).astype(np.uint8))


def _check(found: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"check" + found, "sha256")[:CHECK_BYTES]


@lru_cache(maxsize=16)
def _mask(key: bytes) -> bytes:
    # Without it the message 0 would be eight times the row of nothing but ones.
    return hashlib.sha256(b"mask" + key).digest()[:LETTERS]


@lru_cache(maxsize=1)
def _hadamard() -> Signs:
    """Return Sylvester's matrix of `LENGTH` rows."""
    found = np.ones((1, 1), np.float32)
    while len(found) < LENGTH:
        found = np.block([[found, found], [found, -found]])
    return found
