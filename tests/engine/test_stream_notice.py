"""A stream's notice: once for each answer, and claimed only where it was released."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.engine import Enacted, Guard, ReplyStream
from guardrail.engine.stream_notice import StreamNotice
from guardrail.facts import Refusal
from guardrail.testing import chunkings

Json = Any
Make = Callable[..., Guard]
Send = Callable[..., Enacted]

CHAT = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hi there"}]}).encode()
ASKED = {"model": "m", "stream": True, "input": "Hi there"}
FAULT = Refusal(status=500, code="guard_failed", message="the guard failed")


def sse(*events: Json) -> bytes:
    return b"".join(
        b"event: %b\ndata: %b\n\n" % (str(one["type"]).encode(), json.dumps(one).encode())
        for one in events
    )


def streamed(reply_id: str, text: str) -> bytes:
    made = {"id": reply_id, "object": "response", "model": "m", "output": []}
    delta = {"item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": text}
    return sse(
        {"type": "response.created", "response": made},
        {"type": "response.output_text.delta", **delta},
        {"type": "response.completed", "response": made},
    )


@pytest.fixture
def opened(make_guard: Make, send: Send, now: datetime) -> ReplyStream:
    """Return a stream that answers a first turn."""
    guard = make_guard()
    decided = send(guard, CHAT).decided
    return ReplyStream(guard, decided, decided.examined.case.route.adapter.stream(), now)


def piece(text: str) -> bytes:
    event = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}
    return b"data: " + json.dumps(event).encode() + b"\n\n"


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "x", "yz"]))))
def test_every_answer_begins_with_the_notice_once(
    make_guard: Make, send: Send, now: datetime, said: list[tuple[str, str]]
) -> None:
    guard = make_guard()
    decided = send(guard, CHAT).decided
    decision = guard.judge_reply(decided.examined.case, (), now)
    words = guard.disclosure.notice(decided.examined.case)
    notice = StreamNotice(guard.disclosure, decided.examined.case)
    left: dict[str, str] = {}
    for answer, text in said:
        left[answer] = left.get(answer, "") + notice.before(answer, text, decision)
    for answer, text in left.items():
        own = "".join(text for one, text in said if one == answer)
        assert text == (words + own if own else "")


def test_what_is_said_instead_of_an_answer_that_began_with_the_notice_begins_with_it_too(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard()
    decided = send(guard, CHAT).decided
    notice = StreamNotice(guard.disclosure, decided.examined.case)
    decision = guard.judge_reply(decided.examined.case, (), now)
    assert notice.again("x", "x") == "x"
    told = notice.before("a", "Hello ", decision)
    assert notice.again(told, "Hello") == told.rstrip(" ")
    assert notice.again("another part", "x") == "x"


def test_a_closing_event_that_trims_the_text_has_the_notice_and_no_signature_claims_both(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard()
    decided = send(guard, json.dumps(ASKED).encode(), path="/v1/responses").decided
    stream = ReplyStream(guard, decided, decided.examined.case.route.adapter.stream(), now)
    words = guard.disclosure.notice(decided.examined.case)
    at = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    made = {"id": "resp_1", "object": "response", "model": "m", "output": []}
    outs = stream.receive(
        sse(
            {"type": "response.created", "response": made},
            {"type": "response.output_text.delta", **at, "delta": "Hello there. "},
            {"type": "response.output_text.done", **at, "text": "Hello there."},
        ),
        now,
    )
    lines = b"".join(out.data for out in outs).splitlines()
    told = [json.loads(line[6:]) for line in lines if line.startswith(b"data: ")]
    [done] = [one for one in told if one["type"].endswith(".done")]
    assert done["text"] == f"{words}Hello there."


def test_what_was_released_is_claimed(opened: ReplyStream, now: datetime) -> None:
    opened.receive(piece("Hello there. "), now)
    opened.receive(piece("And on. "), now)
    out = opened.fail(FAULT, lost=True)
    assert out.entries[-1].fields["disclosed"] == "text"
    assert opened.told == "text"


def test_what_was_lost_with_a_fault_is_not(opened: ReplyStream, now: datetime) -> None:
    opened.receive(piece("Hello there. "), now)
    out = opened.fail(FAULT, lost=True)
    assert out.entries[-1].fields["disclosed"] == "header"


def test_a_stream_that_ends_before_its_first_word_claims_no_text(
    opened: ReplyStream, now: datetime
) -> None:
    opened.receive(piece(""), now)
    (closing,) = opened.abandon()
    assert closing.fields["disclosed"] == "header"
    assert closing.fields["notices"] == ["banner.short"]


def test_words_that_were_refused_with_their_event_are_not_claimed(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("refuse")
    decided = send(guard, CHAT).decided
    stream = ReplyStream(guard, decided, decided.examined.case.route.adapter.stream(), now)
    said = {"content": "Hello there.\n", "refusal": "ИИН 900101300017.\n"}
    event = {"choices": [{"index": 0, "delta": said, "finish_reason": "stop"}]}
    outs = stream.receive(b"data: " + json.dumps(event).encode() + b"\n\n", now)
    assert stream.refusal is not None
    assert guard.disclosure.notice(decided.examined.case).encode() not in outs[-1].data
    assert outs[-1].entries[-1].fields["disclosed"] == "header"


@given(st.data())
def test_a_streamed_answer_is_known_by_its_id_however_it_is_cut(
    make_guard: Make, send: Send, now: datetime, data: st.DataObject
) -> None:
    guard = make_guard()
    reply_id = f"resp_{data.draw(st.uuids())}"

    def run(asked: Enacted, chunks: tuple[bytes, ...]) -> ReplyStream:
        decided = asked.decided
        stream = ReplyStream(guard, decided, decided.examined.case.route.adapter.stream(), now)
        for chunk in chunks:
            stream.receive(chunk, now)
        assert stream.ended
        stream.notice.remember(stream.told, int(now.timestamp()))
        return stream

    first = send(guard, json.dumps(ASKED).encode(), path="/v1/responses")
    assert run(first, data.draw(chunkings(streamed(reply_id, "Fine. ")))).told == "text"
    later = json.dumps(ASKED | {"previous_response_id": reply_id}).encode()
    second = run(send(guard, later, path="/v1/responses"), (streamed(reply_id + "b", "Fine. "),))
    assert second.told == ""
