"""Agent2Agent through the real server, as its clients speak it: JSON-RPC, with streams."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from guardrail.testing.upstream import answer, stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Guard, Scripted

Json = Any
IIN, EMAIL = "900101300017", "aigerim@example.kz"


@pytest.fixture(scope="module")
def masks(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url, "--personal-data", "mask")


@pytest.fixture(scope="module")
def refuses(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    return start(the_script.url)


def asked(text: str, method: str = "SendMessage") -> Json:
    message = {"messageId": "m-1", "role": "ROLE_USER", "parts": [{"text": text}]}
    return {"jsonrpc": "2.0", "id": "r-1", "method": method, "params": {"message": message}}


def event(**result: Json) -> bytes:
    body = {"jsonrpc": "2.0", "id": "r-1", "result": result}
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\r\n\r\n"


def piece(text: str, **more: object) -> bytes:
    own = {"taskId": "t-1", "contextId": "c-1", **more}
    return event(
        artifactUpdate={**own, "artifact": {"artifactId": "a-1", "parts": [{"text": text}]}}
    )


def status(state: str) -> Json:
    return {"taskId": "t-1", "contextId": "c-1", "status": {"state": state}}


def told(reply: httpx.Response) -> list[Json]:
    lines = reply.text.splitlines()
    return [json.loads(line[5:]) for line in lines if line.startswith("data:")]


def said(events: list[Json]) -> str:
    updates = [one["result"]["artifactUpdate"] for one in events if "artifactUpdate" in str(one)]
    return "".join(part["text"] for one in updates for part in one["artifact"]["parts"])


def streamed(*pieces: str) -> list[bytes]:
    return [
        event(task={"id": "t-1", "contextId": "c-1", "status": {"state": "TASK_STATE_WORKING"}}),
        piece(pieces[0]),
        event(statusUpdate=status("TASK_STATE_WORKING")),
        *(piece(text, append=True) for text in pieces[1:]),
        event(statusUpdate=status("TASK_STATE_COMPLETED")),
    ]


@pytest.mark.parametrize("path", ["/", "/a2a", "/a2a/jsonrpc"])
def test_a_message_and_its_answer_are_masked(masks: Guard, script: Scripted, path: str) -> None:
    part = {"data": {"mail": EMAIL}}
    result = {"task": {"id": "t-1", "artifacts": [{"artifactId": "a-1", "parts": [part]}]}}
    script.play(answer(200, json.dumps({"jsonrpc": "2.0", "id": "r-1", "result": result}).encode()))
    reply = masks.post(asked(f"ЖСН {IIN}"), path)
    assert reply.json()["result"]["task"]["artifacts"][0]["parts"] == [
        {"data": {"mail": "<EMAIL_ADDRESS_1>"}}
    ]
    sent = json.loads(script.requests[0].body)
    assert sent["params"]["message"]["parts"] == [{"text": "ЖСН <KZ_IIN_1>"}]


def test_a_value_over_several_events_is_masked_before_the_task_ends(
    masks: Guard, script: Scripted
) -> None:
    script.play(stream(streamed("Его ИИН 9001", "0130", "0017, почта aigerim@", "example.kz")))
    events = told(masks.post(asked("Кто он?", "SendStreamingMessage"), "/a2a"))
    assert said(events) == "Его ИИН <KZ_IIN_1>, почта <EMAIL_ADDRESS_1>"
    assert events[-1]["result"]["statusUpdate"]["status"]["state"] == "TASK_STATE_COMPLETED"
    carried = events[-2]["result"]["artifactUpdate"]
    assert (carried["append"], carried["artifact"]["artifactId"]) == (True, "a-1")


def test_a_refusal_is_an_error_of_the_request(refuses: Guard, script: Scripted) -> None:
    reply = refuses.post(asked(f"ЖСН {IIN}"), "/a2a")
    assert (reply.status_code, reply.json()["id"]) == (200, "r-1")
    assert reply.json()["guardrail"]["param"] == "params.message.parts[0].text"
    script.play(stream(streamed("Так и быть. ", "Его ИИН ", "9001013", "00017", ", вот.")))
    events = told(refuses.post(asked("Кто он?", "SendStreamingMessage"), "/a2a"))
    assert "9001" not in str(events)
    assert (events[-1]["id"], events[-1]["error"]["code"]) == ("r-1", -32000)


def test_an_agents_card_is_examined(masks: Guard, script: Scripted) -> None:
    script.play(answer(200, json.dumps({"name": "x", "description": f"почта {EMAIL}"}).encode()))
    reply = httpx.get(f"{masks.url}/.well-known/agent-card.json")
    assert reply.json() == {"name": "x", "description": "почта <EMAIL_ADDRESS_1>"}
