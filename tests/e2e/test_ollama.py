"""The real `ollama` client through the real server: nothing but the host is changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import ollama
import pytest

from guardrail.disclose import hash_of
from guardrail.testing.upstream import answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from guardrail.testing.upstream import Step
    from tests.e2e.conftest import Guard, Scripted

IIN, EMAIL = "900101300017", "aigerim@example.kz"
RU = "Вы общаетесь не с человеком, а с системой искусственного интеллекта."
KK = "Сіз адаммен емес, жасанды интеллект жүйесімен сөйлесіп отырсыз."
LINES = ((b"content-type", b"application/x-ndjson"),)
HEAD: Any = {"model": "m", "created_at": "2026-08-04T08:52:19.385406455Z"}
LAST: Any = {"done": True, "done_reason": "stop", "total_duration": 77015550123, "eval_count": 9}
"""A duration in nanoseconds that could be a phone's number."""
HI: Any = [{"role": "user", "content": "Привет! Как дела?"}]
SECOND_TURN: Any = [*HI, {"role": "assistant", "content": "Хорошо."}, *HI]


@pytest.fixture(scope="module")
def masked(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url, "--personal-data", "mask")


def client(guard: Guard) -> ollama.Client:
    return ollama.Client(guard.url, timeout=15.0)


def whole(**body: object) -> Step:
    return answer(200, json.dumps(HEAD | LAST | body, ensure_ascii=False).encode())


def lines(*parts: dict[str, object]) -> Step:
    events = [HEAD | {"done": False} | part for part in parts]
    return stream([json.dumps(event).encode() + b"\n" for event in events], headers=LINES)


def said(*pieces: str, of: str = "content") -> list[dict[str, object]]:
    return [{"message": {"role": "assistant", "content": "", of: piece}} for piece in pieces]


END: Any = LAST | {"message": {"role": "assistant", "content": ""}}


def joined(parts: Iterable[ollama.ChatResponse]) -> tuple[str, str, list[ollama.ChatResponse]]:
    parts = list(parts)
    content = "".join(part.message.content or "" for part in parts)
    return content, "".join(part.message.thinking or "" for part in parts), parts


@pytest.mark.parametrize(
    ("text", "first"), [("Привет! Как дела?", RU), ("Сәлеметсіз бе, қалайсыз?", KK)]
)
def test_a_first_answer_begins_with_the_notice_and_all_else_passes(
    masked: Guard, script: Scripted, text: str, first: str
) -> None:
    body = {"role": "assistant", "content": "Жақсы.", "mood": "fine"}
    script.play(whole(message=body), lines(*said("Жақ", "сы."), END))
    with client(masked) as model:
        reply = model.chat("m", [{"role": "user", "content": text}], options={"seed": 7})
        streamed, _, parts = joined(
            model.chat("m", [{"role": "user", "content": text}], stream=True)
        )
    content = reply.message.content or ""
    assert content.startswith(first)
    assert content.endswith("Жақсы.")
    assert streamed == content
    assert (parts[-1].done_reason, parts[-1].total_duration) == ("stop", LAST["total_duration"])
    assert json.loads(script.requests[0].body)["options"] == {"seed": 7}


def test_nothing_is_changed_where_there_is_nothing_to_say(masked: Guard, script: Scripted) -> None:
    events = (*said("Да, ", "всё.", of="thinking"), *said("Хорошо."), {"x": {"y": [1]}}, END)
    script.play(lines(*events))
    reply = masked.post({"model": "m", "messages": SECOND_TURN, "x": 1}, "/api/chat")
    assert reply.headers["content-type"] == "application/x-ndjson"
    told = [json.loads(line) for line in reply.content.splitlines()]
    assert [line for line in told if line.get("x")] == [HEAD | {"done": False, "x": {"y": [1]}}]
    signed, first = told[-1].pop("ai_disclosure"), told[0].pop("ai_disclosure")
    assert told[-1] == HEAD | END
    assert signed["sha256"] == hash_of(["Хорошо."])
    assert (signed["id"], "sig" in signed, "sig" in first) == (first["id"], True, False)
    assert not any("ai_disclosure" in line for line in told)
    assert "".join(line.get("message", {}).get("thinking", "") for line in told) == "Да, всё."
    kinds = ["thinking" in line.get("message", {}) for line in told]
    assert kinds == sorted(kinds, reverse=True), "thoughts come before the answer"


def test_values_are_masked_on_the_way_up(masked: Guard, script: Scripted) -> None:
    call = {"function": {"name": "find", "arguments": {"iin": int(IIN), "to": [EMAIL]}}}
    script.play(whole(message={"role": "assistant", "content": "Да."}))
    turns: Any = [
        {"role": "user", "content": f"Мой ИИН {IIN}"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_name": "find", "content": f"почта {EMAIL}"},
    ]
    with client(masked) as model:
        model.chat("m", turns)
    sent = json.loads(script.requests[0].body)["messages"]
    assert sent[0]["content"] == "Мой ИИН <KZ_IIN_1>"
    assert sent[1]["tool_calls"][0]["function"]["arguments"] == {
        "iin": "<KZ_IIN_1>",
        "to": ["<EMAIL_ADDRESS_1>"],
    }
    assert sent[2]["content"] == "почта <EMAIL_ADDRESS_1>"


@pytest.mark.parametrize("of", ["content", "thinking"])
def test_a_value_split_over_lines_is_masked(masked: Guard, script: Scripted, of: str) -> None:
    script.play(lines(*said("ИИН 9001", "0130", "0017, ", "да", of=of), *said("!"), END))
    with client(masked) as model:
        content, thinking, parts = joined(model.chat("m", SECOND_TURN, stream=True))
    assert (content if of == "content" else thinking).startswith("ИИН <KZ_IIN_1>, да")
    assert content.endswith("!")
    assert parts[-1].done


async def test_a_tool_call_is_masked_whole_and_streamed(masked: Guard, script: Scripted) -> None:
    call = {
        "id": "c1",
        "function": {"index": 0, "name": "send", "arguments": {"to": EMAIL, "n": 2}},
    }
    message = {"role": "assistant", "content": "", "tool_calls": [call]}
    script.play(whole(message=message), lines(*said("Пишу"), {"message": message}, END))
    async with ollama.AsyncClient(masked.url, timeout=15.0) as model:
        reply = await model.chat("m", SECOND_TURN)
        parts = [part async for part in await model.chat("m", SECOND_TURN, stream=True)]
    streamed = [one for part in parts for one in part.message.tool_calls or ()]
    for one in (*(reply.message.tool_calls or ()), *streamed):
        assert one.function.name == "send"
        assert one.function.arguments == {"to": "<EMAIL_ADDRESS_1>", "n": 2}
    assert len(streamed) == 1
    said_before = [part.message.content for part in parts if part.message.content]
    assert "".join(said_before) == "Пишу"
    assert not parts[-2].message.content, "what was said comes before the call"


def test_generate_is_guarded_the_same(masked: Guard, script: Scripted) -> None:
    pieces: list[dict[str, object]] = [
        {"response": "ИИН 9001", "thinking": ""},
        {"response": "01300017."},
    ]
    script.play(
        whole(response=f"Почта {EMAIL}"),
        lines(*pieces, LAST | {"response": ""}),
        whole(response="return 1"),
    )
    with client(masked) as model:
        reply = model.generate("m", f"Мой ИИН {IIN}", system=f"Пиши на {EMAIL}", context=[1, 2])
        parts = list(model.generate("m", "Привет!", stream=True))
        filled = model.generate("m", "def f(", suffix="pass")
    sent = json.loads(script.requests[0].body)
    assert (sent["prompt"], sent["system"]) == ("Мой ИИН <KZ_IIN_1>", "Пиши на <EMAIL_ADDRESS_1>")
    assert reply.response == "Почта <EMAIL_ADDRESS_1>", "it goes on: no notice"
    text = "".join(part.response or "" for part in parts)
    assert text.startswith(RU)
    assert text.endswith("ИИН <KZ_IIN_1>.")
    assert parts[-1].total_duration == LAST["total_duration"]
    assert filled.response == "return 1", "an editor puts it between two pieces of a file"


def test_embeddings_are_examined_and_the_models_cards_are_not(
    masked: Guard, script: Scripted
) -> None:
    card = {"license": f"write to {EMAIL}", "model_info": {"general.parameter_count": 8030261248}}
    script.play(
        whole(embeddings=[[0.1, -0.2]]),
        whole(embedding=[0.1]),
        answer(200, json.dumps({"models": [{"model": "m", "size": 8030261248}]}).encode()),
        answer(200, json.dumps(card).encode()),
    )
    with client(masked) as model:
        assert model.embed("m", [f"ИИН {IIN}"]).embeddings == [[0.1, -0.2]]
        assert model.embeddings("m", f"почта {EMAIL}").embedding == [0.1]
        assert model.list().models[0].size == 8030261248
        assert model.show("m").license == f"write to {EMAIL}"
    sent = [json.loads(request.body) for request in script.requests[:2]]
    assert (sent[0]["input"], sent[1]["prompt"]) == (["ИИН <KZ_IIN_1>"], "почта <EMAIL_ADDRESS_1>")


def test_what_is_refused_is_the_clients_own_error(impatient: Guard, script: Scripted) -> None:
    script.play(whole(message={"role": "assistant", "content": f"Почта {EMAIL}"}))
    with client(impatient) as model:
        with pytest.raises(ollama.ResponseError, match=r"kz\.10\.personal-data") as asked:
            model.chat("m", [{"role": "user", "content": f"Мой ИИН {IIN}"}], stream=False)
        assert not script.requests
        with pytest.raises(ollama.ResponseError, match="ответ не передан") as told:
            model.chat("m", HI)
        with pytest.raises(ollama.ResponseError) as shown:
            model.chat("m", [{"role": "user", "content": "Кто это?", "images": [b"\x89PNG\r\n"]}])
    assert (asked.value.status_code, told.value.status_code) == (400, 400)
    assert "kz.media-uninspectable" in shown.value.error


async def test_a_refusal_in_mid_stream_ends_the_clients_loop(
    impatient: Guard, script: Scripted
) -> None:
    script.play(
        lines(*said("Хорошо, вот и он: ", "9001", "01300017", " и ещё"), END),
        lines(*said(f"{IIN} — вот он. Больше ничего о нём не известно."), END),
    )
    with client(impatient) as model:
        content, _, parts = joined(model.chat("m", SECOND_TURN, stream=True))
    assert content == "Хорошо, вот и он: "
    assert (parts[-1].done, parts[-1].done_reason) == (True, "content_filter")
    async with ollama.AsyncClient(impatient.url, timeout=15.0) as model_too:
        with pytest.raises(ollama.ResponseError, match=r"kz\.10\.personal-data-reply"):
            _ = [part async for part in await model_too.chat("m", SECOND_TURN, stream=True)]
