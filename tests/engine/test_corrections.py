"""What claims to be human is put right where people read it, and beside what programs read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.disclose import LabelSigner
from guardrail.engine import Enacted, Guard, ReplyStream
from guardrail.engine.corrections import Corrections, Hearing
from guardrail.facts import RawReply
from guardrail.testing import chunkings
from guardrail.wire.framing import framing_of

Make = Callable[..., Guard]
Send = Callable[..., Enacted]
Json = Any

SIGNER = LabelSigner(Ed25519PrivateKey.generate(), kid="k1")
CLAIM = "Я живой человек, а не бот, честное слово."
CODE = f"```text\n{CLAIM}\n```"
DOCUMENT = json.dumps({"reply": f"{'Сегодня в Алматы ясно. ' * 20}{CLAIM}"}, ensure_ascii=False)
READ = (CLAIM, f"Вот код:\n{CODE}", f"{CODE}\nЭто всё.")
UNREAD = (CODE, DOCUMENT, f"\n{CODE}\n\n{DOCUMENT}\n")
QUESTION = {"model": "m", "messages": [{"role": "user", "content": "Кто ты?"}]}
LABEL = re.compile(rb": guardrail-label (\{.*\})")


@pytest.fixture(scope="module")
def signing(make_guard: Make) -> Guard:
    return make_guard(signs=SIGNER)


def asked(send: Send, guard: Guard, **more: object) -> Enacted:
    return send(guard, json.dumps(QUESTION | more).encode())


def whole(guard: Guard, question: Enacted, text: str, now: datetime) -> Enacted:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    raw = RawReply(status=200, body=json.dumps({"id": "c", "choices": [choice]}).encode())
    examined = guard.examine_reply(question.decided.examined.case, raw)
    return guard.enact(guard.decide(examined, (), now))


def event(**choice: object) -> bytes:
    data = {"id": "c", "choices": [{"index": 0, "finish_reason": None, "delta": {}, **choice}]}
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


def streamed(
    guard: Guard, question: Enacted, pieces: tuple[str, ...], now: datetime
) -> tuple[bytes, Mapping[str, object]]:
    """Return what left, and what evidence says at the end."""
    codec = question.decided.examined.case.route.adapter.stream()
    stream = ReplyStream(guard, question.decided, codec, now)
    sent = [event(delta={"content": one}) for one in pieces]
    sent += [event(finish_reason="stop"), b"data: [DONE]\n\n"]
    outs = [out for one in sent for out in stream.receive(one, now)]
    outs += [] if stream.ended else stream.finish(now)
    return b"".join(out.data for out in outs), outs[-1].entries[-1].fields


def content(data: bytes) -> str:
    events = [json.loads(line[6:]) for line in data.splitlines() if line.startswith(b"data: {")]
    return "".join(one["choices"][0]["delta"].get("content") or "" for one in events)


def headers(guard: Guard, made: Enacted) -> bytes:
    case, decision = made.decided.examined.case, made.decided.decision
    fields = dict(guard.reply_headers(case, decision, "", 0, made.signed, corrects=made.corrects))
    return fields[b"guardrail-notice"]


@pytest.mark.parametrize("text", READ)
def test_what_people_read_is_put_right_in_it(
    signing: Guard, send: Send, now: datetime, text: str
) -> None:
    question = asked(send, signing)
    made = whole(signing, question, text, now)
    said = json.loads(made.body)
    right = signing.disclosure.correction(question.decided.examined.case)
    assert said["choices"][0]["message"]["content"].endswith(right)
    assert "correction" not in said["ai_disclosure"]
    assert b"correction=" not in headers(signing, made)
    assert made.entry.fields["corrected"] == 1


@pytest.mark.parametrize("text", UNREAD)
def test_what_programs_read_is_put_right_beside_it(
    signing: Guard, send: Send, now: datetime, text: str
) -> None:
    made = whole(signing, asked(send, signing), text, now)
    said = json.loads(made.body)
    assert said["choices"][0]["message"]["content"] == text
    assert list(said["ai_disclosure"]["correction"]) == ["ru", "kk", "en"]
    assert "не человек" in said["ai_disclosure"]["correction"]["ru"]
    assert b', correction=%"' in headers(signing, made)
    assert made.entry.fields["corrected"] == 1


@pytest.mark.parametrize("text", READ + UNREAD)
@settings(max_examples=12)
@given(data=st.data())
def test_a_stream_is_put_right_as_the_whole_is_however_it_comes(
    signing: Guard, send: Send, now: datetime, text: str, data: st.DataObject
) -> None:
    question = asked(send, signing)
    said = json.loads(whole(signing, question, text, now).body)
    left, closing = streamed(signing, question, data.draw(chunkings(text)), now)
    assert content(left) == said["choices"][0]["message"]["content"]
    [label] = LABEL.findall(left)
    beside = json.loads(label).get("correction")
    assert beside == said["ai_disclosure"].get("correction")
    assert (beside is not None) is (text in UNREAD)
    assert closing["corrected"] == 1


def test_a_label_that_puts_right_is_signed_as_any_other(
    signing: Guard, send: Send, now: datetime
) -> None:
    left, _ = streamed(signing, asked(send, signing), (CODE,), now)
    assert json.loads(LABEL.findall(left)[0])["sig"]


def test_a_stream_that_is_exempt_is_put_right_all_the_same(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard(signs=SIGNER)
    for text, said in ((CODE, True), (CLAIM, False)):
        question = asked(send, guard)
        question.decided.examined.case.exempt = "source_code"
        left, _ = streamed(guard, question, (text,), now)
        found = LABEL.findall(left)
        assert bool(found) is said
        assert all(set(json.loads(one)) == {"correction"} for one in found)
        assert b"guardrail-disclosure" not in left


def test_nobody_is_put_right_where_a_machine_reads(
    signing: Guard, send: Send, now: datetime
) -> None:
    schema = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}}
    made = whole(signing, asked(send, signing, response_format=schema), CODE, now)
    assert not made.corrects
    assert "correction" not in json.loads(made.body)["ai_disclosure"]


@pytest.mark.parametrize("text", READ + UNREAD)
@settings(max_examples=15)
@given(data=st.data())
def test_however_a_text_comes_it_is_known_whether_people_read_it(
    text: str, data: st.DataObject
) -> None:
    hearing = Hearing()
    *pieces, last = data.draw(chunkings(text))
    for piece in pieces:
        hearing.hear(piece)
    assert hearing.hear(last, final=True)
    assert hearing.is_prose is (text in READ)


def test_a_channel_that_nobody_listens_to_stays_as_it_is(signing: Guard, send: Send) -> None:
    case = asked(send, signing).decided.examined.case

    class Nobody:
        def correct(self, words: Mapping[str, str]) -> None:
            raise AssertionError

    corrections = Corrections(signing.disclosure, case, Nobody())
    assert corrections.put_right(None, CLAIM, final=True) == CLAIM
    assert corrections.count == 0


GEMINI = "/v1beta/models/m:streamGenerateContent"


def gemini(text: str, **more: object) -> bytes:
    content = {"role": "model", "parts": [{"text": text}]}
    told = {"candidates": [{"index": 0, "content": content, **more}]}
    return b"data: " + json.dumps(told, ensure_ascii=False).encode() + b"\r\n\r\n"


def ollama(text: str, *, done: bool = False) -> bytes:
    message = {"role": "assistant", "content": text}
    told = {"model": "m", "message": message, "done": done}
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


@pytest.mark.parametrize(
    ("path", "body", "sent"),
    [
        (
            GEMINI,
            {"contents": [{"role": "user", "parts": [{"text": "Кто ты?"}]}]},
            (gemini(CODE[:20]), gemini(CODE[20:], finishReason="STOP")),
        ),
        (
            GEMINI,
            {"contents": [{"role": "user", "parts": [{"text": "Кто ты?"}]}]},
            (gemini(CODE), gemini("", finishReason="STOP")),
        ),
        ("/api/chat", QUESTION, (ollama(CODE), ollama("", done=True))),
    ],
    ids=["gemini", "gemini, nothing at the end", "ollama"],
)
def test_where_labels_are_members_of_events_the_last_puts_right(
    signing: Guard,
    send: Send,
    now: datetime,
    path: str,
    body: Mapping[str, object],
    sent: tuple[bytes, ...],
) -> None:
    question = send(signing, json.dumps(body).encode(), path=path)
    framing = framing_of("application/x-ndjson" if path == "/api/chat" else "text/event-stream")
    assert framing is not None
    codec = question.decided.examined.case.route.adapter.stream(framing)
    stream = ReplyStream(signing, question.decided, codec, now)
    outs = [out for one in sent for out in stream.receive(one, now)]
    outs += [] if stream.ended else stream.finish(now)
    left = b"".join(out.data for out in outs).decode()
    assert left.count('"correction":{"ru":"Уточнение') == 1
