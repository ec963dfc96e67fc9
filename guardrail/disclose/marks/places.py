"""Places that ISO base media files (ISO/IEC 14496-12) state, moved with what stands there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from guardrail.disclose.marks.boxes import Box, boxes, within
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import Edit, number, sized, take

_MOST_FRAGMENTS = 100_000
"""That an index may name."""
_BASE_OFFSET = 0x01


def corrections(data: bytes, limit: int, grown: int) -> Iterator[Edit]:
    """Yield the edits of what a file states of places in it, in a movie and its fragments.

    Args:
        data: the file, grown already.
        limit: where stated places begin to be others: as they were before.
        grown: by how much those moved.

    Raises:
        Unmarkable: ``broken_box``, ``truncated``, ``too_many_parts``; ``too_large``: a place
            can't be written any more.
    """
    for one in boxes(data):
        path, correct = _PLACES.get(one.kind, ((), None))
        if correct is not None:
            for inner in within(data, one, *path):
                yield from correct(data, inner, limit, grown)


def _offsets(data: bytes, table: Box, limit: int, grown: int) -> Iterator[Edit]:
    for one in boxes(data, table.body, table.end):
        if one.kind in {b"stco", b"co64"}:
            size = 4 if one.kind == b"stco" else 8
            count = number(data, one.body + 4, 4)
            yield from _moved(data, (one.body + 8, size, count), limit, grown)
        elif one.kind == b"saio":
            lead_in = 8 if number(data, one.body, 4) & 1 else 0
            size = 8 if data[one.body] else 4
            count = number(data, one.body + 4 + lead_in, 4)
            yield from _moved(data, (one.body + 8 + lead_in, size, count), limit, grown)


def _base(data: bytes, one: Box, limit: int, grown: int) -> Iterator[Edit]:
    """Yield the edit of where the samples of a fragment start (8.8.7)."""
    if number(data, one.body, 4) & _BASE_OFFSET:
        yield from _one(data, one.body + 8, 8, (limit, grown))


def _moved(data: bytes, run: tuple[int, int, int], limit: int, grown: int) -> Iterator[Edit]:
    """Yield the edit of a run of numbers: where it stands, bytes of each, and how many."""
    at, size, count = run
    stated = np.frombuffer(take(data, at, size * count), f">u{size}")
    if bool((stated >> (8 * size - 1) >> (size == 4)).any()):
        raise Unmarkable("broken_box")  # beyond any file: numbers below would turn negative
    old = stated.astype(np.int64)
    new = np.where(old >= limit, old + grown, old)
    if bool((new >> 8 * size - 1 >> (size == 4)).any()):
        raise Unmarkable("too_large")
    if bool((new != old).any()):
        yield at, at + size * count, new.astype(f">u{size}").tobytes()


def _index(data: bytes, one: Box, limit: int, grown: int) -> Iterator[Edit]:
    """Yield the edits of a random access index (8.8.10)."""
    wide = 8 if number(data, one.body, 1) == 1 else 4
    lengths = number(data, one.body + 8, 4)
    rest = sum((lengths >> shift & 3) + 1 for shift in (4, 2, 0))
    count = number(data, one.body + 12, 4)
    at = one.body + 16
    if count > _MOST_FRAGMENTS or at + count * (2 * wide + rest) > one.end:
        raise Unmarkable("broken_box")
    for entry in range(count):
        place = at + entry * (2 * wide + rest) + wide
        yield from _one(data, place, wide, (limit, grown))


def _one(data: bytes, at: int, size: int, move: tuple[int, int]) -> Iterator[Edit]:
    """Yield the edit of one place, as `_moved` those of many."""
    stated = number(data, at, size)
    if stated >= move[0]:
        yield at, at + size, sized(stated + move[1], size)


_PLACES: Mapping[
    bytes, tuple[tuple[bytes, ...], Callable[[bytes, Box, int, int], Iterator[Edit]]]
] = {
    b"moov": ((b"trak", b"mdia", b"minf", b"stbl"), _offsets),
    b"moof": ((b"traf", b"tfhd"), _base),
    b"mfra": ((b"tfra",), _index),
}
"""Box → the path to boxes within that state places in the file, and what corrects those."""
