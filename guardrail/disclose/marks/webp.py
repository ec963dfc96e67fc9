"""WebP pictures (RFC 9649): XMP in a chunk, for which a simple file becomes an extended one."""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.disclose.marks import riff, tiff, xmp
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import Edit, number, take

_HAS_XMP, _HAS_ALPHA = 0x04, 0x10
_KIND = b"XMP "


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks in the chunks.

    Raises:
        Unmarkable: as `riff.read` and `xmp.read`.
    """
    picture = riff.read(data)
    for chunk in picture.chunks:
        if chunk.kind == _KIND:
            yield from xmp.read(picture.body(chunk))
        elif chunk.kind == b"C2PA":
            yield Found(layer=Layer.SIGNED, technique="c2pa")
        elif chunk.kind == b"EXIF":
            yield from tiff.comments(picture.body(chunk).removeprefix(b"Exif\0\0"))


def write(data: bytes, claim: Claim) -> bytes:
    """Return the picture with the label in its XMP.

    Raises:
        Unmarkable: ``broken_webp``, or as `read`.
    """
    picture = riff.read(data)
    held = picture.first(_KIND)
    if held is not None:
        before = picture.body(held)
        packet = xmp.merged(before, claim)
        place = (held.start, held.end)
        if packet == before and _is_flagged(picture):
            return data
    else:
        packet, place = xmp.packet(claim), (picture.end, picture.end)
    edits = [(*place, riff.chunk(_KIND, packet)), _header(picture)]
    last = picture.chunks[-1]
    if held is None and last.end == last.stop and last.stop - last.start & 1:
        edits.append((last.end, last.end, b"\0"))
    return picture.edited(edits)


def _is_flagged(picture: riff.Riff) -> bool:
    first = picture.first(b"VP8X")
    return first is not None and bool(number(picture.data, first.body, 1) & _HAS_XMP)


def _header(picture: riff.Riff) -> Edit:
    """Return the edit that makes the file an extended one that says that it has XMP (2.7)."""
    data = picture.data
    first = picture.chunks[0] if picture.chunks else None
    if first is not None and first.kind == b"VP8X":
        flags = number(data, first.body, 1) | _HAS_XMP
        return first.body, first.body + 1, bytes([flags])
    if first is None or first.kind not in {b"VP8 ", b"VP8L"}:
        raise Unmarkable("broken_webp")
    width, height, flags = _coded(data, first)
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    written = riff.chunk(b"VP8X", bytes([flags | _HAS_XMP, 0, 0, 0]) + sides)
    return first.start, first.start, written


def _coded(data: bytes, chunk: riff.Chunk) -> tuple[int, int, int]:
    """Return width, height and flags by a VP8 key frame (RFC 6386, 9.1) or a VP8L header (3.4)."""
    at = chunk.body
    if chunk.kind == b"VP8L":
        if number(data, at, 1) != 0x2F:
            raise Unmarkable("broken_webp")
        bits = number(data, at + 1, 4, "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, _HAS_ALPHA * (bits >> 28 & 1)
    width, height = (number(data, at + more, 2, "little") & 0x3FFF for more in (6, 8))
    if take(data, at + 3, 3) != b"\x9d\x01\x2a" or not width or not height:
        raise Unmarkable("broken_webp")
    return width, height, 0
