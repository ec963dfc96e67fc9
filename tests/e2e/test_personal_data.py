"""Masks and pseudonyms on the way up; refusals, masks and values put back on the way down."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import openai
import pytest

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionUserMessageParam

    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard

MODEL = "scripted-assistant"
IIN, OTHER_IIN, PHONE, EMAIL = (
    "900101300017",
    "850505401234",
    "+7 701 555 01 23",
    "aigerim@example.kz",
)
PSEUDONYM = re.compile(r"<KZ_IIN_[0-9a-z]{10,}>")
TRIGGERS = {"!iin": IIN, "!phone": PHONE, "!email": EMAIL}
WEATHER: Any = [{"type": "function", "function": {"name": "weather_now", "parameters": {}}}]


def said(*texts: str) -> list[ChatCompletionUserMessageParam]:
    return [{"role": "user", "content": text} for text in texts]


def streamed(guard: Guard, text: str) -> tuple[str, str, list[str | None]]:
    """Return the raw bytes as text, the content, and all finish reasons."""
    reply = guard.post({"model": MODEL, "stream": True, "messages": said(text)})
    assert reply.status_code == 200
    assert reply.text.endswith("data: [DONE]\n\n")
    events = [json.loads(line[6:]) for line in reply.text.splitlines() if line[:7] == "data: {"]
    choices = [choice for event in events for choice in event["choices"]]
    content = "".join(choice["delta"].get("content") or "" for choice in choices)
    return reply.text, content, [c["finish_reason"] for c in choices if c["finish_reason"]]


def test_masked_values_never_reach_the_upstream(masking: Guard, assistant: Assistant) -> None:
    text = f"ИИН {IIN}, жена {OTHER_IIN}, снова {IIN}, тел. {PHONE}, почта {EMAIL}"
    with masking.openai() as client:
        reply = client.chat.completions.with_raw_response.create(model=MODEL, messages=said(text))
    (received,) = assistant.received
    assert received.json["messages"][0]["content"] == (
        "ИИН <KZ_IIN_1>, жена <KZ_IIN_2>, снова <KZ_IIN_1>, тел. <PHONE_NUMBER_1>,"
        " почта <EMAIL_ADDRESS_1>"
    )
    for value in (IIN, OTHER_IIN, "555 01 23", EMAIL):
        assert value.encode() not in received.body
        assert value not in reply.text
    assert reply.headers["guardrail-decision"] == "masked"
    assert "kz.10.personal-data" in reply.headers["guardrail-rules"]


def test_values_in_tool_arguments_and_results_are_masked(
    masking: Guard, assistant: Assistant
) -> None:
    arguments = json.dumps({"iin": IIN, "note": "ә\n"}, ensure_ascii=True)
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    turns: Any = [
        *said("Check it"),
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": f"phone {PHONE}"},
    ]
    with masking.openai() as client:
        client.chat.completions.create(model=MODEL, messages=turns)
    sent = assistant.received[0].json["messages"]
    got = json.loads(sent[1]["tool_calls"][0]["function"]["arguments"])
    assert got == {"iin": "<KZ_IIN_1>", "note": "ә\n"}
    assert sent[2]["content"] == "phone <PHONE_NUMBER_1>"


@pytest.mark.parametrize(("trigger", "value"), TRIGGERS.items())
def test_what_the_model_says_is_masked_plain_and_streamed(
    masking: Guard, trigger: str, value: str
) -> None:
    with masking.openai() as client:
        plain = client.chat.completions.create(model=MODEL, messages=said(f"Дай {trigger}"))
    content = plain.choices[0].message.content or ""
    raw, text, finish = streamed(masking, f"Дай {trigger}")
    assert text == content
    assert re.search(r": <(KZ_IIN|PHONE_NUMBER|EMAIL_ADDRESS)_1>\.$", text)
    assert value not in raw
    assert finish == ["stop"]


@pytest.mark.parametrize(("trigger", "value"), TRIGGERS.items())
def test_what_the_model_says_is_refused_plain(guard: Guard, trigger: str, value: str) -> None:
    with guard.openai() as client, pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=MODEL, messages=said(f"Дай {trigger}"))
    assert refused.value.code == "content_policy_violation"
    assert "kz.10.personal-data-reply" in refused.value.message
    assert "ответ не передан" in refused.value.message
    assert value not in refused.value.response.text


@pytest.mark.parametrize(("trigger", "value"), TRIGGERS.items())
def test_what_the_model_says_is_refused_mid_stream(guard: Guard, trigger: str, value: str) -> None:
    raw, text, finish = streamed(guard, f"Дай {trigger} !long")
    assert finish == ["content_filter"]
    assert "Я помощник" in text, "what came before has left"
    assert value not in raw
    for piece in (value[:4], value[-4:], value[-6:-2]):
        assert piece not in text, "not a piece of it has left"
    assert "длинный" not in text, "and nothing that came after"
    kinds = [e for e in guard.entries() if e["t"] == "stream.close"][-1]
    assert kinds["code"] == "content_policy_violation"


def test_the_sdk_finishes_every_choice_of_a_stream_that_was_refused(guard: Guard) -> None:
    with (
        guard.openai() as client,
        client.chat.completions.create(
            model=MODEL, messages=said("Give !iin"), stream=True, n=2
        ) as stream,
    ):
        chunks = list(stream)
    ends = [(c.index, c.finish_reason) for k in chunks for c in k.choices if c.finish_reason]
    assert sorted(ends) == [(0, "content_filter"), (1, "content_filter")]


def test_the_sdk_finishes_a_stream_that_was_refused(guard: Guard) -> None:
    with (
        guard.openai() as client,
        client.chat.completions.create(model=MODEL, messages=said("!iin"), stream=True) as stream,
    ):
        chunks = list(stream)
    assert chunks[-1].choices[0].finish_reason == "content_filter"


async def test_the_async_sdk_finishes_a_stream_that_was_refused(guard: Guard) -> None:
    async with (
        guard.async_openai() as client,
        await client.chat.completions.create(
            model=MODEL, messages=said("Give !phone"), stream=True
        ) as stream,
    ):
        chunks = [chunk async for chunk in stream]
    assert chunks[-1].choices[0].finish_reason == "content_filter"


def test_pseudonyms_go_up_and_values_come_back_plain(
    pseudonymising: Guard, assistant: Assistant
) -> None:
    with pseudonymising.openai() as client:
        reply = client.chat.completions.create(model=MODEL, messages=said(f"Мой ИИН {IIN}, да"))
    content = reply.choices[0].message.content or ""
    assert content.endswith(f"Вы написали: «Мой ИИН {IIN}, да»")
    sent = assistant.received[0].json["messages"][0]["content"]
    assert IIN.encode() not in assistant.received[0].body
    assert PSEUDONYM.fullmatch(sent.removeprefix("Мой ИИН ").removesuffix(", да"))


def test_pseudonyms_go_up_and_values_come_back_streamed(
    pseudonymising: Guard, assistant: Assistant
) -> None:
    text = f"Мой ИИН {IIN} и почта {EMAIL}"
    raw, content, finish = streamed(pseudonymising, text)
    assert content.endswith(f"Вы написали: «{text}»")
    assert finish == ["stop"]
    assert not PSEUDONYM.search(raw)
    for value in (IIN, EMAIL):
        assert value.encode() not in assistant.received[0].body


@pytest.mark.parametrize("stream", [False, True])
def test_values_come_back_inside_tool_arguments(
    pseudonymising: Guard, assistant: Assistant, *, stream: bool
) -> None:
    text = f'Погода для "{EMAIL}", ИИН {IIN}'
    with pseudonymising.openai() as client:
        if stream:
            with client.chat.completions.create(
                model=MODEL, messages=said(text), tools=WEATHER, stream=True
            ) as chunks:
                calls = [c for k in chunks for c in k.choices[0].delta.tool_calls or ()]
            arguments = "".join(c.function.arguments or "" for c in calls if c.function)
        else:
            reply = client.chat.completions.create(model=MODEL, messages=said(text), tools=WEATHER)
            [call] = reply.choices[0].message.tool_calls or []
            assert call.type == "function"
            arguments = call.function.arguments
    assert json.loads(arguments)["asked"] == text
    assert IIN.encode() not in assistant.received[0].body


def test_a_pseudonym_is_the_same_over_turns_and_another_for_another_tenant(
    pseudonymising: Guard, assistant: Assistant
) -> None:
    first: Any = said(f"Мой ИИН {IIN}")
    with pseudonymising.openai() as client:
        reply = client.chat.completions.create(model=MODEL, messages=first)
        answer: Any = {"role": "assistant", "content": reply.choices[0].message.content}
        client.chat.completions.create(
            model=MODEL, messages=[*first, answer, *said("А теперь?", f"{OTHER_IIN} и {IIN}")]
        )
    with pseudonymising.openai(api_key="sk-other") as client:
        client.chat.completions.create(model=MODEL, messages=first)
    one, two, three = (PSEUDONYM.findall(item.body.decode()) for item in assistant.received)
    assert len(set(one)) == 1
    assert len(two) == 4
    assert (two[0], two[1], two[3]) == (one[0], one[0], one[0])
    assert two[2] not in one
    assert not set(three) & set(one)


def test_a_value_of_the_model_s_own_is_masked_where_the_callers_come_back(
    pseudonymising: Guard,
) -> None:
    text = f"Дай !phone для {IIN}"
    with pseudonymising.openai() as client:
        plain = client.chat.completions.create(model=MODEL, messages=said(text))
    content = plain.choices[0].message.content or ""
    raw, told, _ = streamed(pseudonymising, text)
    assert told == content
    assert "<PHONE_NUMBER_" in content
    assert IIN in content
    assert PHONE not in raw


IMAGE: Any = [
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
        ],
    }
]


def test_an_image_is_refused_since_nobody_looked_into_it(
    guard: Guard, assistant: Assistant
) -> None:
    with guard.openai() as client, pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model=MODEL, messages=IMAGE)
    assert "kz.media-uninspectable" in refused.value.message
    assert refused.value.response.headers["guardrail-rules"] == "kz.media-uninspectable"
    assert not assistant.received


def test_an_image_passes_as_unexamined_where_the_operator_says_so(
    pseudonymising: Guard, assistant: Assistant
) -> None:
    with pseudonymising.openai() as client:
        reply = client.chat.completions.with_raw_response.create(model=MODEL, messages=IMAGE)
    assert reply.headers["guardrail-decision"] == "unexamined"
    assert assistant.received[0].json["messages"] == IMAGE
