"""SVG drawings: XMP within ``<metadata>``, as Adobe's XMP part 3 places it."""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.disclose.marks import xmp
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import patched
from guardrail.disclose.marks.trees import elements

_SVG = "http://www.w3.org/2000/svg"
_C2PA = "http://c2pa.org/manifest manifest"


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a drawing.

    Raises:
        Unmarkable: as `elements`.
    """
    found = elements(data)
    if any(one.name == _C2PA for one in found):
        yield Found(layer=Layer.SIGNED, technique="c2pa")
    yield from xmp.marks_of(found)


def write(data: bytes, claim: Claim) -> bytes:
    """Return the drawing with the label in its metadata.

    Raises:
        Unmarkable: as `xmp.merged`; ``broken_svg``.
    """
    found = elements(data)
    if xmp.has_graph(found):
        return xmp.merged(data, claim)
    root = found[0]
    if root.name != f"{_SVG} svg":
        raise Unmarkable("broken_svg")
    graph = xmp.graph(claim)
    held = next((one for one in found if one.name == f"{_SVG} metadata"), None)
    if held is not None:
        return patched(data, [held.appended(graph)])
    name = root.written[:-3] + b"metadata"
    whole = b"<" + name + b">" + graph + b"</" + name + b">"
    return patched(data, [root.prepended(whole)])
