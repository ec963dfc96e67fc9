"""CBOR is read strictly: what claims don't have is none."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.c2pa.cbor import MOST_DEEP, BadCborError, Item, decode


def head(major: int, size: int) -> bytes:
    if size < 24:
        return bytes((major << 5 | size,))
    for short, form in ((24, ">B"), (25, ">H"), (26, ">I"), (27, ">Q")):
        if size < 1 << 8 * struct.calcsize(form):
            return bytes((major << 5 | short,)) + struct.pack(form, size)
    raise OverflowError


def encode(item: Item) -> bytes:
    if item is None or isinstance(item, bool):
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[item]
    if isinstance(item, int):
        return head(1, -1 - item) if item < 0 else head(0, item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item.encode())) + item.encode()
    if isinstance(item, list):
        return head(4, len(item)) + b"".join(map(encode, item))
    pairs = (encode(key) + encode(value) for key, value in item.items())
    return head(5, len(item)) + b"".join(pairs)


NUMBERS = st.integers(-(1 << 64), (1 << 64) - 1)
ITEMS = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.binary(max_size=300) | st.text(max_size=300),
    lambda inner: (
        st.lists(inner, max_size=30) | st.dictionaries(NUMBERS | st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


def deep(item: Item) -> int:
    inner = item if isinstance(item, list) else item.values() if isinstance(item, dict) else ()
    return 1 + max(map(deep, inner), default=0)


@given(ITEMS.filter(lambda item: deep(item) < MOST_DEEP))
def test_every_item_of_these_kinds_is_read_as_it_was_written(item: Item) -> None:
    assert decode(encode(item)) == item


@given(ITEMS.filter(lambda item: deep(item) < MOST_DEEP), st.integers(0, 1 << 20))
def test_every_item_that_is_cut_or_has_something_behind_it_is_none(item: Item, at: int) -> None:
    raw = encode(item)
    for wrong in (raw[: at % len(raw)], raw + b"\0"):
        with pytest.raises(BadCborError):
            decode(wrong)


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_it_is_read_or_refused(data: bytes) -> None:
    try:
        decode(data)
    except BadCborError:
        return


@pytest.mark.parametrize(
    "raw",
    [
        b"\x9f\x01\xff",
        b"\x5f\x41a\xff",
        b"\xc0\x61a",
        b"\xfb" + bytes(8),
        b"\xf8\x20",
        b"\x1c",
        b"\x62\xff\xff",
        b"\xa2\x01\x01\x01\x02",
        b"\xa1\x41a\x01",
        b"\xa1\xf5\x01",
        b"\x9b" + b"\xff" * 8,
        b"\xbb" + b"\xff" * 8,
        b"\x5b" + b"\xff" * 8,
        b"\x81" * 9 + b"\x01",
        b"\x81" * 100_000,
        b"",
    ],
    ids=[
        "an open list",
        "an open string",
        "a tag",
        "a float",
        "an unknown simple value",
        "a length without a size",
        "no text",
        "a key twice",
        "bytes for a key",
        "a truth for a key",
        "a list without an end",
        "a map without an end",
        "a string without an end",
        "too deep",
        "far too deep",
        "nothing",
    ],
)
def test_what_claims_dont_have_is_refused(raw: bytes) -> None:
    with pytest.raises(BadCborError):
        decode(raw)
