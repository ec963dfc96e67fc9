"""XMP packets (ISO 16684-1): the label's properties put into one, and marks read out of one.

IPTC Photo Metadata 2025.1 (``DigitalSourceType``, ``AISystemUsed``…) and TC260's ``AIGC``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.disclose.marks import aigc
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import Edit, patched
from guardrail.disclose.marks.terms import is_exact, level_of
from guardrail.disclose.marks.trees import Element, elements, escaped, with_attribute

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"

_ROOT = f"{_RDF} RDF"
_DESCRIPTION = f"{_RDF} Description"
_SOURCE_TYPE = f"{_IPTC} DigitalSourceType"
_SYSTEM = f"{_IPTC} AISystemUsed"
_AIGC = f"{_TC260} AIGC"
_PROVENANCE = "http://purl.org/dc/terms/ provenance"
"""Where C2PA places the address of a manifest that isn't in the file."""

_PREFIXES = {_IPTC: "Iptc4xmpExt", _TC260: "TC260"}
_LONGEST = 256
_PASSES = 4
"""Two values to change, one to add, and one to see that all is done."""
_PACKET_END = b"<?xpacket end="

_HEAD = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
)
_TAIL = b'</x:xmpmeta><?xpacket end="w"?>'


@dataclass(frozen=True, slots=True)
class _Property:
    """A property of the file: an attribute of `element`, or `element` itself."""

    value: str
    element: Element
    attribute: str = ""

    def replaced(self, data: bytes, value: str) -> Edit:
        """Return the edit that gives it another value."""
        one, new = self.element, escaped(value)
        if not self.attribute:
            return one.appended(new) if one.is_bare else (one.inside, one.stop, new)
        tag = data[one.start : one.inside]
        written = one.prefixed[self.attribute].encode()
        return one.start, one.inside, with_attribute(tag, written, new)


def graph(claim: Claim) -> bytes:
    """Return the label as ``rdf:RDF``, all in ASCII."""
    return (
        f'<rdf:RDF xmlns:rdf="{_RDF}">'.encode()
        + _description(_said(claim), "", b"rdf:Description")
        + b"</rdf:RDF>"
    )


def packet(claim: Claim) -> bytes:
    """Return a packet that holds the label and nothing else."""
    return _HEAD + graph(claim) + _TAIL


def merged(existing: bytes, claim: Claim) -> bytes:
    """Return a packet, or any XML that holds an ``rdf:RDF``, with the label in it too.

    What is there stays byte for byte. A source type that says AI stays as well; one that doesn't
    gives way. For ``AIGC`` see `aigc.merged`.

    Raises:
        Unmarkable: ``broken_xmp``, or as `elements`.
    """
    data = existing
    for _ in range(_PASSES):
        found = elements(data.rstrip(b"\0"))
        edit = _next_edit(data, found, claim)
        if edit is None:
            return data
        data = patched(data, [edit])
    raise Unmarkable("broken_xmp")


def _next_edit(data: bytes, found: list[Element], claim: Claim) -> Edit | None:
    """Return one change that is still to be made: two in one tag would overlap."""
    root = next((one for one in found if one.name == _ROOT), None)
    if root is None:
        raise Unmarkable("broken_xmp")
    held = _properties(found)
    said = _said(claim)
    for name in said.keys() & held.keys():
        new = _kept(name, held[name].value, said[name])
        if new != held[name].value:
            return held[name].replaced(data, new)
    missing = {name: value for name, value in said.items() if name not in held}
    if not missing:
        return None
    return root.appended(_description(missing, _about(found), _named(root)))


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks in a packet, or in any XML that holds an ``rdf:RDF``.

    Raises:
        Unmarkable: as `elements`.
    """
    yield from marks_of(elements(data.rstrip(b"\0")))


def marks_of(found: list[Element]) -> Iterator[Found]:
    """Yield the marks in elements that were read already."""
    held = _properties(found)
    if source := held.get(_SOURCE_TYPE):
        system = held.get(_SYSTEM)
        yield Found(
            layer=Layer.METADATA,
            technique="iptc:DigitalSourceType",
            valid=is_exact(source.value),
            level=level_of(source.value),
            model=system.value[:_LONGEST] if system else "",
            stated=source.value[:_LONGEST],
        )
    if _AIGC in held:
        yield aigc.read(held[_AIGC].value)
    if _PROVENANCE in held:
        yield Found(
            layer=Layer.SIGNED, technique="c2pa:remote", stated=held[_PROVENANCE].value[:_LONGEST]
        )


def has_graph(found: list[Element]) -> bool:
    """Tell whether there is an ``rdf:RDF`` among the elements."""
    return any(one.name == _ROOT for one in found)


def unpadded(data: bytes) -> bytes:
    """Return a packet without the white space that editors leave for each other."""
    at = data.rfind(_PACKET_END)
    return data if at < 0 else data[:at].rstrip() + data[at:]


def _said(claim: Claim) -> dict[str, str]:
    said = {
        _SOURCE_TYPE: claim.source_type,
        _SYSTEM: claim.label.model,
        f"{_IPTC} AISystemVersionUsed": claim.version,
        f"{_IPTC} AIPromptWriterName": claim.prompt_writer,
        _AIGC: claim.aigc,
    }
    return {name: value for name, value in said.items() if value}


def _kept(name: str, held: str, ours: str) -> str:
    if name == _AIGC:
        return aigc.merged(held, ours)
    if name == _SOURCE_TYPE and not level_of(held).startswith("ai-"):
        return ours
    return held


def _properties(found: list[Element]) -> dict[str, _Property]:
    """Return the properties of the file itself, the first of each name: none of parts within."""
    held: dict[str, _Property] = {}
    for one in found:
        parent = one.parent
        if one.name == _DESCRIPTION and parent is not None and parent.name == _ROOT:
            for name, value in one.attributes.items():
                held.setdefault(name, _Property(value, one, name))
        elif parent is not None and parent.name == _DESCRIPTION and _is_of_the_file(parent):
            resource = f"{_RDF} resource"
            if resource in one.attributes:
                held.setdefault(one.name, _Property(one.attributes[resource], one, resource))
            else:
                held.setdefault(one.name, _Property(one.text.strip(), one))
    return held


def _is_of_the_file(description: Element) -> bool:
    return description.parent is not None and description.parent.name == _ROOT


def _about(found: list[Element]) -> str:
    """Return what the packet's other descriptions are about: it must be the same in all."""
    first = next((one for one in found if one.name == _DESCRIPTION), None)
    return first.attributes.get(f"{_RDF} about", "") if first else ""


def _named(root: Element) -> bytes:
    prefix, colon, _ = root.written.rpartition(b":")
    return prefix + colon + b"Description"


def _description(said: dict[str, str], about: str, name: bytes) -> bytes:
    prefix, colon, _ = name.rpartition(b":")
    namespaces = dict.fromkeys(one.partition(" ")[0] for one in said)
    # Without a prefix RDF is the default namespace, which no attribute is of.
    declared = b"" if colon else f' xmlns:rdf="{_RDF}"'.encode()
    about_name = (prefix + b":about") if colon else b"rdf:about"
    parts = [
        b"<" + name + declared + b" " + about_name + b'="' + escaped(about) + b'"',
        *(f' xmlns:{_PREFIXES[one]}="{one}"'.encode() for one in namespaces),
    ]
    for key, value in said.items():
        namespace, _, local = key.partition(" ")
        written = f" {_PREFIXES[namespace]}:{local}".encode()
        parts += [written, b'="', escaped(value), b'"']
    return b"".join([*parts, b"/>"])
