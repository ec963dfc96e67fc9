"""Counting within bounded memory: counts by key, distinct values, quantiles of durations.

A log of a year has a hundred million entries; what is counted of them must fit beside them.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

MOST_KEYS = 4096
"""Different keys that one count keeps. The packs have about 150 rules, a year has 366 days."""


class Counts(Generic[Key]):
    """Counts by key. Keys beyond `most` are counted together, never forgotten."""

    __slots__ = ("_counts", "most", "rest")

    def __init__(self, most: int = MOST_KEYS) -> None:
        self.most = most
        self.rest = 0
        """Of all keys that came after `most` others."""
        self._counts: dict[Key, int] = {}

    def add(self, key: Key, count: int = 1) -> None:
        """Count `key`."""
        if key in self._counts or len(self._counts) < self.most:
            self._counts[key] = self._counts.get(key, 0) + count
        else:
            self.rest += count

    def __getitem__(self, key: Key) -> int:
        return self._counts.get(key, 0)

    def __iter__(self) -> Iterator[tuple[Key, int]]:
        """Give keys and counts in the order of the keys' texts: the same whatever came first."""
        return iter(sorted(self._counts.items(), key=lambda item: str(item[0])))

    def __len__(self) -> int:
        return len(self._counts)

    def largest(self) -> list[tuple[Key, int]]:
        """Return keys and counts, the largest count first."""
        return sorted(self._counts.items(), key=lambda item: (-item[1], str(item[0])))

    def total(self) -> int:
        """Return the sum of all counts."""
        return sum(self._counts.values()) + self.rest


class Distinct:
    """How many different texts there were: exact up to `kept`, an estimate above.

    Keeps the least SHA-256 digests (k minimum values; Bar-Yossef et al., 2002). With 4,096 of them
    the estimate is within 5 % in 99.8 of 100 cases.
    """

    __slots__ = ("_heap", "_known", "kept")

    def __init__(self, kept: int = 4096) -> None:
        self.kept = kept
        self._heap: list[int] = []
        self._known: set[int] = set()

    def add(self, text: str) -> None:
        """Take one; the text itself isn't kept."""
        value = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        if value in self._known:
            return
        if len(self._heap) < self.kept:
            heapq.heappush(self._heap, -value)
            self._known.add(value)
        elif value < -self._heap[0]:
            self._known.discard(-heapq.heappushpop(self._heap, -value))
            self._known.add(value)

    @property
    def exact(self) -> bool:
        """Whether `count` is no estimate."""
        return len(self._heap) < self.kept

    def count(self) -> int:
        """Return how many there were."""
        if self.exact:
            return len(self._heap)
        return round((self.kept - 1) * 2**64 / -self._heap[0])


class Quantiles:
    """Quantiles of durations in microseconds, within 5 %: a count for each twentieth more."""

    __slots__ = ("_buckets", "count")

    _STEP = math.log(1.05)

    def __init__(self) -> None:
        self.count = 0
        self._buckets: dict[int, int] = {}

    def add(self, microseconds: int) -> None:
        """Take one duration."""
        bucket = math.ceil(math.log(max(1, microseconds)) / self._STEP)
        self._buckets[bucket] = self._buckets.get(bucket, 0) + 1
        self.count += 1

    def at(self, share: float) -> int:
        """Return what `share` (0 to 1) of the durations don't exceed, in µs; 0 of none."""
        wanted = math.ceil(share * self.count)
        seen = 0
        for bucket, count in sorted(self._buckets.items()):
            seen += count
            if seen >= wanted:
                return round(math.exp(bucket * self._STEP))
        return 0
