"""Chunks of RIFF files: WAV, AVI, WebP (RFC 9649 section 2.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.octets import number, take

HEADER = 12
_MOST = 100_000
_UNKNOWN = 0xFFFFFFFF
"""The size that RF64 and streams write."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk. `start` is its name, `end` is behind its padding."""

    kind: bytes
    start: int
    body: int
    stop: int
    """Behind the data, before the padding."""
    end: int


def chunks(data: bytes) -> Iterator[Chunk]:
    """Yield the chunks of the outermost list.

    Raises:
        Uninspectable: ``truncated`` or ``too_many_parts``.
    """
    whole = min(end_of(data), len(data))
    at = HEADER
    for _ in range(_MOST):
        if at + 8 > whole:
            return
        kind = take(data, at, 4)
        size = number(data, at + 4, 4, "little")
        stop = at + 8 + size
        if size == _UNKNOWN:
            stop = whole
        if stop > whole:
            raise Uninspectable("truncated")
        end = min(stop + (stop & 1), whole)
        yield Chunk(kind, at, at + 8, stop, end)
        at = end
    raise Uninspectable("too_many_parts")


def end_of(data: bytes) -> int:
    """Return where the outermost list says that it ends; beyond the data where it is cut.

    Raises:
        Uninspectable: ``truncated``.
    """
    size = number(data, 4, 4, "little")
    if size in {0, _UNKNOWN} or data[:4] == b"RF64":
        return len(data)
    return 8 + size + (size & 1)


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk as it is written, padded."""
    return kind + len(body).to_bytes(4, "little") + body + bytes(len(body) & 1)
