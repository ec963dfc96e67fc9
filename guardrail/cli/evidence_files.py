"""A log as its verifier reads it: what can't be read is a problem of one object, not of all."""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.errors import EvidenceError
from guardrail.evidence import Objects
from guardrail.verify import Unreadable


class LogFiles:
    """`guardrail.verify.Files` over `Objects`."""

    def __init__(self, objects: Objects) -> None:
        """Take the store."""
        self._objects = objects

    def read(self, name: str, start: int = 0) -> bytes | None:
        """Return an object's bytes from `start` on; None where there is no such object.

        Raises:
            Unreadable: it can't be read; others may be.
        """
        try:
            return self._objects.read(name, start)
        except EvidenceError as error:
            raise Unreadable(str(error)) from error

    def names(self, prefix: str) -> Iterator[str]:
        """Return the names that begin with `prefix`.

        Raises:
            Unreadable: they can't be read.
        """
        try:
            yield from self._objects.names(prefix)
        except EvidenceError as error:
            raise Unreadable(str(error)) from error
