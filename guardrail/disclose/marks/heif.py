"""AVIF and HEIC pictures: XMP in an item of its own that describes the picture (ISO/IEC 23008-12).

The packet goes to the end of the file; the pictures stay as they are, and the places that the file
states of them are corrected.
"""

from __future__ import annotations

from collections.abc import Iterator

from guardrail.disclose.marks import items as items_of
from guardrail.disclose.marks import places, tiff, xmp
from guardrail.disclose.marks.boxes import Box, box, boxes, is_c2pa, within
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.items import Items, items, with_item
from guardrail.disclose.marks.octets import Edit, number, patched, sized

_RDF = b"application/rdf+xml"
_XMP = (b"mime", _RDF)
_EXIF = (b"Exif", b"")


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a picture.

    Raises:
        Unmarkable: ``broken_box``, ``truncated``, ``too_many_parts``, or as `xmp.read`.
    """
    for one in boxes(data):
        if is_c2pa(data, one):
            yield Found(layer=Layer.SIGNED, technique="c2pa")
        elif one.kind == b"meta":
            yield from _read(items(data, one))


def write(data: bytes, claim: Claim) -> bytes:
    """Return the picture with the label in its XMP.

    Raises:
        Unmarkable: as `read`; ``too_large``: a place can't be written any more.
    """
    top = list(boxes(data))
    meta = next((one for one in top if one.kind == b"meta"), None)
    if meta is None:
        raise Unmarkable("broken_box")
    held = items(data, meta)
    item = _of(held, _XMP)
    before = held.body(item) if item else None
    packet = xmp.packet(claim) if before is None else xmp.merged(before, claim)
    if packet == before:
        return data
    item = item or max([*held.kinds, *(one.item for one in held.places)]) + 1
    return _placed(held, item, packet, top[-1])


def _read(held: Items) -> Iterator[Found]:
    for item, kind in held.kinds.items():
        if kind not in {_XMP, _EXIF}:
            continue
        body = held.body(item) or b""
        if kind == _XMP:
            yield from xmp.read(body)
        else:
            # Four bytes say how far behind them the block begins (ISO/IEC 23008-12, A.2.1).
            yield from tiff.comments(body[4 + int.from_bytes(body[:4], "big") :])


def _of(held: Items, kind: tuple[bytes, bytes]) -> int:
    return next((item for item, other in held.kinds.items() if other == kind), 0)


def _placed(held: Items, item: int, packet: bytes, last: Box) -> bytes:
    data, meta = held.data, held.meta
    # How long it becomes doesn't hang on the numbers in it.
    grown = len(with_item(held, item, _RDF, (0, len(packet)), 0)) - (meta.end - meta.start)
    place = last.end + grown + 8
    new = with_item(held, item, _RDF, (place, len(packet)), grown)
    edits: list[Edit] = [(meta.start, meta.end, new), (last.end, last.end, box(b"mdat", packet))]
    if last != meta and number(data, last.start, 4) == 0:
        edits.append((last.start, last.start + 4, sized(last.end - last.start, 4)))
    moved = patched(data, edits)
    return patched(
        moved, [*places.corrections(moved, meta.end, grown), *_of_tracks(moved, held, grown)]
    )


def _of_tracks(data: bytes, held: Items, grown: int) -> Iterator[Edit]:
    """Yield the edits of what the tracks of a moving picture say of items of their own."""
    for movie in boxes(data):
        if movie.kind == b"moov":
            for one in within(data, movie, b"trak", b"meta", b"iloc"):
                yield from items_of.corrections(data, one, held.meta.end, grown)
