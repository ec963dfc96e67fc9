"""A store that fails at a chosen moment, or where somebody else is faster at that moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from guardrail.errors import EvidenceError
from guardrail.evidence import Objects

_T = TypeVar("_T")


class FaultyObjects:
    """`Objects` over others, that fail at one operation and, unless they heal, at all after it.

    Attributes:
        done: how many operations were asked for so far.
    """

    def __init__(
        self,
        objects: Objects,
        *,
        at: int,
        late: bool = False,
        heals: bool = False,
        meanwhile: Callable[[], object] | None = None,
    ) -> None:
        """Fail at the operation number `at` (from 0).

        Args:
            objects: where things really are.
            at: which operation; below 0 for none.
            late: whether that operation takes effect and only its answer is lost.
            heals: whether those after it work again; else it is as if the process had died.
            meanwhile: is done right before that operation, which then doesn't fail.
        """
        self.done = 0
        self._objects = objects
        self._at = at
        self._late = late
        self._heals = heals
        self._meanwhile = meanwhile

    def read(self, name: str, start: int = 0) -> bytes | None:
        """See `Objects.read`."""
        return self._try(lambda: self._objects.read(name, start))

    def create(self, name: str, data: bytes) -> bool:
        """See `Objects.create`."""
        return self._try(lambda: self._objects.create(name, data))

    def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
        """See `Objects.swap`."""
        return self._try(lambda: self._objects.swap(name, data, expected=expected))

    def delete(self, names: Iterable[str]) -> None:
        """Take objects away, each of them an operation of its own."""
        for name in names:
            self._try(lambda name=name: self._objects.delete([name]))  # type: ignore[misc]

    def names(self, prefix: str) -> Iterator[str]:
        """See `Objects.names`."""
        return self._try(lambda: self._objects.names(prefix))

    def close(self) -> None:
        """Hold nothing."""

    def _try(self, work: Callable[[], _T]) -> _T:
        number, self.done = self.done, self.done + 1
        if self._meanwhile is not None:
            if number == self._at:
                self._meanwhile()
        elif 0 <= self._at <= number and (number == self._at or not self._heals):
            if number == self._at and self._late:
                work()
            raise EvidenceError("the store failed, as it was told to")
        return work()
