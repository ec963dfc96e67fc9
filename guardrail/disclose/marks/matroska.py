"""Matroska and WebM: a tag ``AIGC`` of the whole file (RFC 9559, 5.1.8).

No guide says where a label stands in these; other programs show such a tag as metadata of that
name. It goes where nothing else must move: into room that was left, else to the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.disclose.marks import aigc, ebml
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.ebml import Element, element, elements, within
from guardrail.disclose.marks.found import Found, Unmarkable
from guardrail.disclose.marks.octets import patched

MAGIC = b"\x1a\x45\xdf\xa3"
_NAME = "AIGC"
_TAG, _TARGETS, _TARGET_TYPE = 0x7373, 0x63C0, 0x68CA
_SIMPLE, _TAG_NAME, _TAG_LANGUAGE, _TAG_STRING = 0x67C8, 0x45A3, 0x447A, 0x4487
_TRACK, _TRACK_TYPE, _VIDEO = 0xAE, 0x83, 1
_FAMILIES = {"webm": "webm", "matroska": "matroska"}


@dataclass(frozen=True, slots=True)
class _Held:
    """A label that is there."""

    tags: Element
    tag: Element
    simple: Element
    value: str


def kind(data: bytes) -> str:
    """Return the media type by what a file says of itself; empty for another kind of EBML."""
    try:
        head = next(elements(data))
        named = next((ebml.text(data, one) for one in within(data, head, ebml.DOC_TYPE)), "")
        family = _FAMILIES.get(named, "")
    except Unmarkable:
        return ""
    return f"{'video' if _is_seen(data) else 'audio'}/{family}" if family else ""


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a file.

    Raises:
        Unmarkable: ``broken_ebml``, ``truncated``, ``too_many_parts``.
    """
    for held in _labels(data, ebml.segment(data)):
        yield aigc.read(held.value)


def write(data: bytes, claim: Claim) -> bytes:
    """Return the file with the label among its tags.

    Raises:
        Unmarkable: as `read`; ``too_large``.
    """
    whole = ebml.segment(data)
    held = next(_labels(data, whole), None)
    if held is None:
        return _placed(data, whole, element(ebml.TAGS, _tag(claim.aigc)))
    value = aigc.merged(held.value, claim.aigc)
    if value == held.value:
        return data
    new = _rewritten(data, held, value)
    gone = ebml.void(held.tags.end - held.tags.start)
    return _placed(patched(data, [(held.tags.start, held.tags.end, gone)]), whole, new)


def _is_seen(data: bytes) -> bool:
    """Tell whether there are moving pictures, or nobody can tell."""
    try:
        for one in elements(data, ebml.segment(data).body):
            if one.kind == ebml.TRACKS:
                kinds = [ebml.value(data, each) for each in within(data, one, _TRACK, _TRACK_TYPE)]
                return _VIDEO in kinds or not kinds
    except Unmarkable:
        pass
    return True


def _labels(data: bytes, whole: Element) -> Iterator[_Held]:
    for tags in within(data, whole, ebml.TAGS):
        for tag in within(data, tags, _TAG):
            for simple in within(data, tag, _SIMPLE):
                parts = {one.kind: one for one in elements(data, simple.body, simple.end)}
                name, said = parts.get(_TAG_NAME), parts.get(_TAG_STRING)
                if name and said and ebml.text(data, name) == _NAME:
                    yield _Held(tags, tag, simple, ebml.text(data, said))


def _tag(value: str) -> bytes:
    return element(_TAG, element(_TARGETS, ebml.unsigned(_TARGET_TYPE, 50)), _simple(value))


def _simple(value: str) -> bytes:
    return element(
        _SIMPLE,
        element(_TAG_NAME, _NAME.encode()),
        element(_TAG_LANGUAGE, b"und"),
        element(_TAG_STRING, value.encode()),
    )


def _rewritten(data: bytes, held: _Held, value: str) -> bytes:
    """Return tags with another value of the label. Checksums over the old ones go."""

    def inner(around: Element, new: Element, made: bytes) -> bytes:
        return b"".join(
            made if one == new else data[one.start : one.end]
            for one in elements(data, around.body, around.end)
            if one.kind != ebml.CRC
        )

    tag = element(_TAG, inner(held.tag, held.simple, _simple(value)))
    return element(ebml.TAGS, inner(held.tags, held.tag, tag))


def _placed(data: bytes, whole: Element, new: bytes) -> bytes:
    """Return the file with an element in room that was left, or at the end of the segment."""
    edits = []
    for one in elements(data, whole.body, whole.end):
        if one.kind == ebml.CLUSTER:
            break
        if one.kind == ebml.CRC:  # over the whole segment
            edits.append((one.start, one.end, ebml.void(one.end - one.start)))
        rest = one.end - one.start - len(new)
        if one.kind == ebml.VOID and (rest == 0 or rest > 1):
            room = (one.start, one.end, new + (ebml.void(rest) if rest else b""))
            return patched(data, [*edits, room])
    edits.append((whole.end, whole.end, new))
    if not whole.is_endless:
        at = whole.start + len(ebml.identified(ebml.SEGMENT))
        length = whole.end - whole.body + len(new)
        edits.append((at, whole.body, _grown(length, whole.body - at)))
    return patched(data, edits)


def _grown(length: int, width: int) -> bytes:
    try:
        return ebml.size(length, width)
    except Unmarkable:
        return ebml.size(length)
