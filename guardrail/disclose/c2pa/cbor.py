"""CBOR read strictly (RFC 8949): the few kinds of items that claims and their headers have."""

from __future__ import annotations

import struct

Item = int | bytes | str | bool | list["Item"] | dict["int | str", "Item"] | None

MOST_DEEP = 8
_WIDE = {24: ">B", 25: ">H", 26: ">I", 27: ">Q"}
_SIMPLE: dict[int, bool | None] = {20: False, 21: True, 22: None}


class BadCborError(ValueError):
    """It is no CBOR, or holds what claims don't have."""


def decode(data: bytes) -> Item:
    """Return the one item that `data` is.

    Lengths are definite, keys are whole numbers or texts and come once, nothing stands behind the
    item. Time and memory are linear in the bytes.

    Raises:
        BadCborError: it isn't so, or deeper than `MOST_DEEP`.
    """
    item, end = _item(data, 0, MOST_DEEP)
    if end != len(data):
        raise BadCborError
    return item


def _item(data: bytes, at: int, deep: int) -> tuple[Item, int]:
    if at >= len(data) or not deep:
        raise BadCborError
    major = data[at] >> 5
    if major == 7:
        return _simple(data, at)
    size, at = _number(data, at)
    if major < 2:
        return (-1 - size if major else size), at
    if major < 4:
        return _string(data, at, size, is_text=major == 3)
    if major > 5 or size > len(data) - at:  # a tag, or more items than there are bytes
        raise BadCborError
    return _list(data, at, size, deep - 1) if major == 4 else _map(data, at, size, deep - 1)


def _number(data: bytes, at: int) -> tuple[int, int]:
    short = data[at] & 0x1F
    if short < 24:
        return short, at + 1
    wide = _WIDE.get(short)
    if wide is None or at + 1 + struct.calcsize(wide) > len(data):
        raise BadCborError
    return struct.unpack_from(wide, data, at + 1)[0], at + 1 + struct.calcsize(wide)


def _simple(data: bytes, at: int) -> tuple[bool | None, int]:
    short = data[at] & 0x1F
    if short not in _SIMPLE:
        raise BadCborError
    return _SIMPLE[short], at + 1


def _string(data: bytes, at: int, size: int, *, is_text: bool) -> tuple[bytes | str, int]:
    end = at + size
    if end > len(data):
        raise BadCborError
    raw = data[at:end]
    try:
        return (raw.decode() if is_text else raw), end
    except UnicodeDecodeError:
        raise BadCborError from None


def _list(data: bytes, at: int, size: int, deep: int) -> tuple[list[Item], int]:
    found: list[Item] = []
    for _ in range(size):
        item, at = _item(data, at, deep)
        found.append(item)
    return found, at


def _map(data: bytes, at: int, size: int, deep: int) -> tuple[dict[int | str, Item], int]:
    found: dict[int | str, Item] = {}
    for _ in range(size):
        key, at = _item(data, at, deep)
        if not isinstance(key, int | str) or isinstance(key, bool) or key in found:
            raise BadCborError
        found[key], at = _item(data, at, deep)
    return found, at
