from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from guardrail.testing import Answer, Assistant, call
from guardrail.testing.asgi import Message
from guardrail.testing.assistant.completion import complete_text

TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": {}}}]


def chat(text: str, **more: object) -> bytes:
    payload = {"model": "m", "messages": [{"role": "user", "content": text}], **more}
    return json.dumps(payload).encode()


async def ask(assistant: Assistant, body: bytes) -> Answer:
    return await call(assistant, "POST", "/v1/chat/completions", ((b"x-a", b"b"),), body)


def events(answer: Answer) -> list[Any]:
    lines = answer.body.decode().split("\n\n")
    assert lines[-2:] == ["data: [DONE]", ""]
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]


async def test_an_answer_says_that_it_is_scripted_in_the_speakers_language() -> None:
    assistant = Assistant()
    for text, says in (
        ("Hello", "I am a scripted assistant. You wrote: “Hello”"),
        ("Привет", "Я помощник с заранее написанными ответами. Вы написали: «Привет»"),
        ("Сәлем", "Мен алдын ала жазылған жауап беретін көмекшімін. Сіз былай деп жаздыңыз"),
    ):
        reply = json.loads((await ask(assistant, chat(text))).body)
        assert reply["object"] == "chat.completion"
        assert reply["model"] == "m"
        assert reply["choices"][0]["message"]["content"].startswith(says)
        assert reply["choices"][0]["finish_reason"] == "stop"
        assert reply["usage"]["total_tokens"] > 0


@pytest.mark.parametrize("n", [1, 3])
async def test_a_stream_adds_up_to_the_plain_answer(n: int) -> None:
    assistant = Assistant()
    plain = json.loads((await ask(assistant, chat("Привет !iin", n=n))).body)
    options = {"include_usage": True}
    answer = await ask(assistant, chat("Привет !iin", n=n, stream=True, stream_options=options))
    assert (answer.header(b"content-type") or b"").startswith(b"text/event-stream")
    told = events(answer)
    assert told[0]["choices"][0]["delta"]["role"] == "assistant"
    for choice in plain["choices"]:
        assert complete_text(told, choice["index"]) == choice["message"]["content"]
    finishes = [c["finish_reason"] for e in told for c in e["choices"] if c["finish_reason"]]
    assert finishes == ["stop"] * n
    assert told[-1]["choices"] == []
    assert told[-1]["usage"] == plain["usage"]
    # Values come apart in a stream, as they do from a model.
    assert not any("900101300017" in json.dumps(event) for event in told)
    assert len(answer.chunks) == len(told) + 1


async def test_a_stream_without_options_has_no_usage() -> None:
    told = events(await ask(Assistant(pause=0.0001), chat("x", stream=True)))
    assert all("usage" not in event for event in told)


async def test_a_word_about_the_weather_calls_the_given_tool() -> None:
    assistant = Assistant()
    text = "What is the weather?"
    reply = json.loads((await ask(assistant, chat(text, tools=TOOLS))).body)
    called = reply["choices"][0]["message"]["tool_calls"][0]["function"]
    assert called["name"] == "get_weather"
    assert json.loads(called["arguments"])["asked"] == text
    told = events(await ask(assistant, chat(text, tools=TOOLS, stream=True)))
    calls = [
        call["function"]
        for event in told
        for choice in event["choices"]
        for call in choice["delta"].get("tool_calls", ())
    ]
    assert calls[0] == {"name": "get_weather", "arguments": ""}
    assert len(calls) > 5
    assert "".join(call["arguments"] for call in calls) == called["arguments"]
    assert told[-1]["choices"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize("tools", [[], "x", [{}], [1], None])
async def test_without_a_tool_none_is_called(tools: object) -> None:
    reply = json.loads((await ask(Assistant(), chat("weather", tools=tools))).body)
    assert reply["choices"][0]["message"]["content"]


async def test_after_a_tools_result_the_assistant_speaks() -> None:
    messages = [
        {"role": "user", "content": [{"type": "text", "text": "weather"}, "?"]},
        {"role": "assistant", "tool_calls": []},
        {"role": "tool", "content": "{}"},
    ]
    body = json.dumps({"messages": messages, "tools": TOOLS}).encode()
    reply = json.loads((await ask(Assistant(), body)).body)
    assert "weather" in reply["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"messages": []}',
        b'{"messages": {}, "stream": true}',
        chat("x", n=0),
        chat("x", n=99, stream=True),
        chat("x", n="2"),
    ],
)
async def test_what_is_no_chat_is_an_error_in_openai_form(body: bytes) -> None:
    answer = await ask(Assistant(), body)
    assert answer.status == 400
    assert json.loads(answer.body)["error"]["type"] == "invalid_request_error"


async def test_messages_without_a_user_are_answered_too() -> None:
    body = json.dumps({"messages": [{"role": "system", "content": "x"}, 5]}).encode()
    assert (await ask(Assistant(), body)).status == 200


async def test_models_are_listed_and_shown() -> None:
    assistant = Assistant()
    listed = json.loads((await call(assistant, "GET", "/v1/models")).body)["data"]
    name = listed[0]["id"]
    assert json.loads((await call(assistant, "GET", f"/v1/models/{name}")).body) == listed[0]
    for path, code in (("/v1/models/other", "model_not_found"), ("/v1/other", "unknown_url")):
        answer = await call(assistant, "GET", path)
        assert answer.status == 404
        assert json.loads(answer.body)["error"]["code"] == code


async def test_what_was_received_can_be_seen_from_inside_and_outside() -> None:
    assistant = Assistant()
    pieces = [b'{"messages": [{"role": "user",', b'"content": "hi"}]}']
    await call(assistant, "POST", "/v1/chat/completions", ((b"x-a", b"b"),), pieces)
    await call(assistant, "POST", "/v1/chat/completions", (), b"\xff")
    seen = json.loads((await call(assistant, "GET", "/_received")).body)
    assert seen[0] == {
        "method": "POST",
        "path": "/v1/chat/completions",
        "headers": {"x-a": "b"},
        "body": {"messages": [{"role": "user", "content": "hi"}]},
    }
    assert seen[1]["body"] == "�"
    assert len(assistant.received) == 2
    request = assistant.received[0]
    assert request.json["messages"][0]["content"] == "hi"
    assert (request.header("x-a"), request.header("x-z")) == ("b", None)
    assert assistant.received[1].json is None


async def test_the_assistant_lives_and_dies_with_its_server() -> None:
    messages: Iterator[Message] = iter(
        [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    )
    sent: list[str] = []

    async def receive() -> Message:
        return next(messages)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    await Assistant()({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    await Assistant()({"type": "websocket"}, receive, send)
