"""Boxes of ISO base media files (ISO/IEC 14496-12, 4.2): read, written, and found by their path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import number, sized, take

_MOST = 100_000
C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


@dataclass(frozen=True, slots=True)
class Box:
    """One box."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Yield the boxes that stand side by side from `start` to `end`.

    Raises:
        Unmarkable: ``broken_box``, ``truncated`` or ``too_many_parts``.
    """
    end = len(data) if end is None else end
    at = start
    for _ in range(_MOST):
        if at + 8 > end:
            return
        size, head = number(data, at, 4), 8
        if size == 1:
            size, head = number(data, at + 8, 8), 16
        elif size == 0:
            size = end - at
        if size < head:
            raise Unmarkable("broken_box")
        if at + size > end:
            raise Unmarkable("truncated")
        yield Box(take(data, at + 4, 4), at, at + head, at + size)
        at += size
    raise Unmarkable("too_many_parts")


def within(data: bytes, box: Box, *path: bytes) -> Iterator[Box]:
    """Yield the boxes that a path of kinds leads to, from within `box`.

    Raises:
        Unmarkable: as `boxes`.
    """
    if not path:
        yield box
        return
    for inner in boxes(data, box.body + lead(data, box), box.end):
        if inner.kind == path[0]:
            yield from within(data, inner, *path[1:])


def lead(data: bytes, box: Box) -> int:
    """Return the bytes before the boxes in `box`: QuickTime's ``meta`` has no version field."""
    if box.kind != b"meta" or data[box.body + 4 : box.body + 8] == b"hdlr":
        return 0
    return min(4, box.end - box.body)


def box(kind: bytes, *parts: bytes) -> bytes:
    """Return a box as it is written.

    Raises:
        Unmarkable: ``too_large``.
    """
    body = b"".join(parts)
    return sized(len(body) + 8, 4) + kind + body


def is_c2pa(data: bytes, one: Box) -> bool:
    """Tell whether a box holds a manifest of C2PA's."""
    return one.kind == b"uuid" and data.startswith(C2PA, one.body)
