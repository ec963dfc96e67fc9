"""Where the metadata of a file stands: EXIF, XMP and places, as blocks of bytes."""

from __future__ import annotations

import re
import zlib
from binascii import unhexlify
from collections.abc import Callable, Container, Generator, Iterator
from dataclasses import dataclass
from enum import StrEnum

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.layouts import boxes, jpeg, png, riff, tiff
from guardrail.detect.media.medium import Kind, Medium
from guardrail.detect.media.octets import number


class Sort(StrEnum):
    """What a block is written in."""

    EXIF = "exif"
    XMP = "xmp"
    PLACE = "place"
    """A place as ISO 6709 or 3GPP's, already told by the name of its box."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block; `data` begins behind the marks of the file's own format."""

    sort: Sort
    data: bytes


EXIF = b"Exif\0\0"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
XMP_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
PHOTOSHOP = b"Photoshop 3.0\0"
_EXTENSION_HEAD = len(XMP_EXTENSION) + 40
"""Behind the name: digest of the whole, its length, and the offset of this portion."""
_MOST_BYTES = 16 << 20
_PICTURES = 16
_WITH_PACKETS = frozenset({Kind.IMAGE, Kind.VIDEO, Kind.SOUND, Kind.DOCUMENT, Kind.MARKUP})


def blocks_of(
    data: bytes, medium: Medium, present: Container[bytes] | None = None
) -> Iterator[Block]:
    """Yield the blocks of metadata in a file, as its format places them, and XMP wherever it is.

    Args:
        data: the whole file.
        medium: what it is.
        present: which of `PACKET_MARKS` stand in it, as `marks.standing` says; they are looked for
            where nobody asked.

    Raises:
        Uninspectable: the file is broken or too large where metadata could stand.
    """
    reader = _READERS.get(medium.mime)
    if reader is not None:
        yield from reader(data)
    elif medium.kind is Kind.IMAGE:
        yield from _loose_exif(data)
    if medium.kind in _WITH_PACKETS and (
        present is None or any(mark in present for mark in PACKET_MARKS)
    ):
        yield from packets(data)


_PACKET = re.compile(rb"<(?:[\w.-]{1,32}:)?(?:xmpmeta|xapmeta|RDF)[\s>]")
_PACKET_END = re.compile(rb"</(?:[\w.-]{1,32}:)?(?:xmpmeta|xapmeta|RDF)\s*>")
_WIDE_PACKETS = ("<?xpacket begin".encode("utf-16-le"), "<?xpacket begin".encode("utf-16-be"))
PACKET_MARKS = (b"xmpmeta", b"xapmeta", b"RDF", *_WIDE_PACKETS)
"""One of which stands in every packet of XMP."""
BEHIND_MARKS = {b"RDF": r"[\t-\r >]"}
"""What must follow one of them, as `Row.behind`: three letters stand in large files by chance."""
_MOST_PACKETS = 1_000


def packets(data: bytes) -> Iterator[Block]:
    """Yield the XMP that stands in `data` as it is (ISO 16684-1, 7.3.2: made to be found so)."""
    at = 0
    for _ in range(_MOST_PACKETS):
        start = _PACKET.search(data, at)
        if start is None:
            break
        end = _PACKET_END.search(data, start.end())
        at = end.end() if end else len(data)
        yield Block(Sort.XMP, data[start.start() : at])
    else:
        raise Uninspectable("too_many_parts")
    for mark in _WIDE_PACKETS:
        found = data.find(mark)
        if found >= 0:
            yield Block(Sort.XMP, data[found:])


def _jpeg(data: bytes) -> Iterator[Block]:
    """Yield the blocks of a JPEG and of those behind it: phones append second pictures."""
    at = 0
    for _ in range(_PICTURES):
        picture = data[at:] if at else data
        end = yield from of_jpeg(picture)
        following = data.find(b"\xff\xd8\xff", at + end)
        if following < 0:
            return
        at = following


def of_jpeg(data: bytes) -> Generator[Block, None, int]:
    """Yield the blocks of one JPEG; return where it ends."""
    extensions: list[tuple[int, bytes]] = []
    end = len(data)
    for segment in jpeg.segments(data):
        end = segment.end
        if segment.marker not in {jpeg.APP1, jpeg.APP13}:
            continue
        body = data[segment.body : segment.end]
        if body.startswith(XMP_EXTENSION):
            offset = int.from_bytes(body[_EXTENSION_HEAD - 4 : _EXTENSION_HEAD], "big")
            extensions.append((offset, body[_EXTENSION_HEAD:]))
        else:
            yield from of_segment(body)
    if extensions:
        yield Block(Sort.XMP, b"".join(part for _, part in sorted(extensions)))
    return end


def of_segment(body: bytes) -> Iterator[Block]:
    """Yield the blocks in an APP1 or APP13 segment."""
    if body.startswith(EXIF[:5]):
        yield Block(Sort.EXIF, body[len(EXIF) :])
    elif body.startswith(XMP):
        yield Block(Sort.XMP, body[len(XMP) :])
    elif body.startswith(PHOTOSHOP):
        yield from _resources(body)


_RESOURCES = {0x0422: Sort.EXIF, 0x0423: Sort.EXIF, 0x0424: Sort.XMP}


def _resources(body: bytes) -> Iterator[Block]:
    """Yield the blocks among Photoshop's image resources."""
    at = len(PHOTOSHOP)
    while body[at : at + 4] == b"8BIM" and at + 12 <= len(body):
        sort = _RESOURCES.get(number(body, at + 4, 2))
        start = at + 6 + (number(body, at + 6, 1) // 2 + 1) * 2
        size = number(body, start, 4)
        if sort is not None:
            yield Block(sort, body[start + 4 : start + 4 + size])
        at = start + 4 + size + (size & 1)


def _png(data: bytes) -> Iterator[Block]:
    for chunk in png.chunks(data, leaving_out=b"IDAT"):
        if chunk.kind in _TELLING:
            yield from of_chunk(chunk.kind, data[chunk.body : chunk.stop])


_TEXTS = frozenset({b"iTXt", b"zTXt", b"tEXt"})
_TELLING = _TEXTS | {b"eXIf"}


def of_chunk(kind: bytes, body: bytes) -> Iterator[Block]:
    """Yield the blocks in a chunk of a PNG file."""
    if kind == b"eXIf":
        yield Block(Sort.EXIF, body.removeprefix(EXIF))
    elif kind in _TEXTS:
        name, _, rest = body.partition(b"\0")
        text = _text(kind, rest)
        if name == b"XML:com.adobe.xmp":
            yield Block(Sort.XMP, text)
        elif name.startswith(b"Raw profile type "):
            yield from _raw_profile(text)


def _text(kind: bytes, rest: bytes) -> bytes:
    """Return the text of a chunk behind its keyword, unpacked."""
    if kind == b"tEXt":
        return rest
    if kind == b"zTXt":
        return _unpacked(rest[1:])
    packed = rest[:1] == b"\1"
    text = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    return _unpacked(text) if packed else text


def _unpacked(data: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(data, _MOST_BYTES)
    except zlib.error:
        raise Uninspectable("broken_text") from None
    if unpacking.unconsumed_tail:
        raise Uninspectable("too_much_unpacked")
    return text


_HEX = re.compile(rb"\s*\S{1,64}\s+[0-9]{1,10}\s+([0-9A-Fa-f\s]+)")


def _raw_profile(text: bytes) -> Iterator[Block]:
    """Yield what ImageMagick writes in hexadecimal: name, length, digits."""
    stated = _HEX.match(text)
    if stated is None:
        return
    digits = b"".join(stated[1].split())
    body = unhexlify(digits[: len(digits) // 2 * 2])
    if body.startswith((EXIF, XMP, PHOTOSHOP)):
        yield from of_segment(body)
    elif body.startswith((b"II*\0", b"MM\0*")):
        yield Block(Sort.EXIF, body)
    else:
        yield from packets(body)


def _webp(data: bytes) -> Iterator[Block]:
    for chunk in riff.chunks(data):
        body = data[chunk.body : chunk.stop]
        if chunk.kind == b"EXIF":
            yield Block(Sort.EXIF, body.removeprefix(EXIF))
        elif chunk.kind == b"XMP ":
            yield Block(Sort.XMP, body)


_XMP_TAG = 0x02BC


def _tiff(data: bytes) -> Iterator[Block]:
    yield Block(Sort.EXIF, data)
    read = tiff.read(data)
    for directory in read.directories:
        if _XMP_TAG in directory.entries:
            yield Block(Sort.XMP, read.octets(directory.entries[_XMP_TAG]))


_TIFF_MARK = re.compile(rb"II\*\0[\x08-\x40]\0\0\0|MM\0\*\0\0\0[\x08-\x40]")
_MOST_MARKS = 1_000


def _loose_exif(data: bytes) -> Iterator[Block]:
    """Yield what begins as EXIF does in formats that place it by offsets: HEIF, AVIF, JPEG XL."""
    for count, mark in enumerate(_TIFF_MARK.finditer(data)):
        if count >= _MOST_MARKS:
            raise Uninspectable("too_many_parts")
        block = data[mark.start() :]
        try:
            tiff.read(block)
        except Uninspectable:
            continue  # chance: whatever a reader of EXIF can't read is no place either
        yield Block(Sort.EXIF, block)


_PLACES = frozenset({b"\xa9xyz", b"loci"})
_APPLE_PLACE = b"com.apple.quicktime.location.ISO6709"


def _movie(data: bytes) -> Iterator[Block]:
    for part in boxes.walk(data):
        named = part.kind == b"keys" and _APPLE_PLACE in data[part.body : part.end]
        if (part.kind in _PLACES and part.end > part.body) or named:
            yield Block(Sort.PLACE, b"")


_READERS: dict[str, Callable[[bytes], Iterator[Block]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/apng": _png,
    "image/webp": _webp,
    "image/tiff": _tiff,
    "video/mp4": _movie,
    "video/quicktime": _movie,
    "video/3gpp": _movie,
    "audio/mp4": _movie,
}
