"""A bounded memory of results, safe to share between threads without a lock."""

from __future__ import annotations

from typing import Generic, TypeVar

Value = TypeVar("Value")

ENTRIES = 4096
"""Results remembered at most: a few megabytes; some hundred conversations of usual length."""


class Memo(Generic[Value]):
    """Two generations of entries: what isn't asked for while the young fill up is forgotten.

    Nearly "least recently used", yet each step is one atomic operation of a dict: threads that
    race may forget an entry early, never mix two up.
    """

    def __init__(self, entries: int = ENTRIES) -> None:
        """Take how many entries are kept at most."""
        self._half = max(1, entries // 2)
        self._young: dict[bytes, Value] = {}
        self._old: dict[bytes, Value] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: bytes) -> Value | None:
        """Return what is remembered for `key`, or None."""
        value = self._young.get(key)
        if value is None:
            value = self._old.get(key)
            if value is not None:
                self.put(key, value)
        return value

    def put(self, key: bytes, value: Value) -> None:
        """Remember `value` for `key`."""
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
        self._young[key] = value
