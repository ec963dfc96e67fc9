"""Elements of EBML (RFC 8794) as Matroska and WebM have them (RFC 9559): read and written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import number, take

EBML, DOC_TYPE, SEGMENT = 0x1A45DFA3, 0x4282, 0x18538067
SEEK_HEAD, INFO, TRACKS, CLUSTER = 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1F43B675
CUES, TAGS, CHAPTERS, ATTACHMENTS = 0x1C53BB6B, 0x1254C367, 0x1043A770, 0x1941A469
VOID, CRC = 0xEC, 0xBF
_TOP = frozenset(
    {SEEK_HEAD, INFO, TRACKS, CLUSTER, CUES, TAGS, CHAPTERS, ATTACHMENTS, SEGMENT, EBML}
)
"""Whatever ends a cluster that doesn't say how long it is."""
_ENDLESS = frozenset({SEGMENT, CLUSTER})
"""The elements that may not say it."""
_MOST = 2_000_000
_WIDEST = 8


@dataclass(frozen=True, slots=True)
class Element:
    """One element."""

    kind: int
    """Its ID, marker and all."""
    start: int
    body: int
    end: int
    is_endless: bool = False
    """Whether it doesn't say how long it is: `end` is where it was found to end."""


def elements(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Element]:
    """Yield the elements that stand side by side from `start` to `end`.

    Raises:
        Unmarkable: ``broken_ebml``, ``truncated`` or ``too_many_parts``.
    """
    end = len(data) if end is None else end
    at = start
    for _ in range(_MOST):
        if at >= end:
            return
        one = _element(data, at, end)
        yield one
        at = one.end
    raise Unmarkable("too_many_parts")


def within(data: bytes, one: Element, *path: int) -> Iterator[Element]:
    """Yield the elements that a path of IDs leads to, from within `one`.

    Raises:
        Unmarkable: as `elements`.
    """
    if not path:
        yield one
        return
    for inner in elements(data, one.body, one.end):
        if inner.kind == path[0]:
            yield from within(data, inner, *path[1:])


def segment(data: bytes) -> Element:
    """Return the first segment.

    Raises:
        Unmarkable: as `elements`; ``broken_ebml``: there is none.
    """
    found = next((one for one in elements(data) if one.kind == SEGMENT), None)
    if found is None:
        raise Unmarkable("broken_ebml")
    return found


def value(data: bytes, one: Element) -> int:
    """Return an element's unsigned number.

    Raises:
        Unmarkable: ``broken_ebml``: it is wider than eight bytes.
    """
    if one.end - one.body > _WIDEST:
        raise Unmarkable("broken_ebml")
    return int.from_bytes(data[one.body : one.end], "big")


def text(data: bytes, one: Element) -> str:
    """Return an element's text."""
    return data[one.body : one.end].decode("utf-8", "replace").partition("\0")[0]


def element(kind: int, *parts: bytes) -> bytes:
    """Return an element as it is written."""
    body = b"".join(parts)
    return identified(kind) + size(len(body)) + body


def unsigned(kind: int, number_of: int) -> bytes:
    """Return an element of an unsigned number."""
    return element(kind, number_of.to_bytes(max(1, (number_of.bit_length() + 7) // 8), "big"))


def identified(kind: int) -> bytes:
    """Return an ID as it is written."""
    return kind.to_bytes((kind.bit_length() + 7) // 8, "big")


def size(length: int, width: int = 0) -> bytes:
    """Return a length as it is written, in `width` bytes or as few as do.

    Raises:
        Unmarkable: ``too_large``: it doesn't fit.
    """
    least = next((n for n in range(1, _WIDEST + 1) if length < (1 << 7 * n) - 1), _WIDEST + 1)
    if max(least, width) > (width or _WIDEST):
        raise Unmarkable("too_large")
    width = width or least
    return (length | 1 << 7 * width).to_bytes(width, "big")


def void(length: int) -> bytes:
    """Return an element of so many bytes, two or more, that says nothing."""
    width = 1 if length < 129 else _WIDEST
    return identified(VOID) + size(length - 1 - width, width) + bytes(length - 1 - width)


def _element(data: bytes, at: int, end: int) -> Element:
    width = _width(data, at, 4)
    kind = number(data, at, width)
    wide = _width(data, at + width, _WIDEST)
    body = at + width + wide
    length = number(data, at + width, wide) & ((1 << 7 * wide) - 1)
    if length == (1 << 7 * wide) - 1:
        if kind not in _ENDLESS:
            raise Unmarkable("broken_ebml")
        return Element(kind, at, body, _end_of(data, kind, body, end), is_endless=True)
    if body + length > end:
        raise Unmarkable("truncated")
    return Element(kind, at, body, body + length)


def _end_of(data: bytes, kind: int, body: int, end: int) -> int:
    """Return where an element ends that doesn't say it."""
    if kind == SEGMENT:
        return end
    at = body
    for _ in range(_MOST):
        if at >= end or number(data, at, _width(data, at, 4)) in _TOP:
            return at
        at = _element(data, at, end).end
    raise Unmarkable("too_many_parts")


def _width(data: bytes, at: int, most: int) -> int:
    """Return how many bytes an ID or a length has, by its first one."""
    width = 9 - take(data, at, 1)[0].bit_length()
    if width > most:
        raise Unmarkable("broken_ebml")
    return width
