"""JPEG pictures (ITU-T T.81 Annex B): XMP in a segment APP1. Nothing behind the scan is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.disclose.marks import tiff, xmp
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import number, patched

_APP0, _APP1, _APP11, _SCAN, _END = 0xE0, 0xE1, 0xEB, 0xDA, 0xD9
_BARE = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXIF = b"Exif\0"
_MOST = 20_000
_LONGEST = 0xFFFF - 2
"""Bytes of a segment behind its length."""


@dataclass(frozen=True, slots=True)
class _Segment:
    marker: int
    start: int
    body: int
    end: int


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks in the segments before the first scan.

    Raises:
        Unmarkable: ``truncated``, ``broken_jpeg``, ``too_many_parts``, or as `xmp.read`.
    """
    signed = False
    for segment in _segments(data):
        if segment.marker == _APP1 and data.startswith(_XMP, segment.body):
            yield from xmp.read(data[segment.body + len(_XMP) : segment.end])
        elif segment.marker == _APP1 and data.startswith(_EXIF, segment.body):
            yield from tiff.comments(data[segment.body + 6 : segment.end])
        elif segment.marker == _APP11 and not signed and _is_c2pa(data, segment):
            signed = True
            yield Found(layer=Layer.SIGNED, technique="c2pa")


def write(data: bytes, claim: Claim) -> bytes:
    """Return the picture with the label in its XMP.

    Raises:
        Unmarkable: as `read`; ``xmp_too_large``: it would need more than one segment.
    """
    place = 2
    at_head = True
    for segment in _segments(data):
        if segment.marker == _APP1 and data.startswith(_XMP, segment.body):
            held = data[segment.body + len(_XMP) : segment.end]
            packet = xmp.merged(held, claim)
            if packet == held:
                return data
            return patched(data, [(segment.start, segment.end, _segment(packet))])
        # JFIF's segment and EXIF's want to be first (JFIF 1.02; CIPA DC-008, 4.5.4).
        first = segment.marker == _APP0 or (
            segment.marker == _APP1 and data.startswith(_EXIF, segment.body)
        )
        at_head = at_head and first
        place = segment.end if at_head else place
    return patched(data, [(place, place, _segment(xmp.packet(claim)))])


def _segment(packet: bytes) -> bytes:
    body = _XMP + packet
    if len(body) > _LONGEST:
        body = _XMP + xmp.unpadded(packet)
    if len(body) > _LONGEST:
        raise Unmarkable("xmp_too_large")
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _segments(data: bytes) -> Iterator[_Segment]:
    """Yield the segments between SOI and the first scan."""
    at = 2
    for _ in range(_MOST):
        start = at
        while data[at : at + 2] == b"\xff\xff":  # fill bytes (B.1.1.2)
            at += 1
        marker = number(data, at + 1, 1)
        if data[at] != 0xFF or marker in {0, _END}:
            raise Unmarkable("broken_jpeg")
        if marker == _SCAN:
            return
        end = at + 2
        if marker not in _BARE:
            end += max(2, number(data, at + 2, 2))
            if end > len(data):
                raise Unmarkable("truncated")
            yield _Segment(marker, start, at + 4, end)
        at = end
    raise Unmarkable("too_many_parts")


def _is_c2pa(data: bytes, segment: _Segment) -> bool:
    """Tell whether a segment holds a JUMBF box of C2PA's (ISO/IEC 19566-5, D.2)."""
    head = data[segment.body : min(segment.end, segment.body + 64)]
    return head.startswith(b"JP") and head[12:16] == b"jumb" and b"c2pa" in head
