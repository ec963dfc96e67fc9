"""Items of a picture's file (ISO/IEC 14496-12, 8.11): what there is, and where it stands.

HEIF and AVIF hold their pictures as items, and what is said of these as others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from guardrail.disclose.marks.boxes import Box, box, boxes, lead
from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import Edit, number, sized, take

_MOST = 10_000
_WORD = 4
_IN_FILE, _IN_META, _IN_ITEM = range(3)
"""Where an item stands: at a place in the file, in ``idat``, or in another item."""
_MIME = b"mime"
_DESCRIBES = b"cdsc"


@dataclass(frozen=True, slots=True)
class Extent:
    """A piece of an item."""

    offset: int
    length: int
    """Zero: all from there on."""
    index: int = 0
    at: int = 0
    """Where the offset itself stands in the file; zero where it has a base."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands."""

    item: int
    extents: tuple[Extent, ...]
    method: int = _IN_FILE
    elsewhere: int = 0
    """Not zero: in another file, or nobody knows where."""


@dataclass(frozen=True, slots=True)
class Items:
    """What a file's ``meta`` says of its items."""

    data: bytes
    meta: Box
    parts: tuple[Box, ...]
    primary: int
    kinds: Mapping[int, tuple[bytes, bytes]] = field(default_factory=dict)
    """Item → its type, and of ``mime`` its media type."""
    places: tuple[Place, ...] = ()
    version: int = 0
    """Of the box of places."""

    def body(self, item: int) -> bytes | None:
        """Return what an item holds; None where that can't be told here.

        Raises:
            Unmarkable: ``truncated``.
        """
        place = next((one for one in self.places if one.item == item), None)
        if place is None or place.elsewhere or place.method not in {_IN_FILE, _IN_META}:
            return None
        start, end = 0, len(self.data)
        if place.method == _IN_META:
            held = self.part(b"idat")
            if held is None:
                return None
            start, end = held.body, held.end
        pieces = []
        for one in place.extents:
            at = start + one.offset
            length = one.length or max(0, end - at)
            if at + length > end:
                raise Unmarkable("truncated")
            pieces.append(take(self.data, at, length))
        return b"".join(pieces)

    def part(self, kind: bytes) -> Box | None:
        """Return the first box of a kind in ``meta``."""
        return next((one for one in self.parts if one.kind == kind), None)


def items(data: bytes, meta: Box) -> Items:
    """Read what a ``meta`` box says of items.

    Raises:
        Unmarkable: ``broken_box``, ``truncated``, ``too_many_parts``.
    """
    parts = tuple(boxes(data, meta.body + lead(data, meta), meta.end))
    bare = Items(data, meta, parts, primary=0)
    first, listed, located = bare.part(b"pitm"), bare.part(b"iinf"), bare.part(b"iloc")
    if first is None or listed is None or located is None:
        raise Unmarkable("broken_box")
    return replace(
        bare,
        primary=number(data, first.body + 4, 4 if data[first.body] else 2),
        kinds=dict(_kinds(data, listed)),
        places=tuple(_places(data, located)),
        version=number(data, located.body, 1),
    )


def with_item(held: Items, item: int, mime: bytes, place: tuple[int, int], grown: int) -> bytes:
    """Return ``meta`` with one more item of a media type that describes the picture.

    Args:
        held: what there is.
        item: its number; one that is there already stands at another place.
        mime: its media type.
        place: its offset in the file, once ``meta`` has grown, and its length.
        grown: by how many bytes ``meta`` does, and what is behind it moves.

    Raises:
        Unmarkable: ``too_large``.
    """
    new = Place(item, (Extent(*place),))
    others = [_moved(one, held.meta.end, grown) for one in held.places if one.item != item]
    made = {b"iloc": _located(held, [*others, new])}
    more = b""
    if item not in held.kinds:
        made[b"iinf"] = _listed(held, item, mime)
        refers = _refers(held, item)
        if held.part(b"iref") is None:
            more = refers
        else:
            made[b"iref"] = refers
    meta = held.meta
    start = meta.body + lead(held.data, meta)
    first = {kind: held.part(kind) for kind in made}
    return box(
        b"meta",
        held.data[meta.body : start],
        *(
            made[one.kind] if first.get(one.kind) == one else held.data[one.start : one.end]
            for one in held.parts
        ),
        more,
    )


def corrections(data: bytes, located: Box, limit: int, grown: int) -> Iterator[Edit]:
    """Yield the edits of a box of places (8.11.3), where what stands at `limit` and behind moved.

    Raises:
        Unmarkable: ``items_by_place``: it counts from a base; ``too_large``; or it is broken.
    """
    width = number(data, located.body + 4, 1) >> 4
    for place in _places(data, located):
        moved = () if place.elsewhere or place.method != _IN_FILE else place.extents
        for one in moved:
            if one.offset >= limit:
                if not one.at or not width:
                    raise Unmarkable("items_by_place")
                yield one.at, one.at + width, sized(one.offset + grown, width)


def _kinds(data: bytes, listed: Box) -> Iterator[tuple[int, tuple[bytes, bytes]]]:
    for one in boxes(data, listed.body + (8 if data[listed.body] else 6), listed.end):
        version = number(data, one.body, 1)
        if one.kind != b"infe" or version < 2:
            continue
        wide = 2 if version == 2 else 4
        at = one.body + 4 + wide + 2
        kind = take(data, at, 4)
        # A name, then the media type, each with a zero behind it.
        texts = data[at + 4 : one.end].split(b"\0")
        mime = texts[1] if kind == _MIME and len(texts) > 1 else b""
        yield number(data, one.body + 4, wide), (kind, mime.lower())


def _places(data: bytes, located: Box) -> Iterator[Place]:
    version = number(data, located.body, 1)
    widths = number(data, located.body + 4, 2)
    offset, length, base, index = (widths >> shift & 15 for shift in (12, 8, 4, 0))
    index = index if version else 0
    wide = 4 if version > 1 else 2
    count = number(data, located.body + 6, wide)
    at = located.body + 6 + wide
    if count > _MOST or version > 2:
        raise Unmarkable("too_many_parts" if version < 3 else "broken_box")
    for _ in range(count):
        item = number(data, at, wide)
        at += wide
        method = number(data, at, 2) & 15 if version else _IN_FILE
        at += 2 if version else 0
        elsewhere, origin = number(data, at, 2), number(data, at + 2, base)
        pieces = number(data, at + 2 + base, 2)
        at += 4 + base
        row = index + offset + length
        if pieces > _MOST or at + pieces * row > located.end:
            raise Unmarkable("broken_box")
        extents = tuple(
            Extent(
                origin + number(data, one + index, offset),
                number(data, one + index + offset, length),
                number(data, one, index),
                0 if origin else one + index,
            )
            for one in range(at, at + pieces * max(row, 1), max(row, 1))
        )
        at += pieces * row
        yield Place(item, extents, method, elsewhere)


def _moved(one: Place, limit: int, grown: int) -> Place:
    if one.method != _IN_FILE or one.elsewhere:
        return one
    if any(not piece.length for piece in one.extents):
        raise Unmarkable("broken_box")  # it would take in what is put behind it
    return replace(
        one,
        extents=tuple(
            replace(piece, offset=piece.offset + grown) if piece.offset >= limit else piece
            for piece in one.extents
        ),
    )


def _located(held: Items, places: list[Place]) -> bytes:
    version = held.version
    every = [piece for one in places for piece in one.extents]
    most = max(max(piece.offset, piece.length) for piece in every)
    size = _WORD if most < 1 << 30 else 8  # a bound, so that it stays the same while places move
    index = _WORD if version and any(piece.index for piece in every) else 0
    wide = 4 if version > 1 else 2
    rows = [
        sized(one.item, wide)
        + (sized(one.method, 2) if version else b"")
        + sized(one.elsewhere, 2)
        + sized(len(one.extents), 2)
        + b"".join(
            (sized(piece.index, index) if index else b"")
            + sized(piece.offset, size)
            + sized(piece.length, size)
            for piece in one.extents
        )
        for one in places
    ]
    widths = sized(size << 12 | size << 8 | index, 2)
    return box(b"iloc", bytes([version, 0, 0, 0]), widths, sized(len(rows), wide), *rows)


def _listed(held: Items, item: int, mime: bytes) -> bytes:
    data, one = held.data, held.part(b"iinf") or held.meta
    wide = 4 if data[one.body] else 2
    count = number(data, one.body + 4, wide) + 1
    version, number_of = (2, sized(item, 2)) if item < 1 << 16 else (3, sized(item, 4))
    entry = box(b"infe", bytes([version, 0, 0, 0]), number_of, bytes(2), _MIME, b"\0", mime, b"\0")
    old = data[one.body + 4 + wide : one.end]
    return box(b"iinf", data[one.body : one.body + 4], sized(count, wide), old, entry)


def _refers(held: Items, item: int) -> bytes:
    """Return the references, and that the item describes the picture (ISO/IEC 23008-12, 6.5)."""
    one = held.part(b"iref")
    wide_is_needed = max(item, held.primary) >> 16
    head = held.data[one.body : one.body + 4] if one else bytes([bool(wide_is_needed), 0, 0, 0])
    if wide_is_needed and not head[:1] > b"\0":
        raise Unmarkable("too_large")
    wide = 4 if head[0] else 2
    own = box(_DESCRIBES, sized(item, wide), sized(1, 2), sized(held.primary, wide))
    return box(b"iref", head, held.data[one.body + 4 : one.end] if one else b"", own)
