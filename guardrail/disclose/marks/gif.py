"""GIF pictures (GIF89a): XMP in an application extension, as Adobe's XMP part 3 places it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.disclose.marks import xmp
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import Edit, number, patched

_EXTENSION, _IMAGE, _TRAILER, _APPLICATION = 0x21, 0x2C, 0x3B, 0xFF
_XMP = b"\x0bXMP DataXMP"
_C2PA = b"\x0bC2PA_GIF"
_LANDING = b"\x01" + bytes(range(0xFF, -1, -1)) + b"\0"
"""What ends the packet: wherever readers of sub-blocks come down on it, they find its end."""
_MOST = 100_000
_MOST_BLOCKS = 2_000_000


@dataclass(frozen=True, slots=True)
class _Block:
    kind: int
    label: int
    start: int
    body: int
    end: int


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks in the extensions.

    Raises:
        Unmarkable: ``truncated``, ``broken_gif``, ``too_many_parts``, or as `xmp.read`.
    """
    for block in _blocks(data):
        if block.label != _APPLICATION:
            continue
        if data.startswith(_XMP, block.body):
            yield from xmp.read(_packet(data, block))
        elif data.startswith(_C2PA, block.body):
            yield Found(layer=Layer.SIGNED, technique="c2pa")


def write(data: bytes, claim: Claim) -> bytes:
    """Return the picture with the label in its XMP, before its first frame.

    Raises:
        Unmarkable: as `read`.
    """
    place = 0
    for block in _blocks(data):
        if block.label == _APPLICATION and data.startswith(_XMP, block.body):
            held = _packet(data, block)
            packet = xmp.merged(held, claim)
            edit = (block.start, block.end, _extension(packet))
            return data if packet == held else _written(data, edit)
        # The loop count of Netscape's stays first: some decoders look only there.
        if not place and block.label != _APPLICATION:
            place = block.start
    if not place:
        raise Unmarkable("truncated")
    return _written(data, (place, place, _extension(xmp.packet(claim))))


def _written(data: bytes, edit: Edit) -> bytes:
    # Extensions came with version 89a; nothing else in the file changes by that.
    return patched(data, [(3, 6, b"89a"), edit])


def _extension(packet: bytes) -> bytes:
    if b"\0" in packet:
        raise Unmarkable("broken_xmp")
    return b"\x21\xff" + _XMP + packet + _LANDING


def _packet(data: bytes, block: _Block) -> bytes:
    return data[block.body + len(_XMP) : max(block.body + len(_XMP), block.end - len(_LANDING))]


def _blocks(data: bytes) -> Iterator[_Block]:
    at = 13 + _table(number(data, 10, 1))
    for _ in range(_MOST):
        block = _block(data, at)
        yield block
        if block.kind == _TRAILER:
            return
        at = block.end
    raise Unmarkable("too_many_parts")


def _block(data: bytes, at: int) -> _Block:
    kind = number(data, at, 1)
    if kind == _TRAILER:
        return _Block(kind, 0, at, at + 1, at + 1)
    if kind == _EXTENSION:
        return _Block(kind, number(data, at + 1, 1), at, at + 2, _behind(data, at + 2))
    if kind != _IMAGE:
        raise Unmarkable("broken_gif")
    body = at + 11 + _table(number(data, at + 9, 1))
    return _Block(kind, 0, at, body, _behind(data, body))


def _table(packed: int) -> int:
    """Return the bytes of a colour table."""
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _behind(data: bytes, at: int) -> int:
    """Return where the sub-blocks from `at` on end, behind their terminator."""
    for _ in range(_MOST_BLOCKS):
        if at >= len(data):
            raise Unmarkable("truncated")
        size = data[at]
        at += 1 + size
        if size == 0:
            return at
    raise Unmarkable("too_many_parts")
