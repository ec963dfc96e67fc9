"""Chunks of RIFF files (RFC 9649, 2.3) and of RF64 (EBU Tech 3306), read and put together again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import Edit, number, patched, sized, take

_HEADER = 12
_MOST = 100_000
_UNKNOWN = 0xFFFFFFFF
"""What RF64 writes for a size that stands in ``ds64``, and streams for one that isn't known."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk."""

    kind: bytes
    start: int
    body: int
    stop: int
    """Behind the data, before the padding."""
    end: int
    is_open: bool = False
    """Whether nobody knew its size: it goes on to the end of the file."""


@dataclass(frozen=True, slots=True)
class Riff:
    """The outermost list of a file."""

    data: bytes
    chunks: tuple[Chunk, ...]
    end: int
    """Where the list ends; what is behind isn't of it."""

    def first(self, kind: bytes) -> Chunk | None:
        """Return the first chunk of a kind."""
        return next((one for one in self.chunks if one.kind == kind), None)

    def body(self, chunk: Chunk) -> bytes:
        """Return what a chunk holds."""
        return self.data[chunk.body : chunk.stop]

    def edited(self, edits: Sequence[Edit]) -> bytes:
        """Return the file with edits of whole chunks, and its size corrected.

        Raises:
            Unmarkable: ``too_large``: its size can't be written any more.
        """
        grown = sum(len(new) - (end - start) for start, end, new in edits)
        return patched(self.data, [*edits, *self._sizes(grown)])

    def _sizes(self, grown: int) -> Iterator[Edit]:
        wide = self.first(b"ds64") if self.data[:4] != b"RIFF" else None
        if wide is not None:
            size = number(self.data, wide.body, 8, "little")
            yield wide.body, wide.body + 8, sized(size + grown, 8, "little")
        if number(self.data, 4, 4, "little") not in {0, _UNKNOWN}:
            yield 4, 8, sized(self.end - 8 + grown, 4, "little")


def read(data: bytes) -> Riff:
    """Return the chunks of a file.

    Raises:
        Unmarkable: ``truncated`` or ``too_many_parts``.
    """
    stated = number(data, 4, 4, "little")
    wide = data[:4] != b"RIFF"
    end = len(data) if wide or stated in {0, _UNKNOWN} else 8 + stated
    if end > len(data):
        raise Unmarkable("truncated")
    return Riff(data, tuple(_chunks(data, end)), end)


def _chunks(data: bytes, end: int) -> Iterator[Chunk]:
    at = _HEADER
    sizes: dict[bytes, int] = {}
    for _ in range(_MOST):
        if at + 8 > end:
            return
        kind = take(data, at, 4)
        size = number(data, at + 4, 4, "little")
        stop = at + 8 + (sizes.get(kind, size) if size == _UNKNOWN else size)
        is_open = size == _UNKNOWN and kind not in sizes
        if kind == b"ds64":
            sizes[b"data"] = number(data, at + 16, 8, "little")
        stop = end if is_open else stop
        if stop > end:
            raise Unmarkable("truncated")
        behind = min(stop + (stop - at & 1), end)
        yield Chunk(kind, at, at + 8, stop, behind, is_open)
        at = behind
    raise Unmarkable("too_many_parts")


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk as it is written, padded."""
    return kind + len(body).to_bytes(4, "little") + body + bytes(len(body) & 1)
