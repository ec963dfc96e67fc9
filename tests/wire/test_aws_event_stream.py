"""Messages come out whole, exact and checked, however the bytes were cut."""

from __future__ import annotations

from binascii import crc32
from struct import pack
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer, ParserError  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import UpstreamError
from guardrail.shipped import shipped
from guardrail.testing.chunkings import chunkings
from guardrail.wire import StreamCodec, StreamEvent, load_wires
from guardrail.wire.aws_event_stream import AwsEventStream, MessageSplitter
from guardrail.wire.framing import framing_of
from guardrail.wire.stream import MAX_EVENT_BYTES

FRAMING = AwsEventStream()
WIRES = load_wires(shipped("adapters"), ["bedrock-converse"])
DELTA = FRAMING.event('{"delta":{"text":"Сәлем"}}'.encode(), "contentBlockDelta")
STOP = FRAMING.event(b"{}", "messageStop")
NAMES = st.from_regex(r"[A-Za-z:_-][A-Za-z0-9:._-]{0,20}", fullmatch=True)
HEADERS = st.dictionaries(NAMES, st.from_regex(r"[a-z/.:-]{0,30}", fullmatch=True), max_size=4)


def _string(name: str, value: str) -> bytes:
    return bytes([len(name)]) + name.encode() + _value(7, value)


def _value(kind: int, value: str) -> bytes:
    return bytes([kind]) + pack(">H", len(value.encode())) + value.encode()


def _message(headers: bytes, payload: bytes = b"{}", *, told: int = 0) -> bytes:
    """Write a message as AWS's documentation says; `told` is what it says of its length."""
    lengths = pack(">II", told or 16 + len(headers) + len(payload), len(headers))
    front = lengths + pack(">I", crc32(lengths)) + headers + payload
    return front + pack(">I", crc32(front))


def _read_by_botocore(stream: bytes) -> list[tuple[dict[str, Any], bytes]]:
    buffer = EventStreamBuffer()
    buffer.add_data(stream)
    return [(message.headers, message.payload) for message in buffer]


def _split(chunks: tuple[bytes, ...]) -> list[bytes]:
    splitter = MessageSplitter()
    messages = [message for chunk in chunks for message in splitter.feed(chunk)]
    rest = splitter.close()
    assert splitter.waiting == 0
    return [*messages, rest] if rest else messages


@given(st.lists(st.tuples(HEADERS, st.binary(max_size=60)), max_size=4), st.data())
def test_every_chunking_gives_the_messages_that_botocore_reads(
    sent: list[tuple[dict[str, str], bytes]], data: st.DataObject
) -> None:
    made = [_message(b"".join(map(_string, h, h.values())), payload) for h, payload in sent]
    stream = b"".join(made)
    assert _read_by_botocore(stream) == sent
    assert _split((stream,)) == made
    assert _split(data.draw(chunkings(stream))) == made
    assert _split(tuple(stream[at : at + 1] for at in range(len(stream)))) == made
    for raw, (headers, payload) in zip(made, sent, strict=True):
        assert FRAMING.is_plain(raw)
        assert FRAMING.data_of(raw) == payload
        assert FRAMING.name_of(raw) == headers.get(":event-type", "")


@given(st.binary(max_size=80), st.data())
def test_any_bytes_come_out_as_they_came_in_however_they_are_cut(
    junk: bytes, data: st.DataObject
) -> None:
    stream = STOP + junk
    whole = _split((stream,))
    assert b"".join(whole) == stream
    assert _split(data.draw(chunkings(stream))) == whole


def test_a_message_is_handed_out_with_its_last_byte() -> None:
    both = DELTA + STOP
    for at in range(len(both)):
        splitter = MessageSplitter()
        first = splitter.feed(both[:at])
        assert first == ([DELTA] if at >= len(DELTA) else [])
        assert first + splitter.feed(both[at:]) == [DELTA, STOP]


@given(st.integers(0, len(DELTA) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed_by_us_and_by_botocore(at: int, other: int) -> None:
    broken = DELTA[:at] + bytes([DELTA[at] ^ other]) + DELTA[at + 1 :]
    messages = _split((broken + STOP,))
    assert not FRAMING.is_plain(messages[0])
    assert not FRAMING.data_of(messages[0]) + FRAMING.name_of(messages[0]).encode()
    try:
        read = _read_by_botocore(broken + STOP)
    except ParserError:
        return
    assert not read, "it waits for more"


@given(st.dictionaries(NAMES, st.text("abc", max_size=9), max_size=3), st.binary(max_size=60))
def test_new_data_leaves_the_headers_and_botocore_reads_it(
    headers: dict[str, str], data: bytes
) -> None:
    raw = _message(b"".join(map(_string, headers, headers.values())), b'{"a":1}')
    assert _read_by_botocore(FRAMING.with_data(raw, data)) == [(headers, data)]
    assert FRAMING.with_data(raw, b'{"a":1}') == raw


def test_a_new_event_has_the_headers_of_an_event_or_an_exception() -> None:
    [(event, payload)] = _read_by_botocore(FRAMING.event(b"{}", "messageStop"))
    assert payload == b"{}"
    assert event == {
        ":event-type": "messageStop",
        ":content-type": "application/json",
        ":message-type": "event",
    }
    raw = FRAMING.event(b"{}", "modelStreamErrorException")
    [(fault, _)] = _read_by_botocore(raw)
    assert fault == {
        ":exception-type": "modelStreamErrorException",
        ":content-type": "application/json",
        ":message-type": "exception",
    }
    assert FRAMING.name_of(raw) == "modelStreamErrorException"


@pytest.mark.parametrize(
    "header",
    [
        _string(":error-message", "the account of Айгерім"),
        _string("x", "aigerim@example.kz"),
        _string("x", "+7 701 555 01 23"),
        _string("x", "900101300017"),
        _string("900101300017", "x"),
        _string("x", "two words"),
        _string("x", "a" * 129),
        _string("x" * 65, ""),
        _string("", "x"),
        _string("x", "1") + _string("x", "2"),
        b"\1x\2\7",
        b"\1x\3\0\7",
        b"\1x\4\x0d\x6a\x5c\x01",
        b"\1x\5" + pack(">q", 900101300017),
        b"\1x" + _value(6, "bytes"),
        b"\1x\x08" + pack(">q", 900101300017),
        b"\1x\x09" + bytes(16),
        b"\1x\x0a",
        b"\1x",
        b"\1",
        b"\5x",
        b"\1x\7\0",
        b"\1x\7\0\2a",
    ],
)
def test_a_header_with_room_for_a_persons_data_is_not_plain(header: bytes) -> None:
    assert not FRAMING.is_plain(_message(header))


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"\1x\0",
        b"\1x\1",
        _string(":content-type", "application/json"),
        _string(":content-type", "application/json; charset=utf-8"),
    ],
)
def test_types_and_flags_are_plain(header: bytes) -> None:
    assert FRAMING.is_plain(_message(header))


@pytest.mark.parametrize("raw", [b"", DELTA[:11], DELTA[:-1], DELTA + b"\0", STOP + STOP])
def test_what_is_no_message_has_nothing(raw: bytes) -> None:
    assert not FRAMING.is_plain(raw)
    assert FRAMING.name_of(raw) == ""
    assert FRAMING.data_of(raw) == FRAMING.gap(raw) == b""
    with pytest.raises(ValueError, match="only a message"):
        FRAMING.with_data(raw, b"{}")


def _codec() -> StreamCodec:
    framing = framing_of("application/vnd.amazon.eventstream")
    assert isinstance(framing, AwsEventStream)
    return WIRES.named("bedrock-converse").stream(framing)


def _feed(codec: StreamCodec, chunks: tuple[bytes, ...], events: list[StreamEvent]) -> None:
    for chunk in chunks:
        events += codec.feed(chunk)


@pytest.mark.parametrize(
    "bad",
    [
        STOP[:-1] + b"\0",
        b"\0" * 12,
        b"HTTP/1.1 200 OK",
        _message(b"", told=15),
        _message(_string(":error-message", "an account of somebody")),
        _message(_string(":event-type", "messageStop"), b"no JSON"),
        _message(b"", told=MAX_EVENT_BYTES + 1) + b" " * MAX_EVENT_BYTES,
    ],
)
def test_what_comes_before_a_bad_message_goes_out_first(bad: bytes) -> None:
    for chunks in [(DELTA + bad,), (DELTA, bad), (DELTA + bad[:5], bad[5:])]:
        events: list[StreamEvent] = []
        with pytest.raises(UpstreamError, match="makes no sense"):
            _feed(_codec(), (*chunks, b""), events)
        assert [event.raw for event in events] == [DELTA]


def test_a_message_that_is_cut_off_makes_no_sense() -> None:
    codec = _codec()
    assert codec.feed(DELTA + STOP[:-1])
    with pytest.raises(UpstreamError, match="makes no sense"):
        codec.close()
