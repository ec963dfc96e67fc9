"""The Open Inference Protocol through the real server: tensors of text, and generated text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from guardrail.testing.upstream import answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from guardrail.testing import Step
    from tests.e2e.conftest import Guard, Scripted

IIN = "900101300017"
RU = "Вы общаетесь не с человеком, а с системой искусственного интеллекта."
KK = "Сіз адаммен емес, жасанды интеллект жүйесімен сөйлесіп отырсыз."


@pytest.fixture(scope="module")
def masks(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url, "--personal-data", "mask")


def replied(**body: object) -> Step:
    return answer(200, json.dumps(body, ensure_ascii=False).encode())


def tensor(*data: object, datatype: str = "BYTES") -> dict[str, object]:
    return {"name": "text", "shape": [len(data)], "datatype": datatype, "data": list(data)}


def pieces(texts: Iterable[str]) -> Iterator[bytes]:
    for text in texts:
        event = {"model_name": "m", "model_version": "1", "text_output": text}
        yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def generated(guard: Guard, prompt: str) -> list[dict[str, Any]]:
    """Ask for a stream and return its events."""
    url = f"{guard.url}/v2/models/m/generate_stream"
    with httpx.stream("POST", url, json={"text_input": prompt}, timeout=15) as reply:
        assert reply.status_code == 200
        lines = [line for line in reply.iter_lines() if line]
    assert all(line.startswith("data: ") for line in lines)
    return [json.loads(line.removeprefix("data: ")) for line in lines]


@pytest.mark.parametrize("version", ["", "/versions/2"])
def test_text_in_tensors_is_masked_both_ways_and_numbers_stay(
    masks: Guard, script: Scripted, version: str
) -> None:
    output = {**tensor(f"0.98:{IIN}"), "name": "label"}
    script.play(replied(model_name="m", model_version="2", id="1", outputs=[output]))
    inputs = [tensor(["Сәлем", [f"ИИН {IIN}"]]), tensor(1, 2.5, datatype="FP32")]
    reply = masks.post({"id": "1", "inputs": inputs}, f"/v2/models/m{version}/infer")
    assert reply.json()["outputs"][0]["data"] == ["0.98:<KZ_IIN_1>"]
    assert reply.headers["guardrail-notice"], "programs read tensors: it stands in a header"
    [request] = script.requests
    expected = [tensor(["Сәлем", ["ИИН <KZ_IIN_1>"]]), tensor(1, 2.5, datatype="FP32")]
    assert json.loads(request.body) == {"id": "1", "inputs": expected}
    assert request.target == f"/v2/models/m{version}/infer"


def test_a_refusal_has_the_protocols_own_error(impatient: Guard, script: Scripted) -> None:
    refused = impatient.post({"inputs": [tensor("Hi", f"ИИН {IIN}")]}, "/v2/models/m/infer")
    assert refused.status_code == 400
    told = refused.json()
    assert "Согласия на их обработку нет" in told["error"]
    assert told["guardrail"]["code"] == "content_policy_violation"
    assert told["guardrail"]["param"] == "inputs[0].data[1]"
    pixels = tensor("iVBORw0KGgo" * 200)
    unread = impatient.post({"inputs": [pixels]}, "/v2/models/m/infer")
    assert unread.json()["guardrail"]["rules"] == ["kz.media-uninspectable"]
    assert not script.requests


def test_generated_text_begins_with_the_notice(masks: Guard, script: Scripted) -> None:
    script.play(replied(model_name="m", model_version="1", text_output=f"ЖСН {IIN}"))
    body = {"text_input": "Сәлеметсіз бе, қалайсыз?", "parameters": {"stop": ["END"]}, "top_k": 1}
    reply = masks.post(body, "/v2/models/m/generate")
    text = reply.json()["text_output"]
    assert text.startswith(KK)
    assert RU in text
    assert text.endswith("ЖСН <KZ_IIN_1>")
    assert json.loads(script.requests[0].body) == body


def test_a_value_split_over_a_stream_is_masked(masks: Guard, script: Scripted) -> None:
    script.play(stream(pieces(["Её ", "ИИН 90010", "1300017", " вот"])))
    events = generated(masks, "Какой ИИН?")
    text = "".join(event["text_output"] for event in events)
    assert text.startswith(RU)
    assert text.endswith("Её ИИН <KZ_IIN_1> вот")
    assert {event["model_name"] for event in events} == {"m"}


def test_a_refused_stream_ends_with_the_protocols_own_error(
    impatient: Guard, script: Scripted
) -> None:
    script.play(stream(pieces(["Here: ", IIN[:5], IIN[5:], " and more"])))
    *before, last = generated(impatient, "Say it")
    assert not any(IIN[:5] in event["text_output"] for event in before)
    assert last["guardrail"]["code"] == "content_policy_violation"
    assert last["error"]


def test_health_and_metadata_pass_unexamined(impatient: Guard, script: Scripted) -> None:
    script.play(replied(name="m", platform="vllm"))
    for path in ("/v2", "/v2/health/ready", "/v2/models/m", "/v2/models/m/versions/1/ready"):
        reply = httpx.get(impatient.url + path)
        assert reply.headers["guardrail-decision"] == "unexamined"
    assert [request.target for request in script.requests][-1] == "/v2/models/m/versions/1/ready"
