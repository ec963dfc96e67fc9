"""Characters that a server cut in two are whole again, or end the stream."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.errors import BadInput, UpstreamError
from guardrail.testing.chunkings import chunkings
from guardrail.testing.wires import shipped_wires
from guardrail.wire import StreamCodec
from guardrail.wire.aws_event_stream import AwsEventStream
from guardrail.wire.channels import MAX_NAMES
from guardrail.wire.document import parse
from guardrail.wire.frames import AnyFrames, JsonFrames
from guardrail.wire.framing import SSE, Framing
from guardrail.wire.halves import without_halves
from guardrail.wire.json_array import JsonArray
from guardrail.wire.limits import LIMITS
from guardrail.wire.ndjson import JsonLines

WIRES = shipped_wires()
OPENAI = WIRES.named("openai-chat")
FIRST, LAST = "\ud83d", "\ude00"
FACE = "😀"


def _spelt(event: object) -> bytes:
    """Return JSON in which halves are escaped, as JavaScript writes it."""
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    return re.sub("[\ud800-\udfff]", lambda half: f"\\u{ord(half[0]):04x}", joined).encode()


def _said(text: str, index: int = 0, **more: object) -> bytes:
    choice = {"index": index, "delta": {"content": text}, **more}
    return b"data: " + _spelt({"choices": [choice]}) + b"\n\n"


def _called(arguments: str, index: int = 0) -> bytes:
    delta = {"tool_calls": [{"index": index, "function": {"arguments": arguments}}]}
    return b"data: " + _spelt({"choices": [{"index": 0, "delta": delta}]}) + b"\n\n"


def _read(codec: StreamCodec, *chunks: bytes) -> tuple[list[tuple[str, str]], bytes]:
    """Return the texts that events bring, each with its channel, and their bytes."""
    events = [event for chunk in chunks for event in codec.feed(chunk)] + codec.close()
    texts = [(delta.channel, delta.text) for event in events for delta in event.deltas]
    return texts, b"".join(event.raw for event in events)


def _texts(*chunks: bytes) -> list[str]:
    return [text for _, text in _read(OPENAI.stream(), *chunks)[0]]


def _fault(*chunks: bytes) -> str:
    with pytest.raises(UpstreamError) as fault:
        _read(OPENAI.stream(), *chunks)
    assert fault.value.code == "upstream_nonsense"
    return str(fault.value)


def test_the_events_of_these_tests_have_halves_in_them() -> None:
    assert _said("a" + FIRST).endswith(b'"a\\ud83d"}}]}\n\n')
    assert _said(FACE) == _said(FIRST + LAST)
    with pytest.raises(BadInput):
        parse(b'"\\ud83d"', LIMITS)


def test_the_first_half_waits_for_the_other() -> None:
    assert _texts(_said("a" + FIRST), _said(LAST + "b")) == ["a", FACE + "b"]
    assert _texts(_said(FIRST), _said(""), b": ping\n\n", _said(LAST)) == ["", "", FACE]


def test_one_text_may_have_both_halves_of_others() -> None:
    assert _texts(_said(FIRST), _said(LAST + "a" + FIRST), _said(LAST + FIRST), _said(LAST)) == [
        "",
        FACE + "a",
        FACE,
        FACE,
    ]


def test_each_channel_has_its_own_halves() -> None:
    texts, _ = _read(
        OPENAI.stream(), _said(FIRST), _said("\ud83c", 1), _called(FIRST), _said(LAST),
        _said("\udf89", 1), _called(LAST),
    )  # fmt: skip
    assert [text for _, text in texts] == ["", "", "", FACE, "🎉", FACE]
    assert len({channel for channel, _ in texts}) == 3


def test_all_else_of_an_event_stays_as_it_is() -> None:
    first = (
        b'event: x\ndata: {"n": 1.50, "choices":[{"index":0,"delta":{"content":"\\uD83D"}}]}\n\n'
    )
    other = (
        b'id: 7\ndata: {"choices":[{"index":0,"delta":{"content":"\\uDE00 b"}, "x": "\\/"}]}\n\n'
    )
    _, left = _read(OPENAI.stream(), first, other)
    assert left == first.replace(b"\\uD83D", b"") + other.replace(b"\\uDE00", FACE.encode())


@pytest.mark.parametrize(
    "framing",
    [SSE, JsonLines(), AwsEventStream(), JsonArray(), JsonFrames(), AnyFrames()],
    ids=type,
)
def test_halves_are_joined_in_every_framing(framing: Framing) -> None:
    events = [
        framing.event(_spelt({"choices": [{"index": 0, "delta": {"content": text}}]}))
        for text in ("a" + FIRST, LAST + "b" + FIRST, LAST)
    ]
    codec = OPENAI.stream(framing)
    texts, left = _read(codec, framing.last(b"".join(events), begun=False))
    assert [text for _, text in texts] == ["a", FACE + "b", FACE]
    assert _read(OPENAI.stream(framing), left) == (texts, left), "what left can be read"


def test_the_lines_that_an_events_data_is_in_may_be_many() -> None:
    data = b'{"choices":\r\ndata: [{"index":0,"delta":{"content":"\\ud83d"}}]}'
    first = b"\xef\xbb\xbfdata: " + data + b"\r\n\r\n"
    texts, left = _read(OPENAI.stream(), first, _said(LAST))
    assert [text for _, text in texts] == ["", FACE]
    assert left.startswith(b'\xef\xbb\xbfdata: {"choices": [')


def test_a_whole_character_in_escapes_is_left_as_it_is_spelt() -> None:
    event = b'data: {"choices":[{"index":0,"delta":{"content":"\\ud83d\\ude00 \\\\ud83d"}}]}\n\n'
    assert _read(OPENAI.stream(), event) == ([("choices[0].content", FACE + " \\ud83d")], event)


def test_what_only_looks_like_half_a_character_is_text() -> None:
    assert _texts(_said("\\ud83d"), _said("\\ude00")) == ["\\ud83d", "\\ude00"]
    assert _texts(_said("\\" + FIRST), _said(LAST)) == ["\\", FACE]


@pytest.mark.parametrize(
    "events",
    [
        [_said("a" + FIRST)],
        [_said("a" + FIRST), _said("b")],
        [_said("a" + FIRST), _said(FIRST)],
        [_said(FIRST), b"data: [DONE]\n\n"],
        [_said(FIRST), _said("", finish_reason="stop")],
        [_said(FIRST, finish_reason="stop")],
        [_said(FIRST), _said(LAST, 1)],
        [_said(LAST)],
        [_said("a"), _said(LAST)],
        [_said(FIRST), _said(LAST + LAST)],
        [_said("a" + FIRST + "b")],
        [_said(LAST + FIRST)],
        [_said("a", finish_reason=FIRST)],
        [b'data: {"\\ud83d": 1, "choices": []}\n\n'],
        [b'data: {"choices": [], "x": ["\\ude00"]}\n\n'],
        [b'data: {"choices":[{"index":0,"delta":{"content":"\\ud83d"}}], nonsense}\n\n'],
        [b'data: {"choices":[{"index":0,"delta":{"content":"\\ud83d"}}],"a":1,"a":2}\n\n'],
    ],
)
def test_half_a_character_that_stays_alone_ends_the_stream(events: Sequence[bytes]) -> None:
    told = _fault(b"".join(events))
    assert _fault(*events) == told
    assert "makes no sense" in told


def test_what_came_before_a_lone_half_goes_out_first() -> None:
    codec = OPENAI.stream()
    events = codec.feed(_said("a") + _said("b" + FIRST) + _said("c"))
    assert [delta.text for event in events for delta in event.deltas] == ["a", "b"]
    with pytest.raises(UpstreamError):
        codec.feed(b"")


def test_behind_an_error_nothing_is_waited_for() -> None:
    events = [_said(FIRST), b'data: {"error":{"message":"overloaded"}}\n\n']
    assert _read(OPENAI.stream(), *events)[1].endswith(events[1])


def test_halves_of_characters_without_end_are_refused() -> None:
    adapter = WIRES.named("generic-json")
    codec = adapter.stream()
    halves = (b'data: {"k%d": "\\ud83d"}\n\n' % number for number in range(MAX_NAMES + 2))
    with pytest.raises(UpstreamError):
        _read(codec, *halves)


def test_half_a_character_where_no_text_goes_on_is_refused_whatever_comes() -> None:
    """What an event repeats, or a member's name, has no other half."""
    responses = WIRES.named("openai-responses")
    done = {"type": "response.output_text.done", "item_id": "i", "output_index": 0,
            "content_index": 0, "text": "a" + FIRST}  # fmt: skip
    with pytest.raises(UpstreamError):
        _read(responses.stream(), b"data: " + _spelt(done) + b"\n\n")


UNITS = st.text(st.sampled_from('aқ "\\\n😀🎉\U0010ffff\U00010000�'), max_size=12)


@given(UNITS, st.data())
def test_for_every_cut_between_units_and_bytes_the_text_is_the_same(
    text: str, data: st.DataObject
) -> None:
    units = text.encode("utf-16-le")
    pieces = [
        piece.decode("utf-16-le", "surrogatepass")
        for piece in _pairs(data.draw(chunkings(range_of(units))), units)
    ]
    stream = b"".join(map(_said, pieces)) + b"data: [DONE]\n\n"
    texts, left = _read(OPENAI.stream(), *data.draw(chunkings(stream)))
    assert "".join(said for _, said in texts) == text
    for event in left.split(b"\n\n")[:-2]:
        orjson.loads(event.removeprefix(b"data: "))


def range_of(units: bytes) -> str:
    return "." * (len(units) // 2)


def _pairs(pieces: Sequence[str], units: bytes) -> list[bytes]:
    """Return units of two bytes each, cut as `pieces` are."""
    out, at = [], 0
    for piece in pieces:
        out.append(units[at : at + 2 * len(piece)])
        at += 2 * len(piece)
    return out


@given(st.binary(max_size=40))
def test_only_lone_halves_are_stood_in_for(data: bytes) -> None:
    changed = without_halves(data)
    if changed is not None:
        assert len(changed) == len(data)
        assert without_halves(changed) is None


def test_a_document_without_halves_is_none_to_change() -> None:
    for data in (b"", b'{"a": "b"}', b'"\\u0041"', b'"\\ud83d\\ude00"', b'"\\\\ud83d"', b'"\\'):
        assert without_halves(data) is None
    assert without_halves(b'["\\ud83d", "\\uDE00"]') == b'["\\ufffd", "\\ufffd"]'
