"""Blocks of a GIF file: the GIF89a specification."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.octets import number

_TRAILER = 0x3B
_IMAGE = 0x2C
_EXTENSION = 0x21
_APPLICATION = 0xFF
_MOST = 100_000
_MOST_BLOCKS = 2_000_000


@dataclass(frozen=True, slots=True)
class Block:
    """A frame, an extension (`label`) or the trailer; `body` is where its sub-blocks begin."""

    kind: int
    label: int
    start: int
    body: int
    end: int

    @property
    def is_frame(self) -> bool:
        """Whether it is a picture."""
        return self.kind == _IMAGE

    @property
    def is_application(self) -> bool:
        """Whether it is an application extension: XMP comes in one."""
        return self.label == _APPLICATION and self.kind == _EXTENSION


def blocks(data: bytes) -> Iterator[Block]:
    """Yield the blocks up to the trailer; a file that ends between two of them just ends.

    Raises:
        Uninspectable: ``broken_gif``, ``truncated`` or ``too_many_parts``.
    """
    at = 13 + _table(number(data, 10, 1))
    for _ in range(_MOST):
        if at >= len(data):
            return
        block = _block(data, at)
        yield block
        if block.kind == _TRAILER:
            return
        at = block.end
    raise Uninspectable("too_many_parts")


def _block(data: bytes, at: int) -> Block:
    kind = data[at]
    if kind == _TRAILER:
        return Block(kind, 0, at, at + 1, at + 1)
    if kind == _EXTENSION:
        return Block(kind, number(data, at + 1, 1), at, at + 2, _behind(data, at + 2))
    if kind != _IMAGE:
        raise Uninspectable("broken_gif")
    body = at + 11 + _table(number(data, at + 9, 1))
    return Block(kind, 0, at, body, _behind(data, body))


def _table(packed: int) -> int:
    """Return the bytes of a colour table."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _behind(data: bytes, at: int) -> int:
    """Return where the sub-blocks from `at` on end, behind their terminator."""
    for _ in range(_MOST_BLOCKS):
        size = number(data, at, 1)
        at += 1 + size
        if size == 0:
            return at
    raise Uninspectable("too_many_parts")


def end_of(data: bytes) -> int | None:
    """Return where the picture ends, behind its trailer; None where it has none.

    Raises:
        Uninspectable: as `blocks`.
    """
    last = None
    for block in blocks(data):
        last = block
    return last.end if last and last.kind == _TRAILER else None
