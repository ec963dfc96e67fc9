"""Streams are read exactly, changed in their texts only, and ended properly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletionChunk

from guardrail.errors import UpstreamError
from guardrail.facts import Kind, Refusal
from guardrail.testing.chunkings import chunkings
from guardrail.testing.wires import shipped_wires
from guardrail.wire import StreamCodec, StreamEvent
from guardrail.wire.channels import MAX_NAMES
from guardrail.wire.framing import framing_of
from guardrail.wire.stream import MAX_EVENT_BYTES

Json = Any

WIRES = shipped_wires()
OPENAI = WIRES.named("openai-chat")
GENERIC = WIRES.named("generic-json")
REFUSAL = Refusal(
    status=400,
    code="content_policy_violation",
    message="Нельзя",
    rules=("kz.10",),
    request_id="r-1",
)


def _chunk(choices: list[dict[str, Any]], **more: object) -> bytes:
    head = {"id": "c-1", "object": "chat.completion.chunk", "created": 1763700000, "model": "m"}
    return b"data: " + orjson.dumps({**head, "choices": choices, **more}) + b"\n\n"


def _said(text: str, index: int = 0, finish: str | None = None) -> bytes:
    return _chunk([{"index": index, "delta": {"content": text}, "finish_reason": finish}])


def _called(arguments: str, index: int, **more: object) -> bytes:
    call = {"index": index, "function": {"arguments": arguments}, **more}
    return _chunk([{"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": None}])


def _events(stream: bytes, codec: StreamCodec | None = None) -> list[StreamEvent]:
    codec = codec or OPENAI.stream()
    return codec.feed(stream) + codec.close()


def _data(event: bytes) -> Json:
    assert event.startswith(b"data: ")
    assert event.endswith(b"\n\n")
    return orjson.loads(event[6:])


TEXTS = st.text(max_size=5)
STREAMS = st.lists(
    st.one_of(
        st.builds(_said, TEXTS, st.integers(0, 2), st.sampled_from([None, "stop"])),
        st.builds(_called, TEXTS, st.integers(0, 2)),
        st.sampled_from([b": keep-alive\n\n", b"\n\n", b"retry: 3\r\n\r\n", b"data: [DONE]\n\n"]),
    ),
    max_size=5,
).map(b"".join)


def _run(codec: StreamCodec, chunks: Iterable[bytes]) -> tuple[list[StreamEvent], bool]:
    events: list[StreamEvent] = []
    try:
        for chunk in chunks:
            events += codec.feed(chunk)
        events += codec.close()
    except UpstreamError:
        return events, True
    return events, False


@given(STREAMS, st.binary(max_size=12), st.data())
def test_every_chunking_gives_the_same_events_and_the_same_end(
    good: bytes, bad: bytes, data: st.DataObject
) -> None:
    stream = good + bad
    whole, broken = _run(OPENAI.stream(), [stream])
    again, broken_again = _run(OPENAI.stream(), data.draw(chunkings(stream)))
    assert (again, broken_again) == (whole, broken)
    if not broken:
        assert b"".join(event.raw for event in whole) == stream


@given(STREAMS, st.text(min_size=1, max_size=5))
def test_a_rewritten_delta_reads_as_its_new_text(stream: bytes, text: str) -> None:
    for event in _events(stream):
        for index, delta in enumerate(event.deltas):
            [again] = _events(OPENAI.stream().rewrite(event, {index: text}))
            expected = [old.text for old in event.deltas]
            expected[index] = text
            assert [new.text for new in again.deltas] == expected
            assert again.deltas[index].channel == delta.channel


@given(STREAMS, TEXTS)
def test_a_carried_text_goes_on_in_its_channel_alone(stream: bytes, text: str) -> None:
    codec = OPENAI.stream()
    for event in _events(stream, codec):
        for index, delta in enumerate(event.deltas):
            [carried] = _events(codec.carry(event, index, text))
            assert [(new.channel, new.text) for new in carried.deltas] == [(delta.channel, text)]
            assert carried.finished == ()


def test_a_channel_goes_by_the_indices_that_items_carry() -> None:
    stream = _chunk(
        [
            {"index": 3, "delta": {"content": "a"}},
            {"delta": {"content": "b", "tool_calls": [{"index": 5, "function": {"name": "f"}}]}},
            {"index": True, "delta": {"reasoning_content": "c"}},
            {"index": "x", "delta": {"refusal": "d"}},
        ]
    )
    [event] = _events(stream)
    assert {delta.text: delta.channel for delta in event.deltas} == {
        "a": "choices[3].content",
        "b": "choices[1].content",
        "f": "choices[1].tool_calls[5].name",
        "c": "choices[2].reasoning_content",
        "x": "choices[3].index",
        "d": "choices[3].refusal",
    }


def test_arguments_are_marked_as_a_document_and_not_opened() -> None:
    [event] = _events(_called('{"iin": "9901', 2))
    [delta] = event.deltas
    assert (delta.channel, delta.text, delta.json, delta.kind) == (
        "choices[0].tool_calls[2].arguments",
        '{"iin": "9901',
        True,
        Kind.TOOL_ARGUMENTS,
    )


def test_a_finished_choice_ends_its_channels_and_no_others() -> None:
    codec = OPENAI.stream()
    stream = _said("a", 1) + _said("b", 10) + _called("{}", 0)
    assert [event.finished for event in codec.feed(stream)] == [(), (), ()]
    [last] = codec.feed(_said("c", 1, "stop"))
    assert last.finished == ("choices[1].content",)
    [last] = codec.feed(_chunk([{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]))
    assert last.finished == ("choices[0].tool_calls[0].arguments",)


def test_unknown_strings_names_and_numbers_are_deltas_of_their_own() -> None:
    [event] = _events(_chunk([], mood="бодро", **{"a b": 77011234567}))
    assert [(delta.channel, delta.text, delta.key, delta.kind) for delta in event.deltas] == [
        ("mood", "бодро", False, Kind.OTHER),
        ("*0:", "a b", True, Kind.OTHER),
        ("*0", "77011234567", False, Kind.OTHER),
    ]
    changed = OPENAI.stream().rewrite(event, {1: "<1>", 2: "<2>"})
    assert _data(changed)["<1>"] == "<2>"


def test_a_carried_name_stands_for_nothing_else() -> None:
    codec = GENERIC.stream()
    [event] = codec.feed(b'data: {"a": [{"b c": {"d": 1}}]}\n\n')
    [delta] = event.deltas
    assert delta.text == "b c"
    assert _data(codec.carry(event, 0, "new")) == {"a": [{"new": None}]}


def test_a_carried_event_is_a_chunk_of_the_same_completion() -> None:
    choice = {
        "index": 2,
        "delta": {"role": "assistant", "content": "a", "refusal": "b"},
        "finish_reason": "stop",
        "logprobs": None,
    }
    [event] = _events(_chunk([{"index": 0, "delta": {}}, choice], usage={"total_tokens": 1}))
    carried = _data(OPENAI.stream().carry(event, 0, "held back"))
    assert carried == {
        "id": "c-1",
        "object": "chat.completion.chunk",
        "created": 1763700000,
        "model": "m",
        "choices": [{"index": 2, "delta": {"content": "held back"}, "finish_reason": None}],
    }
    ChatCompletionChunk.model_validate(carried)


def test_a_carried_event_gives_the_index_that_its_position_stood_for() -> None:
    calls = [{"function": {"arguments": "a"}}, {"function": {"arguments": "b"}}]
    [event] = _events(_chunk([{"index": 0, "delta": {"tool_calls": calls}}]))
    carried = _data(OPENAI.stream().carry(event, 1, "c"))
    assert carried["choices"][0]["delta"] == {
        "tool_calls": [{"function": {"arguments": "c"}, "index": 1}]
    }


def test_a_carried_event_keeps_the_type_of_its_like() -> None:
    [event] = _events(b"event: first\nevent: message\n" + _said("a"))
    assert OPENAI.stream().carry(event, 0, "b").startswith(b"event: message\ndata: {")


def test_a_refusal_ends_every_open_choice_and_the_stream() -> None:
    codec = OPENAI.stream()
    events = codec.feed(_said("a", 0) + _said("b", 2) + _said("c", 1, "stop"))
    assert [(e.parts, e.ended) for e in events] == [((0,), ()), ((2,), ()), ((1,), (1,))]
    *chunks, done, rest = codec.refuse(events[0], REFUSAL, (0, 2)).split(b"\n\n")
    assert (done, rest) == (b"data: [DONE]", b"")
    ends = [orjson.loads(chunk.removeprefix(b"data: ")) for chunk in chunks]
    assert [end["choices"] for end in ends] == [
        [{"index": index, "delta": {}, "finish_reason": "content_filter"}] for index in (0, 2)
    ]
    assert {(end["id"], end["model"], end["created"]) for end in ends} == {("c-1", "m", 1763700000)}
    assert ends[0]["guardrail"] == {
        "message": "Нельзя",
        "code": "content_policy_violation",
        "param": None,
        "request_id": "r-1",
        "rules": ["kz.10"],
    }
    for end in ends:
        ChatCompletionChunk.model_validate(end)


def test_a_refusal_before_any_event_is_a_whole_answer() -> None:
    end, done, _ = OPENAI.stream().refuse(None, REFUSAL).split(b"\n\n")
    assert done == b"data: [DONE]"
    chunk = ChatCompletionChunk.model_validate(orjson.loads(end.removeprefix(b"data: ")))
    assert (chunk.id, chunk.choices[0].finish_reason) == ("r-1", "content_filter")


def test_a_refusal_is_in_the_likeness_of_the_last_event() -> None:
    codec = OPENAI.stream()
    *_, ping = codec.feed(_said("a") + b": ping\n\n")
    assert b'"id":"c-1"' in codec.refuse(ping, REFUSAL)
    assert b'"id":"r-1"' in codec.refuse(None, REFUSAL)


def test_any_json_stream_ends_with_an_error() -> None:
    codec = GENERIC.stream()
    codec.feed(b'data: ["a"]\n\n')
    end, _, _ = codec.refuse(None, REFUSAL).split(b"\n\n")
    assert orjson.loads(end.removeprefix(b"data: "))["error"]["code"] == REFUSAL.code


def test_json_lines_end_with_json() -> None:
    framing = framing_of("application/x-ndjson")
    assert framing is not None
    for wire in (GENERIC, OPENAI):
        left = wire.stream(framing).refuse(None, REFUSAL)
        assert all(isinstance(orjson.loads(line), dict) for line in left.splitlines())


def test_media_in_a_stream_are_told_of() -> None:
    delta = {"audio": {"id": "audio_1", "data": "UklGRg==", "transcript": "сәлем"}}
    logprobs = {"content": [{"token": "a"}]}
    [event] = _events(_chunk([{"index": 0, "delta": delta, "logprobs": logprobs}]))
    assert [item.medium for item in event.opaque] == ["audio", "logprobs"]
    assert {delta.channel for delta in event.deltas if delta.kind is Kind.TEXT} == {
        "choices[0].audio.transcript"
    }


NAMES = st.text("AZaz09+/", min_size=4, max_size=12)


@given(st.lists(NAMES, min_size=1, max_size=3), TEXTS, st.data())
def test_each_medium_is_replaced_where_it_stands_and_nothing_else_changes(
    names: list[str], text: str, data: st.DataObject
) -> None:
    images = [{"image_url": {"url": f"data:image/png;base64,{name}"}} for name in names]
    delta = {"content": text, "images": images, "audio": {"data": "UklGRg=="}}
    [event] = _events(_chunk([{"index": 0, "delta": delta}], extra="Ә", id="7"))
    at = {one.place: index for index, one in enumerate(event.opaque)}
    assert len(at) == len(names) + 1
    media = data.draw(st.dictionaries(st.sampled_from(range(len(at))), NAMES))
    said = [index for index, one in enumerate(event.deltas) if one.text == text and not one.key]
    texts = data.draw(st.dictionaries(st.sampled_from(said[:1]), TEXTS)) if said else {}
    raw = OPENAI.stream().rewrite(event, texts, media)
    want = _data(event.raw)
    for index, new in media.items():
        *path, last = event.opaque[index].place
        held = want
        for step in path:
            held = held[step]
        held[last] = new
    for index, new in texts.items():
        *path, last = event.deltas[index].place
        held = want
        for step in path:
            held = held[step]
        held[last] = new
    assert _data(raw) == want
    assert (raw == event.raw) or texts or media
    [again] = _events(raw)
    assert [one.medium for one in again.opaque] == [one.medium for one in event.opaque]


def test_an_event_in_which_nothing_is_changed_stays_byte_for_byte() -> None:
    stream = b'data:  {"choices": [ {"index":0,"delta":{"audio":{"data":"UklGRg=="}}} ] }\n\n'
    [event] = _events(stream)
    assert OPENAI.stream().rewrite(event, {}, {}) == stream
    changed = OPENAI.stream().rewrite(event, {}, {0: "AAAA"})
    assert changed == stream.replace(b"UklGRg==", b"AAAA")


def test_media_of_events_that_are_alike_are_each_their_own() -> None:
    # A format whose events are cast in moulds must not show one picture in the place of another.
    wire = WIRES.named("openai-images").stream()
    kind = "image_generation.partial_image"
    stream = b"".join(
        b"event: %b\ndata: " % kind.encode()
        + orjson.dumps({"type": kind, "b64_json": f"AAA{number}", "partial_image_index": number})
        + b"\n\n"
        for number in range(8)
    )
    events = wire.feed(stream)
    assert [[one.data for one in event.opaque] for event in events] == [
        [f"AAA{number}"] for number in range(8)
    ]
    assert b'"LLLL"' in wire.rewrite(events[5], {}, {0: "LLLL"})


def test_an_upstreams_error_is_told_of_and_examined() -> None:
    [event] = _events(b'data: {"error": {"message": "for a@b.kz", "code": "x"}}\n\n')
    assert event.error
    assert [delta.text for delta in event.deltas] == ["for a@b.kz"]
    [event] = _events(b'data: {"error": null}\n\n')
    assert not event.error


def test_events_without_data_pass_as_they_are() -> None:
    stream = b": ping\n\nretry: 5\n\ndata:\n\n\n\n"
    events = _events(stream)
    assert b"".join(event.raw for event in events) == stream
    assert all(event.data is None and not event.deltas for event in events)


@pytest.mark.parametrize(
    "bad",
    [
        b"data: not JSON\n\n",
        b"data: [1]\n\n",
        b'data: {"a": 1, "a": 2}\n\n',
        b'data: {"id": "cut of',
        b"data: " + b"[" * 99 + b"]" * 99 + b"\n\n",
        b"data: \xff\n\n",
        b'data: "' + b"x" * MAX_EVENT_BYTES + b'"\n\n',
        b": " + b"x" * MAX_EVENT_BYTES + b"\n\n",
    ],
)
def test_what_is_no_event_ends_the_stream_after_the_events_before_it(bad: bytes) -> None:
    codec = OPENAI.stream()
    [event] = codec.feed(_said("good") + bad)
    assert event.deltas[0].text == "good"
    for _ in range(2):
        with pytest.raises(UpstreamError) as caught:
            codec.close()
        assert caught.value.code == "upstream_nonsense"
    with pytest.raises(UpstreamError):
        codec.feed(_said("more"))


def test_an_event_that_never_ends_is_cut_off_at_the_bound() -> None:
    codec = OPENAI.stream()
    for _ in range(MAX_EVENT_BYTES // 4096):
        assert codec.feed(b"x" * 4096) == []
    with pytest.raises(UpstreamError):
        codec.feed(b"x")


def test_a_format_that_streams_media_has_larger_events() -> None:
    image = {"type": "image_generation.completed", "b64_json": "QUJD" * (MAX_EVENT_BYTES // 4)}
    raw = b"data: " + orjson.dumps(image) + b"\n\n"
    images = WIRES.named("openai-images")
    [event] = images.stream().feed(raw)
    assert [item.medium for item in event.opaque] == ["image"]
    with pytest.raises(UpstreamError, match="too long"):
        OPENAI.stream().feed(raw)


def test_content_in_chunks_goes_on_with_content_as_text() -> None:
    def chunks(*texts: str) -> bytes:
        content = [{"type": "text", "text": text} for text in texts]
        return _chunk([{"index": 0, "delta": {"content": content}, "finish_reason": None}])

    events = _events(_said("a") + chunks("b", "c") + chunks("d"))
    deltas = [delta for event in events for delta in event.deltas if delta.kind is Kind.TEXT]
    assert [delta.text for delta in deltas] == ["a", "b", "c", "d"]
    assert {delta.channel for delta in deltas} == {"choices[0].content"}
    carried = _data(OPENAI.stream().carry(events[1], 1, "rest"))
    assert carried["choices"][0]["delta"] == {"content": [{"type": "text", "text": "rest"}]}


def test_channels_and_free_names_are_bounded() -> None:
    calls = [{"index": at, "function": {"name": "f"}} for at in range(MAX_NAMES + 1)]
    with pytest.raises(UpstreamError, match="channels"):
        _events(_chunk([{"index": 0, "delta": {"tool_calls": calls}}]))
    with pytest.raises(UpstreamError, match="names"):
        _events(_chunk([], **{f"name {at}": 1 for at in range(MAX_NAMES + 1)}))


COHERE = WIRES.named("cohere-chat")


def _typed(*events: dict[str, Any]) -> bytes:
    return b"".join(
        b"event: %b\ndata: %b\n\n" % (event["type"].encode(), orjson.dumps(event))
        for event in events
    )


def _content(kind: str, index: int, **content: str) -> dict[str, Any]:
    return {"type": kind, "index": index, "delta": {"message": {"content": content}}}


def _call(kind: str, index: int, **function: str) -> dict[str, Any]:
    call = {"function": function}
    return {"type": kind, "index": index, "delta": {"message": {"tool_calls": call}}}


def test_parts_of_several_sorts_have_numbers_of_their_own() -> None:
    events = COHERE.stream().feed(
        _typed(
            _content("content-start", 0, type="text", text=""),
            _content("content-delta", 0, text="a"),
            {"type": "content-end", "index": 0},
            _call("tool-call-start", 0, name="f", arguments=""),
            _call("tool-call-delta", 0, arguments="{}"),
            {"type": "tool-call-end", "index": 0},
            {"type": "citation-end", "index": 0},
        )
    )
    assert [(event.parts, event.ended) for event in events] == [
        (("content[0]",), ()),
        (("content[0]",), ()),
        (("content[0]",), ("content[0]",)),
        (("tool_calls[0]",), ()),
        (("tool_calls[0]",), ()),
        (("tool_calls[0]",), ("tool_calls[0]",)),
        ((), ()),
    ]
    ends = [event.finished for event in events if event.finished]
    assert ends == [("content[0].text",), ("tool_calls[0].name", "tool_calls[0].arguments")]


def test_a_refusal_ends_each_sort_of_part_in_its_own_way() -> None:
    codec = COHERE.stream()
    events = codec.feed(
        _typed(
            _content("content-start", 2, type="text", text="a"),
            _call("tool-call-start", 3, name="f", arguments=""),
        )
    )
    parts = [part for event in events for part in event.parts]
    left = _events(codec.refuse(events[-1], REFUSAL, parts), COHERE.stream())
    assert [event.name for event in left] == ["content-end", "tool-call-end", "message-end", ""]
    told: Json = [event.data for event in left[:2]]
    assert [event["index"] for event in told] == [2, 3]


def test_channels_that_are_no_part_end_and_may_go_on() -> None:
    plan = {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "x"}}}
    call = _call("tool-call-start", 0, name="f", arguments="")
    events = COHERE.stream().feed(_typed(plan, call, plan, {"type": "message-end"}))
    assert [event.finished for event in events[:3]] == [(), ("tool_plan",), ()]
    assert "tool_plan" in events[3].finished, "the last event ends all that is open"


def test_a_text_that_stands_alone_waits_for_nothing() -> None:
    citation = {"type": "citation-start", "index": 0}
    citation |= {"delta": {"message": {"citations": {"text": "cited"}}}}
    [event] = COHERE.stream().feed(_typed(citation))
    [delta] = event.deltas
    assert (delta.text, delta.repeats, event.finished) == ("cited", True, ())


def test_parts_are_bounded() -> None:
    codec = COHERE.stream()
    starts = [_content("content-start", index, type="text") for index in range(MAX_NAMES + 1)]
    events = codec.feed(_typed(*starts))
    assert len(events) == MAX_NAMES
    with pytest.raises(UpstreamError, match="too many parts"):
        codec.close()


def test_an_empty_text_in_the_event_that_ends_its_channel_is_none() -> None:
    codec = OPENAI.stream()
    texts = ["", "a", ""]
    events = [
        codec.feed(_said(text, finish=end))[0]
        for text, end in zip(texts, (None, None, "stop"), strict=True)
    ]
    assert [[delta.text for delta in event.deltas] for event in events] == [[""], ["a"], []]
    assert events[-1].finished == ("choices[0].content",)


MCP = WIRES.named("mcp")


def _message(event: bytes) -> Json:
    assert event.startswith(b"event: message\n")
    return _data(event.removeprefix(b"event: message\n"))


def test_a_refusal_answers_what_was_asked_whatever_else_came() -> None:
    progress = {"jsonrpc": "2.0", "id": 77, "method": "ping", "params": {"message": "Сәлем"}}
    for method, member in (("tools/call", "result"), ("resources/read", "error")):
        codec = MCP.stream(echo={"id": "a", "method": method})
        [event] = codec.feed(b"data: " + orjson.dumps(progress) + b"\n\n")
        told = _message(codec.refuse(event, REFUSAL))
        assert (told["id"], member in told) == ("a", True)
    # Nothing was asked on a stream that is only listened to: what came last may be an answer.
    codec = MCP.stream()
    [event] = codec.feed(b"data: " + orjson.dumps(progress) + b"\n\n")
    assert _message(codec.refuse(event, REFUSAL))["id"] == 77
    assert _message(MCP.stream().refuse(None, REFUSAL))["id"] is None


def test_where_events_are_whole_messages_no_text_waits_for_more() -> None:
    odd = {"jsonrpc": "жаңа сөз", "params": {"message": "бір"}, "ЖСН номері": "екі"}
    codec = MCP.stream()
    [event] = codec.feed(b"data: " + orjson.dumps(odd) + b"\n\n")
    assert len(event.deltas) == 4
    assert all(delta.repeats for delta in event.deltas)


def test_a_members_name_waits_for_no_more() -> None:
    [event] = _events(b"data: " + orjson.dumps({"choices": [], "ЖСН номері": "екі"}) + b"\n\n")
    assert [(delta.key, delta.repeats) for delta in event.deltas] == [(True, True), (False, False)]
