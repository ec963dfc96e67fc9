"""What the dictionary of Russian knows of a word: whether it is one, and of what kind.

The dictionary is OpenCorpora's (CC BY-SA), as the wheel pymorphy2-dicts-ru packs it: an automaton
of five million forms (dawgdic), each with the numbers of its paradigms. It is read where it lies,
for many words at once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.text.names.installed import package_folder

Numbers = NDArray[np.int64]

CLASSES: tuple[tuple[str, ...], ...] = (
    ("Name",), ("Surn",), ("Patr",), ("Geox",), ("Orgn", "Trad"), ("Abbr", "Init"),
    ("NOUN", "NPRO"), ("ADJF", "ADJS", "COMP"), ("VERB", "INFN", "PRTF", "PRTS", "GRND"),
    ("PREP", "CONJ", "PRCL", "INTJ"), ("ADVB", "NUMR", "PRED"),
)  # fmt: skip
"""Kinds of words, by OpenCorpora's grammemes; the first that a form has is its kind."""

_OFFSET, _EXTENDED, _LEAF = np.uint32(10), np.uint32(1 << 9), np.uint32(1 << 31)
_LABEL = np.uint32(1 << 31 | 0xFF)
_SEPARATOR = 1
_PACKED = 8
"""Letters of base64 that hold the two numbers behind a word."""

_MOST = 64
"""Ways to read a word that are looked at, at most."""

_SIXTH = np.full(256, -1, np.int64)
for _value, _letter in enumerate(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
):
    _SIXTH[_letter] = _value
_SIXTH[ord("=")] = 0


class Morphology:
    """The kinds that words may be of, by the dictionary."""

    def __init__(self, folder: Path) -> None:
        """Map the dictionary in `folder` into memory."""
        words = folder / "words.dawg"
        size = int(np.fromfile(words, "<u4", 1)[0])
        self._units = np.asarray(np.memmap(words, "<u4", "r", 4, (size,)))
        guides = int(np.fromfile(words, "<u4", 1, offset=4 + 4 * size)[0])
        self._guide = np.asarray(np.memmap(words, np.uint8, "r", 8 + 4 * size, (guides, 2)))
        tags = json.loads((folder / "gramtab-opencorpora-int.json").read_text())
        of_tags = np.array([_class_of(tag) for tag in tags])
        self._starts, self._classes = _paradigms(folder / "paradigms.array", of_tags)

    def kinds(self, words: Sequence[str]) -> NDArray[np.int32]:
        """Return the `CLASSES` that each word, in lower case, may be of, as bits; 0 for none.

        Kazakh letters and ``ё`` written as ``е`` are read as they stand.
        """
        kinds = np.zeros(len(words), np.int32)
        owners, nodes = self._followed(words)
        values = np.zeros(len(nodes), np.int64)
        for _ in range(_PACKED):
            owners, values, nodes = self._branches(owners, values, nodes)
        values >>= 16  # six bits a letter: four bytes, and sixteen bits of padding
        paradigms, forms = values >> 16, values & 0xFFFF
        bits = self._classes[self._starts[paradigms] + forms]
        np.bitwise_or.at(kinds, owners, bits)
        return kinds

    def _next(self, nodes: Numbers, labels: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
        """Return where `labels` lead from `nodes`, and which of them lead anywhere."""
        units = self._units[nodes]
        offsets = (units >> _OFFSET) << ((units & _EXTENDED) >> np.uint32(6))
        behind = (nodes ^ offsets ^ labels) & 0x1FFFFFFF
        behind = np.minimum(behind, len(self._units) - 1)
        return behind, (self._units[behind] & _LABEL) == labels

    def _followed(self, words: Sequence[str]) -> tuple[Numbers, Numbers]:
        """Return the words that are in the dictionary, and the nodes they lead to."""
        encoded = [word.encode() + bytes([_SEPARATOR]) for word in words]
        longest = max(map(len, encoded))
        letters = np.frombuffer(b"".join(one.ljust(longest, b"\0") for one in encoded), np.uint8)
        letters = letters.reshape(len(words), longest).astype(np.int64)
        sizes = np.array(list(map(len, encoded)))
        owners = np.arange(len(words))
        nodes = np.zeros(len(words), np.int64)
        there: list[Numbers] = []
        ends: list[Numbers] = []
        for at in range(longest):
            nodes, found = self._next(nodes, letters[owners, at])
            owners, nodes = owners[found], nodes[found]
            done = sizes[owners] == at + 1
            there.append(owners[done])
            ends.append(nodes[done])
            owners, nodes = owners[~done], nodes[~done]
            if not len(owners):
                break
        return np.concatenate(there), np.concatenate(ends)

    def _branches(
        self, owners: Numbers, values: Numbers, nodes: Numbers
    ) -> tuple[Numbers, Numbers, Numbers]:
        """Return all that lies one letter behind `nodes`, with what was read so far."""
        made: list[tuple[Numbers, Numbers, Numbers]] = []
        labels = self._guide[nodes, 0].astype(np.int64)
        for _ in range(_MOST):
            there = labels > 0
            owners, values, nodes, labels = (
                owners[there],
                values[there],
                nodes[there],
                labels[there],
            )
            if not len(nodes):
                break
            behind, _ = self._next(nodes, labels)
            made.append((owners, values << 6 | _SIXTH[labels], behind))
            labels = self._guide[behind, 1].astype(np.int64)
        if not made:
            return owners, values, nodes
        owners, values, nodes = (np.concatenate(one) for one in zip(*made, strict=True))
        return owners, values, nodes


def _class_of(tag: str) -> int:
    grammemes = set(tag.replace(" ", ",").split(","))
    found = (1 << bit for bit, names in enumerate(CLASSES) if not grammemes.isdisjoint(names))
    return next(found, 0)


def _paradigms(file: Path, of_tags: NDArray[np.int64]) -> tuple[Numbers, NDArray[np.int32]]:
    """Return where each paradigm begins in a row of the kinds of forms, and that row.

    A paradigm is its length, then so many endings, tags and prefixes by their numbers.
    """
    held = np.fromfile(file, "<u2")
    count, at = int(held[0]), 1
    starts: list[int] = []
    classes: list[NDArray[np.int64]] = []
    total = 0
    for _ in range(count):
        size = int(held[at]) // 3
        starts.append(total)
        classes.append(of_tags[held[at + 1 + size : at + 1 + 2 * size]])
        total += size
        at += 1 + 3 * size
    return np.array(starts), np.concatenate(classes).astype(np.int32)


def morphology() -> Morphology:
    """Return the dictionary of the installed package pymorphy2-dicts-ru.

    Raises:
        ConfigError: it isn't installed.
    """
    return Morphology(package_folder("pymorphy2_dicts_ru", "pymorphy2-dicts-ru") / "data")
