"""Segments of a JPEG file: ITU-T T.81 Annex B."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.octets import number

SOI = b"\xff\xd8"
APP1 = 0xE1
APP13 = 0xED
COMMENT = 0xFE
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""SOF0 to SOF15: the markers that state a size."""

_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_BLOCK = 8
"""Pixels of a block's side; it has 64 coefficients, which readers keep in 2 bytes each."""
_END = 0xD9
_SCAN = 0xDA
_BARE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
"""Markers without a length: TEM, SOI and restarts."""

_MOST = 20_000
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""What ends entropy-coded data: a marker that is neither stuffing nor a restart (B.1.1.5)."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One marker segment."""

    marker: int
    """The second byte of the marker."""
    start: int
    """Of its 0xFF."""
    body: int
    """Behind the length field."""
    end: int
    """Exclusive. Of a scan: behind its entropy-coded data."""


def segments(data: bytes) -> Iterator[Segment]:
    """Yield the segments behind SOI up to EOI; EOI is the last where it is there.

    Raises:
        Uninspectable: ``broken_jpeg``, ``too_many_parts`` or ``truncated``.
    """
    at = len(SOI)
    for _ in range(_MOST):
        if at >= len(data):
            return
        segment = _header(data, at)
        if segment.marker == _SCAN:
            following = _AFTER_SCAN.search(data, segment.end)
            segment = replace(segment, end=following.start() if following else len(data))
        yield segment
        if segment.marker == _END:
            return
        at = segment.end
    raise Uninspectable("too_many_parts")


def _header(data: bytes, at: int) -> Segment:
    """Return a segment; of a scan without its entropy-coded data."""
    start = at
    while data[at : at + 2] == b"\xff\xff":  # fill bytes (B.1.1.2)
        at += 1
    if number(data, at, 1) != 0xFF:
        raise Uninspectable("broken_jpeg")
    marker = number(data, at + 1, 1)
    if marker == _END or marker in _BARE:
        return Segment(marker, start, at + 2, at + 2)
    length = number(data, at + 2, 2)
    if marker == 0 or length < 2:
        raise Uninspectable("broken_jpeg")
    end = at + 2 + length
    if end > len(data):
        raise Uninspectable("truncated")
    return Segment(marker, start, at + 4, end)


def kept_coefficients(data: bytes) -> int:
    """Return the bytes of all coefficients, which readers keep until the last scan; 0 of one scan.

    Raises:
        Uninspectable: as `segments`.
    """
    frame, at = None, len(SOI)
    for _ in range(_MOST):
        if at >= len(data):
            return 0
        segment = _header(data, at)
        if segment.marker in FRAMES:
            frame = segment
        if segment.marker == _SCAN:
            return _coefficients(data, frame, segment) if frame else 0
        at = segment.end
    raise Uninspectable("too_many_parts")


def _coefficients(data: bytes, frame: Segment, first: Segment) -> int:
    """Return what the blocks of all components take: T.81, A.1.1 and B.2.2; 0 of one scan."""
    height, width = number(data, frame.body + 1, 2), number(data, frame.body + 3, 2)
    count = number(data, frame.body + 5, 1)
    if frame.marker not in _PROGRESSIVE and number(data, first.body, 1) >= count:
        return 0
    factors = [divmod(number(data, frame.body + 7 + 3 * at, 1), 16) for at in range(count)]
    wide = max((one for one, _ in factors), default=0) or 1
    high = max((one for _, one in factors), default=0) or 1
    units = -(-width // (_BLOCK * wide)) * -(-height // (_BLOCK * high))
    return units * sum(across * down for across, down in factors) * _BLOCK**2 * 2


def end_of(data: bytes) -> int | None:
    """Return where the picture ends, behind EOI; None where it has no EOI.

    Raises:
        Uninspectable: as `segments`.
    """
    last = None
    for segment in segments(data):
        last = segment
    return last.end if last and last.marker == _END else None
