"""Words met so far, with what was made of each: most words of a text were met before.

Safe to share between threads without a lock: a thread takes rows that no other gets, and names them
when all is written. Two threads may learn one word twice; either row is as good.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

Learn = Callable[[Sequence[str]], tuple[Floats, NDArray[np.int8]]]
"""Makes the rows of some words, at least one, and a mark for each."""


class Page:
    """Rows of words; row 0 is zeros, for what is no word."""

    def __init__(self, capacity: int, width: int, numbers: type[np.floating[Any]]) -> None:
        self.numbers: dict[str, int] = {}
        self.rows = np.zeros((capacity, width), numbers)
        self.marks = np.zeros(capacity, np.int8)
        self.free = count(1)


class Memory:
    """Pages that are filled one after another: the one before is forgotten."""

    def __init__(
        self,
        *,
        capacity: int,
        width: int,
        longest: int,
        learn: Learn,
        numbers: type[np.floating[Any]] = np.float32,
        plain: Callable[[str], str] = str,
    ) -> None:
        """Take how many words to remember, and how to learn them.

        Args:
            capacity: rows of a page; a text of more words than that gets a larger one.
            width: numbers of a row.
            longest: code points of a word; longer ones are as if they weren't there.
            learn: makes the rows.
            numbers: what they are held as.
            plain: what a word is remembered as: one that `plain` changes never is as it stands.
        """
        self._shape = capacity, width, numbers
        self._plain = plain
        self._longest = longest
        self._learn = learn
        self._page = Page(*self._shape)

    def read(self, words: Sequence[str]) -> tuple[Page, NDArray[np.int64]]:
        """Return the page that holds all of `words`, and their rows in it."""
        page = self._page
        numbers = list(map(page.numbers.get, words))
        if None in numbers:
            plain = self._plain
            words = [
                plain(word) if number is None else word
                for word, number in zip(words, numbers, strict=True)
            ]
            numbers = list(map(page.numbers.get, words))
        if None in numbers:
            page = self._learnt(words)
            numbers = [page.numbers[word] for word in words]
        return page, np.array(numbers, np.int64)

    def _learnt(self, words: Sequence[str]) -> Page:
        page = self._page
        fresh = [word for word in dict.fromkeys(words) if word not in page.numbers]
        worded = [word for word in fresh if 0 < len(word) <= self._longest]
        places = [next(page.free) for _ in worded]
        if places and places[-1] >= len(page.marks):
            fresh = list(dict.fromkeys(words))
            worded = [word for word in fresh if 0 < len(word) <= self._longest]
            capacity, width, kind = self._shape
            page = self._page = Page(max(capacity, len(worded) + 1), width, kind)
            places = [next(page.free) for _ in worded]
        if worded:
            page.rows[places], page.marks[places] = self._learn(worded)
        rows = dict(zip(worded, places, strict=True))
        page.numbers.update((word, rows.get(word, 0)) for word in fresh)
        return page
