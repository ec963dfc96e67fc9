"""AVI films: XMP in a chunk ``_PMX`` (XMP Specification Part 3, 1.1.6), where Adobe looks.

TC260's guide names no place for such films that is known here: its field stands in the XMP too.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.disclose.marks import riff, xmp
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable

_KIND = b"_PMX"


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks in the chunks.

    Raises:
        Unmarkable: as `riff.read` and `xmp.read`.
    """
    film = riff.read(data)
    for chunk in film.chunks:
        if chunk.kind == _KIND:
            yield from xmp.read(film.body(chunk))
        elif chunk.kind == b"C2PA":
            yield Found(layer=Layer.SIGNED, technique="c2pa")


def write(data: bytes, claim: Claim) -> bytes:
    """Return the film with the label in its XMP, behind its last chunk where it has none.

    Raises:
        Unmarkable: ``broken_avi``: it has no chunks, or the last one doesn't say how long it is;
            or as `read`; ``too_large``.
    """
    film = riff.read(data)
    held = film.first(_KIND)
    if held is not None:
        before = film.body(held)
        packet = xmp.merged(before, claim)
        if packet == before:
            return data
        return film.edited([(held.start, held.end, riff.chunk(_KIND, packet))])
    if not film.chunks or film.chunks[-1].is_open:
        raise Unmarkable("broken_avi")
    last = film.chunks[-1]
    # Writers leave the last padding out; behind that no chunk would be found.
    missing = bytes(last.stop - last.start & 1) if last.end == last.stop else b""
    written = missing + riff.chunk(_KIND, xmp.packet(claim))
    return film.edited([(last.end, film.end, written)])
