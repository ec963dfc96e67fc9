"""Word, Excel and PowerPoint files (ECMA-376): a custom property named ``AIGC``.

The property is of ``docProps/custom.xml``, which readers find by its type and relationship only.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.disclose.marks import aigc
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import patched
from guardrail.disclose.marks.trees import Element, elements, escaped
from guardrail.disclose.marks.zipped import Archive

_TYPES, _RELATIONS, _PLACE = "[Content_Types].xml", "_rels/.rels", "docProps/custom.xml"
_PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/customProperties"
_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_OWN = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_NAME = "AIGC"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_C2PA = "META-INF/content_credential.c2pa"
_SIGNATURES = "_xmlsignatures/"
_FIRST = 2
"""The first number that a property may have."""


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a document.

    Raises:
        Unmarkable: as `Archive` and `elements`.
    """
    archive = Archive(data)
    if _C2PA in archive.names:
        yield Found(layer=Layer.SIGNED, technique="c2pa")
    held = archive.read(_place(archive))
    own = _own(elements(held)) if held is not None else None
    if own is not None:
        yield aigc.read(own.text)


def write(data: bytes, claim: Claim) -> bytes:
    """Return the document with the label as a property.

    Raises:
        Unmarkable: as `read`; ``document_signed``; ``broken_ooxml``.
    """
    archive = Archive(data)
    if any(name.startswith(_SIGNATURES) for name in archive.names):
        raise Unmarkable("document_signed")
    place = _place(archive)
    held = archive.read(place)
    properties = _new(claim) if held is None else _merged(held, claim)
    if properties == held:
        return data
    changed = {place: properties}
    if held is None:
        changed[_TYPES] = _with_type(archive.read(_TYPES))
        changed[_RELATIONS] = _with_relation(archive.read(_RELATIONS))
    return archive.written(changed)


def _place(archive: Archive) -> str:
    """Return where the custom properties are, by their relationship."""
    for one in elements(archive.read(_RELATIONS) or b"<none/>"):
        if one.attributes.get("Type") in {_RELATION, _STRICT}:
            return one.attributes.get("Target", "").lstrip("/") or _PLACE
    return _PLACE


def _property(number: int, value: str) -> bytes:
    head = f'<property xmlns="{_PROPERTIES}" fmtid="{_OWN}" pid="{number}" name="{_NAME}">'
    content = b'<vt:lpwstr xmlns:vt="%b">%b</vt:lpwstr>' % (_VALUES.encode(), escaped(value))
    return head.encode() + content + b"</property>"


def _new(claim: Claim) -> bytes:
    head = f'{_DECLARATION}\n<Properties xmlns="{_PROPERTIES}">'
    return head.encode() + _property(_FIRST, claim.aigc) + b"</Properties>"


def _merged(held: bytes, claim: Claim) -> bytes:
    found = elements(held)
    own = _own(found)
    if own is None:
        pids = [one.attributes.get("pid", "") for one in found if _is_property(one)]
        taken = [int(pid) for pid in pids if pid.isdecimal() and len(pid) < 10]
        number = max([_FIRST - 1, *taken]) + 1
        return patched(held, [found[0].appended(_property(number, claim.aigc))])
    value = aigc.merged(own.text, claim.aigc)
    if value == own.text:
        return held
    edit = own.appended(escaped(value)) if own.is_bare else (own.inside, own.stop, escaped(value))
    return patched(held, [edit])


def _own(found: list[Element]) -> Element | None:
    """Return the element of the value."""
    for one in found:
        parent = one.parent
        if parent and _is_property(parent) and parent.attributes.get("name") == _NAME:
            return one
    return None


def _is_property(one: Element) -> bool:
    return one.name.endswith(" property")


def _with_type(types: bytes | None) -> bytes:
    if types is None:
        raise Unmarkable("broken_ooxml")
    found = elements(types)
    if any(one.attributes.get("PartName") == f"/{_PLACE}" for one in found):
        return types
    head = f'<Override xmlns="{_namespace(found[0])}" PartName="/{_PLACE}"'
    written = f'{head} ContentType="{_TYPE}"/>'
    return patched(types, [found[0].appended(written.encode())])


def _with_relation(relations: bytes | None) -> bytes:
    if relations is None:
        raise Unmarkable("broken_ooxml")
    found = elements(relations)
    if any(one.attributes.get("Type") in {_RELATION, _STRICT} for one in found):
        return relations
    taken = {one.attributes.get("Id") for one in found}
    own = next(f"rId{count}" for count in range(1, len(found) + 2) if f"rId{count}" not in taken)
    head = f'<Relationship xmlns="{_namespace(found[0])}" Id="{own}" Type="{_RELATION}"'
    written = f'{head} Target="{_PLACE}"/>'
    return patched(relations, [found[0].appended(written.encode())])


def _namespace(one: Element) -> str:
    return one.name.partition(" ")[0]
