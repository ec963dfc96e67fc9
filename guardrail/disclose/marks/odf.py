"""OpenDocument files (ISO/IEC 26300): a user-defined value named ``AIGC`` in ``meta.xml``."""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.disclose.marks import aigc
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import patched
from guardrail.disclose.marks.trees import Element, elements, escaped
from guardrail.disclose.marks.zipped import Archive

_PLACE = "meta.xml"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_META = "urn:oasis:names:tc:opendocument:xmlns:meta:1.0"
_NAME = "AIGC"
_C2PA = "META-INF/content_credential.c2pa"
_SIGNATURES = "META-INF/documentsignatures.xml"


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a document.

    Raises:
        Unmarkable: as `Archive` and `elements`.
    """
    archive = Archive(data)
    if _C2PA in archive.names:
        yield Found(layer=Layer.SIGNED, technique="c2pa")
    held = archive.read(_PLACE)
    own = _own(elements(held)) if held is not None else None
    if own is not None:
        yield aigc.read(own.text)


def write(data: bytes, claim: Claim) -> bytes:
    """Return the document with the label among its metadata.

    Raises:
        Unmarkable: as `read`; ``document_signed``; ``no_metadata``.
    """
    archive = Archive(data)
    if _SIGNATURES in archive.names:
        raise Unmarkable("document_signed")
    held = archive.read(_PLACE)
    if held is None:
        raise Unmarkable("no_metadata")
    new = _merged(held, claim)
    return data if new == held else archive.written({_PLACE: new})


def _merged(held: bytes, claim: Claim) -> bytes:
    found = elements(held)
    own = _own(found)
    if own is not None:
        value = aigc.merged(own.text, claim.aigc)
        if value == own.text:
            return held
        new = escaped(value)
        return patched(held, [own.appended(new) if own.is_bare else (own.inside, own.stop, new)])
    metadata = next((one for one in found if one.name == f"{_OFFICE} meta"), None)
    if metadata is None:
        raise Unmarkable("no_metadata")
    head = f'<meta:user-defined xmlns:meta="{_META}" meta:name="{_NAME}" meta:value-type="string">'
    written = head.encode() + escaped(claim.aigc) + b"</meta:user-defined>"
    return patched(held, [metadata.appended(written)])


def _own(found: list[Element]) -> Element | None:
    for one in found:
        named = one.name == f"{_META} user-defined"
        if named and one.attributes.get(f"{_META} name") == _NAME:
            return one
    return None
