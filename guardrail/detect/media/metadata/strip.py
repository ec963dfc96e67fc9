"""Leaving metadata out of a picture without touching its pixels: parts are dropped whole.

The orientation stays, since a picture would turn without it: as EXIF that holds nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts import jpeg, png, riff
from guardrail.detect.media.medium import Medium
from guardrail.detect.media.metadata import exif
from guardrail.detect.media.metadata.blocks import (
    EXIF,
    XMP,
    XMP_EXTENSION,
    Block,
    Sort,
    of_chunk,
    of_jpeg,
    of_segment,
    packets,
)
from guardrail.detect.media.metadata.found import find, flags, found_in

CANNOT = "cannot_strip"


def strip(data: bytes, medium: Medium, *, everything: bool) -> bytes:
    """Return a picture without the metadata that `find` sees, or without any.

    Only what holds a finding is dropped unless `everything` is asked for; then only what a decoder
    needs stays: the colour profile, transparency, animation, and the orientation.

    Raises:
        Uninspectable: ``cannot_strip``: it isn't JPEG, PNG or WebP, or something is seen even so;
            or it is broken, as for `find`.
    """
    write = _WRITERS.get(medium.mime)
    if write is None:
        raise Uninspectable(CANNOT)
    result = b"".join(write(data, everything))
    if not everything and not find(result, medium):
        rest = data[_end(data, medium) :]
        whole = result + rest
        result = result if not rest or find(whole, medium) else whole
    if find(result, medium) or (everything and flags(result, medium)):
        raise Uninspectable(CANNOT)
    return result


def _end(data: bytes, medium: Medium) -> int:
    """Return where the picture ends: what is behind it, phones and editors appended."""
    end = _ENDS[medium.mime](data)
    return len(data) if end is None else end


def _tells(blocks: list[Block], body: bytes) -> bool:
    """Tell whether a part is to be left out: it tells something, or nobody can say what."""
    try:
        return bool(found_in([*blocks, *packets(body)]))
    except Uninspectable:
        return True


def _kept_orientation(blocks: list[Block]) -> bytes:
    """Return the EXIF that stands in for what is left out; empty where none is needed."""
    for block in blocks:
        value = exif.orientation_of(block.data) if block.sort is Sort.EXIF else 1
        if value != 1:
            return exif.with_orientation(value)
    return b""


_KEPT_SEGMENTS = {0xE0: b"JF", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""JFIF and JFXX, colour profile, colour transform: a decoder's."""


def _jpeg(data: bytes, everything: bool) -> Iterator[bytes]:  # noqa: FBT001 - of a table
    yield jpeg.SOI
    drop_xmp = everything or _xmp_tells(data)
    for segment in jpeg.segments(data):
        body = data[segment.body : segment.end]
        is_metadata = 0xE0 <= segment.marker <= 0xEF or segment.marker == jpeg.COMMENT
        if not is_metadata:
            yield data[segment.start : segment.end]
            continue
        blocks = _safely(of_segment(body)) if segment.marker in {jpeg.APP1, jpeg.APP13} else []
        if _is_dropped(segment.marker, body, blocks, everything=everything, drop_xmp=drop_xmp):
            kept = _kept_orientation(blocks)
            if kept:
                yield b"\xff\xe1" + (len(EXIF + kept) + 2).to_bytes(2, "big") + EXIF + kept
        else:
            yield data[segment.start : segment.end]


def _is_dropped(
    marker: int, body: bytes, blocks: list[Block], *, everything: bool, drop_xmp: bool
) -> bool:
    if everything:
        return not body.startswith(_KEPT_SEGMENTS.get(marker, b"\0never"))
    if body.startswith((XMP, XMP_EXTENSION)):
        return drop_xmp
    return _tells(blocks, body)


def _xmp_tells(data: bytes) -> bool:
    """Tell whether the XMP of a JPEG, its portions put together, tells something."""
    return _tells([block for block in of_jpeg(data) if block.sort is Sort.XMP], b"")


def _safely(blocks: Iterator[Block]) -> list[Block]:
    """Return the blocks up to the first that can't be read."""
    read = []
    try:
        for block in blocks:
            read.append(block)  # noqa: PERF402 - what was read before the error counts
    except Uninspectable:
        pass
    return read


_KEPT_CHUNKS = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT",
     b"bKGD", b"pHYs", b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT"}
)  # fmt: skip


def _png(data: bytes, everything: bool) -> Iterator[bytes]:  # noqa: FBT001 - of a table
    yield png.SIGNATURE
    for chunk in png.chunks(data):
        body = data[chunk.body : chunk.stop]
        if chunk.kind in _KEPT_CHUNKS:
            yield data[chunk.start : chunk.end]
            continue
        blocks = _safely(of_chunk(chunk.kind, body))
        if not everything and not _tells(blocks, body):
            yield data[chunk.start : chunk.end]
        elif kept := _kept_orientation(blocks):
            yield png.chunk(b"eXIf", kept)


_KEPT_RIFF = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_HAS_EXIF, _HAS_XMP = 0x08, 0x04


def _webp(data: bytes, everything: bool) -> Iterator[bytes]:  # noqa: FBT001 - of a table
    written: list[bytes] = []
    kinds: set[bytes] = set()
    for chunk in riff.chunks(data):
        body = data[chunk.body : chunk.stop]
        if chunk.kind not in _KEPT_RIFF:
            sort = {b"EXIF": Sort.EXIF, b"XMP ": Sort.XMP}.get(chunk.kind)
            blocks = [Block(sort, body.removeprefix(EXIF))] if sort else []
            if everything or _tells(blocks, body):
                body = _kept_orientation(blocks)
                if not body:
                    continue
        kinds.add(chunk.kind)
        written.append(riff.chunk(chunk.kind, body))
    if written and written[0].startswith(b"VP8X"):
        written[0] = _with_flags(written[0], kinds)
    whole = b"WEBP" + b"".join(written)
    yield b"RIFF" + len(whole).to_bytes(4, "little") + whole


def _with_flags(chunk: bytes, kinds: set[bytes]) -> bytes:
    """Return a VP8X chunk whose flags agree with which metadata is there (RFC 9649, 2.7)."""
    bits = chunk[8] & ~(_HAS_EXIF | _HAS_XMP)
    bits |= _HAS_EXIF * (b"EXIF" in kinds) | _HAS_XMP * (b"XMP " in kinds)
    return chunk[:8] + bytes([bits]) + chunk[9:]


_WRITERS: dict[str, Callable[[bytes, bool], Iterator[bytes]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/apng": _png,
    "image/webp": _webp,
}
_ENDS: dict[str, Callable[[bytes], int | None]] = {
    "image/jpeg": jpeg.end_of,
    "image/png": png.end_of,
    "image/apng": png.end_of,
    "image/webp": riff.end_of,
}
