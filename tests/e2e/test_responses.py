"""The real `openai` SDK's Responses API through the real server, to a scripted upstream."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import openai
import pytest

from guardrail.testing.upstream import answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from guardrail.testing import Step
    from tests.e2e.conftest import Guard, Scripted

Json = Any
IIN, EMAIL = "900101300017", "aigerim@example.kz"
RU = "Вы общаетесь не с человеком, а с системой искусственного интеллекта."
KK = "Сіз адаммен емес, жасанды интеллект жүйесімен сөйлесіп отырсыз."
TOOL: Any = {"type": "function", "name": "send_mail", "parameters": {}, "strict": False}
USAGE = {
    "input_tokens": 1,
    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
    "output_tokens": 2,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 3,
}
THOUGHT: Json = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [],
    "content": [{"type": "reasoning_text", "text": "Она спрашивает."}],
}


@pytest.fixture(scope="module")
def masks(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url, "--personal-data", "mask")


@pytest.fixture(scope="module")
def refuses(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url)


def response(*output: Json, status: str = "completed", **more: object) -> Json:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1763700000,
        "status": status,
        "model": "m-1",
        "instructions": "Be kind.",
        "output": list(output),
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [TOOL],
        "usage": USAGE if status == "completed" else None,
        "new_field": {"x": [1.50, "kept"]},
        **more,
    }


def message(number: int, text: str) -> Json:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    item = {"type": "message", "id": f"msg_{number}", "role": "assistant", "status": "completed"}
    return {**item, "content": [part]}


def call(arguments: str) -> Json:
    item = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "send_mail"}
    return {**item, "arguments": arguments, "status": "completed"}


def whole(body: Json) -> Step:
    return answer(200, json.dumps(body, ensure_ascii=False).encode())


def events(*told: Iterable[Json]) -> list[bytes]:
    """Write events as the API does: named, numbered."""
    made = (event for part in told for event in part)
    return [
        f"event: {event['type']}\n"
        f"data: {json.dumps({**event, 'sequence_number': number}, ensure_ascii=False)}\n\n".encode()
        for number, event in enumerate(made)
    ]


def begun() -> Iterable[Json]:
    for state in ("created", "in_progress"):
        yield {"type": f"response.{state}", "response": response(status="in_progress")}


def ended(*output: Json) -> Iterable[Json]:
    yield {"type": "response.completed", "response": response(*output)}


def spoken(index: int, *pieces: str) -> Iterable[Json]:
    """Tell the events of a message: each piece, and the whole text over and over."""
    item = message(index, "".join(pieces))
    part = item["content"][0]
    here = {"output_index": index, "item_id": item["id"], "content_index": 0}
    added = {**item, "content": [], "status": "in_progress"}
    yield {"type": "response.output_item.added", "output_index": index, "item": added}
    yield {"type": "response.content_part.added", **here, "part": {**part, "text": ""}}
    for piece in pieces:
        yield {"type": "response.output_text.delta", **here, "delta": piece, "logprobs": []}
    yield {"type": "response.output_text.done", **here, "text": part["text"], "logprobs": []}
    yield {"type": "response.content_part.done", **here, "part": part}
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def thought(index: int) -> Iterable[Json]:
    here = {"output_index": index, "item_id": "rs_1", "content_index": 0}
    part = THOUGHT["content"][0]
    added = {**THOUGHT, "content": []}
    yield {"type": "response.output_item.added", "output_index": index, "item": added}
    yield {"type": "response.content_part.added", **here, "part": {**part, "text": ""}}
    yield {"type": "response.reasoning_text.delta", **here, "delta": part["text"]}
    yield {"type": "response.reasoning_text.done", **here, "text": part["text"]}
    yield {"type": "response.content_part.done", **here, "part": part}
    yield {"type": "response.output_item.done", "output_index": index, "item": THOUGHT}


def called(index: int, *pieces: str) -> Iterable[Json]:
    item = call("".join(pieces))
    here = {"output_index": index, "item_id": "fc_1"}
    added = {**item, "arguments": "", "status": "in_progress"}
    yield {"type": "response.output_item.added", "output_index": index, "item": added}
    for piece in pieces:
        yield {"type": "response.function_call_arguments.delta", **here, "delta": piece}
    done = {"name": "send_mail", "arguments": item["arguments"]}
    yield {"type": "response.function_call_arguments.done", **here, **done}
    yield {"type": "response.output_item.done", "output_index": index, "item": item}


def received(script: Scripted) -> Json:
    [request] = script.requests
    return json.loads(request.body)


SAID = ("Её ИИН 9001", "013000", "17, почта aige", f"{EMAIL[4:]}. ", "Рақмет!")
MASKED = "Её ИИН <KZ_IIN_1>, почта <EMAIL_ADDRESS_1>. Рақмет!"
ARGUMENTS = ('{"to": "aige', f'{EMAIL[4:]}", "iin": 9001013', "00017}")
MASKED_ARGUMENTS = {"to": "<EMAIL_ADDRESS_1>", "iin": "<KZ_IIN_1>"}


def streamed(*texts: Sequence[str]) -> Step:
    """Return a stream with a thought, messages, and a tool call."""
    last = len(texts) + 1
    messages = [spoken(index, *pieces) for index, pieces in enumerate(texts, 1)]
    items = [message(index, "".join(pieces)) for index, pieces in enumerate(texts, 1)]
    arguments = call("".join(ARGUMENTS))
    return stream(
        events(
            begun(),
            thought(0),
            *messages,
            called(last, *ARGUMENTS),
            ended(THOUGHT, *items, arguments),
        )
    )


def test_a_plain_answer_is_masked_and_its_first_text_begins_with_the_notice(
    masks: Guard, script: Scripted
) -> None:
    script.play(
        whole(
            response(
                THOUGHT,
                message(1, f"Её ИИН {IIN}."),
                message(2, "Ещё что-то?"),
                call("".join(ARGUMENTS)),
            )
        )
    )
    asked: Any = [
        {"role": "user", "content": [{"type": "input_text", "text": f"Мой ИИН {IIN}"}]},
        {"type": "new_item", "x": [EMAIL]},
    ]
    with masks.openai() as client:
        reply = client.responses.create(model="m", input=asked, tools=[TOOL], extra_body={"k": 1.5})
    assert received(script) == {
        "model": "m",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "Мой ИИН <KZ_IIN_1>"}]},
            {"type": "new_item", "x": ["<EMAIL_ADDRESS_1>"]},
        ],
        "tools": [TOOL],
        "k": 1.5,
    }
    thinking, first, second, tool = (item.to_dict() for item in reply.output)
    assert thinking == THOUGHT, "nobody is greeted by a thought"
    said: Json = first["content"]
    assert said[0]["text"].startswith(RU)
    assert KK in said[0]["text"]
    assert said[0]["text"].endswith("Её ИИН <KZ_IIN_1>.")
    assert second == message(2, "Ещё что-то?")
    assert json.loads(str(tool["arguments"])) == MASKED_ARGUMENTS
    assert reply.to_dict()["new_field"] == {"x": [1.50, "kept"]}


def test_the_pieces_and_all_that_repeats_them_are_masked_alike(
    masks: Guard, script: Scripted
) -> None:
    script.play(streamed(SAID, ("Әлде не?",)))
    deltas: dict[int, str] = {}
    done: dict[int, str] = {}
    parts: dict[int, str] = {}
    items: dict[int, Json] = {}
    final: Json = None
    with (
        masks.openai() as client,
        client.responses.create(model="m", input="Сәлем, қалайсың?", stream=True) as told,
    ):
        for event in told:
            if event.type == "response.output_text.delta":
                deltas[event.output_index] = deltas.get(event.output_index, "") + event.delta
                assert event.logprobs == []
            elif event.type == "response.output_text.done":
                done[event.output_index] = event.text
            elif event.type == "response.content_part.done":
                parts[event.output_index] = str(event.part.to_dict()["text"])
            elif event.type == "response.output_item.done":
                items[event.output_index] = event.item.to_dict()
            elif event.type == "response.completed":
                final = event.response
    assert deltas[1].startswith(KK)
    assert deltas[1].endswith(MASKED)
    assert deltas[2] == "Әлде не?"
    assert done == deltas
    assert parts == {0: "Она спрашивает.", **deltas}
    assert [item.to_dict() for item in final.output] == list(items.values())
    assert final.output_text == "".join(deltas.values())
    assert items[0] == THOUGHT
    assert json.loads(items[3]["arguments"]) == MASKED_ARGUMENTS


def test_the_sdks_own_accumulator_gives_the_same(masks: Guard, script: Scripted) -> None:
    script.play(streamed(SAID))
    text = arguments = snapshot = ""
    with (
        masks.openai() as client,
        client.responses.stream(model="m", input="Привет", tools=[TOOL]) as told,
    ):
        for event in told:
            if event.type == "response.output_text.delta":
                text += event.delta
                snapshot = event.snapshot
            elif event.type == "response.function_call_arguments.delta":
                arguments += event.delta
        final = told.get_final_response()
    assert text == snapshot == final.output_text
    assert text.startswith(RU)
    assert text.endswith(MASKED)
    assert json.loads(arguments) == MASKED_ARGUMENTS
    [tool] = [item for item in final.output if item.type == "function_call"]
    assert tool.arguments == arguments
    assert received(script)["stream"] is True


async def test_the_async_client_gives_the_same(masks: Guard, script: Scripted) -> None:
    script.play(streamed(SAID))
    async with (
        masks.async_openai() as client,
        client.responses.stream(model="m", input="Привет") as told,
    ):
        final = await told.get_final_response()
    assert final.output_text.startswith(RU)
    assert final.output_text.endswith(MASKED)


def test_a_later_turn_has_no_notice_and_one_for_programs_has_it_in_a_header(
    masks: Guard, script: Scripted
) -> None:
    said = message(0, "Да.")
    script.play(whole(response(said, id="resp_later_1")))
    result: Any = {"type": "function_call_output", "call_id": "call_1", "output": f"ИИН {IIN}"}
    with masks.openai() as client:
        raw = client.responses.with_raw_response
        first = raw.create(model="m", input="Привет").parse()
        asked: Any = [{"role": "user", "content": "?"}, said, call("{}"), result]
        later = [
            raw.create(model="m", input="И?", previous_response_id=first.id, metadata={"m": EMAIL}),
            raw.create(model="m", input=asked),
        ]
        form: Any = {"format": {"type": "json_schema", "name": "n", "schema": {}}}
        data = raw.create(model="m", input="Дай JSON", text=form)
    assert first.output_text.startswith(RU)
    for reply in (*later, data):
        assert reply.parse().output_text == "Да."
    assert not any("guardrail-notice" in reply.headers for reply in later)
    assert "guardrail-notice" in data.headers
    _, second, third, _ = (json.loads(request.body) for request in script.requests)
    assert second["metadata"] == {"m": "<EMAIL_ADDRESS_1>"}
    assert third["input"][3]["output"] == "ИИН <KZ_IIN_1>"


def test_a_conversation_that_nobody_here_told_is_told(masks: Guard, script: Scripted) -> None:
    result: Any = {"type": "function_call_output", "call_id": "call_1", "output": "12"}
    after_a_call: Any = [{"role": "user", "content": "Сколько?"}, call("{}"), result]
    with masks.openai() as client:
        for asked in (
            {"input": "Привет", "previous_response_id": "resp_unknown"},
            {"input": "Привет", "conversation": "conv_unknown"},
            {"input": after_a_call},
        ):
            script.play(whole(response(message(0, "Да."), id="resp_told")))
            reply = client.responses.create(model="m", **asked)
            assert reply.output_text.startswith(RU)
            assert reply.output_text.endswith("Да.")


def test_a_request_is_refused_with_the_sdks_own_exception(refuses: Guard, script: Scripted) -> None:
    with refuses.openai() as client, pytest.raises(openai.BadRequestError) as refused:
        client.responses.create(model="m", input=[{"role": "user", "content": f"ИИН {IIN}"}])
    assert refused.value.code == "content_policy_violation"
    assert refused.value.param == "input[0].content"
    assert IIN not in refused.value.message
    assert not script.requests


def test_a_stream_that_is_refused_midway_ends_as_an_incomplete_response(
    refuses: Guard, script: Scripted
) -> None:
    script.play(streamed(("Добрый день! ", *SAID)))
    with (
        refuses.openai() as client,
        client.responses.create(model="m", input="Привет", stream=True) as told,
    ):
        seen = list(told)
    last = seen[-1]
    assert last.type == "response.incomplete"
    assert last.response.id == "resp_1"
    assert last.response.status == "incomplete"
    assert last.response.incomplete_details is not None
    assert last.response.incomplete_details.reason == "content_filter"
    reason: Json = last.response.to_dict()["guardrail"]
    assert reason["code"] == "content_policy_violation"
    assert reason["message"]
    numbers = [event.sequence_number for event in seen]
    assert numbers == sorted(numbers)
    text = "".join(event.delta for event in seen if event.type == "response.output_text.delta")
    assert text.startswith(RU)
    assert "9001" not in text
    with refuses.openai() as client, client.responses.stream(model="m", input="Привет") as again:
        kinds = [event.type for event in again]
    assert kinds[-1] == "response.incomplete"
    assert "response.completed" not in kinds


def test_a_stream_that_is_refused_at_once_is_an_error(refuses: Guard, script: Scripted) -> None:
    created = {"type": "response.created", "response": response(instructions=f"ИИН {IIN}")}
    script.play(stream(events([created], spoken(0, "Hi"), ended())))
    with (
        refuses.openai() as client,
        client.responses.create(model="m", input="Hi", stream=True) as told,
        pytest.raises(openai.APIError) as refused,
    ):
        list(told)
    assert refused.value.code == "content_policy_violation"


def test_what_was_begun_before_is_fetched_stopped_and_deleted(
    masks: Guard, script: Scripted
) -> None:
    with masks.openai() as client:
        script.play(whole(response(message(0, f"ИИН {IIN}"))))
        raw = client.responses.with_raw_response.retrieve("resp_1")
        assert raw.parse().output_text == "ИИН <KZ_IIN_1>"
        assert raw.headers["guardrail-decision"] == "masked"
        assert "guardrail-notice" in raw.headers, "of which turn it is nobody knows"
        assert client.responses.cancel("resp_1").output_text == "ИИН <KZ_IIN_1>"
        part = {"type": "input_text", "text": f"ИИН {IIN}"}
        asked = {"type": "message", "id": "msg_0", "role": "user", "content": [part]}
        script.play(whole({"object": "list", "data": [asked]}))
        [item] = client.responses.input_items.list("resp_1").data
        assert item.to_dict() == {**asked, "content": [{**part, "text": "ИИН <KZ_IIN_1>"}]}
        script.play(whole({"id": "resp_1", "object": "response.deleted", "deleted": True}))
        deleted = client.responses.with_raw_response.delete("resp_1")
        assert deleted.headers["guardrail-decision"] == "unexamined"
        script.play(streamed(SAID))
        with client.responses.retrieve("resp_1", stream=True, starting_after=0) as told:
            text = "".join(e.delta for e in told if e.type == "response.output_text.delta")
        assert text == MASKED
    assert [(r.method, r.body) for r in script.requests] == [("GET", b"")]


def test_tokens_are_counted_and_turns_compacted_of_what_is_masked(
    masks: Guard, script: Scripted
) -> None:
    with masks.openai() as client:
        script.play(whole({"object": "response.input_tokens", "input_tokens": 5}))
        counted = client.responses.input_tokens.count(model="m", input=f"ИИН {IIN}")
        assert counted.input_tokens == 5
        assert received(script)["input"] == "ИИН <KZ_IIN_1>"
        sealed = {
            "type": "compaction",
            "id": "c_1",
            "encrypted_content": "gAAAAABo8vXfq8t0bP0sX1k=",
        }
        asked = {"type": "message", "role": "user", "content": f"ИИН {IIN}"}
        body = {"id": "r", "object": "response.compaction", "output": [asked, sealed]}
        script.play(whole(body))
        raw = client.responses.with_raw_response.compact(model="m", input=f"ИИН {IIN}")
    assert raw.http_response.json()["output"] == [{**asked, "content": "ИИН <KZ_IIN_1>"}, sealed]
    assert received(script)["input"] == "ИИН <KZ_IIN_1>"
