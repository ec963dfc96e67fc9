"""The real `boto3` through the real server: nothing but the endpoint's address is changed."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import ClientError, EventStreamError  # type: ignore[import-untyped]

from guardrail.disclose import hash_of
from guardrail.testing.upstream import answer, stream
from guardrail.wire.aws_event_stream import AwsEventStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from guardrail.testing.upstream import Step
    from tests.e2e.conftest import Guard, Scripted

Model = Any
"""boto3 makes its clients at run time."""

MODEL = "anthropic.claude-3-5-sonnet-20240620-v1:0"
PROFILE = "arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.amazon.nova-lite-v1:0"
IIN, EMAIL = "900101300017", "aigerim@example.kz"
RU = "Вы общаетесь не с человеком, а с системой искусственного интеллекта."
KK = "Сіз адаммен емес, жасанды интеллект жүйесімен сөйлесіп отырсыз."
FRAMING = AwsEventStream()
EVENTS = ((b"content-type", b"application/vnd.amazon.eventstream"),)
SECOND_TURN: Any = [
    {"role": "user", "content": [{"text": "Привет!"}]},
    {"role": "assistant", "content": [{"text": "Привет."}]},
    {"role": "user", "content": [{"text": "Дальше?"}]},
]
USAGE = {"inputTokens": 3, "outputTokens": 9, "totalTokens": 12}


@pytest.fixture(scope="module")
def masked(start: Callable[..., Guard], the_script: Scripted) -> Iterator[Model]:
    with closing(client(start(the_script.url, "--personal-data", "mask"))) as model:
        yield model


@pytest.fixture(scope="module")
def refusing(impatient: Guard) -> Iterator[Model]:
    with closing(client(impatient)) as model:
        yield model


def client(guard: Guard) -> Model:
    session = boto3.Session("AKIAEXAMPLE", "made-up", region_name="eu-west-1")
    config = Config(retries={"total_max_attempts": 1}, read_timeout=15)
    return session.client("bedrock-runtime", endpoint_url=guard.url, config=config)


def asked(text: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"text": text}]}]


def whole(*content: object) -> Step:
    body = {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": "end_turn",
        "usage": USAGE,
        "metrics": {"latencyMs": 5},
        "additionalModelResponseFields": {"mood": "fine"},
    }
    return answer(200, json.dumps(body, ensure_ascii=False).encode())


Event = tuple[str, dict[str, object]]


def block(index: int, *deltas: object, start: object = None) -> list[Event]:
    at: dict[str, object] = {"contentBlockIndex": index}
    told = [("contentBlockDelta", at | {"delta": delta, "p": "ab"}) for delta in deltas]
    begun = [] if start is None else [("contentBlockStart", at | {"start": start})]
    return [*begun, *told, ("contentBlockStop", at)]


def events(*told: Event) -> Step:
    every: list[Event] = [
        ("messageStart", {"role": "assistant"}),
        *told,
        ("messageStop", {"stopReason": "end_turn"}),
        ("metadata", {"usage": USAGE, "metrics": {"latencyMs": 5}}),
    ]
    made = [FRAMING.event(json.dumps(one).encode(), name) for name, one in every]
    return stream(made, headers=EVENTS)


def texts(*pieces: str) -> Step:
    return events(*block(0, *({"text": piece} for piece in pieces)))


def told_of(answered: dict[str, Any]) -> list[dict[str, Any]]:
    with closing(answered["stream"]) as said:
        return list(said)


def heard(answered: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    told = told_of(answered)
    deltas = [one["contentBlockDelta"]["delta"] for one in told if "contentBlockDelta" in one]
    return "".join(delta.get("text", "") for delta in deltas), told


@pytest.mark.parametrize(
    ("text", "first"), [("Привет! Как дела?", RU), ("Сәлеметсіз бе, қалайсыз?", KK)]
)
def test_a_first_answer_begins_with_the_notice_and_all_else_passes(
    masked: Model, script: Scripted, text: str, first: str
) -> None:
    script.play(whole({"text": "Жақсы."}), texts("Жақ", "сы."))
    reply = masked.converse(modelId=MODEL, messages=asked(text))
    answered = masked.converse_stream(modelId=PROFILE, messages=asked(text))
    said, told = heard(answered)
    [content] = reply["output"]["message"]["content"]
    assert content["text"].startswith(first)
    assert content["text"].endswith("Жақсы.")
    assert said == content["text"]
    assert (reply["stopReason"], reply["usage"]["totalTokens"]) == ("end_turn", 12)
    label = reply["additionalModelResponseFields"].pop("ai_disclosure")
    assert reply["additionalModelResponseFields"] == {"mood": "fine"}
    assert label["sha256"] == hash_of([content["text"]])
    # The SDK hands this member on, and drops that of the first event.
    signed = told[-2]["messageStop"].pop("additionalModelResponseFields")["ai_disclosure"]
    assert signed["sha256"] == hash_of([said])
    assert told[0] == {"messageStart": {"role": "assistant"}}
    assert told[-2:] == [
        {"messageStop": {"stopReason": "end_turn"}},
        {"metadata": {"usage": USAGE, "metrics": {"latencyMs": 5}}},
    ]
    plain, streamed = script.requests
    assert plain.target == f"/model/{MODEL.replace(':', '%3A')}/converse"
    assert streamed.target.endswith(
        "inference-profile%2Feu.amazon.nova-lite-v1%3A0/converse-stream"
    )
    assert (plain.header(b"authorization") or b"").startswith(b"AWS4-HMAC-SHA256")


def test_values_in_a_request_are_masked_wherever_they_stand(
    masked: Model, script: Scripted
) -> None:
    call = {"toolUseId": "t-1", "name": "f", "input": {"iin": IIN}}
    given = {"toolUseId": "t-1", "content": [{"json": {"mail": EMAIL}}, {"text": IIN}]}
    messages = [
        *SECOND_TURN,
        {"role": "assistant", "content": [{"toolUse": call}]},
        {"role": "user", "content": [{"toolResult": given}]},
    ]
    script.play(whole({"text": "Жақсы."}))
    reply = masked.converse(
        modelId=MODEL,
        messages=messages,
        system=[{"text": f"Его ИИН {IIN}."}],
        requestMetadata={"who": EMAIL},
        additionalModelRequestFields={"deep": {"mail": EMAIL}},
    )
    assert reply["output"]["message"]["content"] == [{"text": "Жақсы."}]
    [request] = script.requests
    assert IIN.encode() not in request.body
    assert EMAIL.encode() not in request.body
    sent = json.loads(request.body)
    assert sent["system"] == [{"text": "Его ИИН <KZ_IIN_1>."}]
    assert sent["messages"][3]["content"][0]["toolUse"]["input"] == {"iin": "<KZ_IIN_1>"}
    assert sent["messages"][4]["content"][0]["toolResult"]["content"] == [
        {"json": {"mail": "<EMAIL_ADDRESS_1>"}},
        {"text": "<KZ_IIN_1>"},
    ]


def test_a_value_split_over_events_is_masked(masked: Model, script: Scripted) -> None:
    pieces = ("Его ИИН ", "9001013", "00017", ", да, и почта ", "aigerim@exa", "mple.kz")
    thoughts = [{"reasoningContent": {"text": piece}} for piece in pieces]
    signed = {"reasoningContent": {"signature": "EqQBCoABEgo="}}
    script.play(
        events(*block(0, *thoughts, signed), *block(1, *({"text": piece} for piece in pieces)))
    )
    answered = masked.converse_stream(modelId=MODEL, messages=SECOND_TURN)
    said, told = heard(answered)
    assert said == "Его ИИН <KZ_IIN_1>, да, и почта <EMAIL_ADDRESS_1>"
    deltas = [one["contentBlockDelta"]["delta"] for one in told if "contentBlockDelta" in one]
    thought = [delta["reasoningContent"] for delta in deltas if "reasoningContent" in delta]
    assert "".join(one.get("text", "") for one in thought) == said
    assert [one["signature"] for one in thought if "signature" in one] == ["EqQBCoABEgo="]


def test_calls_are_masked_plain_and_streamed(masked: Model, script: Scripted) -> None:
    call = {"toolUseId": "t-1", "name": "find"}
    given = {"iin": IIN, "deep": [EMAIL]}
    spelt = json.dumps(given)
    pieces = [{"toolUse": {"input": spelt[at : at + 7]}} for at in range(0, len(spelt), 7)]
    script.play(
        whole({"toolUse": call | {"input": given}}),
        events(*block(0, {"text": "Ищу."}), *block(1, *pieces, start={"toolUse": call})),
    )
    reply = masked.converse(modelId=MODEL, messages=SECOND_TURN)
    _, told = heard(masked.converse_stream(modelId=MODEL, messages=SECOND_TURN))
    hidden = {"iin": "<KZ_IIN_1>", "deep": ["<EMAIL_ADDRESS_1>"]}
    assert reply["output"]["message"]["content"] == [{"toolUse": call | {"input": hidden}}]
    starts = [one["contentBlockStart"] for one in told if "contentBlockStart" in one]
    assert starts == [{"contentBlockIndex": 1, "start": {"toolUse": call}}]
    deltas = [one["contentBlockDelta"]["delta"] for one in told if "contentBlockDelta" in one]
    assert json.loads("".join(one["toolUse"]["input"] for one in deltas if "toolUse" in one)) == (
        hidden
    )


def test_a_refused_request_is_the_sdks_own_error(refusing: Model, script: Scripted) -> None:
    for ask in (refusing.converse, refusing.converse_stream):
        with pytest.raises(refusing.exceptions.ValidationException) as refused:
            ask(modelId=MODEL, messages=asked(f"Мой ИИН {IIN}"))
        assert "Согласия на их обработку нет" in refused.value.response["message"]
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert not script.requests


def test_a_refusal_in_mid_stream_ends_the_message(refusing: Model, script: Scripted) -> None:
    script.play(texts("Так и быть. ", "Его ИИН ", "9001013", "00017", ", вот."))
    answered = refusing.converse_stream(modelId=MODEL, messages=SECOND_TURN)
    said, told = heard(answered)
    assert said.startswith("Так и быть.")
    assert "9001" not in said
    assert "вот" not in said
    assert told[-2] == {"contentBlockStop": {"contentBlockIndex": 0}}
    stop = told[-1]["messageStop"]
    assert stop["stopReason"] == "guardrail_intervened"
    why = stop["additionalModelResponseFields"]["guardrail"]
    assert "ответ не передан" in why["message"]
    assert why["code"] == "content_policy_violation"


def test_bytes_that_make_no_sense_end_the_stream_with_an_exception_or_in_its_own_way(
    refusing: Model, script: Scripted
) -> None:
    good = FRAMING.event(b'{"role":"assistant"}', "messageStart")
    broken = good[:-1] + bytes([good[-1] ^ 1])
    script.play(stream([broken], headers=EVENTS), stream([good, broken], headers=EVENTS))
    with pytest.raises(EventStreamError, match="modelStreamErrorException"):
        told_of(refusing.converse_stream(modelId=MODEL, messages=SECOND_TURN))
    told = told_of(refusing.converse_stream(modelId=MODEL, messages=SECOND_TURN))
    assert told[0] == {"messageStart": {"role": "assistant"}}
    stop = told[-1]["messageStop"]
    assert stop["additionalModelResponseFields"]["guardrail"]["code"] == "upstream_nonsense"


def test_an_exception_of_the_upstreams_passes_with_its_values_masked(
    masked: Model, script: Scripted
) -> None:
    fault = json.dumps({"message": f"the account of {EMAIL} is over its quota"}).encode()
    script.play(
        stream([FRAMING.event(fault, "throttlingException")], headers=EVENTS),
        answer(429, fault, ((b"x-amzn-errortype", b"ThrottlingException"),)),
    )
    with pytest.raises(EventStreamError, match="the account of <EMAIL_ADDRESS_1> is over"):
        told_of(masked.converse_stream(modelId=MODEL, messages=SECOND_TURN))
    with pytest.raises(ClientError, match="the account of <EMAIL_ADDRESS_1> is over"):
        masked.converse(modelId=MODEL, messages=SECOND_TURN)
