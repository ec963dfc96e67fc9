"""Numbers and slices out of hostile bytes, and edits of bytes: nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Literal

from guardrail.disclose.marks.found import Unmarkable

Order = Literal["big", "little"]

Edit = tuple[int, int, bytes]
"""Start, end, and what stands there instead."""


def take(data: bytes, at: int, size: int) -> bytes:
    """Return `size` bytes of `data` from `at` on.

    Raises:
        Unmarkable: ``truncated``: they aren't all there.
    """
    if at < 0 or size < 0 or at + size > len(data):
        raise Unmarkable("truncated")
    return data[at : at + size]


def number(data: bytes, at: int, size: int, order: Order = "big") -> int:
    """Return the unsigned number of `size` bytes at `at`.

    Raises:
        Unmarkable: ``truncated``: it isn't all there.
    """
    return int.from_bytes(take(data, at, size), order)


def sized(value: int, size: int, order: Order = "big") -> bytes:
    """Return a number as `size` bytes.

    Raises:
        Unmarkable: ``too_large``: it doesn't fit.
    """
    if value < 0 or value >> 8 * size:
        raise Unmarkable("too_large")
    return value.to_bytes(size, order)


def patched(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return `data` with every edit made; edits mustn't overlap."""
    pieces = []
    at = 0
    for start, end, new in sorted(edits, key=itemgetter(0, 1)):
        pieces += [data[at:start], new]
        at = end
    return b"".join([*pieces, data[at:]])
