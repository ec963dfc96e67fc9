"""spaCy's vectors of English words: each told from nothing but the word.

What a word's norm, prefix, suffix and shape are hashed to is added up and read beside a static
vector. The hashes are spaCy's and thinc's own, bit by bit, or the weights would mean nothing.
"""

from __future__ import annotations

from binascii import crc32
from collections.abc import Mapping, Sequence
from struct import unpack_from
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SEEDS = (8, 9, 10, 11)
"""Of the hashes that rows of the norm, prefix, suffix and shape are found by."""

_REMEMBERED = 6000
"""Words whose vectors are remembered: half a kilobyte each."""

_LEARNT_AT_ONCE = 256
"""New words read at once: ten kilobytes each while they are."""

_MASK = (1 << 64) - 1
_MULTIPLIER = 0xC6A4A7935BD1E995


def string_hash(text: str) -> int:
    """Return spaCy's hash of a string: MurmurHash64A, by Austin Appleby, with a seed of 1."""
    data = text.encode()
    size = len(data)
    whole = size >> 3
    result = 1 ^ (size * _MULTIPLIER & _MASK)
    for block in unpack_from(f"<{whole}Q", data):
        mixed = block * _MULTIPLIER & _MASK
        result = (result ^ ((mixed ^ mixed >> 47) * _MULTIPLIER & _MASK)) * _MULTIPLIER & _MASK
    if size & 7:
        result = (result ^ int.from_bytes(data[whole << 3 :], "little")) * _MULTIPLIER & _MASK
    result = (result ^ result >> 47) * _MULTIPLIER & _MASK
    return result ^ result >> 47


def row_hashes(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return four hashes of each of (n, 4) keys, seeded by `SEEDS`: (n, 4, 4).

    They are thinc's: MurmurHash3 of 128 bits over the eight bytes of a key, cut in four.
    """
    seeds = np.array(SEEDS, np.uint64) ^ np.uint64(8)
    one = keys * np.uint64(0x87C37B91114253D5)
    one = (one << np.uint64(31)) | (one >> np.uint64(33))
    one = (one * np.uint64(0x4CF5AD432745937F)) ^ seeds
    one = one + seeds
    two = _mixed(seeds + one)
    one = _mixed(one) + two
    two = two + one
    low, high = np.uint64(0xFFFFFFFF), np.uint64(32)
    return np.stack([one & low, one >> high, two & low, two >> high], 2)


def _mixed(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    value = value ^ (value >> np.uint64(33))
    value = value * np.uint64(0xFF51AFD7ED558CCD)
    value = value ^ (value >> np.uint64(33))
    value = value * np.uint64(0xC4CEB9FE1A85EC53)
    return value ^ (value >> np.uint64(33))


def shape_of(word: str) -> str:
    """Return spaCy's shape of `word`: ``Xxxxx``, ``dd``, at most four of a kind in a row."""
    if word.isalpha() and word[1:].islower():
        return ("X" if word[0].isupper() else "x") + "x" * min(len(word) - 1, 4 - word[0].islower())
    shape: list[str] = []
    last, times = "", 0
    for char in word:
        if char.isalpha():
            kind = "X" if char.isupper() else "x"
        else:
            kind = "d" if char.isdigit() else char
        times = times + 1 if kind == last else 1
        last = kind
        if times <= 4:
            shape.append(kind)
    return "".join(shape)


def key_of(word: str) -> int:
    """Return what a static vector is found by: one of 700 unknown words gets another's."""
    return crc32(word.encode()) >> 4


class Embedding:
    """spaCy's vectors of words, each told from nothing but the word."""

    def __init__(self, held: Mapping[str, NDArray[Any]]) -> None:
        """Take the arrays of ``english.npz``."""
        self._table, self._table_scales = held["table"], held["table_scales"].astype(np.float32)
        sizes = held["sizes"].astype(np.uint64)
        self._sizes = sizes[:, None]
        self._offsets = (np.cumsum(sizes) - sizes)[:, None]
        self._vectors = held["vectors"]
        self._vector_scales = held["vector_scales"].astype(np.float32)
        self._keys = np.cumsum(_joined_bytes(held["key_steps"]), dtype=np.uint32)
        self._rows = _joined_bytes(held["key_rows"]).astype(np.uint16)
        self._norms = dict(_pairs(held["norms"]))
        self._symbols = {name: int(number) for name, number in _pairs(held["symbols"])}
        self._mix = held["mix"].astype(np.float32) * held["kernel_scales"][0]
        self._bias, self._gain, self._shift = (
            held[name][0] for name in ("biases", "gains", "shifts")
        )
        self._known: dict[str, Floats] = {"": np.zeros(len(self._gain), np.float32)}
        self._hashes: dict[str, int] = {}

    def of(self, words: Sequence[str]) -> Floats:
        """Return the vectors of `words`: zeros for empty ones."""
        known = self._known
        new = list({word: None for word in words if word not in known})
        if new:
            if len(known) + len(new) > _REMEMBERED:
                known = {"": known[""]}
                new = list({word: None for word in words if word})
            for start in range(0, len(new), _LEARNT_AT_ONCE):
                some = new[start : start + _LEARNT_AT_ONCE]
                known.update(zip(some, self._learn(some), strict=True))
            self._known = known
        return np.stack([known[word] for word in words])

    def _learn(self, words: list[str]) -> Floats:
        norms, hashed = self._norms, self._hash
        keys = np.array(
            [
                (
                    hashed(norms.get(word) or word.lower()),
                    hashed(word[0]),
                    hashed(word[-3:]),
                    hashed(shape_of(word)),
                )
                for word in words
            ],
            np.uint64,
        )
        rows = (row_hashes(keys) % self._sizes + self._offsets).astype(np.intp)
        scales = self._table_scales[rows]
        told = np.einsum("nakw,nak->naw", self._table[rows].astype(np.float32), scales)
        width = told.shape[2]
        inputs = np.concatenate([told.reshape(-1, 4 * width), self._static(words)], 1)
        return normalise(maxout(inputs @ self._mix + self._bias, 3), self._gain, self._shift)

    def _static(self, words: list[str]) -> Floats:
        keys = np.array([key_of(word) for word in words], np.uint32)
        at = np.searchsorted(self._keys, keys)
        at[at == len(self._keys)] = 0
        rows = self._rows[at]
        scales = np.where(self._keys[at] == keys, self._vector_scales[rows], np.float32(0))
        told: Floats = self._vectors[rows] * scales[:, None]
        return told

    def _hash(self, text: str) -> int:
        found = self._hashes.get(text)
        if found is None:
            if len(self._hashes) >= _REMEMBERED:
                self._hashes = {}
            found = self._hashes[text] = self._symbols.get(text) or string_hash(text)
        return found


def _joined_bytes(planes: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return numbers whose bytes, the lowest first, are kept apart since they pack better so."""
    return sum(
        (plane.astype(np.uint32) << np.uint32(8 * place) for place, plane in enumerate(planes)),
        start=np.zeros(planes.shape[1], np.uint32),
    )


def _pairs(text: NDArray[np.uint8]) -> list[tuple[str, str]]:
    lines = text.tobytes().decode().split("\n")
    return [(left, right) for left, _, right in (line.partition("\t") for line in lines)]


def maxout(rows: Floats, pieces: int) -> Floats:
    """Return the highest of `pieces` that stand side by side in each row."""
    width = rows.shape[1] // pieces
    best: Floats = np.maximum(rows[:, :width], rows[:, width : 2 * width])
    for piece in range(2, pieces):
        np.maximum(best, rows[:, piece * width : (piece + 1) * width], out=best)
    return best


def normalise(rows: Floats, gain: Floats, shift: Floats) -> Floats:
    """Give `rows` a mean of 0 and a variance of 1, then scale and move them; return them."""
    width = rows.shape[1]
    rows -= rows @ np.full((width, 1), 1 / width, np.float32)
    variance: Floats = np.einsum("nw,nw->n", rows, rows) / np.float32(width)
    rows /= np.sqrt(variance + np.float32(1e-8))[:, None]
    rows *= gain
    rows += shift
    return rows
