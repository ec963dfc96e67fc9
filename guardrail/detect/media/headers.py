"""How large a picture is by its header, before anything is decoded.

A header can lie, and a decoder may believe another one than we do. So every frame header counts:
where they disagree, nobody knows what a decoder would make of it, and it is `Uninspectable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.layouts import boxes, gif, jpeg, png, riff, tiff
from guardrail.detect.media.medium import Medium
from guardrail.detect.media.octets import number, take


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels of the largest frame, and how many frames there are; None where that isn't told."""

    width: int
    height: int
    frames: int | None = None


def picture_size(data: bytes, medium: Medium) -> Size:
    """Return what the headers of a picture say of its size.

    Raises:
        Uninspectable: ``format_not_decodable``: it isn't a picture of a format known here;
            ``no_size``: it states none, or none of at least a pixel; ``sizes_disagree``: its
            headers contradict each other; ``truncated``, ``broken_…``, ``too_many_parts``,
            ``too_deep``.
    """
    reader = _READERS.get(medium.mime)
    if reader is None:
        raise Uninspectable("format_not_decodable")
    size = reader(data)
    if size.width < 1 or size.height < 1:
        raise Uninspectable("no_size")
    return size


def check(size: Size, budget: Budget) -> None:
    """Compare a picture with what may be decoded.

    Raises:
        Uninspectable: ``too_many_pixels``.
    """
    if size.width * size.height > budget.pixels:
        raise Uninspectable("too_many_pixels")


def _agreed(sizes: Iterator[tuple[int, int]]) -> tuple[int, int]:
    """Return the one size that all headers state."""
    stated = set(sizes)
    if len(stated) > 1:
        raise Uninspectable("sizes_disagree")
    if not stated:
        raise Uninspectable("no_size")
    return stated.pop()


def _jpeg(data: bytes) -> Size:
    return Size(*_agreed(_frames_of_jpeg(data)), 1)


def _frames_of_jpeg(data: bytes) -> Iterator[tuple[int, int]]:
    for segment in jpeg.segments(data):
        if segment.marker in jpeg.FRAMES:
            yield number(data, segment.body + 3, 2), number(data, segment.body + 1, 2)


def _png(data: bytes) -> Size:
    sizes = []
    frames = 1
    for chunk in png.chunks(data):
        if chunk.kind == b"IHDR":
            sizes.append((number(data, chunk.body, 4), number(data, chunk.body + 4, 4)))
        elif chunk.kind == b"acTL":
            frames = number(data, chunk.body, 4)
        elif chunk.kind == b"IDAT":
            break
    return Size(*_agreed(iter(sizes)), frames)


def _gif(data: bytes) -> Size:
    """Return the screen, enlarged where a frame goes beyond it: decoders enlarge it too."""
    width, height = number(data, 6, 2, "little"), number(data, 8, 2, "little")
    frames = 0
    for block in gif.blocks(data):
        if block.is_frame:
            frames += 1
            left, top, wide, high = (
                number(data, block.start + 1 + 2 * place, 2, "little") for place in range(4)
            )
            width, height = max(width, left + wide), max(height, top + high)
    return Size(width, height, frames)


def _webp(data: bytes) -> Size:
    canvas = None
    bare = []
    frames = 0
    for chunk in riff.chunks(data):
        if chunk.kind == b"VP8X":
            wide, high = (number(data, chunk.body + at, 3, "little") for at in (4, 7))
            canvas = (wide + 1, high + 1)
        elif chunk.kind in {b"VP8 ", b"VP8L"}:
            bare.append(_coded(data, chunk.kind, chunk.body))
        elif chunk.kind == b"ANMF":
            frames += 1
            wide, high = (number(data, chunk.body + at, 3, "little") for at in (6, 9))
            if (
                canvas
                and (wide >= canvas[0] or high >= canvas[1])
                and (wide + 1, high + 1) != canvas
            ):
                raise Uninspectable("sizes_disagree")
    sizes = [*bare, canvas] if canvas else bare
    return Size(*_agreed(iter(sizes)), frames or 1)


def _coded(data: bytes, kind: bytes, at: int) -> tuple[int, int]:
    """Return the size in a VP8 key frame (RFC 6386, 9.1) or a VP8L header (RFC 9649, 3.4)."""
    if kind == b"VP8L":
        if number(data, at, 1) != 0x2F:
            raise Uninspectable("broken_webp")
        bits = number(data, at + 1, 4, "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if take(data, at + 3, 3) != b"\x9d\x01\x2a":
        raise Uninspectable("broken_webp")
    return number(data, at + 6, 2, "little") & 0x3FFF, number(data, at + 8, 2, "little") & 0x3FFF


def _bmp(data: bytes) -> Size:
    if number(data, 14, 4, "little") == 12:
        return Size(number(data, 18, 2, "little"), number(data, 20, 2, "little"), 1)
    high = number(data, 22, 4, "little")
    return Size(number(data, 18, 4, "little"), min(high, (1 << 32) - high), 1)  # rows from the top


_WIDTH, _HEIGHT = 0x0100, 0x0101


def _tiff(data: bytes) -> Size:
    """Return the largest of the pages; which one a decoder takes is its own choice."""
    read = tiff.read(data)
    sizes = [
        (read.value(one.entries[_WIDTH]), read.value(one.entries[_HEIGHT]))
        for one in read.directories
        if _WIDTH in one.entries and _HEIGHT in one.entries
    ]
    return Size(*_largest(sizes), len(sizes))


def _largest(sizes: list[tuple[int, int]]) -> tuple[int, int]:
    if not sizes:
        raise Uninspectable("no_size")
    return max(sizes, key=lambda size: size[0] * size[1])


def _codestream(data: bytes, at: int = 0) -> tuple[int, int]:
    """Return the size in a SIZ segment (ISO/IEC 15444-1, A.5.1), which comes first."""
    if take(data, at, 4) != b"\xff\x4f\xff\x51":
        raise Uninspectable("broken_jpeg2000")
    wide, high, left, top = (number(data, at + 8 + 4 * place, 4) for place in range(4))
    return wide - left, high - top


def _jp2(data: bytes) -> Size:
    sizes = []
    for part in boxes.walk(data):
        if part.kind == b"ihdr":
            sizes.append((number(data, part.body + 4, 4), number(data, part.body, 4)))
        elif part.kind == b"jp2c":
            sizes.append(_codestream(data, part.body))
    return Size(*_agreed(iter(sizes)), 1)


def _heif(data: bytes) -> Size:
    """Return the largest item: a grid's own size is among them (ISO/IEC 23008-12, 6.5.3)."""
    sizes = [
        (number(data, part.body + 4, 4), number(data, part.body + 8, 4))
        for part in boxes.walk(data)
        if part.kind == b"ispe"
    ]
    return Size(*_largest(sizes))


_READERS: dict[str, Callable[[bytes], Size]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/apng": _png,
    "image/gif": _gif,
    "image/webp": _webp,
    "image/bmp": _bmp,
    "image/tiff": _tiff,
    "image/jp2": _jp2,
    "image/jpx": _jp2,
    "image/x-jp2-codestream": lambda data: Size(*_codestream(data), 1),
    "image/avif": _heif,
    "image/heic": _heif,
    "image/heif": _heif,
    "image/heic-sequence": _heif,
    "image/heif-sequence": _heif,
}
