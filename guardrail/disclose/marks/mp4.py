"""MP4, M4A, QuickTime: key ``AIGC`` of ``moov.udta.meta`` (TC260-PG-20257A), a handler ``mdta``.

The sound and pictures stay as they are; where they stand behind ``moov``, the places that the file
states of them are corrected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardrail.disclose.marks import aigc, xmp
from guardrail.disclose.marks.boxes import Box, box, boxes, is_c2pa, lead, within
from guardrail.disclose.marks.claim import Claim
from guardrail.disclose.marks.found import Found, Layer, Unmarkable
from guardrail.disclose.marks.octets import Edit, number, patched, sized
from guardrail.disclose.marks.places import corrections

_KEY = b"AIGC"
_HANDLER = b"mdta"
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
"""Of the box with other tools' XMP (ISO 16684-3); QuickTime has it in ``moov.udta.XMP_``."""
_UTF8 = 1
_MOST_KEYS = 10_000
_HDLR = box(b"hdlr", bytes(8), _HANDLER, bytes(13))


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keyed metadata of a movie."""

    meta: Box
    keys: Box
    names: tuple[bytes, ...]
    items: Box
    own: Box | None
    """The item of the key `_KEY`."""
    value: str


def read(data: bytes) -> Iterator[Found]:
    """Yield the marks of a movie.

    Raises:
        Unmarkable: ``truncated``, ``broken_box``, ``too_many_parts``, or as `xmp.read`.
    """
    for one in boxes(data):
        if is_c2pa(data, one):
            yield Found(layer=Layer.SIGNED, technique="c2pa")
        elif one.kind == b"uuid" and data.startswith(_XMP, one.body):
            yield from xmp.read(data[one.body + len(_XMP) : one.end])
        elif one.kind == b"moov":
            for packet in within(data, one, b"udta", b"XMP_"):
                yield from xmp.read(data[packet.body : packet.end])
            for meta in (*within(data, one, b"udta", b"meta"), *within(data, one, b"meta")):
                held = _keys(data, meta)
                if held is not None and held.own is not None:
                    yield aigc.read(held.value)


def write(data: bytes, claim: Claim) -> bytes:
    """Return the movie with the label among its keyed metadata.

    Raises:
        Unmarkable: as `read`; ``no_moov``; ``too_large``: a place can't be written any more.
    """
    movie = next((one for one in boxes(data) if one.kind == b"moov"), None)
    if movie is None:
        raise Unmarkable("no_moov")
    inner = _edited(data, movie, claim)
    if inner is None:
        return data
    written = box(b"moov", inner)
    grown = len(written) - (movie.end - movie.start)
    moved = patched(data, [(movie.start, movie.end, written)])
    if any(one.kind == b"meta" for one in boxes(moved)):
        raise Unmarkable("items_by_place")
    return patched(moved, corrections(moved, movie.end, grown))


def _edited(data: bytes, movie: Box, claim: Claim) -> bytes | None:
    """Return what ``moov`` holds with the label in it; None where nothing changes."""
    user = next(within(data, movie, b"udta"), None)
    value = claim.aigc
    for meta in within(data, user, b"meta") if user else ():
        held = _keys(data, meta)
        if held is None:
            continue
        if held.own is not None:
            value = aigc.merged(held.value, claim.aigc)
            if value == held.value:
                return None
        return _nested(data, _with_key(data, held, value), (meta, user, movie))
    keyed = box(b"meta", bytes(4), _HDLR, _key_list([_KEY]), box(b"ilst", _item(1, value)))
    if user is None:
        return data[movie.body : movie.end] + box(b"udta", keyed)
    # QuickTime ends its list of user data with four zero bytes.
    end = user.end
    if data[end - 4 : end] == bytes(4) and _last_end(data, user) == end - 4:
        end -= 4
    return _nested(data, (end, end, keyed), (user, movie))


def _nested(data: bytes, edit: Edit, around: tuple[Box | None, ...]) -> bytes:
    """Return the innards of the last box of `around` with an edit made in the first."""
    *inner, outer = [one for one in around if one is not None]
    for one in inner:
        start, end, new = edit
        body = data[one.body : start] + new + data[end : one.end]
        edit = (one.start, one.end, box(one.kind, body))
    start, end, new = edit
    return data[outer.body : start] + new + data[end : outer.end]


def _with_key(data: bytes, held: _Keys, value: str) -> Edit:
    """Return the edit that puts the value into boxes of keys and items."""
    meta = held.meta
    items = data[held.items.body : held.items.end]
    names = list(held.names)
    if held.own is not None:
        index = int.from_bytes(held.own.kind, "big")
        start, end = held.own.start - held.items.body, held.own.end - held.items.body
        items = items[:start] + _item(index, value) + items[end:]
    else:
        names.append(_KEY)
        items += _item(len(names), value)
    new = {held.items.start: box(b"ilst", items)}
    if held.own is None:
        listed = held.keys.body + 8 + sum(8 + len(name) for name in held.names)
        keys = data[held.keys.body + 8 : listed] + _name(_KEY)
        new[held.keys.start] = box(b"keys", bytes(4), sized(len(names), 4), keys)
    body = data[meta.body : meta.body + lead(data, meta)] + b"".join(
        new.get(one.start, data[one.start : one.end])
        for one in boxes(data, meta.body + lead(data, meta), meta.end)
    )
    return meta.body, meta.end, body


def _keys(data: bytes, meta: Box) -> _Keys | None:
    parts = {one.kind: one for one in boxes(data, meta.body + lead(data, meta), meta.end)}
    handler, keys, items = parts.get(b"hdlr"), parts.get(b"keys"), parts.get(b"ilst")
    if handler is None or keys is None or items is None:
        return None
    if data[handler.body + 8 : handler.body + 12] != _HANDLER:
        return None
    names = tuple(_names(data, keys))
    for one in boxes(data, items.body, items.end):
        index = int.from_bytes(one.kind, "big")
        if not 0 < index <= len(names):
            raise Unmarkable("broken_box")  # it would become the value of the next new key
        if names[index - 1] == _KEY:
            return _Keys(meta, keys, names, items, one, _value(data, one))
    return _Keys(meta, keys, names, items, None, "")


def _names(data: bytes, keys: Box) -> Iterator[bytes]:
    count = number(data, keys.body + 4, 4)
    if count > _MOST_KEYS:
        raise Unmarkable("too_many_parts")
    at = keys.body + 8
    for _ in range(count):
        size = number(data, at, 4)
        if size < 8 or at + size > keys.end:
            raise Unmarkable("broken_box")
        yield data[at + 8 : at + size]
        at += size


def _value(data: bytes, item: Box) -> str:
    for one in boxes(data, item.body, item.end):
        if one.kind == b"data":
            return data[one.body + 8 : one.end].decode("utf-8", "replace")
    return ""


def _name(name: bytes) -> bytes:
    return box(_HANDLER, name)


def _key_list(names: list[bytes]) -> bytes:
    return box(b"keys", bytes(4), sized(len(names), 4), *map(_name, names))


def _item(index: int, value: str) -> bytes:
    return box(sized(index, 4), box(b"data", sized(_UTF8, 4), bytes(4), value.encode()))


def _last_end(data: bytes, user: Box) -> int:
    end = user.body
    for one in boxes(data, user.body, user.end - 4):
        end = one.end
    return end
