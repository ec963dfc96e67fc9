"""Pictures and documents in compound files: found by how they begin, in each stream."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.ole import CompoundFile
from guardrail.detect.media.containers.part import Part, Room
from guardrail.detect.media.layouts import gif, jpeg, png
from guardrail.detect.media.medium import Kind
from guardrail.detect.media.sniff import sniff

_PICTURE = re.compile(
    rb"\xff\xd8\xff[\xc0-\xfe]|\x89PNG\r\n\x1a\n|GIF8[79]a|[IM]{2}(?:\*\0|\0\*)\x08\0\0\0"
    rb"|(?P<bitmap>\x28\0\0\0..\0\0..(?:\0\0|\xff\xff)\x01\0[\x01\x04\x08\x18\x20]\0)",
    re.DOTALL,
)
_LOCKED = {"EncryptedPackage", "EncryptionInfo"}
_DEFLATED = re.compile(rb"\x00\xfe\x78[\x01\x5e\x9c\xda]")
"""Compression and filter of a metafile record, and the start of its data ([MS-ODRAW] 2.2.31)."""


def parts(data: bytes, budget: Budget) -> Iterator[Part]:
    """Yield the pictures and documents in the streams of a compound file.

    Raises:
        Uninspectable: ``too_many_bytes``, ``encrypted``, ``broken_ole``, ``truncated``,
            ``too_many_parts``, ``too_many_unpacked_bytes``, ``compressed_too_much``.
    """
    room = Room(data, budget)
    file = CompoundFile(data, budget)
    if any(entry.name in _LOCKED for entry in file.entries):
        raise Uninspectable("encrypted")
    for number, (_, content) in enumerate(file.streams(), 1):
        if sniff(content).kind not in {Kind.UNKNOWN, Kind.MARKUP}:
            yield room.part(f"stream {number}", content)
            continue
        for picture in _pictures(content, room):
            yield room.part(f"stream {number}", picture)


def _pictures(content: bytes, room: Room) -> Iterator[bytes]:
    at = 0
    while (found := _PICTURE.search(content, at)) is not None:
        picture = _bitmap(content[found.start() :]) if found["bitmap"] else b""
        picture = picture or content[found.start() :]
        end = found.start() + (_end(picture) or len(found[0]))
        yield picture[: end - found.start()] if _end(picture) else picture
        at = max(end, found.end())
    for found in _DEFLATED.finditer(content):
        stream = zlib.decompressobj()
        try:
            drawn = stream.decompress(content[found.start() + 2 :], room.left + 1)
        except zlib.error:
            continue
        room.unpack(len(drawn), len(content))
        yield drawn


def _end(picture: bytes) -> int | None:
    """Return where a picture ends, None where that can't be told."""
    readers = ((b"\xff\xd8", jpeg.end_of), (b"\x89PNG", png.end_of), (b"GIF8", gif.end_of))
    for magic, end_of in readers:
        if picture.startswith(magic):
            try:
                return end_of(picture)
            except Uninspectable:
                return None
    return None


def _bitmap(picture: bytes) -> bytes:
    """Return a device-independent bitmap with a file's header before it ([MS-WMF] 2.2.2.9)."""
    bits = int.from_bytes(picture[14:16], "little")
    colours = int.from_bytes(picture[32:36], "little") or (1 << bits if bits <= 8 else 0)
    start = 14 + 40 + 4 * min(colours, 256)
    size = (14 + len(picture)).to_bytes(4, "little")
    return b"BM" + size + bytes(4) + start.to_bytes(4, "little") + picture
