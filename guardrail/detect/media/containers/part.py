"""What is taken out of a container, and how much of that there may be."""

from __future__ import annotations

from dataclasses import dataclass

from guardrail.detect.media.budget import Budget, Uninspectable

FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What readers that weren't written for hostile bytes raise on them."""

_SMALL = 1 << 20
"""Bytes that may be unpacked from anything: short texts are very compressible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something inside of a container."""

    name: str
    """As ``word/media/image1.png``, ``page 2 image 1``, ``entry 7``: never a name that someone
    gave."""
    data: bytes


class Room:
    """What may still be taken out of one container."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        """Take the container and the bounds.

        Raises:
            Uninspectable: ``too_many_bytes``.
        """
        if len(data) > budget.encoded_bytes:
            raise Uninspectable("too_many_bytes")
        self._budget = budget
        self._parts = 0
        self._bytes = 0

    @property
    def left(self) -> int:
        """How many bytes may still be unpacked."""
        return self._budget.unpacked_bytes - self._bytes

    def unpack(self, size: int, packed: int) -> None:
        """Count what is unpacked: `size` bytes, from `packed` ones.

        Raises:
            Uninspectable: ``too_many_unpacked_bytes`` or ``compressed_too_much``.
        """
        self._bytes += size
        if self._bytes > self._budget.unpacked_bytes:
            raise Uninspectable("too_many_unpacked_bytes")
        if size > self.most(packed):
            raise Uninspectable("compressed_too_much")

    def most(self, packed: int) -> int:
        """Return how large `packed` bytes may become."""
        return max(_SMALL, packed * self._budget.ratio)

    def part(self, name: str, data: bytes) -> Part:
        """Count and return a part.

        Raises:
            Uninspectable: ``too_many_parts``.
        """
        self._parts += 1
        if self._parts > self._budget.parts:
            raise Uninspectable("too_many_parts")
        return Part(name=name, data=data)
