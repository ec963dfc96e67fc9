"""Items come out whole and exact, however the bytes of their array were cut."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.testing.chunkings import chunkings
from guardrail.wire.json_array import ItemSplitter, JsonArray

ARRAY = JsonArray()
ITEMS = st.lists(
    st.dictionaries(
        st.text(max_size=3),
        st.recursive(
            st.text(st.sampled_from('[]{}",\\\\é\n'), max_size=6) | st.integers(),
            lambda below: st.lists(below, max_size=2) | st.dictionaries(st.text(max_size=2), below),
            max_leaves=4,
        ),
        max_size=3,
    ),
    max_size=4,
)


def _events(chunks: tuple[bytes, ...]) -> list[bytes]:
    splitter = ItemSplitter()
    events = [event for chunk in chunks for event in splitter.feed(chunk)]
    rest = splitter.close()
    assert splitter.waiting == 0
    return [*events, rest] if rest else events


@given(ITEMS, st.sampled_from([None, 1]), st.data())
def test_every_chunking_gives_the_items_and_all_bytes(
    items: list[object], indent: int | None, data: st.DataObject
) -> None:
    stream = json.dumps(items, ensure_ascii=False, indent=indent).encode() + b"\n"
    events = _events(data.draw(chunkings(stream)))
    assert b"".join(events) == stream
    assert events == _events(tuple(stream[at : at + 1] for at in range(len(stream))))
    assert [orjson.loads(ARRAY.data_of(one)) for one in events if ARRAY.data_of(one)] == items
    assert all(ARRAY.is_plain(one) for one in events)
    assert [ARRAY.ends(one) for one in events].count(True) <= 1
    assert not items or ARRAY.ends(events[len(items)])


def test_a_document_alone_is_one_event() -> None:
    assert _events((b' {"a": [1, {"b": "]"}]} ',)) == [b' {"a": [1, {"b": "]"}]}', b" "]


def test_new_data_leaves_all_other_bytes() -> None:
    assert ARRAY.with_data(b'\n, {"a": 1}', b"{}") == b"\n, {}"


@pytest.mark.parametrize("raw", [b'x {"a": 1}', b'"+7 701 123 45 67", {"a": 1}', b"nonsense"])
def test_what_stands_around_items_has_no_room_for_text(raw: bytes) -> None:
    assert not ARRAY.is_plain(raw)


def test_new_events_make_one_array_with_those_before_them() -> None:
    begun = b'[{"a":1}' + ARRAY.event(b'{"b":2}')
    assert orjson.loads(ARRAY.last(begun + ARRAY.event(b"{}"), begun=True)) == [
        {"a": 1},
        {"b": 2},
        {},
    ]
    assert orjson.loads(ARRAY.last(ARRAY.event(b"{}") * 2, begun=False)) == [{}, {}]
    assert (ARRAY.gap(b"x"), ARRAY.name_of(b"{}")) == (b"", "")
