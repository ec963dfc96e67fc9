"""The real `anthropic` SDK through the real server: nothing but the base URL is changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import anthropic
import pytest

from guardrail.testing.upstream import answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardrail.testing.upstream import Step
    from tests.e2e.conftest import Guard, Scripted

IIN = "900101300017"
RU = "Вы общаетесь не с человеком, а с системой искусственного интеллекта."
KK = "Сіз адаммен емес, жасанды интеллект жүйесімен сөйлесіп отырсыз."
HI: Any = [{"role": "user", "content": "Привет! Как дела?"}]
SECOND_TURN: Any = [*HI, {"role": "assistant", "content": "Хорошо."}, *HI]
MESSAGE: dict[str, Any] = {
    "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [],
    "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
}  # fmt: skip


@pytest.fixture(scope="module")
def masked(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url, "--personal-data", "mask")


@pytest.fixture(scope="module")
def refusing(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url)


def client(guard: Guard) -> anthropic.Anthropic:
    return anthropic.Anthropic(api_key="key", base_url=guard.url, max_retries=0, timeout=15.0)


def whole(*content: dict[str, Any]) -> Step:
    body = {**MESSAGE, "content": content, "stop_reason": "end_turn"}
    return answer(200, json.dumps(body, ensure_ascii=False).encode())


def event(kind: str, **more: object) -> bytes:
    data = json.dumps({"type": kind, **more}, ensure_ascii=False)
    return f"event: {kind}\ndata: {data}\n\n".encode()


def streamed(block: dict[str, Any], *deltas: dict[str, Any]) -> Step:
    return stream(
        [
            event("message_start", message=MESSAGE),
            event("content_block_start", index=0, content_block=block),
            *(event("content_block_delta", index=0, delta=delta) for delta in deltas),
            event("content_block_stop", index=0),
            event(
                "message_delta",
                delta={"stop_reason": "end_turn", "stop_sequence": None},
                usage={"output_tokens": 9},
            ),
            event("message_stop"),
        ]
    )


def said(*pieces: str) -> Step:
    deltas = ({"type": "text_delta", "text": piece} for piece in pieces)
    return streamed({"type": "text", "text": ""}, *deltas)


def test_a_first_answer_begins_with_the_notice_once(masked: Guard, script: Scripted) -> None:
    script.play(whole({"type": "text", "text": "Хорошо."}, {"type": "text", "text": "А у вас?"}))
    with client(masked) as talk:
        reply: Any = talk.messages.create(model="m", max_tokens=9, messages=HI)
    first, second = (block.text for block in reply.content)
    assert first.startswith(RU)
    assert KK in first
    assert first.endswith("Хорошо.")
    assert second == "А у вас?"


def test_a_value_is_masked_upstream_and_refused_with_the_sdks_own_error(
    masked: Guard, refusing: Guard, script: Scripted
) -> None:
    asked: Any = [{"role": "user", "content": [{"type": "text", "text": f"ИИН {IIN}"}]}]
    script.play(whole({"type": "text", "text": "Да."}))
    with client(masked) as talk:
        talk.messages.create(model="m", max_tokens=9, messages=asked)
    assert json.loads(script.requests[0].body)["messages"][0]["content"][0]["text"] == (
        "ИИН <KZ_IIN_1>"
    )
    with client(refusing) as talk, pytest.raises(anthropic.BadRequestError) as refused:
        talk.messages.create(model="m", max_tokens=9, messages=asked)
    body: Any = refused.value.body
    assert body["error"]["type"] == "invalid_request_error"
    assert body["guardrail"]["code"] == "content_policy_violation"


def test_a_value_split_over_events_is_masked_in_what_the_sdk_puts_together(
    masked: Guard, script: Scripted
) -> None:
    script.play(said("Её ИИН 9001", "013000", "17, запишите.", " Всё"))
    with (
        client(masked) as talk,
        talk.messages.stream(model="m", max_tokens=9, messages=SECOND_TURN) as talking,
    ):
        message = talking.get_final_message()
    assert message.content[0].type == "text"
    assert message.content[0].text == "Её ИИН <KZ_IIN_1>, запишите. Всё"
    assert message.stop_reason == "end_turn"


def test_arguments_split_over_events_are_masked(masked: Guard, script: Scripted) -> None:
    pieces = ('{"iin": "9001', "01300017", '", "n": 1}')
    deltas = ({"type": "input_json_delta", "partial_json": piece} for piece in pieces)
    script.play(streamed({"type": "tool_use", "id": "t1", "name": "find", "input": {}}, *deltas))
    with (
        client(masked) as talk,
        talk.messages.stream(model="m", max_tokens=9, messages=SECOND_TURN) as talking,
    ):
        message = talking.get_final_message()
    assert message.content[0].type == "tool_use"
    assert message.content[0].input == {"iin": "<KZ_IIN_1>", "n": 1}


def test_a_refusal_in_mid_stream_ends_the_message(
    start: Callable[..., Guard], the_script: Scripted, script: Scripted
) -> None:
    guard = start(the_script.url, config={"reply_personal_data": "refuse"})
    script.play(said("Сразу скажу так: всё хорошо. ", f"Её ИИН {IIN}", ", запишите."))
    with (
        client(guard) as talk,
        talk.messages.stream(model="m", max_tokens=9, messages=SECOND_TURN) as talking,
    ):
        message = talking.get_final_message()
    assert message.stop_reason == "refusal"
    assert IIN[:4] not in str(message.content)
