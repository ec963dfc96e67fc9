"""A stream's notice: once for each answer, and claimed only where it was released."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.engine import Enacted, Guard, ReplyStream
from guardrail.engine.stream_notice import StreamNotice
from guardrail.facts import Author, Kind, RawReply, Refusal
from guardrail.testing import chunkings
from guardrail.wire import Delta

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


def delta(answer: str) -> Delta:
    author, kind = Author.ASSISTANT, Kind.TEXT
    return Delta(place=(), channel=answer, text="", author=author, kind=kind, answer=answer)


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
        told = notice.before(delta(answer), text, decision, final=False)
        left[answer] = left.get(answer, "") + told
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
    told = notice.before(delta("a"), "Hello ", decision, final=False)
    assert notice.again(told, "Hello") == told.rstrip(" ")
    assert notice.again("another part", "x") == "x"
    assert notice.again(f"```\nx\n```\n{told}", "```\nx\n```\nHi") == (
        f"```\nx\n```\n{told.removesuffix('Hello ')}Hi"
    )


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


# ------------------------------------------------------------------ code and JSON

FENCE = "```python\nprint(1)\n```"
CODE = {
    "a fence": FENCE,
    "tildes": "~~~\nprint(1)\n~~~\n",
    "unclosed": "```python\nprint(1)",
    "an object": '{"a": [1, "}"]}',
    "an array": "[1]",
    "blank first": f"\n\n{FENCE}",
}
PROSE = {
    "a fence, prose": f"{FENCE}\n\n|It prints.",
    "prose, a fence": f"|See:\n{FENCE}",
    "JSON, prose": '{"a": 1}\n|That is it.',
    "JSON, prose in its line": '{"a": 1} is it.|',
    "blank first": "\n|Hello.",
    "two backticks": "|``",
    "a span of code": "|`print` prints.",
    "a masked value": f"{FENCE}\n|900101300017 is it.",
}


def whole(guard: Guard, asked: Enacted, text: str) -> tuple[str, Json]:
    message = {"role": "assistant", "content": text}
    body = json.dumps({"choices": [{"index": 0, "message": message}]}).encode()
    examined = guard.examine_reply(asked.decided.examined.case, RawReply(status=200, body=body))
    enacted = guard.enact(guard.decide(examined, (), datetime.fromisoformat("2026-11-22T05:00Z")))
    said = json.loads(enacted.body)["choices"][0]["message"]["content"]
    return said, enacted.entry.fields["disclosed"]


def content(data: bytes) -> str:
    lines = [line[6:] for line in data.splitlines() if line.startswith(b"data: {")]
    choices = [choice for line in lines for choice in json.loads(line)["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


def released(guard: Guard, asked: Enacted, pieces: list[str], now: datetime) -> tuple[str, Json]:
    stream = ReplyStream(
        guard, asked.decided, asked.decided.examined.case.route.adapter.stream(), now
    )
    outs = [out for one in pieces for out in stream.receive(piece(one), now)]
    outs += stream.finish(now)
    closing = outs[-1].entries[-1]
    return content(b"".join(out.data for out in outs)), closing.fields["disclosed"]


def cuts(text: str) -> list[list[str]]:
    twos = [[text[:at], text[at:]] for at in range(1, len(text))]
    return [[text], list(text), *twos]


@pytest.mark.parametrize("text", CODE.values(), ids=CODE)
def test_an_answer_of_code_alone_stays_as_it_is_and_evidence_says_header(
    make_guard: Make, send: Send, now: datetime, text: str
) -> None:
    guard = make_guard("mask")
    assert whole(guard, send(guard, CHAT), text) == (text, "header")
    for pieces in cuts(text):
        assert released(guard, send(guard, CHAT), pieces, now) == (text, "header"), pieces


@pytest.mark.parametrize("marked", PROSE.values(), ids=PROSE)
def test_the_notice_stands_before_the_prose_of_whole_and_streamed_answers(
    make_guard: Make, send: Send, now: datetime, marked: str
) -> None:
    guard = make_guard("mask")
    text = marked.replace("|", "")
    asked = send(guard, CHAT)
    words = guard.disclosure.notice(asked.decided.examined.case)
    told = whole(guard, asked, text)
    wanted = f"{text}\n\n{words.rstrip()}" if marked.endswith("|") else marked.replace("|", words)
    assert told[1] == "text"
    assert told[0].count(words.rstrip()) == 1
    if "900101300017" not in text:
        assert told[0] == wanted
    else:
        assert f"```\n{words}" in told[0]
        assert "900101300017" not in told[0]
    for pieces in cuts(text):
        assert released(guard, send(guard, CHAT), pieces, now) == told, pieces


def test_the_header_stands_whatever_the_answer_turns_out_to_be(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    case = send(guard, CHAT).decided.examined.case
    stream = guard.judge_reply(case, (), now)
    names = {name for name, _ in guard.reply_headers(case, stream, "m", 0)}
    assert {b"guardrail-notice", b"ai-disclosure"} <= names


def test_what_may_begin_code_leaves_before_an_error(opened: ReplyStream, now: datetime) -> None:
    outs = list(opened.receive(piece("``"), now))
    assert content(b"".join(out.data for out in outs)) == ""
    outs = opened.receive(b'data: {"error": {"message": "no", "type": "x"}}\n\n', now)
    assert b"``" in b"".join(out.data for out in outs)


def test_the_second_of_an_answers_texts_has_the_notice_where_the_first_is_code(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    decided = send(guard, CHAT).decided
    decision = guard.judge_reply(decided.examined.case, (), now)
    notice = StreamNotice(guard.disclosure, decided.examined.case)
    words = guard.disclosure.notice(decided.examined.case)
    first, second = delta("a"), replace(delta("a"), channel="b")
    assert notice.before(first, "{}", decision, final=True) == "{}"
    assert notice.before(second, "So.", decision, final=False) == f"{words}So."
    assert not notice.holds("a")


def test_what_waited_leaves_where_another_of_the_answers_texts_got_the_notice(
    make_guard: Make, send: Send, now: datetime
) -> None:
    guard = make_guard("mask")
    decided = send(guard, CHAT).decided
    decision = guard.judge_reply(decided.examined.case, (), now)
    notice = StreamNotice(guard.disclosure, decided.examined.case)
    first, second = delta("a"), replace(delta("a"), channel="b")
    assert notice.before(first, "``", decision, final=False) == ""
    assert notice.holds("a")
    notice.before(second, "So.", decision, final=False)
    assert notice.before(first, "x", decision, final=False) == "``x"


@pytest.mark.parametrize(
    ("came", "text", "marked"),
    [
        (FENCE, f"{FENCE}\n\nIt prints.", f"{FENCE}\n\n|It prints."),
        (FENCE, FENCE, FENCE),
        ("", "[1]", "[1]"),
    ],
)
def test_a_closing_event_with_code_has_the_notice_before_its_prose_alone(
    make_guard: Make, send: Send, now: datetime, came: str, text: str, marked: str
) -> None:
    guard = make_guard()
    decided = send(guard, json.dumps(ASKED).encode(), path="/v1/responses").decided
    stream = ReplyStream(guard, decided, decided.examined.case.route.adapter.stream(), now)
    words = guard.disclosure.notice(decided.examined.case)
    at = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    sent = sse(
        {"type": "response.output_text.delta", **at, "delta": came},
        {"type": "response.output_text.done", **at, "text": text},
    )
    data = b"".join(out.data for out in stream.receive(sent, now))
    lines = [json.loads(line[6:]) for line in data.splitlines() if line.startswith(b"data: ")]
    assert [one["text"] for one in lines if one["type"].endswith(".done")] == [
        marked.replace("|", words)
    ]
