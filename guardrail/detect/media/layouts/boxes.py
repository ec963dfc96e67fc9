"""Boxes of ISO base media files: MP4, QuickTime, HEIF, AVIF, JPEG 2000 (ISO/IEC 14496-12, 4.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.octets import number, take

_MOST = 10_000
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One box."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Part]:
    """Yield the boxes that stand side by side from `start` to `end`.

    Raises:
        Uninspectable: ``broken_box``, ``truncated`` or ``too_many_parts``.
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
            raise Uninspectable("broken_box")
        if at + size > end:
            raise Uninspectable("truncated")
        yield Part(take(data, at + 4, 4), at, at + head, at + size)
        at += size
    raise Uninspectable("too_many_parts")


_WITHIN = {
    b"moov": 0, b"trak": 0, b"udta": 0, b"mdia": 0, b"minf": 0, b"jp2h": 0, b"ipco": 0, b"iprp": 0,
    b"meta": 4, b"ilst": 0,
}  # fmt: skip
"""Boxes that hold boxes, and the bytes of version and flags before those."""


def walk(data: bytes) -> Iterator[Part]:
    """Yield every box, those within others too, in the order of the file.

    Raises:
        Uninspectable: as `boxes`; or ``too_deep``.
    """
    pending = [boxes(data)]
    seen = 0
    while pending:
        part = next(pending[-1], None)
        if part is None:
            pending.pop()
            continue
        seen += 1
        if seen > _MOST:
            raise Uninspectable("too_many_parts")
        yield part
        skipped = _WITHIN.get(part.kind)
        if skipped is not None:
            if len(pending) >= _DEEPEST:
                raise Uninspectable("too_deep")
            inside = part.body + _lead(data, part, skipped)
            pending.append(boxes(data, inside, part.end))


def _lead(data: bytes, part: Part, skipped: int) -> int:
    """Return the bytes before the boxes in `part`: QuickTime's ``meta`` has no version field."""
    if part.kind == b"meta" and data[part.body + 4 : part.body + 8] == b"hdlr":
        return 0
    return min(skipped, part.end - part.body)
