"""Records in BER: data groups of travel documents (ICAO Doc 9303-10) and ISO/IEC 39794."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.detect.media.templates.rows import NOTHING, Fit, Match, Row

_DEEPEST = 16
_MOST = 64
"""Elements side by side: a group has a template a finger at most."""


@dataclass(frozen=True, slots=True)
class Element:
    """A tag and where its value stands; `end` may lie beyond data that was cut."""

    tag: int
    body: int
    end: int
    whole: bool
    """The data holds all of it."""


def element(data: bytes, at: int, end: int) -> Element | None:
    """Return the element of definite length at `at` (ISO/IEC 8825-1, 8.1), or None."""
    head = data[at : min(at + 3, end)]
    if len(head) < 2 or head[0] in {0x00, 0xFF}:
        return None
    wide = head[0] & 0x1F == 0x1F
    tag = int.from_bytes(head[:2], "big") if wide else head[0]
    place = at + 1 + wide
    first = data[place] if place < end else 0x80
    if first < 0x80:
        body, size = place + 1, first
    else:
        count = first & 0x7F
        if not 1 <= count <= 4 or place + 1 + count > end:
            return None
        body = place + 1 + count
        size = int.from_bytes(data[place + 1 : body], "big")
    return Element(tag, body, min(body + size, end), body + size <= end)


def elements(data: bytes, start: int, end: int) -> Iterator[Element]:
    """Yield the elements side by side from `start` to `end`, until something else stands there."""
    at = start
    for _ in range(_MOST):
        found = element(data, at, end)
        if found is None or not found.whole:
            if found is not None:
                yield found
            return
        yield found
        at = found.end


_GROUP, _INFORMATION = 0x7F61, 0x7F60
_HEADER = 0xA1
_BLOCKS = frozenset({0x5F2E, 0x7F2E})
_KIND = 0x81
_KINDS = {0x02: "face", 0x04: "voice", 0x08: "finger", 0x10: "iris"}
"""Biometric types (ISO/IEC 7816-11, table C.2)."""
_FORMATS = {0x0007: "finger", 0x0008: "face", 0x0009: "iris", 0x0028: "finger", 0x002A: "face",
            0x002C: "iris"}  # fmt: skip


_COUNT = re.compile(rb"\x02\x01[\x01-\x0a]\Z")


def biometric_group(data: bytes, at: int, _row: Row) -> Match:
    """Check a group of biometric information templates, as in DG2, DG3 and DG4."""
    group = element(data, at, len(data))
    if group is None:
        return NOTHING
    return _templates(data, group, at)


def biometric_information(data: bytes, at: int, _row: Row) -> Match:
    """Check one biometric information template on its own, outside of a group."""
    if _COUNT.search(data[max(0, at - 3) : at]):
        return NOTHING
    found = element(data, at, len(data))
    kind = _kind_of(data, found) if found else None
    if found is None or kind is None:
        return NOTHING
    return Match(Fit.SURE if found.whole else Fit.LIKELY, (kind,))


def _templates(data: bytes, group: Element, at: int) -> Match:
    kinds = []
    for one in elements(data, group.body, group.end):
        if one.tag == _INFORMATION:
            kind = _kind_of(data, one)
            if kind is None:
                break
            kinds.append(kind or _outer(data, at))
        elif one.tag not in {0x02, 0x53, 0x73}:
            break
    if not kinds:
        return NOTHING
    return Match(Fit.SURE if group.whole else Fit.LIKELY, tuple(dict.fromkeys(kinds)))


def _kind_of(data: bytes, information: Element) -> str | None:
    """Return what a template is of, empty where it doesn't say; None where it is none."""
    kind = None
    pending = [(information.body, information.end, 0)]
    while pending:
        start, end, depth = pending.pop()
        for one in elements(data, start, end):
            if one.tag in _BLOCKS:
                return kind or ""
            if one.tag == _HEADER and depth < _DEEPEST:
                kind = _header(data, one)
            elif one.tag in {0x7D, 0x30} and depth < _DEEPEST:
                pending.append((one.body, one.end, depth + 1))
    return None


def _header(data: bytes, header: Element) -> str:
    found = ""
    for one in elements(data, header.body, header.end):
        value = int.from_bytes(data[one.body : min(one.end, one.body + 4)], "big")
        if one.tag == _KIND:
            found = _KINDS.get(value, found)
        elif one.tag == 0x88:
            found = found or _FORMATS.get(value, "")
    return found


_OUTER = {0x75: "face", 0x63: "finger", 0x76: "iris"}


def _outer(data: bytes, at: int) -> str:
    """Return what the data group around `at` is of: DG2, DG3 or DG4."""
    for back in range(2, 7):
        around = element(data, at - back, len(data)) if at >= back else None
        if around is not None and around.body == at and around.tag in _OUTER:
            return _OUTER[around.tag]
    return ""


_PICTURES = (b"\xff\xd8\xff", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51")


def displayed(data: bytes, at: int, _row: Row) -> Match:
    """Check a displayed portrait (DG5) or signature (DG7): behind the count stands a picture."""
    found = element(data, at + 3, len(data))
    if found is None or not data.startswith(_PICTURES, found.body):
        return NOTHING
    return Match(Fit.SURE if found.whole else Fit.LIKELY)


_PARTS = {
    0x62: ("-2", "finger minutiae"),
    0x64: ("-4", "finger image"),
    0x65: ("-5", "face image"),
    0x66: ("-6", "iris image"),
}
"""Application tags are the numbers of the parts."""
_REPRESENTATIONS = 0xA1
_VERSION_SIZE = 9


def extensible(data: bytes, at: int, _row: Row) -> Match:
    """Check a record of ISO/IEC 39794: around the version stands the part's application tag."""
    behind = element(data, at + _VERSION_SIZE, len(data))
    for back in range(2, 7):
        around = element(data, at - back, len(data)) if at >= back else None
        if around is None or around.body != at or around.tag & 0xE0 != 0x60:
            continue
        if behind is None or behind.tag != _REPRESENTATIONS:
            return NOTHING
        fit = Fit.SURE if around.whole else Fit.LIKELY
        part, modality = _PARTS.get(around.tag, ("", "record"))
        return Match(fit, (modality,), f"ISO/IEC 39794{part}")
    return NOTHING
