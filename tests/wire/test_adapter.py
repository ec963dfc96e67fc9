"""An adapter turns bytes into exchanges and back, and blames the right side."""

from __future__ import annotations

from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion

from guardrail.errors import BadInput, UpstreamError
from guardrail.facts import Author, Edit, Exchange, Refusal, Reply
from guardrail.shipped import shipped
from guardrail.testing.wires import shipped_wires
from guardrail.wire import Operation, Spot
from guardrail.wire.framing import FRAMINGS

WIRES = shipped_wires()
OPENAI = WIRES.named("openai-chat")
GENERIC = WIRES.named("generic-json")
MCP = WIRES.named("mcp")
REFUSED = Refusal(status=400, code="c", message="Болмайды", rules=("r",), request_id="q")
CHAT = OPENAI.operation("POST", "/v1/chat/completions")
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "messages",
                    "role",
                    "content",
                    "model",
                    "stream",
                    "tools",
                    "x y",
                    "choices",
                    "message",
                    "tool_calls",
                    "function",
                    "arguments",
                    "logprobs",
                    "image_url",
                ]
            ),
            below,
            max_size=4,
        )
    ),
    max_leaves=15,
)


def _read(**body: object) -> Exchange:
    return OPENAI.read_request(CHAT, orjson.dumps(body))


def test_an_operation_goes_by_its_route() -> None:
    assert OPENAI.operation("POST", "/chat/completions") == Operation(name="chat", examined=True)
    assert OPENAI.operation("GET", "/v1/models/m") == Operation(
        name="models", examined=False, bodiless=True
    )
    assert OPENAI.operation("POST", "/elsewhere") == CHAT
    assert GENERIC.operation("PUT", "/anything") == Operation(name="json", examined=True)


@pytest.mark.parametrize(
    ("body", "stream"),
    [({"stream": True}, True), ({"stream": False}, False), ({"stream": 1}, False), ({}, False)],
)
def test_a_stream_is_what_says_so(body: dict[str, object], stream: object) -> None:
    assert _read(**body).stream is stream


def test_a_model_that_is_no_text_has_no_name() -> None:
    assert _read(model=["m"]).model == ""
    assert _read(model="m").model == "m"
    assert OPENAI.read_reply(b'{"model": 1}').model == ""
    assert GENERIC.read_reply(b'"text"').model == ""


@pytest.mark.parametrize(
    ("roles", "first"),
    [
        (["user"], True),
        (["system", "user"], True),
        (["user", "assistant", "user"], False),
        ([], True),
    ],
)
def test_the_first_turn_has_no_answer_before_it(roles: list[str], *, first: bool) -> None:
    messages = [{"role": role, "content": "x"} for role in roles]
    assert _read(messages=messages).first_turn is first


CALLS = [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ({"content": "x"}, True),
        ({"content": [{"type": "text", "text": "x"}]}, True),
        ({"content": None, "audio": {"id": "audio_1"}}, True),
        ({"refusal": "no"}, True),
        ({"content": "", "tool_calls": CALLS}, False),
        ({"content": "x", "tool_calls": CALLS}, True),
        ({"content": None}, False),
        ({"content": None, "x_new": "x"}, False),
    ],
)
def test_only_what_is_told_to_a_person_is_an_answer(
    said: dict[str, object], *, answered: bool
) -> None:
    messages = [{"role": "user", "content": "x"}, {"role": "assistant", **said}]
    assert _read(messages=messages).first_turn is not answered


RESPONSES = WIRES.named("openai-responses")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, ()),
        ({"previous_response_id": "resp_1", "conversation": None}, ("resp_1",)),
        ({"conversation": "conv_1"}, ("conv_1",)),
        ({"conversation": {"id": "conv_1"}}, ("conv_1",)),
        ({"previous_response_id": 7, "conversation": "c" * 600}, ()),
    ],
)
def test_turns_that_are_kept_elsewhere_are_named(
    body: dict[str, object], names: tuple[str, ...]
) -> None:
    operation = RESPONSES.operation("POST", "/v1/responses")
    exchange = RESPONSES.read_request(operation, orjson.dumps({"input": "x", **body}))
    assert (exchange.conversation, exchange.first_turn) == (names, True)


@pytest.mark.parametrize("kind", ["item_reference", "compaction"])
def test_what_stands_for_an_answer_of_before_is_one(kind: str) -> None:
    item = {"type": kind, "id": "msg_1", "encrypted_content": "gAAAAAB"}
    operation = RESPONSES.operation("POST", "/v1/responses")
    exchange = RESPONSES.read_request(operation, orjson.dumps({"input": [item]}))
    assert not exchange.first_turn


def test_a_reply_and_a_streams_event_say_what_later_requests_call_them() -> None:
    made = {"id": "resp_1", "output": [], "conversation": {"id": "conv_1"}}
    assert RESPONSES.read_reply(orjson.dumps(made)).conversation == ("resp_1", "conv_1")
    event = {"type": "response.created", "response": made}
    assert RESPONSES.conversation_in(event) == ("resp_1", "conv_1")
    assert RESPONSES.conversation_in({"type": "ping"}) == ()
    assert OPENAI.conversation_in(made) == ()


@pytest.mark.parametrize(
    ("kind", "machine"), [("json_object", True), ("json_schema", True), ("text", False), (1, False)]
)
def test_structured_answers_are_read_by_machines(kind: object, *, machine: bool) -> None:
    assert _read(response_format={"type": kind}).machine_read is machine


def test_a_chat_request_is_an_object() -> None:
    with pytest.raises(BadInput) as caught:
        OPENAI.read_request(CHAT, b"[]")
    assert caught.value.code == "not_an_object"
    assert GENERIC.read_request(GENERIC.operation("POST", "/"), b"[]").segments == ()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"a": 1, "a": 2}', b'{"a": "\xff"}'])
def test_a_reply_that_makes_no_sense_is_the_upstreams_mistake(body: bytes) -> None:
    with pytest.raises(UpstreamError) as caught:
        OPENAI.read_reply(body)
    assert (caught.value.code, caught.value.status) == ("upstream_nonsense", 502)


def test_a_reply_without_a_body_has_nothing_to_be_read() -> None:
    assert OPENAI.read_reply(b"") == Reply(segments=())


def test_a_request_that_may_have_no_body_goes_by_its_method() -> None:
    for method in ("GET", "HEAD", "DELETE"):
        assert MCP.operation(method, "/elsewhere").bodiless
    assert not MCP.operation("POST", "/elsewhere").bodiless


def test_a_refusal_repeats_what_the_request_is_known_by() -> None:
    call = {"jsonrpc": "2.0", "id": "7", "method": "tools/call", "params": {"name": "f"}}
    asked = MCP.read_request(MCP.operation("POST", "/mcp"), orjson.dumps(call))
    assert asked.echo == {"id": "7", "method": "tools/call"}
    status, _, body = MCP.error(REFUSED, asked.echo)
    told = orjson.loads(body)
    assert (status, told["id"], told["result"]["isError"]) == (200, "7", True)
    assert told["result"]["content"] == [{"type": "text", "text": "Болмайды"}]
    assert told["result"]["_meta"]["guardrail"]["code"] == "c"
    status, _, body = MCP.error(REFUSED, {**asked.echo, "method": "tools/list"})
    told = orjson.loads(body)
    assert (status, told["id"], told["error"]["message"]) == (200, "7", "Болмайды")


def test_a_refusal_of_what_is_not_known_by_anything_has_a_status() -> None:
    status, _, body = MCP.error(REFUSED)
    assert (status, orjson.loads(body)["id"]) == (400, None)


@pytest.mark.parametrize(
    ("body", "echo"),
    [
        (b'{"id": 7, "method": "x", "params": [1]}', {"id": 7, "method": "x"}),
        (b'{"method": "x"}', {"method": "x"}),
        (b'[{"id": 7}]', {}),
        (b'{"id": 7, "id": 8}', {}),
        (b"{", {}),
        (b"", {}),
    ],
)
def test_what_a_refusal_repeats_is_known_of_what_was_not_read(
    body: bytes, echo: dict[str, object]
) -> None:
    assert MCP.echo(body) == echo
    assert OPENAI.echo(body) == {}


def test_arguments_with_a_name_twice_are_refused() -> None:
    call = {"function": {"name": "f", "arguments": '{"a": "\\u0039", "a": 1}'}}
    with pytest.raises(BadInput) as caught:
        _read(messages=[{"role": "assistant", "tool_calls": [call]}])
    assert caught.value.code == "duplicate_key"


@given(JUNK)
def test_every_document_is_read_or_refused_and_no_text_is_lost(tree: object) -> None:
    body = orjson.dumps(tree) if _fits(tree) else b"{}"
    for adapter in (OPENAI, GENERIC):
        with suppress(BadInput):
            exchange = adapter.read_request(adapter.operation("POST", "/"), body)
            edits = [
                Edit(segment=index, start=0, end=0, text="<1>")
                for index in range(len(exchange.segments))
            ]
            assert adapter.patch(body, exchange.segments, edits).count(b"<1>") == len(edits)
        with suppress(UpstreamError):
            adapter.read_reply(body)


def _fits(tree: object) -> bool:
    try:
        orjson.dumps(tree)
    except orjson.JSONEncodeError:
        return False
    return True


@given(st.binary(max_size=40))
def test_every_body_is_read_or_refused_with_one_error_type(body: bytes) -> None:
    with suppress(BadInput):
        OPENAI.read_request(CHAT, body)
    with suppress(UpstreamError):
        OPENAI.read_reply(body)


def test_an_edited_reply_is_still_one_that_openai_clients_read() -> None:
    path = shipped("adapters") / "openai-chat" / "samples" / "reply-tools.json"
    body = path.read_bytes()
    reply = OPENAI.read_reply(body)
    edits = [
        Edit(segment=index, start=0, end=len(segment.text), text="<1>")
        for index, segment in enumerate(reply.segments)
    ]
    completion = ChatCompletion.model_validate_json(OPENAI.patch(body, reply.segments, edits))
    assert completion.choices[0].message.content == "<1>"
    assert {segment.author for segment in reply.segments} == {Author.ASSISTANT}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (413, "invalid_request_error"),
        (429, "rate_limit_error"),
        (502, "server_error"),
        (503, "server_error"),
    ],
)
def test_an_error_has_the_type_that_clients_know(status: int, kind: str) -> None:
    _, _, body = OPENAI.error(Refusal(status=status, code="c", message="m"))
    assert orjson.loads(body)["error"] == {"message": "m", "type": kind, "param": None, "code": "c"}


OLLAMA = WIRES.named("ollama-chat")


@pytest.mark.parametrize(
    ("asked", "streamed"),
    [({}, True), ({"stream": None}, True), ({"stream": False}, False), ({"stream": True}, True)],
)
def test_a_format_may_stream_where_the_request_is_silent(
    asked: dict[str, object], *, streamed: bool
) -> None:
    chat = OLLAMA.operation("POST", "/api/chat")
    assert OLLAMA.read_request(chat, orjson.dumps(asked)).stream is streamed


@pytest.mark.parametrize(
    ("asked", "read"), [("", False), (None, False), (False, False), ("json", True), ({}, True)]
)
def test_an_empty_word_asks_for_nothing_that_programs_read(asked: object, *, read: bool) -> None:
    chat = OLLAMA.operation("POST", "/api/chat")
    assert OLLAMA.read_request(chat, orjson.dumps({"format": asked})).machine_read is read


def test_a_request_without_a_body_asks_for_what_another_began() -> None:
    responses = WIRES.named("openai-responses")
    for method, path in (
        ("GET", "/v1/responses/resp_1"),
        ("GET", "/v1/responses/resp_1/input_items"),
        ("POST", "/v1/responses/resp_1/cancel"),
    ):
        exchange = responses.read_request(responses.operation(method, path), b"")
        assert (exchange.segments, exchange.model, exchange.stream) == ((), "", False)
        assert exchange.machine_read, (
            "which turn it is of nobody knows: people are told in a header"
        )
        with pytest.raises(BadInput):
            responses.read_request(responses.operation(method, path), b" ")
    with pytest.raises(BadInput):
        responses.read_request(responses.operation("POST", "/v1/responses"), b"")


FORM = b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n--x--\r\n'


def test_a_format_is_written_in_the_ways_that_it_names() -> None:
    audio = WIRES.named("openai-audio")
    operation = audio.operation("POST", "/v1/audio/transcriptions")
    form = "multipart/form-data; boundary=x"
    for value, stream in ((b"true", True), (b"false", False), (b"1", False)):
        body = FORM % (b"stream", value)
        notation = audio.request_notation(form, body)
        assert audio.read_request(operation, body, notation).stream is stream
    with pytest.raises(BadInput) as caught:
        audio.request_notation("application/json", b"{}")
    assert caught.value.code == "unsupported_media_type"
    with pytest.raises(BadInput):
        OPENAI.request_notation(form, FORM % (b"model", b"m"))


def test_a_reply_that_is_one_text_or_none_is_read_as_the_format_says() -> None:
    audio = WIRES.named("openai-audio")
    text = audio.read_reply(b"Hi", audio.reply_notation("text/plain", b"Hi"))
    assert [(one.place, one.author) for one in text.segments] == [((), Author.ASSISTANT)]
    sound = audio.read_reply(b"\xff", audio.reply_notation("audio/mpeg", b"\xff"))
    assert [(item.place, item.medium) for item in sound.opaque] == [((), "audio")]
    with pytest.raises(UpstreamError) as caught:
        audio.reply_notation("text/plain; charset=utf-16", b"H\0")
    assert caught.value.code == "upstream_nonsense"


def test_a_label_goes_beside_the_answer_where_a_format_has_room() -> None:
    assert OPENAI.label_spot({"choices": []}) is not None
    assert OPENAI.label_spot({"error": {}}) is None
    assert GENERIC.label_spot({"choices": []}) is None
    agent = WIRES.named("a2a")
    for held in ("message", "task"):
        spot = agent.label_spot({"result": {held: {"parts": [], "status": {}}}})
        assert spot == Spot(
            inside=("result", held), names=("metadata", "ai_disclosure"), only=False
        )
    assert agent.label_spot({"result": {"kind": "task", "metadata": {}}}) == Spot(
        inside=("result", "metadata"), names=("ai_disclosure",), only=True
    )
    assert agent.label_spot({"result": {"tasks": []}}) is None


def test_what_a_label_is_signed_with_is_no_text() -> None:
    label = {"level": "ai-generated", "sig": "q83vEjRWeJASNFZ4kBI0VniQq83vEjRWeJASNFZ4kBI0VniQ" * 2}
    reply = OPENAI.read_reply(orjson.dumps({"choices": [], "ai_disclosure": label}))
    assert [one.text for one in reply.segments] == ["ai-generated"]


def test_comments_stand_only_in_streams_whose_clients_pass_over_them() -> None:
    assert OPENAI.stream().comment(b"x") == b": x\n\n"
    for name in ("gemini", "generic-json"):
        assert WIRES.named(name).stream().comment(b"x") == b""
    for framing in ("application/x-ndjson", "application/vnd.amazon.eventstream"):
        assert OPENAI.stream(FRAMINGS[framing]).comment(b"x") == b""
    assert OPENAI.stream().labels is None
    assert WIRES.named("gemini").stream().labels is not None


def test_what_a_streams_label_is_signed_with_is_no_text_and_nothing_in_it_goes_on() -> None:
    label = {"level": "ai-generated", "sig": "q83vEjRWeJASNFZ4kBI0VniQq83vEjRWeJASNFZ4kBI0VniQ" * 2}
    (event,) = (
        WIRES.named("gemini")
        .stream()
        .feed(b"data: " + orjson.dumps({"candidates": [], "ai_disclosure": label}) + b"\n\n")
    )
    assert [(one.text, one.repeats) for one in event.deltas] == [("ai-generated", True)]


def test_the_labels_of_a_guard_before_this_one_leave_no_byte() -> None:
    label, event = b': guardrail-label {"v":1}\n\n', b'data: {"choices":[]}\n\n'
    events = OPENAI.stream().feed(label + event)
    assert b"".join(one.raw for one in events) == event
