"""Events come out whole and exact, however the bytes were cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.testing.chunkings import chunkings, every_split
from guardrail.wire.sse import EventSplitter, ServerSentEvents, is_plain

SSE = ServerSentEvents()
STREAMS = st.lists(
    st.sampled_from(
        [
            b"\r",
            b"\n",
            b"\r\n",
            b"\n\n",
            b"\r\n\r\n",
            b"data: x",
            b"data:",
            b": c",
            b"id",
            b"\xd2\x9b",
        ]
    ),
    max_size=14,
).map(b"".join)


def _events(chunks: tuple[bytes, ...]) -> list[bytes]:
    splitter = EventSplitter()
    events = [event for chunk in chunks for event in splitter.feed(chunk)]
    rest = splitter.close()
    assert splitter.waiting == 0
    return [*events, rest] if rest else events


@given(STREAMS, st.data())
def test_every_chunking_gives_the_same_events_and_all_bytes(
    stream: bytes, data: st.DataObject
) -> None:
    whole = _events((stream,))
    assert b"".join(whole) == stream
    assert _events(data.draw(chunkings(stream))) == whole
    assert _events(tuple(stream[at : at + 1] for at in range(len(stream)))) == whole


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_an_event_ends_at_its_blank_line(end: bytes) -> None:
    stream = end.join([b"data: 1", b"", b": c", b"", b"data: 2", b"data: 3", b"", b"data: 4"])
    expected = [
        end.join([b"data: 1", b"", b""]),
        end.join([b": c", b"", b""]),
        end.join([b"data: 2", b"data: 3", b"", b""]),
        b"data: 4",
    ]
    for chunks in every_split(stream):
        assert _events(chunks) == expected


def test_an_event_is_handed_out_with_the_byte_that_ends_it() -> None:
    splitter = EventSplitter()
    assert splitter.feed(b"data: 1\n") == []
    assert splitter.waiting == 8
    assert splitter.feed(b"\n") == [b"data: 1\n\n"]
    assert splitter.feed(b"data: 1\r\n\r") == []
    assert splitter.feed(b"\n") == [b"data: 1\r\n\r\n"]


@pytest.mark.parametrize(
    ("raw", "data"),
    [
        (b"data: x\n\n", b"x"),
        (b"data:x\n\n", b"x"),
        (b"data:  x\n\n", b" x"),
        (b"data: x: y\r\n\r\n", b"x: y"),
        (b"data: 1\rdata: 2\r\r", b"1\n2"),
        (b"data\ndata: 2\n\n", b"\n2"),
        (b"\xef\xbb\xbfdata: x\n\n", b"x"),
        (b"data: x\xef\xbb\xbf", b"x\xef\xbb\xbf"),
        (b": data: x\n\n", b""),
        (b"event: a\nid: 1\nretry: 2\n\n", b""),
        (b"\n\n", b""),
        (b" data: x\n\n", b""),
        (b"DATA: x\n\n", b""),
    ],
)
def test_data_is_what_clients_see(raw: bytes, data: bytes) -> None:
    assert SSE.data_of(raw) == data


@pytest.mark.parametrize(
    ("raw", "changed"),
    [
        (
            b": c\r\nid: 7\r\ndata: {}\r\nretry: 1\r\n\r\n",
            b": c\r\nid: 7\r\ndata: NEW\r\nretry: 1\r\n\r\n",
        ),
        (b"data:{}", b"data:NEW"),
        (b"data: {\nid: 1\ndata: }\n\n", b"data: NEW\nid: 1\n\n"),
        (b"data\r\ndata:{}\r\n\r\n", b"data: NEW\r\n\r\n"),
    ],
)
def test_new_data_leaves_all_other_bytes(raw: bytes, changed: bytes) -> None:
    assert SSE.with_data(raw, b"NEW") == changed


def test_a_line_feed_between_tokens_becomes_a_space() -> None:
    raw = b"data: {\ndata: }\n\n"
    assert SSE.with_data(raw, b'{\n"a":1}') == b'data: { "a":1}\n\n'


def test_a_new_event_has_its_type_where_there_is_one() -> None:
    assert SSE.event(b"{}") == b"data: {}\n\n"
    assert SSE.event(b"{}", "delta") == b"event: delta\ndata: {}\n\n"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"error":{"message":"+7 701 123 45 67"}}\n\n',
        b"event: +7 701 123 45 67\ndata: {}\n\n",
        b"id: 900101300017\ndata: {}\n\n",
        b": call +7 701 123 45 67\n\n",
        "жеке: x\n\n".encode(),
        b"event: aigerim@example.kz\ndata: {}\n\n",
    ],
)
def test_a_line_with_room_for_a_persons_data_is_not_plain(raw: bytes) -> None:
    assert not is_plain(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b": OPENROUTER PROCESSING\n\n",
        b": ping - 2026-11-22 05:23:24.123456+00:00\n\n",
        b"event: message\r\nid: 17\r\nretry: 3000\r\ndata: \xd0\xb6\r\n\r\n",
        b"\xef\xbb\xbfdata: {}\n\n",
        b"\n\n",
    ],
)
def test_pings_names_and_dates_are_plain(raw: bytes) -> None:
    assert is_plain(raw)


def test_the_data_lies_in_one_piece_where_it_has_one_line() -> None:
    assert SSE.span_of(b"id: 1\ndata: {}\n\n") == (12, 14)
    assert SSE.span_of(b"data: {\ndata: }\n\n") is None
    assert SSE.span_of(b": ping\n\n") is None


def test_an_event_is_called_what_its_last_name_says() -> None:
    assert SSE.name_of(b"event: a\nevent: b\ndata: {}\n\n") == "b"
    assert SSE.name_of(b"data: {}\n\n") == ""


@pytest.mark.parametrize("rest", [b"", b"data: 1", b"data: 1\n", b"data: 1\r\n", b": c"])
def test_what_a_cut_off_event_lacks_ends_it(rest: bytes) -> None:
    whole = rest + SSE.gap(rest)
    assert _events((whole + b"data: 2\n\n",)) == [*([whole] if rest else []), b"data: 2\n\n"]


@given(st.binary(max_size=40).filter(lambda text: not {10, 13} & set(text)))
def test_every_comment_is_an_event_without_data(text: bytes) -> None:
    comment = SSE.comment(text)
    splitter = EventSplitter()
    assert splitter.feed(comment) == [comment]
    assert SSE.data_of(comment) == b""
    assert SSE.name_of(comment) == ""


@pytest.mark.parametrize(
    ("raw", "is_one"),
    [
        (SSE.comment(b'guardrail-label {"v":1}'), True),
        (SSE.comment(b"guardrail-disclosure {}"), True),
        (b"\xef\xbb\xbf:guardrail-label {}\r\n\r\n", True),
        (b": guardrail-label {}", True),
        (b": guardrail-labels {}\n\n", False),
        (b": ping\n\n", False),
        (b": guardrail-label {}\ndata: 1\n\n", False),
        (b"data: : guardrail-label {}\n\n", False),
    ],
)
def test_a_label_of_a_guard_is_told_from_all_else(raw: bytes, is_one: bool) -> None:  # noqa: FBT001
    assert SSE.is_label(raw) is is_one
