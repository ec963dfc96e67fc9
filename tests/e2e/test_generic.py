"""AI paths that no wire format matches, where the operator wants every string examined."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from websockets.sync.client import connect

from guardrail.disclose import hash_of
from guardrail.testing import FakeWebSocketUpstream, upstream

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard, Scripted, Stage

IIN = "900101300017"


def test_every_string_of_an_unknown_request_is_masked(masking: Guard, assistant: Assistant) -> None:
    body = {"model": "m", "input": [f"ИИН {IIN}", {"deep": ["aigerim@example.kz"]}], "n": 1.5}
    reply = masking.post(body, "/v1/classify")
    (received,) = assistant.received
    assert received.path == "/v1/classify"
    assert received.json == {
        "model": "m",
        "input": ["ИИН <KZ_IIN_1>", {"deep": ["<EMAIL_ADDRESS_1>"]}],
        "n": 1.5,
    }
    assert reply.status_code == 404, "the assistant's own answer"
    assert reply.headers["guardrail-decision"] == "masked"
    entries = masking.of_request(reply)
    assert [e["t"] for e in entries] == ["request", "reply"]
    assert entries[0]["wire"] == "generic-json@1"


def test_a_body_that_doesnt_say_what_it_is_is_refused(masking: Guard, assistant: Assistant) -> None:
    reply = masking.post(b'{"a": "900101300017"}', "/v1/classify", content_type="")
    assert reply.status_code == 415
    assert reply.json()["error"]["code"] == "unsupported_media_type"
    assert not assistant.received


def test_where_it_refuses_a_value_is_found_at_any_key_and_as_a_key(
    start: Callable[..., Guard], script: Scripted
) -> None:
    guard = start(script.url, config={"unmatched": {"ai": "generic", "other": "refuse"}})
    script.play(upstream.answer(200, b'{"data": ["fine"]}'))
    assert guard.post({"input": "Hi"}, "/v1/classify").json() == {"data": ["fine"]}
    for body in ({"input": f"is {IIN}"}, {IIN: "is"}, [IIN], f"{IIN}"):
        refused = guard.post(body, "/v1/classify")
        assert refused.json()["error"]["code"] == "content_policy_violation"
    assert guard.post({"input": "Hi"}, "/elsewhere").json()["error"]["code"] == "unsupported_route"
    script.play(upstream.answer(200, b'{"data": ["900101300017"]}'))
    answered = guard.post({"input": "Hi"}, "/v1/classify")
    assert answered.json()["error"]["code"] == "content_policy_violation"
    guard.stop()


def test_a_page_comes_with_a_banner_that_people_can_read(
    start: Callable[..., Guard], script: Scripted
) -> None:
    guard = start(script.url, config={"unmatched": {"ai": "generic"}})
    page = "<!doctype html><html><head><title>Т</title></head><body><p>Ответ</p></body></html>"
    html = ((b"content-type", b"text/html; charset=utf-8"),)
    script.play(upstream.answer(200, page.encode(), html))
    reply = guard.post({"question": "Привет"}, "/v1/ask", accept_language="ru")
    assert reply.status_code == 200
    before, _, behind = reply.text.partition("<aside")
    banner, _, rest = behind.partition("</aside>")
    assert "<body" in before
    assert banner.index('lang="ru"') < banner.index('lang="kk"')
    assert rest == "<p>Ответ</p></body></html>"
    assert guard.of_request(reply)[-1]["disclosed"] == "page"
    assert guard.counted('guardrail_disclosures_total{channel="page"}') == 1
    guard.stop()


NAMED = {
    "unmatched": {"ai": "generic"},
    "generic": {"text": ["answer", "turns.*.text"], "label": "meta.ai_disclosure"},
}


def test_a_reply_of_any_shape_has_its_label_where_the_operator_named_it(
    start: Callable[..., Guard], script: Scripted
) -> None:
    guard = start(script.url, config=NAMED)
    script.play(upstream.answer(200, b'{"answer": "Salem", "meta": {"n": 1.50}}'))
    reply = guard.post({"question": "Hi"}, "/v1/ask")
    told = reply.json()
    member = told["meta"].pop("ai_disclosure")
    assert reply.text.endswith('"n": 1.50}}'), "all else stays byte for byte"
    assert told["answer"].endswith("Salem")
    assert (member["level"], member["sha256"]) == ("ai-generated", hash_of([told["answer"]]))
    assert f'id="{member["id"]}"' in reply.headers["guardrail-label"]
    assert guard.of_request(reply)[-1]["marks"] == {"json_member": 1}
    for unlike in (b'{"done": true}', b'["answer"]', b'{"answer": "Salem", "meta": 7}'):
        script.play(upstream.answer(200, unlike))
        assert "ai_disclosure" not in guard.post({"question": "Hi"}, "/v1/ask").text
    guard.stop()


def test_the_first_event_with_a_text_has_the_label_of_a_stream_of_any_shape(
    start: Callable[..., Guard], script: Scripted
) -> None:
    guard = start(script.url, config=NAMED)
    events = [{"id": 7}, {"turns": [{"text": "Sa"}]}, {"turns": [{"text": "lem"}]}]
    sent = [f"data: {json.dumps(one)}\n\n".encode() for one in events]
    script.play(upstream.stream(sent))
    reply = guard.post({"question": "Hi", "stream": True}, "/v1/ask")
    got = [json.loads(one[6:]) for one in reply.text.split("\n\n") if one.startswith("data: {")]
    [(told, member)] = [(one, one["meta"]["ai_disclosure"]) for one in got if "meta" in one]
    assert told is next(one for one in got if "turns" in one)
    assert f'id="{member["id"]}"' in reply.headers["guardrail-label"]
    assert "sig" not in member, "nobody knows which event is the last"
    guard.stop()


def test_the_first_message_with_a_text_has_the_label_of_a_session_of_any_shape(
    start: Callable[..., Guard], stage: Stage
) -> None:
    async def begin() -> FakeWebSocketUpstream:
        return await FakeWebSocketUpstream().__aenter__()

    line = stage.run(begin())
    guard = start(line.url, config=NAMED)
    got = []
    with connect(guard.url.replace("http", "ws") + "/v1/talk") as socket:
        for sent in ('{"id": 7}', '{"answer": "Sa", "n": 1.50}', "words", '{"answer": "lem"}'):
            socket.send(sent)
            got.append(socket.recv(timeout=20))
    assert (got[0], *got[2:]) == ('{"id": 7}', "words", '{"answer": "lem"}')
    member = json.loads(got[1])["meta"]["ai_disclosure"]
    assert (member["level"], "sig" in member) == ("ai-generated", False)
    assert str(got[1]).endswith('"answer": "Sa", "n": 1.50}')
    guard.stop()
    stage.run(line.__aexit__(None, None, None))
