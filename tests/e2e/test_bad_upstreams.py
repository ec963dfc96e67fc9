"""Whatever an upstream does: a clear end for the caller, on record, and the server lives."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import httpx
import openai
import pytest

from guardrail.testing.packing import PACKERS, packed_pieces
from guardrail.testing.upstream import (
    EVENTS,
    JSON,
    Step,
    Then,
    answer,
    gzipped,
    head,
    huge,
    nonsense,
    reset,
    silent,
    slow,
    stream,
    wrong_length,
)

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionUserMessageParam

    from tests.e2e.conftest import Guard, Scripted

HI: list[ChatCompletionUserMessageParam] = [{"role": "user", "content": "Hi"}]
SECOND_TURN = {
    "stream": True,
    "messages": [*HI, {"role": "assistant", "content": "Hello."}, *HI],
}
"""It gets no notice: what comes back is what the upstream sent."""


def reply(text: str) -> bytes:
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": "stop",
    }
    whole = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
    return json.dumps(whole | {"choices": [choice]}).encode()


def event(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    whole = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return b"data: " + json.dumps(whole | {"choices": [choice]}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
GOOD = reply("Well.")


@pytest.fixture(autouse=True)
def lives_on(impatient: Guard, script: Scripted) -> Iterator[None]:
    """After each of them the next request is served."""
    yield
    script.play(answer(200, GOOD))
    assert impatient.chat("Hi").status_code == 200


FAULTS: dict[str, tuple[Step, int, str]] = {
    "says nothing": (silent(), 504, "upstream_timeout"),
    "is slow": (slow(3.0, GOOD), 504, "upstream_timeout"),
    "resets at once": (reset(), 502, "upstream_reset"),
    "closes at once": (Step((), Then.CLOSE), 502, "upstream_reset"),
    "resets in its head": (reset(b"HTTP/1.1 200 OK\r\ncontent-"), 502, "upstream_reset"),
    "resets in its body": (
        reset(head(200, (*JSON, (b"content-length", b"%d" % len(GOOD)))) + GOOD[:20]),
        502,
        "upstream_reset",
    ),
    "stops in its body": (
        Step((head(200, (*JSON, (b"content-length", b"900"))) + GOOD,), Then.HANG),
        504,
        "upstream_timeout",
    ),
    "tells a longer body": (wrong_length(GOOD, told=len(GOOD) + 9), 502, "upstream_reset"),
    "tells a shorter body": (wrong_length(GOOD, told=len(GOOD) - 9), 502, "upstream_nonsense"),
    "speaks no HTTP": (nonsense(), 502, "upstream_nonsense"),
    "sends no JSON": (answer(200, b"{nope"), 502, "upstream_nonsense"),
    "sends a broken page": (
        answer(500, b"<html>900101300017 \xff</html>", ((b"content-type", b"text/html"),)),
        502,
        "upstream_nonsense",
    ),
    "sends no UTF-8": (answer(200, GOOD.replace(b"Well", b"\xff\xfe")), 502, "upstream_nonsense"),
    "says a key twice": (
        answer(200, GOOD[:-1] + b',"choices":[]}'),
        502,
        "upstream_nonsense",
    ),
    "sends too much": (huge(300_000), 502, "upstream_too_large"),
    "sends a bomb": (gzipped(b" " * 20_000_000), 502, "upstream_nonsense"),
    "sends gzip in name only": (
        answer(200, GOOD, (*JSON, (b"content-encoding", b"gzip"))),
        502,
        "upstream_nonsense",
    ),
    "sends half a gzip": (
        answer(200, gzip.compress(GOOD)[:-9], (*JSON, (b"content-encoding", b"gzip"))),
        502,
        "upstream_reset",
    ),
    "sends brotli in name only": (
        answer(200, GOOD, (*JSON, (b"content-encoding", b"br"))),
        502,
        "upstream_nonsense",
    ),
    "sends a coding that nobody knows": (
        answer(200, GOOD, (*JSON, (b"content-encoding", b"lzma"))),
        502,
        "upstream_nonsense",
    ),
    "sends half a zstd": (
        answer(200, PACKERS["zstd"](GOOD)[:-9], (*JSON, (b"content-encoding", b"zstd"))),
        502,
        "upstream_reset",
    ),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_faulty_upstream_is_told_of_in_the_callers_format(
    impatient: Guard, script: Scripted, what: str
) -> None:
    step, status, code = FAULTS[what]
    script.play(step)
    started = time.monotonic()
    with impatient.openai() as client, pytest.raises(openai.InternalServerError) as failed:
        client.chat.completions.create(model="m", messages=HI)
    assert time.monotonic() - started < 20
    assert (failed.value.status_code, failed.value.code) == (status, code)
    assert "900101300017" not in failed.value.response.text
    entry = impatient.entry(failed.value.response.headers["guardrail-evidence"])
    assert (entry["t"], entry["code"]) == ("error", code)


def test_an_upstream_that_is_down_is_told_of(start: Callable[..., Guard]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, but not listening
        guard = start(f"http://127.0.0.1:{nobody.getsockname()[1]}")
        for streamed in (False, True):
            failed = guard.chat("Hi", stream=streamed)
            assert failed.status_code == 502
            assert failed.json()["error"]["code"] == "upstream_unreachable"
        assert httpx.get(f"{guard.url}/v1/models").status_code == 502
        assert guard.ready(), "it is the upstream that is down, not the guard"
        guard.stop()


def test_an_upstreams_own_error_passes_with_its_status_and_fields(
    impatient: Guard, script: Scripted
) -> None:
    error = b'{"error":{"message":"slow down","type":"rate_limit_error","param":null,"code":"rl"}}'
    script.play(answer(429, error, (*JSON, (b"retry-after", b"7"))))
    with impatient.openai() as client, pytest.raises(openai.RateLimitError) as limited:
        client.chat.completions.create(model="m", messages=HI)
    assert limited.value.code == "rl"
    assert limited.value.response.headers["retry-after"] == "7"
    assert limited.value.response.content == error


def test_an_upstreams_error_is_examined_too(impatient: Guard, script: Scripted) -> None:
    script.play(answer(400, b'{"error":{"message":"900101300017 is no name"}}'))
    refused = impatient.chat("Hi")
    assert refused.json()["error"]["code"] == "content_policy_violation"
    assert "900101300017" not in refused.text


def test_a_compressed_reply_is_examined(impatient: Guard, script: Scripted) -> None:
    for coding, pack in PACKERS.items():
        told = (*JSON, (b"content-encoding", coding.encode()))
        script.play(answer(200, pack(GOOD), told), answer(200, pack(reply("900101300017")), told))
        passed = impatient.chat("Hi")
        assert passed.json()["choices"][0]["message"]["content"].endswith("Well.")
        assert "content-encoding" not in passed.headers
        assert impatient.chat("Hi").json()["error"]["code"] == "content_policy_violation"
    assert script.requests[0].header(b"accept-encoding") == b"identity"


def test_a_compressed_stream_is_examined(impatient: Guard, script: Scripted) -> None:
    for coding, pack in PACKERS.items():
        told = (*EVENTS, (b"content-encoding", coding.encode()))
        body = pack(event("It is 9001") + event("01300017.", "stop") + DONE)
        script.play(stream([body[at : at + 7] for at in range(0, len(body), 7)], headers=told))
        said = impatient.post(SECOND_TURN)
        assert '"content_filter"' in said.text
        assert "9001" not in said.text


@pytest.mark.parametrize("coding", PACKERS)
def test_events_of_a_compressed_stream_leave_as_they_come(
    impatient: Guard, script: Scripted, coding: str
) -> None:
    """The upstream stops behind the first event, which had left by then."""
    told = (*EVENTS, (b"content-encoding", coding.encode()))
    first, *_ = packed_pieces(coding, [event("It is so!\n")])
    script.play(stream([first], headers=told, then=Then.HANG))
    said = impatient.post(SECOND_TURN).text
    assert said.index("It is so!") < said.index('"upstream_timeout"')


def test_a_character_in_two_halves_reaches_the_sdk_whole(
    impatient: Guard, script: Scripted
) -> None:
    halves = [
        event("It is so! HALF").replace(b"HALF", b"\\ud83d"),
        event("HALF I know.\n").replace(b"HALF", b"\\ude00"),
    ]
    script.play(stream([*halves, event("", "stop"), DONE]))
    with (
        impatient.openai() as client,
        client.chat.completions.create(model="m", messages=HI, stream=True) as chunks,
    ):
        said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert said.endswith("It is so! 😀 I know.\n")


def test_a_stream_passes_byte_for_byte(impatient: Guard, script: Scripted) -> None:
    events = [
        b": a comment\n\n",
        b'data: {"x":1.50 ,"choices":[{"index":0,"delta":{"content":"W\\u0065ll!\\n"}}]}\r\n\r\n',
        b'event: x\nid: 7\ndata: {"choices":[]}\n\n',
        event("yes indeed!\n", "stop"),
        DONE,
    ]
    script.play(stream(events, pause=0.02))
    passed = impatient.post(SECOND_TURN)
    ours = [one for one in passed.content.split(b"\n\n") if one.startswith(b": guardrail-")]
    assert len(ours) == 3, "the label at the start and at the end, and the receipt"
    left = passed.content
    for one in ours:
        left = left.replace(one + b"\n\n", b"")
    assert left == b"".join(events)


BROKEN: dict[str, tuple[Step, str]] = {
    "resets": (stream([event("It is so!\n")], then=Then.RESET, pause=0.05), "reset"),
    "closes without an end": (stream([event("It is so!\n")], then=Then.CLOSE, pause=0.05), "reset"),
    "falls silent": (stream([event("It is so!\n")], then=Then.HANG, pause=0.05), "timeout"),
    "sends no JSON": (stream([event("It is so!\n"), b"data: {nope\n\n"], pause=0.05), "nonsense"),
    "sends no object": (stream([event("It is so!\n"), b"data: 17\n\n"], pause=0.05), "nonsense"),
    "sends no UTF-8": (
        stream([event("It is so!\n"), b'data: {"\xff":1}\n\n'], pause=0.05),
        "nonsense",
    ),
    "sends an endless event": (
        stream([event("It is so!\n"), b"data: " + b"x" * 3_000_000], pause=0.05),
        "nonsense",
    ),
    "sends a broken chunk": (
        Step(
            (
                head(200, (*EVENTS, (b"transfer-encoding", b"chunked"))),
                b"%x\r\n%b\r\n" % (len(event("It is so!\n")), event("It is so!\n")),
                0.05,
                b"zz\r\n",
            ),
            Then.CLOSE,
        ),
        "nonsense",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_stream_ends_properly_and_the_sdk_does_not_hang(
    impatient: Guard, script: Scripted, what: str
) -> None:
    step, code = BROKEN[what]
    script.play(step)
    started = time.monotonic()
    with (
        impatient.openai() as client,
        client.chat.completions.create(model="m", messages=HI, stream=True) as chunks,
    ):
        got = list(chunks)
    assert time.monotonic() - started < 20
    assert "".join(c.choices[0].delta.content or "" for c in got).endswith("It is so!\n")
    assert got[-1].choices[0].finish_reason == "content_filter"
    closed = [entry for entry in impatient.entries() if entry["t"] == "stream.close"][-1]
    assert closed["code"] == f"upstream_{code}"


def test_a_stream_that_ends_without_its_last_word_is_closed(
    impatient: Guard, script: Scripted
) -> None:
    script.play(stream([event("It is so!\n"), event("Two.", "stop")]))
    with (
        impatient.openai() as client,
        client.chat.completions.create(model="m", messages=HI, stream=True) as chunks,
    ):
        got = list(chunks)
    assert "".join(c.choices[0].delta.content or "" for c in got).endswith("It is so!\nTwo.")


def test_a_stream_may_be_longer_than_a_whole_reply(impatient: Guard, script: Scripted) -> None:
    pieces = [event("It is so! \n" * 600)] * 40
    script.play(stream([*pieces, event("", "stop"), DONE]))
    said = impatient.post(SECOND_TURN)
    assert len(said.content) > 250_000
    assert said.text.count("It is so") == 40 * 600
    assert '"content_filter"' not in said.text


def test_half_a_compressed_stream_is_no_whole_one(impatient: Guard, script: Scripted) -> None:
    half = gzip.compress(event("Well. ") * 9)[:-12]
    script.play(stream([half], headers=(*EVENTS, (b"content-encoding", b"gzip"))))
    assert '"content_filter"' in impatient.post(SECOND_TURN).text


def test_an_error_inside_a_stream_reaches_the_sdk(impatient: Guard, script: Scripted) -> None:
    script.play(stream([event("It is so!\n"), b'data: {"error":{"message":"overloaded"}}\n\n']))
    with (
        impatient.openai() as client,
        client.chat.completions.create(model="m", messages=HI, stream=True) as chunks,
        pytest.raises(openai.APIError, match="overloaded"),
    ):
        list(chunks)


def test_text_held_back_never_leaves_when_the_stream_breaks(
    impatient: Guard, script: Scripted
) -> None:
    script.play(stream([event("It is so!\n"), event("9001013000")], then=Then.RESET, pause=0.1))
    said = impatient.post(SECOND_TURN)
    assert "It is so!" in said.text
    assert "9001" not in said.text
    assert said.text.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize("at_seconds", ["wait", "release"])
def test_text_held_back_goes_during_a_silence_where_that_is_chosen(
    start: Callable[..., Guard], script: Scripted, at_seconds: str
) -> None:
    config = {
        "hold_back": {"seconds": 0.2, "at_seconds": at_seconds},
        # Long enough for the wait to be noticed first, however busy the machine is.
        "limits": {"idle_seconds": 8},
    }
    guard = start(script.url, config=config)
    script.play(stream([event("It is so! Call 8 701")], then=Then.HANG))
    said = guard.post(SECOND_TURN)
    assert "It is so!" in said.text
    assert ("8 701" in said.text) == (at_seconds == "release")
    assert said.text.endswith("data: [DONE]\n\n")
    [closed] = [entry for entry in guard.of_request(said) if entry["t"] == "stream.close"]
    assert (closed["late"], closed["code"]) == (1, "upstream_timeout")


def test_a_caller_that_leaves_within_a_stream_ends_it_upstream_too(
    impatient: Guard, script: Scripted
) -> None:
    script.play(stream([event("It is so! \n")] * 200, pause=0.02))
    lost = script.lost
    with impatient.openai() as client:
        chunks = client.chat.completions.with_raw_response.create(
            model="m", messages=HI, stream=True
        )
        request_id = chunks.headers["guardrail-request-id"]
        next(iter(chunks.parse()))
        chunks.http_response.close()
    impatient.until(lambda: script.lost > lost, 5)

    def closed() -> list[str]:
        mine = [entry for entry in impatient.entries() if entry.get("req") == request_id]
        return [entry["code"] for entry in mine if entry["t"] == "stream.close"]

    impatient.until(closed, 5)
    assert closed() == ["client_gone"]


def test_a_caller_that_leaves_before_the_reply_begins_is_on_record(
    impatient: Guard, script: Scripted
) -> None:
    script.play(slow(0.9, GOOD))
    lost = script.lost
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{impatient.url}/v1/chat/completions", json={"messages": HI}, timeout=0.3)
    impatient.until(
        lambda: [e for e in impatient.entries() if e.get("code") == "client_gone"][-1:], 5
    )
    gone = [e for e in impatient.entries() if e.get("code") == "client_gone"][-1]
    mine = [e["t"] for e in impatient.entries() if e.get("req") == gone["req"]]
    assert mine in (["request", "error"], ["request", "stream.open", "stream.close"])
    impatient.until(lambda: script.lost > lost or script.sent, 5)


def test_a_stale_connection_is_replaced_without_the_caller_noticing(
    impatient: Guard, script: Scripted
) -> None:
    once = Step(answer(200, GOOD).send, Then.CLOSE)
    script.play(once)
    for _ in range(4):
        assert impatient.chat("Hi").status_code == 200
        time.sleep(0.05)
    assert len(script.requests) == 4


def test_an_unexamined_reply_that_is_cut_off_ends_cut_off(
    impatient: Guard, script: Scripted
) -> None:
    script.play(wrong_length(b"{}", told=10))
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{impatient.url}/v1/models")
