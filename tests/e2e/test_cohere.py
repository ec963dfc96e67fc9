"""The real `cohere` SDK through the real server: nothing but the base URL is changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import cohere
import pytest
from cohere.errors import BadRequestError

from guardrail.testing.upstream import answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from guardrail.testing.upstream import Step
    from tests.e2e.conftest import Guard, Scripted

IIN, EMAIL = "900101300017", "aigerim@example.kz"
RU = "Вы общаетесь не с человеком, а с системой искусственного интеллекта."
KK = "Сіз адаммен емес, жасанды интеллект жүйесімен сөйлесіп отырсыз."
HI: Any = [{"role": "user", "content": "Привет! Как дела?"}]
SECOND_TURN: Any = [*HI, {"role": "assistant", "content": "Хорошо."}, *HI]
ID = "29f14a5a-11de-4cae-9800-25e4747408ea"


@pytest.fixture(scope="module")
def masked(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url, "--personal-data", "mask")


def client(guard: Guard) -> cohere.ClientV2:
    return cohere.ClientV2("co-key", base_url=guard.url, timeout=15.0, max_retries=0)


def whole(reason: str = "COMPLETE", **message: object) -> Step:
    body = {"id": ID, "finish_reason": reason, "message": {"role": "assistant", **message}}
    return answer(200, json.dumps(body, ensure_ascii=False).encode())


def text(said: str) -> list[dict[str, str]]:
    return [{"type": "text", "text": said}]


Event = dict[str, Any]


def event(kind: str, index: int | None = None, **message: object) -> Event:
    told: Event = {"type": kind} if index is None else {"type": kind, "index": index}
    return told | ({"delta": {"message": message}} if message else {})


def block(index: int, kind: str, *pieces: str) -> list[Event]:
    return [
        event("content-start", index, content={"type": kind, kind: ""}),
        *(event("content-delta", index, content={kind: piece}) for piece in pieces),
        event("content-end", index),
    ]


def call(index: int, name: str, *pieces: str) -> list[Event]:
    begun = {"id": f"{name}_1", "type": "function", "function": {"name": name, "arguments": ""}}
    return [
        event("tool-call-start", index, tool_calls=begun),
        *(
            event("tool-call-delta", index, tool_calls={"function": {"arguments": piece}})
            for piece in pieces
        ),
        event("tool-call-end", index),
    ]


def events(*told: Event, reason: str = "COMPLETE") -> Step:
    usage = {"tokens": {"input_tokens": 3, "output_tokens": 9}}
    all_ = [
        {"id": ID, **event("message-start", role="assistant", content=[], tool_plan="")},
        *told,
        {"type": "message-end", "delta": {"finish_reason": reason, "usage": usage}},
    ]
    made = [f"event: {one['type']}\ndata: {json.dumps(one)}\n\n".encode() for one in all_]
    return stream([*made, b"data: [DONE]\n\n"])


def heard(parts: Iterable[Any]) -> tuple[str, list[Any]]:
    parts = list(parts)
    contents = [part.delta.message.content for part in parts if part.type == "content-delta"]
    return "".join(content.text or content.thinking or "" for content in contents), parts


@pytest.mark.parametrize(
    ("asked", "first"), [("Привет! Как дела?", RU), ("Сәлеметсіз бе, қалайсыз?", KK)]
)
def test_a_first_answer_begins_with_the_notice_and_all_else_passes(
    masked: Guard, script: Scripted, asked: str, first: str
) -> None:
    script.play(whole(content=text("Жақсы."), mood="fine"), events(*block(0, "text", "Жақ", "сы.")))
    messages: Any = [{"role": "user", "content": asked}]
    with client(masked) as model:
        reply = model.chat(model="m", messages=messages, seed=7)
        said, parts = heard(model.chat_stream(model="m", messages=messages))
    [content] = reply.message.content or []
    assert content.type == "text"
    assert content.text.startswith(first)
    assert content.text.endswith("Жақсы.")
    assert said == content.text
    assert (reply.id, parts[0].id) == (ID, ID)
    assert (parts[-1].delta.finish_reason, parts[-1].delta.usage.tokens.output_tokens) == (
        "COMPLETE",
        9,
    )
    assert json.loads(script.requests[0].body)["seed"] == 7


def test_what_is_not_known_passes_as_it_is(masked: Guard, script: Scripted) -> None:
    new = {"type": "new-event", "delta": {"y": [1.50, None]}}
    script.play(events(*block(0, "thinking", "Так. "), new, *block(1, "text", "Хорошо. ")))
    asked = {"model": "m", "messages": SECOND_TURN, "stream": True, "x": 1}
    reply = masked.post(asked, "/v2/chat")
    assert json.loads(script.requests[0].body) == asked
    assert f"event: new-event\ndata: {json.dumps(new)}\n\n" in reply.text
    assert reply.text.endswith("data: [DONE]\n\n")


def test_values_are_masked_on_the_way_up(masked: Guard, script: Scripted) -> None:
    script.play(whole(content=text("Да.")))
    arguments = json.dumps({"iin": int(IIN)})
    made = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": arguments}}
    found = {"type": "document", "document": {"data": {"to": EMAIL}}}
    turns: Any = [
        {"role": "user", "content": f"Мой ИИН {IIN}"},
        {"role": "assistant", "tool_plan": f"Найду {IIN}", "tool_calls": [made]},
        {"role": "tool", "tool_call_id": "c1", "content": [found]},
    ]
    papers: Any = [f"почта {EMAIL}", {"id": "d2", "data": {"snippet": f"ИИН {IIN}"}}]
    with client(masked) as model:
        model.chat(model="m", messages=turns, documents=papers)
    sent = json.loads(script.requests[0].body)
    user, assistant, tool = sent["messages"]
    assert user["content"] == "Мой ИИН <KZ_IIN_1>"
    assert assistant["tool_plan"] == "Найду <KZ_IIN_1>"
    assert json.loads(assistant["tool_calls"][0]["function"]["arguments"]) == {"iin": "<KZ_IIN_1>"}
    assert tool["content"][0]["document"]["data"]["to"] == "<EMAIL_ADDRESS_1>"
    assert sent["documents"][0] == "почта <EMAIL_ADDRESS_1>"
    assert sent["documents"][1]["data"]["snippet"] == "ИИН <KZ_IIN_1>"


@pytest.mark.parametrize("kind", ["text", "thinking"])
def test_a_value_split_over_events_is_masked(masked: Guard, script: Scripted, kind: str) -> None:
    script.play(events(*block(0, kind, "ИИН 9001", "0130", "0017, ", "да")))
    with client(masked) as model:
        said, parts = heard(model.chat_stream(model="m", messages=SECOND_TURN))
    assert said == "ИИН <KZ_IIN_1>, да"
    assert [part.type for part in parts[-2:]] == ["content-end", "message-end"]


async def test_tool_calls_are_masked_whole_and_streamed(masked: Guard, script: Scripted) -> None:
    arguments = json.dumps({"to": EMAIL, "n": 2})
    made = {"id": "c1", "type": "function", "function": {"name": "send", "arguments": arguments}}
    plan = [event("tool-plan-delta", tool_plan=piece) for piece in ("Пишу на ", EMAIL)]
    script.play(
        whole("TOOL_CALL", tool_plan=f"Пишу на {EMAIL}", tool_calls=[made]),
        events(
            *plan,
            *call(0, "send", arguments[:9], arguments[9:]),
            *call(1, "note", "{}"),
            reason="TOOL_CALL",
        ),
    )
    async with cohere.AsyncClientV2("co-key", base_url=masked.url, timeout=15.0) as model:
        reply = await model.chat(model="m", messages=SECOND_TURN)
        parts: list[Any] = [
            part async for part in model.chat_stream(model="m", messages=SECOND_TURN)
        ]
    [one] = reply.message.tool_calls or []
    assert one.function is not None
    assert json.loads(one.function.arguments or "") == {"to": "<EMAIL_ADDRESS_1>", "n": 2}
    kinds = [part.type for part in parts]
    at = kinds.index("tool-call-start")
    planned = "".join(p.delta.message.tool_plan for p in parts[:at] if p.type == "tool-plan-delta")
    assert reply.message.tool_plan == planned == "Пишу на <EMAIL_ADDRESS_1>"
    first = parts[at : kinds.index("tool-call-end")]
    pieces = [p.delta.message.tool_calls.function.arguments or "" for p in first]
    assert json.loads("".join(pieces)) == {"to": "<EMAIL_ADDRESS_1>", "n": 2}
    assert parts[-1].delta.finish_reason == "TOOL_CALL"


def test_citations_and_their_sources_are_masked_where_they_stand(
    masked: Guard, script: Scripted
) -> None:
    source = {"type": "document", "id": "d1", "document": {"id": "d1", "snippet": f"ИИН {IIN} "}}
    cited = {"start": 0, "end": 16, "text": f"ИИН {IIN}", "sources": [source]}
    start, *rest, end = block(0, "text", f"ИИН {IIN}", " найден")
    citations = [event("citation-start", 0, citations=cited), event("citation-end", 0)]
    script.play(events(start, *rest, *citations, end))
    with client(masked) as model:
        said, parts = heard(model.chat_stream(model="m", messages=SECOND_TURN))
    assert said == "ИИН <KZ_IIN_1> найден"
    [citation] = [part for part in parts if part.type == "citation-start"]
    told = citation.delta.message.citations
    assert (told.start, told.text) == (0, "ИИН <KZ_IIN_1>")
    assert told.sources[0].document["snippet"] == "ИИН <KZ_IIN_1> "


def test_what_is_refused_is_the_sdks_own_error(impatient: Guard, script: Scripted) -> None:
    script.play(whole(content=text(f"Почта {EMAIL}")))
    own: Any = [{"role": "user", "content": f"Мой ИИН {IIN}"}]
    with client(impatient) as model:
        with pytest.raises(BadRequestError) as asked:
            model.chat(model="m", messages=own)
        assert not script.requests
        with pytest.raises(BadRequestError) as streamed:
            list(model.chat_stream(model="m", messages=own))
        with pytest.raises(BadRequestError) as told:
            model.chat(model="m", messages=HI)
    for error in (asked, streamed):
        assert error.value.body["guardrail"]["code"] == "content_policy_violation"
        assert "kz.10.personal-data" in error.value.body["message"]
    assert "ответ не передан" in told.value.body["message"]


def test_a_refusal_in_mid_stream_ends_it_for_the_sdk(impatient: Guard, script: Scripted) -> None:
    long = f'{{"iin": "{IIN}", "note": "и ещё"}}'
    script.play(
        events(*block(0, "text", "Хорошо, вот и он: ", "9001", "01300017", " и ещё")),
        events(*call(0, "send", long[:12], long[12:]), reason="TOOL_CALL"),
    )
    with client(impatient) as model:
        said, parts = heard(model.chat_stream(model="m", messages=SECOND_TURN))
        calls: list[Any] = list(model.chat_stream(model="m", messages=SECOND_TURN))
    assert said == "Хорошо, вот и он: "
    assert [part.type for part in parts[-2:]] == ["content-end", "message-end"]
    assert [part.type for part in calls[-2:]] == ["tool-call-end", "message-end"]
    for last in (parts[-1], calls[-1]):
        assert last.delta.finish_reason == "ERROR"
        assert "ответ не передан" in last.delta.error
        assert last.guardrail["code"] == "content_policy_violation"
