"""What the dictionary of Russian knows of a word: whether it is one, and of what kind.

The dictionary is OpenCorpora's (CC BY-SA), as the wheel pymorphy2-dicts-ru packs it: an automaton
of five million forms (dawgdic), each with the numbers of its paradigms. It is read where it lies.
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

_OFFSET, _EXTENDED, _NODES = 10, 1 << 9, 0x1FFFFFFF
_LABEL = 1 << 31 | 0xFF
_SEPARATOR = b"\1"
_PACKED = 8
"""Letters of base64 that hold the two numbers behind a word."""
_PADDING = 16
"""Bits at the end of those that say nothing: four bytes, and so much to fill the letters."""

_REMEMBERED = 8192
"""Ends of words whose kinds are remembered. Words that are declined alike share theirs."""

_SIXTH = [0] * 256
for _value, _letter in enumerate(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
):
    _SIXTH[_letter] = _value


class Morphology:
    """The kinds that words may be of, by the dictionary."""

    def __init__(self, folder: Path) -> None:
        """Map the dictionary in `folder` into memory."""
        words = folder / "words.dawg"
        size = int(np.fromfile(words, "<u4", 1)[0])
        # Numpy reads a few words no faster than Python, and takes longer to begin.
        self._units = np.memmap(words, "<u4", "r", 4, (size,)).data
        guides = int(np.fromfile(words, "<u4", 1, offset=4 + 4 * size)[0])
        self._guide = np.memmap(words, np.uint8, "r", 8 + 4 * size, (2 * guides,)).data
        tags = json.loads((folder / "gramtab-opencorpora-int.json").read_text())
        of_tags = np.array([_class_of(tag) for tag in tags])
        self._starts, self._classes = _paradigms(folder / "paradigms.array", of_tags)
        self._known: dict[int, int] = {}

    def kinds(self, words: Sequence[str]) -> NDArray[np.int32]:
        """Return the `CLASSES` that each word, in lower case, may be of, as bits; 0 for none.

        Kazakh letters and ``ё`` written as ``е`` are read as they stand.
        """
        return np.array(list(map(self.kind, words)), np.int32)

    def kind(self, word: str) -> int:
        """Return the same for one word, as a number."""
        node = self._node(word.encode() + _SEPARATOR)
        if not node:
            return 0
        known = self._known
        kinds = known.get(node)
        if kinds is None:
            if len(known) > _REMEMBERED:
                known = self._known = {}
            kinds = known[node] = self._below(node)
        return kinds

    def _node(self, key: bytes) -> int:
        """Return the node that `key` leads to; 0 where it leads nowhere.

        A unit is where its children are, an offset, and the label that leads to it.
        """
        units, node = self._units, 0
        count = len(units)
        for label in key:
            unit = units[node]
            offset = (unit >> _OFFSET) << ((unit & _EXTENDED) >> 6)
            node = (node ^ offset ^ label) & _NODES
            if node >= count or units[node] & _LABEL != label:
                return 0
        return node

    def _below(self, node: int) -> int:
        """Return the kinds of all forms that a word's `node` leads to.

        What lies below is a paradigm and a form in it, six bits a letter.
        """
        units, guide = self._units, self._guide
        open_ = [(node, 0, _PACKED)]
        kinds = 0
        while open_:
            node, value, left = open_.pop()
            if not left:
                form = value >> _PADDING
                kinds |= int(self._classes[self._starts[form >> 16] + (form & 0xFFFF)])
                continue
            unit = units[node]
            children = node ^ (unit >> _OFFSET) << ((unit & _EXTENDED) >> 6)
            label = guide[2 * node]
            while label:
                child = (children ^ label) & _NODES
                open_.append((child, value << 6 | _SIXTH[label], left - 1))
                label = guide[2 * child + 1]
        return kinds


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
