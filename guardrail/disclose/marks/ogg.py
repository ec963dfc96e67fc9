"""Ogg sound (RFC 3533): a comment ``AIGC`` of Vorbis, Opus, FLAC, Speex or Theora.

The pages of the headers are laced anew; if their number changes, the later pages of the stream are
numbered anew. What the pages of sound hold stays as it is.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.disclose.marks import vorbis
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Unmarkable
from guardrail.disclose.marks.octets import number, take

_MAGIC = b"OggS"
_HEAD = 27
_CONTINUED, _FIRST = 1, 2
_MOST_PAGES = 1_000_000
_MOST_HEADERS = 64 << 20
"""Bytes of the header packets: covers stand among comments."""
_LACES = 255
_WIDEST = _LACES * 255
_NO_END = b"\xff" * 8
"""The granule position of a page on which no packet ends."""

_MIRRORED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))

_FLAC = b"\x7fFLAC"
_CODECS: tuple[tuple[bytes, bytes, int], ...] = (
    (b"\x01vorbis", b"\x03vorbis", 3),
    (b"OpusHead", b"OpusTags", 2),
    (_FLAC, b"", 2),
    (b"Speex   ", b"", 2),
    (b"\x80theora", b"\x81theora", 3),
)
"""How the first packet begins, how the second does, and how many packets are headers."""


@dataclass(frozen=True, slots=True)
class _Page:
    data: bytes
    start: int
    flags: int
    serial: int
    laces: bytes
    body: int
    end: int

    @property
    def content(self) -> bytes:
        return self.data[self.body : self.end]


@dataclass(frozen=True, slots=True)
class _Headers:
    """The header packets of the stream that is marked."""

    first: _Page
    packets: tuple[bytes, ...]
    """From the second on: comments first."""
    pages: tuple[_Page, ...]
    """On which they stand, and nothing else."""
    comments: int
    """Where the comments start in the first of `packets`."""


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks among the comments.

    Raises:
        Unmarkable: ``truncated``, ``broken_ogg``, ``too_many_parts``, ``no_carrier``: no codec that
            is known.
    """
    headers = _headers(data)
    yield from vorbis.read(headers.packets[0], headers.comments)


def write(data: bytes, claim: Claim) -> bytes:
    """Return the sound with the label among its comments.

    Raises:
        Unmarkable: as `read`.
    """
    headers = _headers(data)
    comments = _sized_anew(headers, vorbis.written(headers.packets[0], claim, headers.comments))
    if comments == headers.packets[0]:
        return data
    serial, old = headers.first.serial, headers.pages
    laced = list(_laced((comments, *headers.packets[1:]), serial))
    gone = {page.start for page in old}
    more = len(laced) - len(old)
    pieces: list[bytes] = []
    for page in _pages(data):
        if page.start == old[0].start:
            pieces += laced
        elif page.start in gone:
            continue
        elif more and page.serial == serial and page.start > old[0].start:
            more *= not page.flags & _FIRST  # another stream of the same number: a chained file
            pieces.append(_renumbered(page, more) if more else data[page.start : page.end])
        else:
            pieces.append(data[page.start : page.end])
    return b"".join(pieces)


def packets(data: bytes) -> Iterator[bytes]:
    """Yield the packets of the first stream, its headers among them.

    Raises:
        Unmarkable: ``truncated``, ``broken_ogg``, ``too_many_parts``.
    """
    part: list[bytes] = []
    serial: int | None = None
    for page in _pages(data):
        serial = page.serial if serial is None else serial
        for piece, ends in _pieces(page) if page.serial == serial else ():
            part.append(piece)
            if ends:
                yield b"".join(part)
                part = []


def _headers(data: bytes) -> _Headers:
    """Collect the header packets of the first stream with a codec that is known."""
    pages = _pages(data)
    first, mark, count = _first(pages)
    held: list[_Page] = []
    packets: list[bytes] = []
    part: list[bytes] = []
    size = 0
    while len(packets) < count:
        page = next(pages, None)
        if page is None or size > _MOST_HEADERS:
            raise Unmarkable("broken_ogg")
        if page.serial != first.serial:
            continue
        held.append(page)
        size += len(page.content)
        for piece, ends in _pieces(page):
            part.append(piece)
            if ends:
                packets.append(b"".join(part))
                part = []
    in_flac = first.content.startswith(_FLAC)
    # Sound begins on a page of its own in every one of these formats.
    if len(packets) != count or part or not packets[0].startswith(mark):
        raise Unmarkable("broken_ogg")
    if in_flac and packets[0][:1] not in {b"\x04", b"\x84"}:
        raise Unmarkable("broken_ogg")
    return _Headers(first, tuple(packets), tuple(held), 4 if in_flac else len(mark))


def _first(pages: Iterator[_Page]) -> tuple[_Page, bytes, int]:
    """Return a stream's first page, how its comments begin, and how many headers follow."""
    for page in pages:
        if not page.flags & _FIRST:
            break
        for begin, mark, count in _CODECS:
            if page.content.startswith(begin):
                return page, mark, count - 1
    raise Unmarkable("no_carrier")


def _sized_anew(headers: _Headers, packet: bytes) -> bytes:
    """Return the packet of comments with its own length right, where it states one (FLAC)."""
    if not headers.first.content.startswith(_FLAC):
        return packet
    if len(packet) - 4 >= 1 << 24:
        raise Unmarkable("too_large")
    return packet[:1] + (len(packet) - 4).to_bytes(3, "big") + packet[4:]


def _pieces(page: _Page) -> Iterator[tuple[bytes, bool]]:
    """Yield the parts of packets on a page, and whether the packet ends there."""
    at = start = page.body
    ended = True
    for lace in page.laces:
        at += lace
        ended = lace < 255
        if ended:
            yield page.data[start:at], True
            start = at
    if not ended:
        yield page.data[start:at], False


def _laced(packets: tuple[bytes, ...], serial: int) -> Iterator[bytes]:
    """Yield the pages for packets, from number 1 on (the packet before stands on number 0)."""
    laces: list[int] = []
    ends: list[bool] = []
    for packet in packets:
        full, rest = divmod(len(packet), 255)
        laces += [255] * full + [rest]
        ends += [False] * full + [True]
    body = b"".join(packets)
    at = 0
    for count, start in enumerate(range(0, len(laces), _LACES)):
        own = laces[start : start + _LACES]
        size = sum(own)
        continued = _CONTINUED if start and not ends[start - 1] else 0
        granule = bytes(8) if any(ends[start : start + _LACES]) else _NO_END
        head = _MAGIC + bytes([0, continued]) + granule
        head += serial.to_bytes(4, "little") + (count + 1).to_bytes(4, "little")
        yield _checked(head, bytes([len(own), *own]) + body[at : at + size])
        at += size


def _renumbered(page: _Page, more: int) -> bytes:
    data = page.data
    count = (number(data, page.start + 18, 4, "little") + more) % (1 << 32)
    head = data[page.start : page.start + 18] + count.to_bytes(4, "little")
    return _checked(head, data[page.start + 26 : page.end])


def _checked(head: bytes, rest: bytes) -> bytes:
    """Return a page with its checksum: polynomial 04C11DB7, not mirrored, from zero (RFC 3533, 6).

    zlib's is the same polynomial mirrored and inverted, and fast: so bits are turned around.
    """
    mirrored = (head + bytes(4) + rest).translate(_MIRRORED)
    crc = zlib.crc32(mirrored, 0xFFFFFFFF) ^ 0xFFFFFFFF
    # Mirrored bits in little-endian bytes are the bits themselves in big-endian bytes, mirrored.
    turned = crc.to_bytes(4, "little").translate(_MIRRORED)
    return head + turned[::-1] + rest


def _pages(data: bytes) -> Iterator[_Page]:
    at = 0
    for _ in range(_MOST_PAGES):
        if at == len(data):
            return
        head = take(data, at, _HEAD)
        if not head.startswith(_MAGIC) or head[4]:
            raise Unmarkable("broken_ogg")
        laces = take(data, at + _HEAD, head[26])
        body = at + _HEAD + len(laces)
        end = body + sum(laces)
        if end > len(data):
            raise Unmarkable("truncated")
        serial = int.from_bytes(head[14:18], "little")
        yield _Page(data, at, head[5], serial, laces, body, end)
        at = end
    raise Unmarkable("too_many_parts")
