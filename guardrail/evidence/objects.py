"""The port to where evidence is kept: named bytes, written once or swapped, in any store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

OBJECT_LIMIT = 64 << 20
"""Bytes of one object: a bundle of 256 of the largest entries that tlog-tiles allows is 16 MB."""


class Objects(Protocol):
    """Named bytes. Names are relative paths of ``[a-z0-9._-]`` and slashes, as ``2026h2/state``.

    What a method has done is durable when it returns. All may be called from any thread, and every
    failure is an `EvidenceError`, after which nobody knows whether the call took effect.
    """

    def read(self, name: str, start: int = 0) -> bytes | None:
        """Return an object's bytes from `start` on; None where there is no such object.

        Raises:
            EvidenceError: it can't be read, or is larger than `OBJECT_LIMIT`.
        """
        ...

    def create(self, name: str, data: bytes) -> bool:
        """Make an object that isn't there yet, whole or not at all.

        Returns:
            True if it was made or held the same bytes already; False if it holds others.

        Raises:
            EvidenceError: it can't be written.
        """
        ...

    def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
        """Put `data` in place of `expected` (None: of nothing), whole or not at all.

        Returns:
            False, and nothing is changed, where the object doesn't hold `expected`.

        Raises:
            EvidenceError: it can't be written.
        """
        ...

    def delete(self, names: Iterable[str]) -> None:
        """Take objects away; those that aren't there don't matter.

        Raises:
            EvidenceError: one can't be taken away.
        """
        ...

    def names(self, prefix: str) -> Iterator[str]:
        """Return the names that begin with `prefix`, sorted.

        Raises:
            EvidenceError: they can't be read.
        """
        ...

    def close(self) -> None:
        """Give connections back."""
        ...
