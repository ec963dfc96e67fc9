"""PNG pictures: XMP in ``iTXt`` behind the header; ``tEXt`` of key ``AIGC`` is read as well."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.disclose.marks import aigc, tiff, xmp
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import number, patched, take

_SIGNATURE = 8
_MOST = 100_000
_MOST_TEXTS = 256
_MOST_BYTES = 4 << 20
"""Of a text when unpacked."""
_KEYWORD = b"XML:com.adobe.xmp"
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})


@dataclass(frozen=True, slots=True)
class _Chunk:
    kind: bytes
    start: int
    body: int
    stop: int
    """Before its checksum."""


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks in the chunks.

    Raises:
        Unmarkable: ``truncated``, ``broken_png``, ``too_many_parts``, ``too_much_unpacked``, or as
            `xmp.read`.
    """
    texts = 0
    for chunk in _chunks(data):
        texts += chunk.kind in _TEXTS
        if texts > _MOST_TEXTS:
            raise Unmarkable("too_many_parts")
        if chunk.kind == b"caBX":
            yield Found(layer=Layer.SIGNED, technique="c2pa")
        elif chunk.kind == b"eXIf":
            yield from tiff.comments(data[chunk.body : chunk.stop].removeprefix(b"Exif\0\0"))
        elif chunk.kind in _TEXTS:
            keyword, _, rest = data[chunk.body : chunk.stop].partition(b"\0")
            if keyword == _KEYWORD:
                yield from xmp.read(_text(chunk.kind, rest))
            elif keyword == b"AIGC":
                yield aigc.read(_text(chunk.kind, rest).decode("utf-8", "replace"))


def write(data: bytes, claim: Claim) -> bytes:
    """Return the picture with the label in its XMP.

    Raises:
        Unmarkable: as `read`.
    """
    place = 0
    for chunk in _chunks(data):
        end = chunk.stop + 4
        place = place or end
        if chunk.kind != b"iTXt" or not data.startswith(_KEYWORD + b"\0", chunk.body):
            continue
        held = _text(chunk.kind, data[chunk.body + len(_KEYWORD) + 1 : chunk.stop])
        packet = xmp.merged(held, claim)
        return data if packet == held else patched(data, [(chunk.start, end, _chunk(packet))])
    if not place:
        raise Unmarkable("broken_png")
    return patched(data, [(place, place, _chunk(xmp.packet(claim)))])


def _chunk(packet: bytes) -> bytes:
    # Not compressed, no language, no translated keyword.
    body = _KEYWORD + b"\0\0\0\0\0" + packet
    crc = zlib.crc32(b"iTXt" + body)
    return len(body).to_bytes(4, "big") + b"iTXt" + body + crc.to_bytes(4, "big")


def _chunks(data: bytes) -> Iterator[_Chunk]:
    at = _SIGNATURE
    for count in range(_MOST):
        size = number(data, at, 4)
        kind = take(data, at + 4, 4)
        stop = at + 8 + size
        if stop + 4 > len(data):
            raise Unmarkable("truncated")
        if count == 0 and kind != b"IHDR":
            raise Unmarkable("broken_png")
        yield _Chunk(kind, at, at + 8, stop)
        if kind == b"IEND":
            return
        at = stop + 4
    raise Unmarkable("too_many_parts")


def _text(kind: bytes, rest: bytes) -> bytes:
    """Return the text of a chunk behind its keyword, unpacked (PNG third edition, 11.3.3)."""
    if kind == b"tEXt":
        return rest
    if kind == b"zTXt":
        return _unpacked(rest[1:])
    text = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    return _unpacked(text) if rest[:1] == b"\1" else text


def _unpacked(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(packed, _MOST_BYTES)
    except zlib.error:
        raise Unmarkable("broken_png") from None
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise Unmarkable("too_much_unpacked")
    return text
