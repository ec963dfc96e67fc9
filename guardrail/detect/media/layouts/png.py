"""Chunks of a PNG file: ISO/IEC 15948 (PNG third edition), section 5."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple
from zlib import crc32

from guardrail.detect.media.budget import Uninspectable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST = 100_000
_HEAD = Struct(">I4s")
"""Of a chunk: how many bytes of data it has, and of which kind it is."""
_BESIDES = 12
"""Bytes of a chunk beside its data."""


class Chunk(NamedTuple):
    """One chunk. `start` is its length field, `end` is behind its checksum."""

    kind: bytes
    start: int
    body: int
    stop: int
    """Behind the data, before the checksum."""
    end: int


def chunks(data: bytes, *, leaving_out: bytes = b"") -> Iterator[Chunk]:
    """Yield the chunks up to IEND; a file that ends between two of them just ends.

    Args:
        data: the whole file.
        leaving_out: a kind that nobody asks for, as ``IDAT``, of which there may be hundreds: to
            pass over one takes a third of the time.

    Raises:
        Uninspectable: ``truncated`` or ``too_many_parts``.
    """
    at = len(SIGNATURE)
    for _ in range(_MOST):
        if at >= len(data):
            return
        if at + _BESIDES > len(data):
            raise Uninspectable("truncated")
        size, kind = _HEAD.unpack_from(data, at)
        stop = at + 8 + size
        if stop + 4 > len(data):
            raise Uninspectable("truncated")
        if kind != leaving_out:
            yield Chunk(kind, at, at + 8, stop, stop + 4)
        if kind == b"IEND":
            return
        at = stop + 4
    raise Uninspectable("too_many_parts")


def end_of(data: bytes) -> int | None:
    """Return where the picture ends, behind IEND; None where it has none.

    Raises:
        Uninspectable: as `chunks`.
    """
    last = None
    for chunk in chunks(data, leaving_out=b"IDAT"):
        last = chunk
    return last.end if last and last.kind == b"IEND" else None


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk as it is written, with its checksum."""
    return len(body).to_bytes(4, "big") + kind + body + crc32(kind + body).to_bytes(4, "big")
