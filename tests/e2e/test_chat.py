"""The real `openai` SDK through the real server: nothing but the base URL is changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import openai
import pytest

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionUserMessageParam

    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard

MODEL = "scripted-assistant"
RU = "Вы общаетесь не с человеком, а с системой искусственного интеллекта."
KK = "Сіз адаммен емес, жасанды интеллект жүйесімен сөйлесіп отырсыз."
EN = "You are talking to an artificial intelligence system, not a person."
WEATHER: Any = [
    {
        "type": "function",
        "function": {
            "name": "weather_now",
            "description": "The weather in a city.",
            "parameters": {"type": "object", "properties": {"location": {"type": "string"}}},
        },
    }
]


def said(*texts: str) -> list[ChatCompletionUserMessageParam]:
    return [{"role": "user", "content": text} for text in texts]


def test_a_plain_answer_begins_with_the_notice_and_the_upstream_gets_the_very_bytes(
    guard: Guard, assistant: Assistant
) -> None:
    with guard.openai() as client:
        reply = client.chat.completions.create(model=MODEL, messages=said("Привет! Как дела?"))
    content = reply.choices[0].message.content or ""
    assert content.startswith(RU)
    assert KK in content
    assert content.endswith("Вы написали: «Привет! Как дела?»")
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage is not None
    (received,) = assistant.received
    assert received.json == {"model": MODEL, "messages": said("Привет! Как дела?")}


def test_a_body_passes_byte_for_byte(guard: Guard, assistant: Assistant) -> None:
    body = b' {"messages" :[{"content":"hi \\u0021","role":"user"}],\t"x":[1.50,1e3],"model":"m"}\n'
    assert guard.post(body).status_code == 200
    assert assistant.received[0].body == body


@pytest.mark.parametrize(
    ("text", "first"),
    [("Сәлеметсіз бе, қалайсыз?", KK), ("Добрый день!", RU), ("Good morning!", EN)],
)
def test_the_notice_speaks_the_persons_language_first(guard: Guard, text: str, first: str) -> None:
    with guard.openai() as client:
        reply = client.chat.completions.create(model=MODEL, messages=said(text))
    assert (reply.choices[0].message.content or "").startswith(first)


def test_a_stream_says_the_same_as_a_plain_answer(guard: Guard, assistant: Assistant) -> None:
    with guard.openai() as client:
        plain = client.chat.completions.create(model=MODEL, messages=said("Tell me !long"))
        with client.chat.completions.create(
            model=MODEL,
            messages=said("Tell me !long"),
            stream=True,
            stream_options={"include_usage": True},
        ) as stream:
            chunks = list(stream)
    told = [chunk for chunk in chunks if chunk.choices]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in told)
    assert text == plain.choices[0].message.content
    assert text.startswith(EN)
    assert [c.choices[0].finish_reason for c in told if c.choices[0].finish_reason] == ["stop"]
    assert [chunk.usage for chunk in chunks if chunk.usage] == [plain.usage]
    assert chunks[-1].choices == []
    assert len(told) > 20, "it is streamed, not gathered"


def test_a_stream_without_usage_ends_with_the_finish_reason(guard: Guard) -> None:
    with (
        guard.openai() as client,
        client.chat.completions.create(model=MODEL, messages=said("Hi"), stream=True) as stream,
    ):
        chunks = list(stream)
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert all(chunk.usage is None for chunk in chunks)


async def test_the_async_client_works_plain_and_streamed(guard: Guard) -> None:
    async with guard.async_openai() as client:
        plain = await client.chat.completions.create(model=MODEL, messages=said("Hello there"))
        text = ""
        async with await client.chat.completions.create(
            model=MODEL, messages=said("Hello there"), stream=True
        ) as stream:
            async for chunk in stream:
                text += chunk.choices[0].delta.content or ""
    assert text == plain.choices[0].message.content
    assert text.endswith("You wrote: “Hello there”")


def test_a_tool_call_passes_plain(guard: Guard, assistant: Assistant) -> None:
    with guard.openai() as client:
        reply = client.chat.completions.create(
            model=MODEL, messages=said("The weather in Almaty?"), tools=WEATHER
        )
    choice = reply.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    [call] = choice.message.tool_calls or []
    assert call.type == "function"
    assert call.function.name == "weather_now"
    assert json.loads(call.function.arguments)["asked"] == "The weather in Almaty?"
    assert assistant.received[0].json["tools"] == WEATHER


def test_a_tool_call_passes_streamed(guard: Guard) -> None:
    with (
        guard.openai() as client,
        client.chat.completions.create(
            model=MODEL, messages=said("The weather in Almaty?"), tools=WEATHER, stream=True
        ) as stream,
    ):
        chunks = list(stream)
    calls = [call for c in chunks for call in c.choices[0].delta.tool_calls or ()]
    assert calls[0].function is not None
    assert calls[0].function.name == "weather_now"
    assert calls[0].id
    pieces = [call.function.arguments or "" for call in calls if call.function]
    assert json.loads("".join(pieces))["asked"] == "The weather in Almaty?"
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


def test_a_tools_result_goes_up_and_its_answer_needs_no_second_notice(
    guard: Guard, assistant: Assistant
) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "weather_now", "arguments": "{}"}}
    turns: Any = [
        *said("The weather in Almaty?"),
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": '{"t": 21}'},
    ]
    with guard.openai() as client:
        reply = client.chat.completions.create(model=MODEL, messages=turns, tools=WEATHER)
    assert reply.choices[0].finish_reason == "stop"
    assert assistant.received[0].json["messages"] == turns


def test_the_second_turn_has_no_notice(guard: Guard) -> None:
    turns: Any = [
        *said("Hello"),
        {"role": "assistant", "content": "Hello yourself."},
        *said("And now?"),
    ]
    with guard.openai() as client:
        plain = client.chat.completions.with_raw_response.create(model=MODEL, messages=turns)
        with client.chat.completions.create(model=MODEL, messages=turns, stream=True) as stream:
            streamed = "".join(c.choices[0].delta.content or "" for c in stream)
    content = plain.parse().choices[0].message.content
    assert content == streamed == "I am a scripted assistant. You wrote: “And now?”"
    assert "guardrail-notice" not in plain.headers
    assert plain.headers["ai-disclosure"]


def test_each_of_several_choices_is_disclosed(guard: Guard) -> None:
    with guard.openai() as client:
        reply = client.chat.completions.create(model=MODEL, messages=said("Hello"), n=2)
        with client.chat.completions.create(
            model=MODEL, messages=said("Hello"), n=2, stream=True
        ) as stream:
            texts = ["", ""]
            for chunk in stream:
                for choice in chunk.choices:
                    texts[choice.index] += choice.delta.content or ""
    assert [choice.message.content for choice in reply.choices] == texts
    assert all(text.startswith(EN) for text in texts)


@pytest.mark.parametrize("streamed", [False, True])
def test_an_answer_for_programs_stays_as_it_is_and_the_notice_stands_in_a_header(
    guard: Guard, *, streamed: bool
) -> None:
    """The scripted assistant knows no JSON mode: what it says must come through unchanged."""
    body = {
        "model": MODEL,
        "stream": streamed,
        "messages": said("Answer in JSON"),
        "response_format": {"type": "json_object"},
    }
    reply = guard.post(body)
    assert reply.status_code == 200
    assert "You are talking" not in reply.text
    assert "You are chatting with AI" in reply.headers["guardrail-notice"]


def test_models_are_listed_and_retrieved(guard: Guard) -> None:
    with guard.openai() as client:
        listed = client.models.list()
        one = client.models.with_raw_response.retrieve(MODEL)
    assert [model.id for model in listed.data] == [MODEL]
    assert one.parse().id == MODEL
    assert one.headers["guardrail-decision"] == "unexamined"
    assert guard.entry(one.headers["guardrail-evidence"])["t"] == "unexamined"


def test_an_error_of_the_upstream_reaches_the_caller_as_such(guard: Guard) -> None:
    with guard.openai() as client:
        with pytest.raises(openai.NotFoundError) as missing:
            client.models.retrieve("no-such-model")
        with pytest.raises(openai.BadRequestError) as malformed:
            client.chat.completions.create(model=MODEL, messages=said("Hi"), n=99)
    assert missing.value.code == "model_not_found"
    assert "from 1 to 8" in malformed.value.message
    assert "ai-disclosure" not in malformed.value.response.headers


def test_personal_data_without_consent_is_refused_in_the_callers_format(
    guard: Guard, assistant: Assistant
) -> None:
    turns: Any = [{"role": "system", "content": "Be kind."}, *said("Мой ИИН 900101300017, да")]
    with guard.openai() as client, pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=MODEL, messages=turns)
    error = refused.value
    assert error.code == "content_policy_violation"
    assert error.param == "messages[1].content"
    assert error.type == "invalid_request_error"
    assert "Согласия на их обработку нет" in error.message
    assert "келісім берілмегендіктен" in error.message
    assert "kz.10.personal-data" in error.message
    assert "900101300017" not in error.message
    headers = error.response.headers
    assert headers["guardrail-decision"] == "refused"
    assert headers["guardrail-rules"] == "kz.10.personal-data"
    entry = guard.entry(headers["guardrail-evidence"])
    assert (entry["t"], entry["act"]) == ("request", "refuse")
    assert entry["hits"][0]["entities"] == {"KZ_IIN": 1}
    assert not assistant.received, "nothing reaches the upstream"


def test_a_streaming_request_is_refused_as_plainly(guard: Guard, assistant: Assistant) -> None:
    with guard.openai() as client, pytest.raises(openai.BadRequestError):
        client.chat.completions.create(
            model=MODEL, messages=said("Почта aigerim@example.kz"), stream=True
        )
    assert not assistant.received


@pytest.mark.parametrize(
    "place",
    [
        {"user": "aigerim@example.kz"},
        {"metadata": {"who": "+7 701 555 01 23"}},
        {"tools": [{"type": "function", "function": {"name": "f", "description": "900101300017"}}]},
        {"x_unknown": {"deep": ["900101300017"]}},
        {"900101300017": 1},
        {"stop": ["aigerim@example.kz"]},
    ],
)
def test_personal_data_is_found_wherever_it_stands(
    guard: Guard, assistant: Assistant, place: dict[str, object]
) -> None:
    reply = guard.post({"model": "m", "messages": said("Hello"), **place})
    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "content_policy_violation"
    assert not assistant.received


def test_the_callers_authorization_passes_and_guard_headers_do_not(
    guard: Guard, assistant: Assistant
) -> None:
    with guard.openai(guardrail_subject="person-u-17") as client:
        client.chat.completions.create(model=MODEL, messages=said("Hello"))
    received = assistant.received[0]
    assert received.header("authorization") == "Bearer sk-caller"
    assert not [name for name, _ in received.headers if name.startswith("guardrail-")]


def test_a_key_that_the_server_holds_replaces_the_callers(
    pseudonymising: Guard, assistant: Assistant
) -> None:
    with pseudonymising.openai() as client:
        client.chat.completions.create(model=MODEL, messages=said("Hello"))
        client.models.list()
    for received in assistant.received:
        keys = [value for name, value in received.headers if name == "authorization"]
        assert keys == ["Bearer sk-server"]
