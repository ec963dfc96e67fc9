"""TIFF pictures and EXIF blocks (TIFF 6.0, BigTIFF): XMP in tag 700, a reader of UserComment.

A new first directory is written behind the file: no pixel moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guardrail.disclose.marks import aigc, xmp
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import Order, number, sized, take

_XMP, _EXIF, _COMMENT, _C2PA = 700, 0x8769, 0x9286, 0xCD41
_BYTE = 1
_MOST_ENTRIES = 1_000
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
          16: 8, 17: 8, 18: 8}  # fmt: skip
_CHARSETS = {b"ASCII\0\0\0": "ascii", b"UNICODE\0": "utf-16-", bytes(8): "utf-8"}


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a file's numbers are written; BigTIFF has wider ones."""

    order: Order
    word: int
    counted: int
    """Bytes of the number of entries."""
    pointer: int
    """Where the offset of the first directory stands."""

    @property
    def entry(self) -> int:
        return 4 + 2 * self.word


@dataclass(frozen=True, slots=True)
class _Directory:
    entries: Mapping[int, bytes]
    """Tag → its whole entry."""
    after: bytes
    """The offset of the next directory."""


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a TIFF file.

    Raises:
        Unmarkable: ``truncated``, ``broken_tiff``, ``too_many_parts``, or as `xmp.read`.
    """
    layout = _layout(data)
    first = _directory(data, layout, number(data, layout.pointer, layout.word, layout.order))
    if _XMP in first.entries:
        yield from xmp.read(_value(data, layout, first.entries[_XMP]))
    if _C2PA in first.entries:
        yield Found(layer=Layer.SIGNED, technique="c2pa")
    yield from _comment(data, layout, first)


def write(data: bytes, claim: Claim) -> bytes:
    """Return the file with the label in the XMP of its first picture.

    Raises:
        Unmarkable: as `read`; ``too_large``.
    """
    layout = _layout(data)
    first = _directory(data, layout, number(data, layout.pointer, layout.word, layout.order))
    held = first.entries.get(_XMP)
    before = _value(data, layout, held) if held else b""
    packet = xmp.merged(before, claim) if before else xmp.packet(claim)
    if packet == before:
        return data
    start = len(data) + (len(data) & 1)
    place = start + len(packet) + (len(packet) & 1)
    entries = {**first.entries, _XMP: _entry(layout, packet, start)}
    pieces = [
        data[: layout.pointer],
        sized(place, layout.word, layout.order),
        data[layout.pointer + layout.word :],
        bytes(start - len(data)),
        packet,
        bytes(len(packet) & 1),
        sized(len(entries), layout.counted, layout.order),
        *(entries[tag] for tag in sorted(entries)),
        first.after,
    ]
    return b"".join(pieces)


def comments(block: bytes) -> Iterator[Found]:
    """Yield the mark in the UserComment of an EXIF block, if it is one; a broken block has none."""
    try:
        layout = _layout(block)
        at = number(block, layout.pointer, layout.word, layout.order)
        yield from _comment(block, layout, _directory(block, layout, at))
    except Unmarkable:
        return  # an editor's dangling pointers are no reason not to mark a picture


def _comment(data: bytes, layout: _Layout, first: _Directory) -> Iterator[Found]:
    if _EXIF not in first.entries:
        return
    at = number(first.entries[_EXIF], 4 + layout.word, layout.word, layout.order)
    exif = _directory(data, layout, at)
    if _COMMENT not in exif.entries:
        return
    raw = _value(data, layout, exif.entries[_COMMENT])
    charset = _CHARSETS.get(raw[:8], "utf-8")
    charset += ("le" if layout.order == "little" else "be") if charset == "utf-16-" else ""
    found = aigc.read(raw[8:].decode(charset, "replace"))
    if found.valid or found.stated:
        yield found


def _layout(data: bytes) -> _Layout:
    order: Order = "little" if data[:2] == b"II" else "big"
    version = number(data, 2, 2, order)
    if data[:2] not in {b"II", b"MM"} or version not in {42, 43}:
        raise Unmarkable("broken_tiff")
    return _Layout(order, 8, 8, 8) if version == 43 else _Layout(order, 4, 2, 4)


def _directory(data: bytes, layout: _Layout, at: int) -> _Directory:
    count = number(data, at, layout.counted, layout.order)
    if count > _MOST_ENTRIES:
        raise Unmarkable("too_many_parts")
    entries: dict[int, bytes] = {}
    start = at + layout.counted
    for place in range(start, start + count * layout.entry, layout.entry):
        entry = take(data, place, layout.entry)
        entries.setdefault(int.from_bytes(entry[:2], layout.order), entry)
    return _Directory(entries, take(data, start + count * layout.entry, layout.word))


def _value(data: bytes, layout: _Layout, entry: bytes) -> bytes:
    kind = number(entry, 2, 2, layout.order)
    size = _SIZES.get(kind, 1) * number(entry, 4, layout.word, layout.order)
    if size <= layout.word:
        return entry[4 + layout.word :][:size]
    return take(data, number(entry, 4 + layout.word, layout.word, layout.order), size)


def _entry(layout: _Layout, packet: bytes, at: int) -> bytes:
    return (
        sized(_XMP, 2, layout.order)
        + sized(_BYTE, 2, layout.order)
        + sized(len(packet), layout.word, layout.order)
        + sized(at, layout.word, layout.order)
    )
