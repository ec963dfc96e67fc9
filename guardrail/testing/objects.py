"""Objects that are kept in memory, and fail when they are told to."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from guardrail.errors import EvidenceError
from guardrail.stores.object_names import checked_data, checked_name, checked_prefix


class MemoryObjects:
    """`guardrail.evidence.objects.Objects` in all but durability.

    Attributes:
        failing: set it to True and every call fails as with a store that can't be reached.
        held: what is kept, by name.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self.failing = False
        self.held: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def read(self, name: str, start: int = 0) -> bytes | None:
        """Return an object's bytes from `start` on; None where there is no such object."""
        self._check()
        held = self.held.get(checked_name(name))
        return None if held is None else held[start:]

    def create(self, name: str, data: bytes) -> bool:
        """Make an object; True if it was made or held the same bytes already."""
        self._check()
        with self._lock:
            return self.held.setdefault(checked_name(name), checked_data(data)) == data

    def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
        """Put `data` in place of `expected`; False where the object doesn't hold that."""
        self._check()
        with self._lock:
            if self.held.get(checked_name(name)) != expected:
                return False
            self.held[name] = checked_data(data)
            return True

    def delete(self, names: Iterable[str]) -> None:
        """Take objects away."""
        self._check()
        with self._lock:
            for name in names:
                self.held.pop(checked_name(name), None)

    def names(self, prefix: str) -> Iterator[str]:
        """Return the names that begin with `prefix`, sorted."""
        self._check()
        checked_prefix(prefix)
        return iter(sorted(name for name in list(self.held) if name.startswith(prefix)))

    def close(self) -> None:
        """Hold nothing."""

    def _check(self) -> None:
        if self.failing:
            raise EvidenceError("The evidence can't be reached.")
