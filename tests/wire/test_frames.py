"""Messages of a WebSocket as events."""

from __future__ import annotations

import pytest

from guardrail.errors import BadInput, UpstreamError
from guardrail.facts import Edit
from guardrail.testing.wires import shipped_wires
from guardrail.wire import AnyFrames, JsonFrames
from guardrail.wire.frames import END, framed, messages

ANY, JSON = AnyFrames(), JsonFrames()
ADAPTER = shipped_wires().named("generic-websocket")


def test_messages_are_kept_apart_whatever_they_hold() -> None:
    sent = ["", '{"a":\n 1}', "Сәлем\n\n", "\x00"]
    events = b"".join(map(framed, sent))
    assert messages(events) == sent
    splitter = JSON.splitter()
    found = [one for at in range(len(events)) for one in splitter.feed(events[at : at + 1])]
    assert b"".join(found) == events
    assert len(found) == len(sent)
    assert splitter.close() == b""


def test_json_keeps_all_around_it() -> None:
    raw = framed('\ufeff {"a": "b"} \n')
    assert JSON.data_of(raw) == b'{"a": "b"}'
    assert JSON.with_data(raw, b"{}") == framed("\ufeff {} \n")
    assert JSON.event(b"{}") == framed("{}")
    assert (JSON.gap(b"x"), JSON.gap(b"")) == (END, b"")
    assert ANY.span_of(raw) == JSON.span_of(raw)


@pytest.mark.parametrize(
    "text", ["hello", "900101300017", '"hello', "true", "Say \\n", '"a" and "b"']
)
def test_what_is_no_json_is_a_text(text: str) -> None:
    exchange = ADAPTER.read_request(ADAPTER.operation("WEBSOCKET", "/"), ANY.data_of(framed(text)))
    assert [segment.text for segment in exchange.segments] == [text]
    assert ANY.span_of(framed(text)) is None
    edit = Edit(segment=0, start=0, end=1, text='"Ә')
    data = ADAPTER.patch(ANY.data_of(framed(text)), exchange.segments, [edit])
    assert messages(ANY.with_data(framed(text), data)) == ['"Ә' + text[1:]]


def test_a_quoted_message_is_json() -> None:
    raw = framed('"\\u0039\\u0030"')
    assert ANY.data_of(raw) == b'"\\u0039\\u0030"'
    assert ANY.with_data(raw, b'"x"') == framed('"x"')


@pytest.mark.parametrize(
    "text", ["{a: 1}", "[1,]", '42["say","\\u0039"]', '{"a":1} {"a":2}', '{"a":1,"a":2}']
)
def test_what_claims_to_be_json_and_is_not_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        ADAPTER.read_request(ADAPTER.operation("WEBSOCKET", "/"), ANY.data_of(framed(text)))
    codec = ADAPTER.stream(ANY)
    with pytest.raises(UpstreamError):
        codec.feed(framed(text))


def test_a_stream_of_any_messages_is_read_and_rewritten() -> None:
    codec = ADAPTER.stream(ANY)
    stream = b"".join(map(framed, ['{"a":"b"}', "text", "", "7"]))
    events = codec.feed(stream)
    assert [[delta.text for delta in event.deltas] for event in events] == [
        ["b"], ["text"], [], ["7"],
    ]  # fmt: skip
    assert codec.rewrite(events[0], {0: "x"}) == framed('{"a":"x"}')
    assert codec.rewrite(events[1], {0: "x"}) == framed("x")
    assert b"".join(event.raw for event in events) == stream
    assert not any(event.done for event in events)
