"""The official Node clients through the real server: nothing but the base URL is changed."""

from __future__ import annotations

import base64
import json
import os
import re
import struct
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from guardrail.testing.assistant.app import CREATED
from guardrail.testing.assistant.completion import complete_text, completion
from guardrail.testing.upstream import answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from guardrail.testing import Assistant, Step
    from tests.e2e.conftest import Guard, Scripted

Json = Any
MODEL = "scripted-assistant"
IIN, PHONE, EMAIL = "900101300017", "+7 701 555 01 23", "aigerim@example.kz"
PARTS_OF_VALUES = ("9001", "0017", "701", "01 23", "aige", "example")
RU = "Вы общаетесь не с человеком, а с системой искусственного интеллекта."
KK = "Сіз адаммен емес, жасанды интеллект жүйесімен сөйлесіп отырсыз."
PSEUDONYM = re.compile(r"<KZ_IIN_[0-9a-z]{10,}>")

ASKED = f"Запишите: ИИН {IIN}, телефон {PHONE}, почта {EMAIL}"
ASKED_MASKED = "Запишите: ИИН <KZ_IIN_1>, телефон <PHONE_NUMBER_1>, почта <EMAIL_ADDRESS_1>"
SAID = ("Её ИИН 9001", "013000", "17, тел. +7 701 55", "5 01 23, почта aige", f"{EMAIL[4:]}. ", "!")
SAID_MASKED = "Её ИИН <KZ_IIN_1>, тел. <PHONE_NUMBER_1>, почта <EMAIL_ADDRESS_1>. !"
ARGUMENTS = ('{"to": "aige', f'{EMAIL[4:]}", "iin": "9001013', '00017", "n": 1.5}')
ARGUMENTS_MASKED = {"to": "<EMAIL_ADDRESS_1>", "iin": "<KZ_IIN_1>", "n": 1.5}
PLAIN = ("Жақсы", ", рақ", "мет. А у ", "вас?")


@dataclass(frozen=True, slots=True)
class Told:
    """What a client gave."""

    value: Json
    events: list[Json]
    error: Json


class Thrown(Exception):  # noqa: N818 - it says what the client did
    """A client threw an error; `told` has it, and the events before it."""

    def __init__(self, told: Told) -> None:
        super().__init__(told.error)
        self.told = told


def unlabelled(told: Told) -> Json:
    """Return what a client gave, but for its label, which it let through."""
    value = dict(told.value)
    assert value.pop("ai_disclosure")["level"] == "ai-generated"
    return value


class Clients:
    """The clients in one process, asked call by call."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def openai(self, url: str, method: str, *arguments: object, final: str = "") -> Told:
        return self._ask("openai", f"{url}/v1", method, arguments, final)

    def anthropic(self, url: str, method: str, *arguments: object, final: str = "") -> Told:
        return self._ask("anthropic", url, method, arguments, final)

    def _ask(
        self, client: str, url: str, method: str, arguments: tuple[object, ...], final: str
    ) -> Told:
        options = {"baseURL": url, "apiKey": "sk-caller"}
        asked = {"client": client, "options": options, "method": method, "final": final}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps({**asked, "arguments": arguments}) + "\n")
            self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the clients' process has ended; stderr may say why"
        told = Told(**json.loads(line))
        if told.error is not None:
            raise Thrown(told)
        return told


@pytest.fixture(scope="module")
def node(node_programs: Path) -> Iterator[Clients]:
    # Nothing else of the environment: keys and addresses there would be the clients' defaults.
    environment = {"PATH": os.environ["PATH"]}
    with subprocess.Popen(
        ["node", str(node_programs / "clients.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
    ) as process:
        yield Clients(process)


@pytest.fixture(scope="module")
def masks(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url, "--personal-data", "mask")


@pytest.fixture(scope="module")
def pseudonyms(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url, "--personal-data", "pseudonymise")


def said(*texts: str) -> list[Json]:
    """Return the messages of a first turn."""
    return [{"role": "user", "content": text} for text in texts]


def later(text: str) -> list[Json]:
    """Return the messages of a second turn, whose answer needs no notice."""
    return [*said("Привет!"), {"role": "assistant", "content": "Привет."}, *said(text)]


def whole(body: Json) -> Step:
    return answer(200, json.dumps(body, ensure_ascii=False).encode())


def named(told: Iterable[Json]) -> Step:
    """Stream events as the Responses and Messages APIs do: with their type as their name."""
    return stream(
        f"event: {each['type']}\ndata: {json.dumps(each, ensure_ascii=False)}\n\n".encode()
        for each in told
    )


def received(script: Scripted) -> Json:
    [request] = script.requests
    return json.loads(request.body)


def assert_no_part_of_a_value_is_in(*told: object) -> None:
    # In ids, digests, signatures, moments and durations any digits may stand; no value is so long.
    text = re.sub(r"\b(req_|chatcmpl-)\w+|[\w+/-]{16,}|\b1[789]\d{8}\b|\b\d+\.\d+\b", "", str(told))
    assert [part for part in PARTS_OF_VALUES if part in text] == []


# Chat Completions


def test_a_first_answer_begins_with_the_notice(
    node: Clients, guard: Guard, assistant: Assistant
) -> None:
    body = {"model": MODEL, "messages": said("Привет! Как дела?")}
    told = node.openai(guard.url, "chat.completions.create", body)
    [choice] = told.value["choices"]
    assert choice["message"]["content"].startswith(RU)
    assert KK in choice["message"]["content"]
    assert choice["message"]["content"].endswith("Вы написали: «Привет! Как дела?»")
    assert assistant.received[0].json == body


def test_a_stream_says_the_same_as_a_plain_answer_and_so_does_the_clients_own_accumulator(
    node: Clients, guard: Guard
) -> None:
    body = {"model": MODEL, "messages": said("Расскажи !long")}
    plain = node.openai(guard.url, "chat.completions.create", body).value["choices"]
    streamed = node.openai(guard.url, "chat.completions.create", {**body, "stream": True}).events
    helped = node.openai(guard.url, "chat.completions.stream", body, final="finalChatCompletion")
    content = plain[0]["message"]["content"]
    assert content.startswith(RU)
    assert complete_text(streamed) == content
    assert helped.value["choices"][0]["message"]["content"] == content
    assert helped.value["choices"][0]["finish_reason"] == "stop"
    assert len(streamed) > 20, "it is streamed, not gathered"


@pytest.mark.parametrize(
    "tools", [{}, {"tools": [{"type": "function", "function": {"name": "f"}}]}]
)
def test_what_concerns_no_rule_comes_through_unchanged(
    node: Clients, guard: Guard, the_assistant: tuple[Assistant, str], tools: Mapping[str, object]
) -> None:
    assistant, unguarded = the_assistant
    body = {"model": MODEL, "messages": later("А погода в Алматы?"), **tools}
    streamed = {**body, "stream_options": {"include_usage": True}}

    def told(url: str) -> list[Told]:
        assistant.received.clear()
        return [
            node.openai(url, "chat.completions.create", body),
            node.openai(url, "chat.completions.stream", streamed, final="finalChatCompletion"),
        ]

    through, straight = told(guard.url), told(unguarded)
    plain = unlabelled(through[0])
    assert [plain, through[1].value] == [each.value for each in straight]
    assert plain == completion(body, number=1, created=CREATED)
    assert through[1].events[-1] == straight[1].events[-1], "that tells the usage"


def test_values_are_masked_on_the_way_up_and_on_the_way_back(
    node: Clients, masking: Guard, assistant: Assistant
) -> None:
    body = {"model": MODEL, "messages": said(f"{ASKED}. Дай !iin !phone !email")}
    plain = node.openai(masking.url, "chat.completions.create", body)
    streamed = node.openai(masking.url, "chat.completions.create", {**body, "stream": True})
    content = plain.value["choices"][0]["message"]["content"]
    assert complete_text(streamed.events) == content
    assert "Пример ИИН: <KZ_IIN_" in content
    assert "Пример телефона: <PHONE_NUMBER_" in content
    assert "Пример почты: <EMAIL_ADDRESS_" in content
    for request in assistant.received:
        assert request.json["messages"][0]["content"].startswith(ASKED_MASKED)
    assert_no_part_of_a_value_is_in(plain, streamed)


def test_pseudonyms_go_up_and_values_come_back(
    node: Clients, pseudonymising: Guard, assistant: Assistant
) -> None:
    body = {"model": MODEL, "messages": said(ASKED)}
    plain = node.openai(pseudonymising.url, "chat.completions.create", body)
    streamed = node.openai(pseudonymising.url, "chat.completions.create", {**body, "stream": True})
    content = plain.value["choices"][0]["message"]["content"]
    assert content.endswith(f"Вы написали: «{ASKED}»")
    assert complete_text(streamed.events) == content
    for request in assistant.received:
        assert PSEUDONYM.search(request.json["messages"][0]["content"])
        assert IIN.encode() not in request.body


def test_values_come_back_inside_a_streamed_tool_calls_arguments(
    node: Clients, pseudonymising: Guard, assistant: Assistant
) -> None:
    text = f'Погода для "{EMAIL}", ИИН {IIN}'
    tools = [{"type": "function", "function": {"name": "weather_now", "parameters": {}}}]
    told = node.openai(
        pseudonymising.url,
        "chat.completions.stream",
        {"model": MODEL, "messages": said(text), "tools": tools},
        final="finalChatCompletion",
    )
    [choice] = told.value["choices"]
    [call] = choice["message"]["tool_calls"]
    assert choice["finish_reason"] == "tool_calls"
    assert call["function"]["name"] == "weather_now"
    assert json.loads(call["function"]["arguments"])["asked"] == text
    assert IIN.encode() not in assistant.received[0].body


@pytest.mark.parametrize("streamed", [False, True])
def test_a_request_is_refused_with_the_clients_own_error(
    node: Clients, guard: Guard, assistant: Assistant, *, streamed: bool
) -> None:
    body = {"model": MODEL, "messages": said(ASKED), "stream": streamed}
    with pytest.raises(Thrown) as refused:
        node.openai(guard.url, "chat.completions.create", body)
    error = refused.value.told.error
    assert error["class"] == "BadRequestError"
    assert error["status"] == 400
    assert error["code"] == "content_policy_violation"
    assert error["type"] == "invalid_request_error"
    assert error["param"] == "messages[0].content"
    assert "kz.10.personal-data" in error["message"]
    assert_no_part_of_a_value_is_in(error)
    assert not assistant.received


def test_an_answer_that_is_refused_in_mid_stream_ends_with_its_finish_reason(
    node: Clients, guard: Guard
) -> None:
    body = {"model": MODEL, "messages": said("Дай !iin !phone !email !long"), "n": 2}
    streamed = node.openai(guard.url, "chat.completions.create", {**body, "stream": True})
    helped = node.openai(guard.url, "chat.completions.stream", body, final="finalChatCompletion")
    ends = [
        (choice["index"], choice["finish_reason"])
        for event in streamed.events
        for choice in event["choices"]
        if choice["finish_reason"]
    ]
    assert sorted(ends) == [(0, "content_filter"), (1, "content_filter")]
    assert [c["finish_reason"] for c in helped.value["choices"]] == ["content_filter"] * 2
    text = complete_text(streamed.events)
    assert "Я помощник" in text, "what came before has left"
    assert "длинный" not in text, "and nothing that came after"
    assert_no_part_of_a_value_is_in(streamed, helped)


def test_models_and_the_upstreams_errors_pass_as_they_are(node: Clients, guard: Guard) -> None:
    model = {"id": MODEL, "object": "model", "created": CREATED, "owned_by": "guardrail"}
    assert node.openai(guard.url, "models.list").events == [model]
    assert node.openai(guard.url, "models.retrieve", MODEL).value == model
    with pytest.raises(Thrown) as missing:
        node.openai(guard.url, "models.retrieve", "no-such-model")
    assert missing.value.told.error["class"] == "NotFoundError"
    assert missing.value.told.error["code"] == "model_not_found"


def test_embeddings_are_of_masked_texts_and_come_through_as_numbers(
    node: Clients, masks: Guard, script: Scripted
) -> None:
    numbers = (0.0123, -0.98, 0.25)
    packed = base64.b64encode(struct.pack("<3f", *numbers)).decode()
    vectors = [{"object": "embedding", "index": 0, "embedding": packed}]
    usage = {"prompt_tokens": 8, "total_tokens": 8}
    script.play(whole({"object": "list", "model": "m", "data": vectors, "usage": usage}))
    asked = {"model": "m", "input": [ASKED, "Алматы"]}
    told = node.openai(masks.url, "embeddings.create", asked)
    assert told.value["data"][0]["embedding"] == pytest.approx(numbers)
    assert told.value["usage"] == usage
    assert received(script)["input"] == [ASKED_MASKED, "Алматы"]


# Responses


def response(*output: Json, status: str = "completed") -> Json:
    usage = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
    head = {"id": "resp_1", "object": "response", "created_at": CREATED, "model": "m"}
    ended = {"usage": usage if status == "completed" else None}
    return {**head, "status": status, "output": list(output), "tools": [], **ended}


def message(text: str) -> Json:
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    item = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed"}
    return {**item, "content": [part]}


def call(arguments: str) -> Json:
    item = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "send_mail"}
    return {**item, "arguments": arguments, "status": "completed"}


def responding(text: Iterable[str], arguments: Iterable[str]) -> list[Json]:
    """Return the events of a response that says something and calls a tool."""
    text, arguments = tuple(text), tuple(arguments)
    items = message("".join(text)), call("".join(arguments))
    [part] = items[0]["content"]
    saying = {"output_index": 0, "item_id": "msg_1", "content_index": 0}
    calling = {"output_index": 1, "item_id": "fc_1"}
    begun = {"status": "in_progress"}
    told = [
        ("created", {"response": response(**begun)}),
        ("output_item.added", {"output_index": 0, "item": {**items[0], **begun, "content": []}}),
        ("content_part.added", {**saying, "part": {**part, "text": ""}}),
        *(("output_text.delta", {**saying, "delta": piece, "logprobs": []}) for piece in text),
        ("output_text.done", {**saying, "text": part["text"], "logprobs": []}),
        ("content_part.done", {**saying, "part": part}),
        ("output_item.done", {"output_index": 0, "item": items[0]}),
        ("output_item.added", {"output_index": 1, "item": {**items[1], **begun, "arguments": ""}}),
        *(("function_call_arguments.delta", {**calling, "delta": piece}) for piece in arguments),
        ("function_call_arguments.done", {**calling, "arguments": items[1]["arguments"]}),
        ("output_item.done", {"output_index": 1, "item": items[1]}),
        ("completed", {"response": response(*items)}),
    ]
    return [
        {"type": f"response.{kind}", "sequence_number": number, **more}
        for number, (kind, more) in enumerate(told)
    ]


def deltas(told: Told, kind: str) -> str:
    return "".join(event["delta"] for event in told.events if event["type"] == f"response.{kind}")


def test_a_response_is_masked_both_ways_and_begins_with_the_notice(
    node: Clients, masks: Guard, script: Scripted
) -> None:
    script.play(whole(response(message("".join(SAID)), call("".join(ARGUMENTS)))))
    told = node.openai(masks.url, "responses.create", {"model": "m", "input": ASKED})
    assert received(script) == {"model": "m", "input": ASKED_MASKED}
    assert told.value["output_text"].startswith(RU)
    assert KK in told.value["output_text"]
    assert told.value["output_text"].endswith(SAID_MASKED)
    assert json.loads(told.value["output"][1]["arguments"]) == ARGUMENTS_MASKED
    assert_no_part_of_a_value_is_in(told)


def test_a_responses_values_are_masked_though_they_are_split_over_events(
    node: Clients, masks: Guard, script: Scripted
) -> None:
    script.play(named(responding(SAID, ARGUMENTS)))
    asked = {"model": "m", "input": "Привет"}
    streamed = node.openai(masks.url, "responses.create", {**asked, "stream": True})
    helped = node.openai(masks.url, "responses.stream", asked, final="finalResponse")
    text = deltas(streamed, "output_text.delta")
    assert text.startswith(RU)
    assert text.endswith(SAID_MASKED)
    assert json.loads(deltas(streamed, "function_call_arguments.delta")) == ARGUMENTS_MASKED
    assert streamed.events[-1]["type"] == "response.completed"
    assert helped.value["output_text"] == text
    assert json.loads(helped.value["output"][1]["arguments"]) == ARGUMENTS_MASKED
    assert_no_part_of_a_value_is_in(streamed, helped)


def test_a_responses_pseudonyms_become_values_again_though_they_are_split_over_events(
    node: Clients, pseudonyms: Guard, script: Scripted
) -> None:
    opening = {"model": "m", "input": f"ИИН {IIN}"}
    asked = {**opening, "previous_response_id": "resp_1"}
    script.play(whole(response(message("Да."))))
    node.openai(pseudonyms.url, "responses.create", opening)
    name = received(script)["input"].removeprefix("ИИН ")
    assert PSEUDONYM.fullmatch(name)
    text = ("Её ИИН ", name[:5], name[5:12], f"{name[12:]}, да.")
    script.play(named(responding(text, ('{"iin": "', name[:9], f'{name[9:]}"', "}"))))
    told = node.openai(pseudonyms.url, "responses.create", {**asked, "stream": True})
    assert deltas(told, "output_text.delta") == f"Её ИИН {IIN}, да."
    assert json.loads(deltas(told, "function_call_arguments.delta")) == {"iin": IIN}
    assert told.events[-1]["response"]["output"][0]["content"][0]["text"] == f"Её ИИН {IIN}, да."


def test_a_response_that_concerns_no_rule_comes_through_unchanged(
    node: Clients, masks: Guard, script: Scripted
) -> None:
    opening = {"model": "m", "input": "И?"}
    asked = {**opening, "previous_response_id": "resp_1"}
    script.play(whole(response(message("Да."))))
    node.openai(masks.url, "responses.create", opening)
    body = response(message("".join(PLAIN)), call('{"n": 1.50}'))
    script.play(whole(body))
    told = node.openai(masks.url, "responses.create", asked)
    assert unlabelled(told) == {**body, "output_text": "".join(PLAIN)}
    script.play(named(responding(PLAIN, ('{"n"', ": 1.", "50}"))))
    through, straight = (
        node.openai(url, "responses.stream", asked, final="finalResponse")
        for url in (masks.url, script.url)
    )
    assert through.value == straight.value
    assert deltas(through, "output_text.delta") == "".join(PLAIN)
    assert deltas(through, "function_call_arguments.delta") == '{"n": 1.50}'
    first, second = (json.loads(request.body) for request in script.requests)
    assert first == second == {**asked, "stream": True}


@pytest.mark.parametrize("streamed", [False, True])
def test_a_response_is_refused_with_the_clients_own_error(
    node: Clients, impatient: Guard, script: Scripted, *, streamed: bool
) -> None:
    asked = {"model": "m", "input": said(ASKED), "stream": streamed}
    with pytest.raises(Thrown) as refused:
        node.openai(impatient.url, "responses.create", asked)
    error = refused.value.told.error
    assert error["class"] == "BadRequestError"
    assert error["code"] == "content_policy_violation"
    assert error["param"] == "input[0].content"
    assert_no_part_of_a_value_is_in(error)
    assert not script.requests


def test_a_response_that_is_refused_in_mid_stream_ends_as_incomplete(
    node: Clients, impatient: Guard, script: Scripted
) -> None:
    script.play(named(responding(("Добрый день! ", *SAID), ARGUMENTS)))
    asked = {"model": "m", "input": "Привет"}
    streamed = node.openai(impatient.url, "responses.create", {**asked, "stream": True})
    helped = node.openai(impatient.url, "responses.stream", asked, final="finalResponse")
    last = streamed.events[-1]
    assert last["type"] == "response.incomplete"
    assert last["response"]["incomplete_details"] == {"reason": "content_filter"}
    assert last["response"]["guardrail"]["code"] == "content_policy_violation"
    assert deltas(streamed, "output_text.delta").startswith(RU)
    assert helped.value["status"] == "incomplete"
    assert_no_part_of_a_value_is_in(streamed, helped)


@pytest.mark.parametrize("final", ["", "finalResponse"])
def test_a_stream_that_is_refused_at_its_first_event_throws_the_clients_own_error(
    node: Clients, impatient: Guard, script: Scripted, final: str
) -> None:
    begun, *more = responding(PLAIN, ())
    begun["response"]["instructions"] = f"ИИН {IIN}"
    script.play(named([begun, *more]))
    method = "responses.stream" if final else "responses.create"
    asked = {"model": "m", "input": "Привет", "stream": True}
    with pytest.raises(Thrown) as refused:
        node.openai(impatient.url, method, asked, final=final)
    assert refused.value.told.error["class"] == "APIError"
    assert refused.value.told.error["code"] == "content_policy_violation"
    assert_no_part_of_a_value_is_in(refused.value.told)


# Messages


def claude(*content: Json, stop: str | None = "end_turn") -> Json:
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m"}
    ended = {"stop_reason": stop, "stop_sequence": None}
    return {**head, "content": list(content), **ended, "usage": USAGE}


USAGE = {"input_tokens": 3, "output_tokens": 1}
FIND: Json = {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {}}


def texts(*pieces: str) -> tuple[Json, Iterable[Json]]:
    """Return a content block and the deltas that fill it."""
    return {"type": "text", "text": ""}, [{"type": "text_delta", "text": each} for each in pieces]


def uses(*pieces: str) -> tuple[Json, Iterable[Json]]:
    return FIND, [{"type": "input_json_delta", "partial_json": each} for each in pieces]


def messaging(*blocks: tuple[Json, Iterable[Json]], stop: str = "end_turn") -> list[Json]:
    """Return the events of a message."""
    told: list[Json] = [{"type": "message_start", "message": claude(stop=None)}]
    for index, (block, filled) in enumerate(blocks):
        told.append({"type": "content_block_start", "index": index, "content_block": block})
        told += [{"type": "content_block_delta", "index": index, "delta": each} for each in filled]
        told.append({"type": "content_block_stop", "index": index})
    ended = {"stop_reason": stop, "stop_sequence": None}
    return [
        *told,
        {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 9}},
        {"type": "message_stop"},
    ]


def test_a_message_is_masked_both_ways_and_begins_with_the_notice(
    node: Clients, masks: Guard, script: Scripted
) -> None:
    use = {**FIND, "input": {"iin": IIN, "n": 1.5}}
    script.play(whole(claude({"type": "text", "text": "".join(SAID)}, use)))
    asked = {"model": "m", "max_tokens": 9, "messages": said(ASKED)}
    told = node.anthropic(masks.url, "messages.create", asked)
    assert received(script) == {**asked, "messages": said(ASKED_MASKED)}
    text, used = told.value["content"]
    assert text["text"].startswith(RU)
    assert KK in text["text"]
    assert text["text"].endswith(SAID_MASKED)
    assert used["input"] == {"iin": "<KZ_IIN_1>", "n": 1.5}
    assert_no_part_of_a_value_is_in(told)


def test_a_messages_values_are_masked_though_they_are_split_over_events(
    node: Clients, masks: Guard, script: Scripted
) -> None:
    script.play(named(messaging(texts(*SAID), uses(*ARGUMENTS), stop="tool_use")))
    asked = {"model": "m", "max_tokens": 9, "messages": said("Привет")}
    streamed = node.anthropic(masks.url, "messages.create", {**asked, "stream": True})
    helped = node.anthropic(masks.url, "messages.stream", asked, final="finalMessage")
    text, used = helped.value["content"]
    assert text["text"].startswith(RU)
    assert text["text"].endswith(SAID_MASKED)
    assert used == {**FIND, "input": ARGUMENTS_MASKED}
    assert helped.value["stop_reason"] == "tool_use"
    assert [event["type"] for event in streamed.events[-2:]] == ["message_delta", "message_stop"]
    assert_no_part_of_a_value_is_in(streamed, helped)


def test_a_messages_pseudonyms_become_values_again_though_they_are_split_over_events(
    node: Clients, pseudonyms: Guard, script: Scripted
) -> None:
    asked = {"model": "m", "max_tokens": 9, "messages": later(f"ИИН {IIN}")}
    script.play(whole(claude({"type": "text", "text": "Да."})))
    node.anthropic(pseudonyms.url, "messages.create", asked)
    name = received(script)["messages"][-1]["content"].removeprefix("ИИН ")
    assert PSEUDONYM.fullmatch(name)
    blocks = (
        texts("Её ИИН ", name[:5], f"{name[5:]}, да."),
        uses('{"iin": "', name[:9], name[9:], '"}'),
    )
    script.play(named(messaging(*blocks)))
    told = node.anthropic(pseudonyms.url, "messages.stream", asked, final="finalMessage")
    text, used = told.value["content"]
    assert text["text"] == f"Её ИИН {IIN}, да."
    assert used["input"] == {"iin": IIN}


def test_a_message_that_concerns_no_rule_comes_through_unchanged(
    node: Clients, masks: Guard, script: Scripted
) -> None:
    asked = {"model": "m", "max_tokens": 9, "messages": later("И?")}
    body = claude({"type": "text", "text": "".join(PLAIN)}, {**FIND, "input": {"n": 1.5}})
    script.play(whole(body))
    assert unlabelled(node.anthropic(masks.url, "messages.create", asked)) == body
    script.play(named(messaging(texts(*PLAIN), uses('{"n"', ": 1.", "5}"))))
    through, straight = (
        node.anthropic(url, "messages.stream", asked, final="finalMessage")
        for url in (masks.url, script.url)
    )
    assert through.value == straight.value
    assert through.value["content"] == body["content"]
    assert through.value["usage"] == {**USAGE, "output_tokens": 9}


@pytest.mark.parametrize("streamed", [False, True])
def test_a_message_is_refused_with_the_clients_own_error(
    node: Clients, impatient: Guard, script: Scripted, *, streamed: bool
) -> None:
    asked = {"model": "m", "max_tokens": 9, "messages": said(ASKED), "stream": streamed}
    with pytest.raises(Thrown) as refused:
        node.anthropic(impatient.url, "messages.create", asked)
    error = refused.value.told.error
    assert error["class"] == "BadRequestError"
    assert error["status"] == 400
    assert error["type"] == "invalid_request_error"
    assert error["body"]["guardrail"]["code"] == "content_policy_violation"
    assert_no_part_of_a_value_is_in(error)
    assert not script.requests


def test_a_message_that_is_refused_in_mid_stream_ends_with_its_stop_reason(
    node: Clients, impatient: Guard, script: Scripted
) -> None:
    script.play(named(messaging(texts("Добрый день! ", *SAID), uses(*ARGUMENTS))))
    asked = {"model": "m", "max_tokens": 9, "messages": said("Привет")}
    streamed = node.anthropic(impatient.url, "messages.create", {**asked, "stream": True})
    helped = node.anthropic(impatient.url, "messages.stream", asked, final="finalMessage")
    assert streamed.events[-1]["type"] == "message_stop"
    assert helped.value["stop_reason"] == "refusal"
    assert helped.value["content"][0]["text"].startswith(RU)
    assert_no_part_of_a_value_is_in(streamed, helped)
