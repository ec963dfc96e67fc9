from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from guardrail.disclose.label import label
from guardrail.disclose.marks import read, sniff, streams, write
from guardrail.disclose.marks.claim import claim
from guardrail.disclose.marks.found import Found, Unmarkable, Unmarked
from guardrail.wire.aws_event_stream import AwsEventStream

MADE = label(id="urn:uuid:1", model="m", provider="Example LLP", created=5)
SAID = json.dumps(claim(MADE).members())
SIGNED = json.dumps({**claim(MADE).members(), "sig": "AA=="})
PLAIN = b'{"said":"x"}'
LINES = (
    f'{{"ai_disclosure":{SAID},"said":"x"}}\n{{"said":"y"}}\n{{"ai_disclosure":{SIGNED}}}\n'
).encode()
EVENTS = (
    f": guardrail-disclosure {SAID}\n\ndata: {{}}\n\n: guardrail-label {SIGNED}\n\ndata: [DONE]\n\n"
).encode()
MEMBERS = f'event: a\ndata: {{"ai_disclosure":{SAID}}}\r\n\r\ndata:{{"x":1}}\r\n\r\n'.encode()
AWS = AwsEventStream()
FREE = f'{{"additionalModelResponseFields":{{"ai_disclosure":{SIGNED}}}}}'.encode()
MESSAGES = AWS.event(PLAIN, "messageStart") + AWS.event(FREE, "messageStop")


def says(found: Iterator[Found]) -> list[tuple[str, str, str]]:
    return [(one.technique, one.level, one.id) for one in found]


@pytest.mark.parametrize(
    ("data", "kind", "technique"),
    [
        (LINES, "application/x-ndjson", "json:ai_disclosure"),
        (EVENTS, "text/event-stream", "sse:comment"),
        (MEMBERS, "text/event-stream", "json:ai_disclosure"),
        (MESSAGES, "application/vnd.amazon.eventstream", "json:ai_disclosure"),
        (b"[" + LINES.split(b"\n")[0] + b"]", "application/json", "json:ai_disclosure"),
    ],
)
def test_a_saved_stream_says_its_label_once(data: bytes, kind: str, technique: str) -> None:
    assert sniff(data) == kind
    for media_type in ("", f"{kind}; charset=utf-8"):
        (found,) = read(data, media_type=media_type)
        assert (found.technique, found.level, found.id) == (technique, "ai-generated", "urn:uuid:1")
        assert (found.valid, found.producer, found.model) == (True, "Example LLP", "m")


def test_a_stream_without_a_label_says_nothing() -> None:
    assert says(streams.read(PLAIN * 2)) == []
    assert says(streams.read(b"")) == []
    assert says(streams.read_messages(AWS.event(PLAIN, "x"))) == []


@pytest.mark.parametrize(
    "line",
    [
        b": guardrail-label {",
        b": guardrail-label []",
        b": guardrail-other {}",
        b'data: {"ai_disclosure":',
        b'{"said":"\\"ai_disclosure\\""}',
        b'{"deep":{"ai_disclosure":{"level":"ai-generated"}}}',
    ],
)
def test_a_line_that_is_no_label_says_nothing(line: bytes) -> None:
    assert says(streams.read(line + b"\n\n")) == []


def test_messages_are_read_as_far_as_they_are_whole() -> None:
    for broken in (MESSAGES[:-1], MESSAGES + b"\0" * 16, MESSAGES + b"x"):
        found = streams.read_messages(AWS.event(FREE, "messageStop") + broken)
        assert says(iter([next(found)])) == [("json:ai_disclosure", "ai-generated", "urn:uuid:1")]
        with pytest.raises(Unmarkable, match="truncated"):
            next(found)


def test_data_begin_as_a_message_only_where_the_sum_is_right() -> None:
    assert streams.begins_message(MESSAGES)
    assert not streams.begins_message(MESSAGES[1:])
    assert not streams.begins_message(MESSAGES[:11])


def test_a_saved_stream_isnt_written() -> None:
    assert write(LINES, MADE) == Unmarked(
        reason="no_carrier", medium="application/x-ndjson", before=read(LINES)
    )
