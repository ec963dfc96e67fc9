"""Whatever a caller sends: a clear error in the caller's format, on record; the server lives on."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from guardrail.testing import upstream
from guardrail.testing.packing import PACKERS

if TYPE_CHECKING:
    from tests.e2e.conftest import Guard, Scripted

CHAT = b"/v1/chat/completions"
HELLO = b'{"model":"m","messages":[{"role":"user","content":"Hi"}]}'
IIN = b'{"model":"m","messages":[{"role":"user","content":"900101300017"}]}'
ANSWER = b'{"choices":[{"index":0,"message":{"role":"assistant","content":"Well."}}]}'


def head(*fields: bytes, method: bytes = b"POST", path: bytes = CHAT) -> bytes:
    lines = [b"%b %b HTTP/1.1" % (method, path), b"host: guard", b"content-type: application/json"]
    return b"\r\n".join([*lines, *fields, b"", b""])


def sized(body: bytes, *fields: bytes, **more: bytes) -> bytes:
    return head(b"content-length: %d" % len(body), *fields, **more) + body


@pytest.fixture(autouse=True)
def lives_on(impatient: Guard, script: Scripted) -> Iterator[None]:
    """After each of them the next request is served, and nothing bad went up."""
    script.play(upstream.answer(200, ANSWER))
    yield
    assert impatient.chat("Hi").status_code == 200
    for received in script.requests:
        assert b"900101300017" not in received.body


def assert_clear(guard: Guard, answer: tuple[int, Any, bytes], status: int, code: str) -> str:
    """Assert that it is an error in OpenAI's format and on record; return its message."""
    got, headers, body = answer
    told = json.loads(body)
    assert (got, told["error"]["code"]) == (status, code)
    assert set(told["error"]) == {"message", "type", "param", "code"}
    assert headers["content-type"].startswith("application/json")
    assert headers["guardrail-decision"] == "refused"
    entry = guard.entry(headers["guardrail-evidence"])
    assert entry["t"] in {"error", "request"}
    message: str = told["error"]["message"]
    assert message
    return message


BAD_BODIES: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 400, "malformed_json"),
    "cut off": (HELLO[:-3], 400, "malformed_json"),
    "two documents": (HELLO + HELLO, 400, "malformed_json"),
    "NaN": (b'{"messages":[],"temperature":NaN}', 400, "malformed_json"),
    "not an object": (b"[1, 2]", 400, ""),
    "invalid UTF-8": (HELLO.replace(b"Hi", b"\xff\xfe"), 400, "invalid_utf8"),
    "UTF-16": (HELLO.decode().encode("utf-16"), 400, "invalid_utf8"),
    "a byte order mark": (b"\xef\xbb\xbf" + HELLO, 400, ""),
    "a lone surrogate": (HELLO.replace(b"Hi", b"\\ud800"), 400, ""),
    "the same key twice": (IIN[:-1] + b',"messages":[]}', 400, "duplicate_key"),
    "the same key twice, escaped": (IIN[:-1] + b',"m\\u0065ssages":[]}', 400, "duplicate_key"),
    "a depth bomb": (b'{"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}", 400, "too_deep"),
    "an open depth bomb": (b"[" * 65_000, 400, ""),
    "a number bomb": (b'{"x":' + b"9" * 60_000 + b"}", 400, ""),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_body_that_cannot_be_read_is_refused(
    impatient: Guard, script: Scripted, name: str
) -> None:
    body, status, code = BAD_BODIES[name]
    answer = impatient.raw(sized(body))
    assert_clear(impatient, answer, status, code or json.loads(answer[2])["error"]["code"])
    assert not script.requests


def test_a_count_bomb_is_refused(guard: Guard) -> None:
    """In front of a server with the usual limit on size, which so many values fit in."""
    body = b'{"x":[' + b"1," * 600_000 + b"1]}"
    assert_clear(guard, guard.raw(sized(body)), 400, "too_many_values")


@pytest.mark.parametrize(
    "sent", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_another_content_type_is_refused(impatient: Guard, script: Scripted, sent: str) -> None:
    reply = impatient.post(HELLO, content_type=sent)
    answer = (reply.status_code, reply.headers, reply.content)
    assert "application/json" in assert_clear(impatient, answer, 415, "unsupported_media_type")
    assert not script.requests


def test_a_body_over_the_limit_is_refused_by_its_told_length(impatient: Guard) -> None:
    """Without waiting for the body."""
    answer = impatient.raw(head(b"content-length: 70000", b"expect: 100-continue"))
    assert_clear(impatient, answer, 413, "body_too_large")


def test_a_body_over_the_limit_is_refused_with_its_length(impatient: Guard) -> None:
    reply = impatient.post(b" " * 3_000_000 + HELLO)
    answer = (reply.status_code, reply.headers, reply.content)
    assert "65536" in assert_clear(impatient, answer, 413, "body_too_large")


def test_a_body_over_the_limit_is_refused_in_chunks(impatient: Guard) -> None:
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    answer = impatient.raw(head(b"transfer-encoding: chunked"), chunk * 5)
    assert_clear(impatient, answer, 413, "body_too_large")


def test_a_body_in_chunks_is_examined_whole(impatient: Guard, script: Scripted) -> None:
    def chunks(body: bytes, size: int) -> bytes:
        cut = [body[at : at + size] for at in range(0, len(body), size)]
        return b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in cut) + b"0\r\n\r\n"

    chunked = head(b"transfer-encoding: chunked")
    assert impatient.raw(chunked + chunks(HELLO, 5))[0] == 200
    assert script.requests[-1].body == HELLO
    answer = impatient.raw(chunked + chunks(IIN, 3))
    assert_clear(impatient, answer, 400, "content_policy_violation")


def test_a_compressed_body_is_examined_and_goes_up_plain(
    impatient: Guard, script: Scripted
) -> None:
    for coding, pack in PACKERS.items():
        assert impatient.post(pack(HELLO), content_encoding=coding).status_code == 200
        assert script.requests[-1].body == HELLO
        assert script.requests[-1].header(b"content-encoding") is None
        refused = impatient.post(pack(IIN), content_encoding=coding)
        assert refused.json()["error"]["code"] == "content_policy_violation"


def test_all_members_of_a_compressed_body_are_examined(impatient: Guard, script: Scripted) -> None:
    for coding in ("gzip", "zstd"):
        pack = PACKERS[coding]
        hello = pack(HELLO[:20]) + pack(HELLO[20:])
        assert impatient.post(hello, content_encoding=coding).status_code == 200
        assert script.requests[-1].body == HELLO
        refused = impatient.post(pack(IIN[:-20]) + pack(IIN[-20:]), content_encoding=coding)
        assert refused.json()["error"]["code"] == "content_policy_violation"


def bomb(size: int) -> bytes:
    return gzip.compress(b" " * size, 9)


BAD_ENCODINGS: dict[str, tuple[bytes, bytes, int, str]] = {
    "a bomb": (bomb(50_000_000), b"gzip", 413, "body_too_large"),
    "a bomb of a high ratio": (bomb(60_000), b"gzip", 400, "malformed_json"),
    "gzip in gzip": (gzip.compress(gzip.compress(IIN)), b"gzip, gzip", 415, "unsupported_encoding"),
    "brotli in gzip": (PACKERS["br"](gzip.compress(IIN)), b"gzip, br", 415, "unsupported_encoding"),
    "a coding that nobody knows": (IIN, b"lzma", 415, "unsupported_encoding"),
    "a bomb in brotli": (PACKERS["br"](bytes(50_000_000)), b"br", 413, "body_too_large"),
    "a bomb in zstd": (PACKERS["zstd"](bytes(50_000_000)), b"zstd", 413, "body_too_large"),
    "brotli by name only": (IIN, b"br", 400, "bad_encoding"),
    "brotli, cut off": (PACKERS["br"](HELLO)[:-3], b"br", 400, "bad_encoding"),
    "zstd, cut off": (PACKERS["zstd"](HELLO)[:-3], b"zstd", 400, "bad_encoding"),
    "gzip by name only": (IIN, b"gzip", 400, "bad_encoding"),
    "broken": (gzip.compress(HELLO)[:20] + b"\0" * 20, b"gzip", 400, "bad_encoding"),
    "cut off": (gzip.compress(HELLO)[:-9], b"gzip", 400, "bad_encoding"),
    "something behind the end": (gzip.compress(HELLO) + IIN, b"gzip", 400, "bad_encoding"),
}


@pytest.mark.parametrize("name", BAD_ENCODINGS)
def test_an_encoding_that_cannot_be_undone_safely_is_refused(
    impatient: Guard, script: Scripted, name: str
) -> None:
    body, encoding, status, code = BAD_ENCODINGS[name]
    answer = impatient.raw(sized(body, b"content-encoding: " + encoding))
    assert_clear(impatient, answer, status, code)
    assert not script.requests


def test_gzip_said_in_two_fields_is_gzip_in_gzip(impatient: Guard, script: Scripted) -> None:
    twice = (b"content-encoding: gzip", b"content-encoding: gzip")
    answer = impatient.raw(sized(gzip.compress(gzip.compress(IIN)), *twice))
    assert_clear(impatient, answer, 415, "unsupported_encoding")


def test_what_follows_a_body_that_is_told_too_short_is_not_smuggled(
    impatient: Guard, script: Scripted
) -> None:
    short = head(b"content-length: %d" % len(HELLO)) + HELLO
    status, _, _ = impatient.raw(short + IIN)
    assert status in {200, 400}, "the rest isn't HTTP, which may be seen before the answer"
    assert all(request.body == HELLO for request in script.requests)
    script.play(upstream.answer(200, ANSWER))
    # A whole request behind it is one of its own, and examined as such.
    status, _, _ = impatient.raw(short + sized(IIN, b"connection: close"))
    assert status == 200
    assert [request.body for request in script.requests] == [HELLO]


def test_a_body_that_is_told_too_long_is_not_waited_for(impatient: Guard) -> None:
    started = time.monotonic()
    answer = impatient.raw(head(b"content-length: %d" % (len(HELLO) + 9)) + HELLO)
    assert_clear(impatient, answer, 408, "body_too_slow")
    assert time.monotonic() - started < 5


def test_a_slow_body_is_not_waited_for(impatient: Guard) -> None:
    drops = [item for at in range(0, 24, 2) for item in (HELLO[at : at + 2], 0.1)]
    answer = impatient.raw(head(b"content-length: %d" % len(HELLO)), *drops)
    assert_clear(impatient, answer, 408, "body_too_slow")


def test_a_body_cut_off_is_dropped_and_nothing_goes_up(impatient: Guard, script: Scripted) -> None:
    impatient.raw(head(b"content-length: %d" % len(HELLO)) + HELLO[:20], leave=True)
    time.sleep(0.2)
    assert not script.requests


BAD_HTTP: dict[str, bytes] = {
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 900101300017\r\n\r\n",
    "an unknown method": b"FROB /v1/models HTTP/1.1\r\nhost: x\r\n\r\n",
    "a wrong version": b"GET /v1/models HTTP/9.1\r\nhost: x\r\n\r\n",
    "a space in the target": b"GET /v1/mo dels HTTP/1.1\r\nhost: x\r\n\r\n",
    "two lengths": head(b"content-length: 5", b"content-length: 6") + HELLO,
    "a length that is none": head(b"content-length: +5") + HELLO,
    "length and chunks": head(b"content-length: 4", b"transfer-encoding: chunked") + b"0\r\n\r\n",
    "chunks within chunks": head(b"transfer-encoding: chunked, chunked") + b"0\r\n\r\n",
    "chunked not last": head(b"transfer-encoding: chunked, gzip") + b"0\r\n\r\n",
    "a bad chunk size": head(b"transfer-encoding: chunked") + b"zz\r\nHi\r\n0\r\n\r\n",
    "a space before a colon": head(b"x-a : b") + HELLO,
    "a folded field": head(b"x-a: b\r\n c: d", b"content-length: 0"),
    "NUL in a field": head(b"x-a: a\0b", b"content-length: 0"),
    "an endless field": b"GET /v1/models HTTP/1.1\r\nx: " + b"a" * 2_000_000,
    "endless fields": b"GET /v1/models HTTP/1.1\r\n" + b"x: aaaaaaaaaaaaaaaa\r\n" * 90_000,
    "an endless target": b"GET /" + b"a" * 2_000_000,
}


@pytest.mark.parametrize("name", BAD_HTTP)
def test_malformed_http_is_refused_in_json(impatient: Guard, script: Scripted, name: str) -> None:
    try:
        status, headers, body = impatient.raw(BAD_HTTP[name])
    except (ConnectionResetError, BrokenPipeError):
        assert name.startswith(("an endless", "endless"))
    else:
        assert status in {400, 405, 431}
        assert headers["content-type"].startswith("application/json")
        error = json.loads(body)["error"]
        assert error["type"] == "invalid_request_error"
        assert b"900101300017" not in body
    assert not script.requests


def test_a_refusal_waits_for_a_caller_that_reads_late(impatient: Guard) -> None:
    """Longer than the server would have waited for the body."""
    status, _, body = impatient.raw(BAD_HTTP["a bad chunk size"], 1.5)
    assert (status, json.loads(body)["error"]["code"]) == (400, "malformed_http")


def test_malformed_http_is_on_record(impatient: Guard) -> None:
    answer = impatient.raw(BAD_HTTP["an unknown method"])
    assert_clear(impatient, answer, 400, "malformed_http")
    assert answer[1]["connection"] == "close"


def test_more_requests_at_once_than_allowed_are_turned_away(impatient: Guard) -> None:
    whole = sized(HELLO)
    host, _, port = impatient.url.removeprefix("http://").partition(":")
    with ExitStack() as open_requests:
        for _ in range(AT_ONCE):
            caller = socket.create_connection((host, int(port)), timeout=5)
            open_requests.enter_context(caller).sendall(whole[:-1])  # under way, and not whole yet
        time.sleep(0.2)
        assert_clear(impatient, impatient.raw(whole), 503, "overloaded")


def test_a_slow_head_is_not_waited_for(impatient: Guard) -> None:
    started = time.monotonic()
    status, headers, body = impatient.raw(b"GET /v1/models HTTP/1.1\r\nhost:")
    assert (status, json.loads(body)["error"]["code"]) == (408, "head_too_slow")
    assert headers["connection"] == "close"
    assert time.monotonic() - started < 5


AT_ONCE = 16
"""The `impatient` guard's limit."""

PATHS: dict[str, bytes] = {
    "two slashes": b"//v1/chat/completions",
    "dot segments": b"/elsewhere/../v1/chat/completions",
    "encoded dot segments": b"/elsewhere/%2e%2e/v1/chat/completions",
    "encoded slashes": b"/elsewhere%2f..%2fv1/chat/completions",
    "backslashes": b"/elsewhere/..\\v1/chat/completions",
    "encoded backslashes": b"/elsewhere%5c..%5cv1/chat/completions",
    "capitals": b"/V1/Chat/Completions",
    "a slash at the end": b"/v1/chat/completions/",
    "an encoded letter": b"/v1/chat/%63ompletions",
    "the other form": b"http://guard/v1/chat/completions",
}


@pytest.mark.parametrize("name", PATHS)
def test_no_spelling_of_the_path_gets_a_value_past_the_guard(impatient: Guard, name: str) -> None:
    """`lives_on` asserts that the value didn't reach the upstream."""
    status, _, body = impatient.raw(sized(IIN, path=PATHS[name]))
    assert 400 <= status < 500
    assert json.loads(body)["error"]["code"]


def test_a_value_in_the_query_is_refused(impatient: Guard, script: Scripted) -> None:
    body = b'{"model":"m","messages":[{"role":"user","content":"Hi"}]}'
    path = b"/v1/chat/completions?who=900101300017"
    assert_clear(impatient, impatient.raw(sized(body, path=path)), 400, "personal_data_in_head")
    assert not script.requests


def test_an_ai_path_that_no_format_matches_is_refused(impatient: Guard, script: Scripted) -> None:
    answer = impatient.raw(sized(b'{"input":"Hi"}', path=b"/v1/classify"))
    assert_clear(impatient, answer, 404, "unsupported_route")
    assert_clear(impatient, impatient.raw(head(method=b"GET")), 404, "unsupported_route")
    assert not script.requests


def test_another_path_passes_and_says_that_it_was_not_examined(
    impatient: Guard, script: Scripted
) -> None:
    fields = ((b"content-type", b"text/plain"), (b"guardrail-decision", b"allowed"))
    script.play(upstream.answer(201, b"as it is", fields))
    reply = httpx.post(f"{impatient.url}/elsewhere?a=1", content=b"\x00\xff", timeout=5)
    assert (reply.status_code, reply.content) == (201, b"as it is")
    assert reply.headers.get_list("guardrail-decision") == ["unexamined"], "the guard's word only"
    assert impatient.entry(reply.headers["guardrail-evidence"])["t"] == "unexamined"
    assert impatient.counted('guardrail_requests_total{outcome="unexamined"}') >= 1
    (received,) = script.requests
    assert (received.target, received.body) == ("/elsewhere?a=1", b"\x00\xff")
    script.play(upstream.answer(200, ANSWER))


def test_a_caller_that_asks_to_continue_is_told_to(impatient: Guard, script: Scripted) -> None:
    told = head(b"content-length: %d" % len(HELLO), b"expect: 100-continue")
    status, _, _ = impatient.raw(told, 0.1, HELLO)
    assert status == 200
    assert script.requests[-1].header(b"expect") is None


def test_many_requests_on_one_connection_are_served_in_order(
    impatient: Guard, script: Scripted
) -> None:
    with httpx.Client() as client:
        for body, status in ((HELLO, 200), (IIN, 400), (b"{", 400), (HELLO, 200)):
            reply = client.post(
                f"{impatient.url}/v1/chat/completions",
                content=body,
                headers={"content-type": "application/json"},
            )
            assert reply.status_code == status
    assert len(script.requests) == 2
