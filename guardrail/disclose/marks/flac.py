"""FLAC sound (RFC 9639): a Vorbis comment ``AIGC``. A tag ID3v2 before it may hold C2PA."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.disclose.marks import id3, vorbis
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Unmarkable
from guardrail.disclose.marks.octets import number, patched, sized, take

_STREAM_INFO, _COMMENTS, _LAST = 0, 4, 0x80
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Block:
    kind: int
    start: int
    body: int
    end: int
    is_last: bool


def start_of(data: bytes) -> int:
    """Return where ``fLaC`` stands, behind a tag ID3v2 if there is one; -1 where it doesn't.

    Raises:
        Unmarkable: as `id3.tag_of`.
    """
    tag = id3.tag_of(data)
    at = tag.end if tag else 0
    return at if data.startswith(b"fLaC", at) else -1


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a file.

    Raises:
        Unmarkable: ``truncated``, ``broken_flac``, ``too_many_parts``, or as `id3.tag_of`.
    """
    yield from id3.read(data)
    for block in _blocks(data):
        if block.kind == _COMMENTS:
            yield from vorbis.read(data[block.body : block.end])


def write(data: bytes, claim: Claim) -> bytes:
    """Return the sound with the label among its comments.

    Raises:
        Unmarkable: as `read`; ``too_large``.
    """
    first, *others = _blocks(data)
    held = next((one for one in others if one.kind == _COMMENTS), None)
    if held is not None:
        body = vorbis.written(data[held.body : held.end], claim)
        head = _head(_COMMENTS, len(body), is_last=held.is_last)
        return patched(data, [(held.start, held.end, head + body)])
    body = vorbis.written(vorbis.empty(), claim)
    head = _head(_COMMENTS, len(body), is_last=first.is_last)
    edits = [
        (first.start, first.start + 1, bytes([_STREAM_INFO])),
        (first.end, first.end, head + body),
    ]
    return patched(data, edits)


def _head(kind: int, size: int, *, is_last: bool) -> bytes:
    return bytes([kind | _LAST * is_last]) + sized(size, 3)


def _blocks(data: bytes) -> list[_Block]:
    start = start_of(data)
    at = start + 4
    blocks: list[_Block] = []
    while len(blocks) < _MOST:
        kind = take(data, at, 1)[0]
        body = at + 4
        end = body + number(data, at + 1, 3)
        if end > len(data):
            raise Unmarkable("truncated")
        if start < 0 or (not blocks and kind & ~_LAST != _STREAM_INFO):
            raise Unmarkable("broken_flac")
        blocks.append(_Block(kind & ~_LAST, at, body, end, bool(kind & _LAST)))
        if kind & _LAST:
            return blocks
        at = end
    raise Unmarkable("too_many_parts")
