"""PNG pictures reduced while they are read, some rows at a time: ISO/IEC 15948 (PNG), 9 and 10.

Read as a whole, a picture of 40 megapixels takes 120 MB; so, it takes what its file has and a few
more. ISA-L inflates where it is installed, in half of zlib's time, and FFmpeg takes back the
filters of rows. To FFmpeg, some rows are a picture of their own, whose first row is the last one of
the rows before: filters look no further back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from struct import pack, unpack
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from guardrail.detect.media.budget import Uninspectable
from guardrail.detect.media.headers import Size
from guardrail.detect.media.layouts import png
from guardrail.detect.media.pictures.divided import Pixels, divided
from guardrail.detect.media.pictures.ffmpeg import Plane, decoder
from guardrail.detect.media.pictures.orientation import way_of

zlib = import_module("isal.isal_zlib" if find_spec("isal") else "zlib")
"""ISA-L's, or the standard library's: both have the same functions."""

_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Of a pixel, by the type of its colour."""
_GREY, _INDEXED = 0, 3
_LAST_FILTER = 4
_BAND_BYTES = 1 << 19
_AT_ONCE = 16 << 20
"""Bytes of all rows up to which they are inflated in one go, which takes the least time."""
_PIECE = 1 << 16
"""Bytes that are inflated at once: what is left over of them is copied each time."""
_STORED = 0xFFFF
"""Bytes of a block that isn't compressed, at most: RFC 1951, 3.2.4."""
_FLAT = b"\x78\x01"
"""The head of zlib's format. The checksum at the end is left out: nobody misses it."""
_UNCHECKED = bytes(4)
"""In place of a checksum that FFmpeg doesn't ask for."""
_END = png.chunk(b"IEND", b"")
_NOT_HERE = frozenset({b"acTL", b"tRNS", b"CgBI"})
"""Chunks of animations, of transparent colours, and of Apple's own PNG."""
_PROFILE = b"Raw profile type"
_HEADER = ">IIBBBBB"
_LARGEST_PALETTE = 256 * 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """A picture as it lies in its file."""

    samples: Pixels
    """Rows x columns x samples: grey; grey, alpha; red, green, blue; or those and alpha."""
    way: int
    """Its orientation by EXIF, 1 to 8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    width: int
    height: int
    depth: int
    colour: int
    packed: tuple[memoryview, ...]
    """The bodies of its IDAT chunks."""
    palette: bytes
    way: int

    @property
    def row(self) -> int:
        """Bytes of a row, without that of its filter."""
        return self.width * _SAMPLES[self.colour] * self.depth // 8


class _Unpacking(Protocol):
    @property
    def unconsumed_tail(self) -> bytes: ...

    def decompress(self, data: bytes | memoryview, max_length: int, /) -> bytes: ...


def reduced(data: bytes, size: Size, factor: int) -> Reduced | None:
    """Return a PNG, its sides divided by `factor`, each pixel the mean of those that it stands for.

    Of pictures of less than 8 bits, interlaced, animated or with transparent colours, and of those
    that are broken in any way, it returns None, as it does where FFmpeg's libraries aren't there:
    others read them, or say what is wrong.

    Args:
        data: the whole file.
        size: what its header says, as it was judged.
        factor: 1, 2, 4 or 8.
    """
    try:
        layout = _layout(data)
        if (layout.width, layout.height) != (size.width, size.height):
            return None
        parts = [divided(one, factor) for one in _bands(layout, factor)]
    except (Uninspectable, zlib.error):
        return None
    samples = np.concatenate(parts)
    return Reduced(
        samples=samples[:, :, :3] if layout.colour == _INDEXED else samples, way=layout.way
    )


def _layout(data: bytes) -> _Layout:
    """Return what is known before pixels are.

    Raises:
        Uninspectable: it is none of the pictures that are read here.
    """
    view, packed, palette, way, last = memoryview(data), [], b"", 1, b""
    for chunk in png.chunks(data):
        last, body = chunk.kind, view[chunk.body : chunk.stop]
        _check(chunk.kind, view[chunk.start + 4 : chunk.end])
        if chunk.kind == b"IDAT":
            packed.append(body)
        elif chunk.kind == b"PLTE":
            palette = bytes(body)
        elif chunk.kind == b"eXIf":
            way = way_of(bytes(body))
        elif chunk.kind in _NOT_HERE or body[: len(_PROFILE)] == _PROFILE:
            raise Uninspectable("another_reader")
    head = data[len(png.SIGNATURE) :][:25]
    if last != b"IEND" or head[4:8] != b"IHDR" or head[:4] != b"\0\0\0\x0d":
        raise Uninspectable("another_reader")
    width, height, depth, colour, *ways = unpack(_HEADER, head[8:21])
    known = depth == 8 or (depth == 16 and colour != _INDEXED)
    if not known or colour not in _SAMPLES or any(ways) or not width * height:
        raise Uninspectable("another_reader")
    return _Layout(
        width=width,
        height=height,
        depth=depth,
        colour=colour,
        packed=tuple(packed),
        palette=palette,
        way=way,
    )


def _check(kind: bytes, rest: memoryview) -> None:
    """Compare the checksum of a chunk that pixels depend on."""
    if not kind[0] & 0x20 and zlib.crc32(rest[:-4]) != int.from_bytes(rest[-4:], "big"):
        raise Uninspectable("broken")


def _bands(layout: _Layout, factor: int) -> Iterator[Pixels]:
    """Yield the rows of a picture, some at a time; what is yielded lasts until the next.

    Raises:
        Uninspectable: it is broken, or there is no FFmpeg.
    """
    decoding, taking = decoder("png"), _taking(layout)
    colours = _colours(layout.palette) if layout.colour == _INDEXED else None
    most = factor * max(1, _BAND_BYTES // (factor * layout.row))
    above = bytes(layout.row)
    for first in range(0, layout.height, most):
        rows = min(most, layout.height - first)
        filtered = taking(rows * (layout.row + 1))
        if max(filtered[:: layout.row + 1]) > _LAST_FILTER:
            raise Uninspectable("undecodable")  # FFmpeg leaves such rows black
        picture = _picture(layout, rows + 1, (b"\0" + above, filtered))
        with decoding.planes(picture) as (_, planes):
            found = planes[0][:, : layout.row]
            if found.shape != (rows + 1, layout.row):
                raise Uninspectable("undecodable")
            above = found[-1].tobytes()
            yield _pixels(found[1:], layout, colours)


def _taking(layout: _Layout) -> Callable[[int], memoryview]:
    """Return what gives so many bytes after so many of a picture's rows.

    Raises:
        Uninspectable: there are fewer; from what is returned, too.
    """
    size = layout.height * (layout.row + 1)
    if size > _AT_ONCE:
        return _Inflating(layout.packed).take
    unpacking: _Unpacking = zlib.decompressobj()
    whole = memoryview(unpacking.decompress(b"".join(layout.packed), size))
    if len(whole) < size:
        raise Uninspectable("truncated")
    return _Inflated(whole).take


class _Inflated:
    """Takes so many bytes after so many, without copying them."""

    def __init__(self, whole: memoryview) -> None:
        self._rest = whole

    def take(self, count: int) -> memoryview:
        found, self._rest = self._rest[:count], self._rest[count:]
        return found


class _Inflating:
    """Takes so many bytes after so many out of compressed pieces."""

    def __init__(self, packed: Iterable[memoryview]) -> None:
        self._unpacking: _Unpacking = zlib.decompressobj()
        self._pieces = (
            one[at : at + _PIECE] for one in packed for at in range(0, len(one), _PIECE)
        )
        self._rest: bytes | memoryview = b""

    def take(self, count: int) -> memoryview:
        """Return the next `count` bytes.

        Raises:
            Uninspectable: there are fewer.
        """
        found = bytearray()
        while len(found) < count:
            # What was inflated already may still be inside, with nothing left to put in.
            more = self._unpacking.decompress(self._rest, count - len(found))
            self._rest = self._unpacking.unconsumed_tail
            found += more
            if not more and not self._rest:
                self._rest = self._next()
        return memoryview(found)

    def _next(self) -> memoryview:
        piece = next(self._pieces, None)
        if piece is None:
            raise Uninspectable("truncated")
        return piece


def _picture(layout: _Layout, rows: int, filtered: tuple[bytes | memoryview, ...]) -> bytes:
    """Return some rows, each behind the byte of its filter, as a PNG that isn't compressed.

    Args:
        layout: the whole picture's.
        rows: how many there are.
        filtered: their bytes, in pieces none of which is empty.
    """
    colour = _GREY if layout.colour == _INDEXED else layout.colour
    header = pack(_HEADER, layout.width, rows, layout.depth, colour, 0, 0, 0)
    parts = [
        memoryview(piece)[at : at + _STORED]
        for piece in filtered
        for at in range(0, len(piece), _STORED)
    ]
    size = len(_FLAT) + sum(5 + len(part) for part in parts)
    found: list[bytes | memoryview] = [
        png.SIGNATURE,
        png.chunk(b"IHDR", header),
        pack(">I4s", size, b"IDAT"),
        _FLAT,
    ]
    for at, part in enumerate(parts, 1):
        found += (pack("<BHH", at == len(parts), len(part), len(part) ^ 0xFFFF), part)
    return b"".join((*found, _UNCHECKED, _END))


def _colours(palette: bytes) -> NDArray[np.uint32]:
    """Return 256 colours as red, green, blue and a byte more; black where the file has none."""
    if not palette or len(palette) % 3 or len(palette) > _LARGEST_PALETTE:
        raise Uninspectable("undecodable")
    table = np.zeros((256, 4), np.uint8)
    table[: len(palette) // 3, :3] = np.frombuffer(palette, np.uint8).reshape(-1, 3)
    return table.view(np.uint32)[:, 0]


def _pixels(found: Plane, layout: _Layout, colours: NDArray[np.uint32] | None) -> Pixels:
    rows = len(found)
    if colours is not None:
        named = np.take(colours, found, mode="clip")  # all 256 are there: nothing is to be checked
        return named.view(np.uint8).reshape(rows, layout.width, 4)
    whole = found.reshape(rows, layout.width, -1)
    return np.ascontiguousarray(whole[:, :, ::2]) if layout.depth == 16 else whole
