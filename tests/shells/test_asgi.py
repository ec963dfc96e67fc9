"""`GuardrailMiddleware` around applications of each kind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Mount, Route

from guardrail.errors import ConfigError
from guardrail.settings import Settings, Unmatched
from guardrail.shells import asgi, erasing
from guardrail.shells.asgi import BUFFERED_MESSAGES, GuardrailMiddleware
from guardrail.shells.assembly import Assembly, assemble
from guardrail.shells.evidence_log import now_us
from guardrail.stores.details import SqliteDetails
from guardrail.stores.keys import load_or_create_secret
from guardrail.stores.pruning import DAY_US
from guardrail.stores.state import State
from guardrail.testing import Answer, Assistant, MemoryLog, call
from guardrail.testing.asgi import App, Message, Receive, Send

Json = Any
Assembled = Callable[..., tuple[Assembly, MemoryLog]]

IIN = "900101300017"
JSON = ((b"content-type", b"application/json"), (b"host", b"example.kz"))
CHAT = "/v1/chat/completions"


def chat(text: str, **more: object) -> bytes:
    payload = {"model": "m", "messages": [{"role": "user", "content": text}], **more}
    return json.dumps(payload, ensure_ascii=False).encode()


def event(text: str, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    return b"data: " + json.dumps({"id": "c", "choices": [choice]}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def streamed(pieces: list[bytes], *, then: Callable[[], Awaitable[None]] | None = None) -> App:
    """Return an application that streams `pieces` as events."""

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        if then is not None:
            await then()
        await send({"type": "http.response.body", "body": b""})

    return app


def content(answer: Answer) -> str:
    lines = [line[6:] for line in answer.body.decode().split("\n") if line[:7] == "data: {"]
    return "".join(
        c["delta"].get("content") or "" for one in lines for c in json.loads(one)["choices"]
    )


def error(answer: Answer) -> Json:
    return json.loads(answer.body)["error"]


@pytest.fixture
def masking(assembled: Assembled) -> tuple[Assembly, MemoryLog]:
    return assembled(personal_data="mask")


@pytest.fixture
def guard(masking: tuple[Assembly, MemoryLog]) -> Callable[[App], GuardrailMiddleware]:
    return lambda app: GuardrailMiddleware(app, assembly=masking[0])


Guarded = Callable[[App], GuardrailMiddleware]


# ------------------------------------------------------------------ AI routes


async def test_a_chat_is_guarded_on_both_ways(guard: Guarded) -> None:
    assistant = Assistant()
    answer = await call(guard(assistant), "POST", CHAT, JSON, chat(f"ИИН {IIN} !email"))
    assert answer.status == 200
    assert IIN.encode() not in assistant.received[0].body
    said = json.loads(answer.body)["choices"][0]["message"]["content"]
    assert "<KZ_IIN_1>" in said
    assert "<EMAIL_ADDRESS_1>" in said
    assert answer.header(b"guardrail-decision") == b"masked"
    assert answer.header(b"content-length") == str(len(answer.body)).encode()


async def test_a_streamed_chat_too(guard: Guarded) -> None:
    answer = await call(guard(Assistant()), "POST", CHAT, JSON, chat("Привет !iin", stream=True))
    assert "Пример ИИН: <KZ_IIN_1>." in content(answer)
    assert IIN.encode() not in answer.body
    assert answer.body.endswith(DONE)
    assert len(answer.chunks) > 10


async def test_a_refused_chat_never_reaches_the_application(assembled: Assembled) -> None:
    assistant = Assistant()
    app = GuardrailMiddleware(assistant, assembly=assembled(personal_data="refuse")[0])
    answer = await call(app, "POST", CHAT, JSON, chat(IIN))
    assert answer.status == 400
    assert error(answer)["code"] == "content_policy_violation"
    assert not assistant.received


async def test_a_list_of_models_passes_unexamined_and_says_so(guard: Guarded) -> None:
    answer = await call(guard(Assistant()), "GET", "/v1/models", JSON)
    assert json.loads(answer.body)["object"] == "list"
    assert answer.header(b"guardrail-decision") == b"unexamined"


async def test_the_application_gets_the_request_as_a_server_would_send_it(guard: Guarded) -> None:
    seen: list[Any] = []

    async def endpoint(request: Request) -> JSONResponse:
        seen.append((request.url, dict(request.headers), await request.body(), request.scope))
        return JSONResponse({"choices": []})

    app = Starlette(routes=[Route(CHAT, endpoint, methods=["POST"])])
    headers = (
        *JSON,
        (b"transfer-encoding", b"chunked"),
        (b"guardrail-consent", b"secret"),
        (b"x-own", b"kept"),
    )
    inner = guard(app)

    async def outer(scope: Message, receive: Receive, send: Send) -> None:
        scope["extensions"] = {"http.response.pathsend": {}, "tls": {}}
        await inner(scope, receive, send)

    await call(outer, "POST", CHAT + "?a=1", headers, chat(f"ИИН {IIN}"))
    url, got, body, scope = seen[0]
    assert str(url) == f"http://example.kz{CHAT}?a=1"
    assert got["content-length"] == str(len(body))
    assert got["x-own"] == "kept"
    assert "transfer-encoding" not in got
    assert "guardrail-consent" not in got
    assert b"<KZ_IIN_1>" in body
    assert scope["extensions"] == {"tls": {}}


async def test_a_guarded_application_can_be_mounted_below_a_path(guard: Guarded) -> None:
    assistant = Assistant()

    async def stripped(scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope["root_path"])
        await assistant({**scope, "path": path}, receive, send)

    app = Starlette(routes=[Mount("/bot", guard(stripped))])
    answer = await call(app, "POST", "/bot" + CHAT, JSON, chat(IIN))
    assert answer.header(b"guardrail-decision") == b"masked"
    assert IIN.encode() not in assistant.received[0].body


@pytest.mark.parametrize("path", ["//v1/chat/completions", "/V1/chat/completions", "/a/../v1/x"])
async def test_no_spelling_of_an_ai_path_goes_around_the_guard(guard: Guarded, path: str) -> None:
    assistant = Assistant()
    answer = await call(guard(assistant), "POST", path, JSON, chat(IIN))
    assert answer.status == 404
    assert not assistant.received


# ------------------------------------------------------------------ all other routes


async def test_other_routes_are_handed_on_untouched(guard: Guarded) -> None:
    seen: list[tuple[Any, ...]] = []

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        seen.append((scope, receive, send))

    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        raise AssertionError

    for scope in (
        {"type": "http", "path": "/health", "method": "GET"},
        {"type": "websocket", "path": "/chat"},
        {"type": "lifespan"},
    ):
        await guard(app)(scope, receive, send)
        assert seen[-1] == (scope, receive, send)
        assert seen[-1][0] is scope
        assert seen[-1][1] is receive


async def test_other_routes_stream_piece_by_piece(guard: Guarded) -> None:
    went: list[str] = []

    async def pieces() -> AsyncIterator[str]:
        for n in range(3):
            went.append(f"made {n}")
            yield f"{n}"
            await asyncio.sleep(0)

    async def endpoint(request: Request) -> StreamingResponse:
        return StreamingResponse(pieces())

    app = guard(Starlette(routes=[Route("/feed", endpoint)]))

    async def watching(scope: Message, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message.get("body"):
                went.append(f"sent {message['body'].decode()}")
            await send(message)

        await app(scope, receive, sending)

    answer = await call(watching, "GET", "/feed")
    assert answer.chunks == [b"0", b"1", b"2"]
    assert went == ["made 0", "sent 0", "made 1", "sent 1", "made 2", "sent 2"]


async def test_a_websocket_that_no_format_matches_is_refused_unless_it_may_pass(
    assembled: Assembled,
) -> None:
    accepted: list[str] = []
    sent: list[Any] = []

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        accepted.append(scope["path"])
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 1000})

    async def receive() -> Message:
        if not sent:
            return {"type": "websocket.connect"}
        return await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/v1/other", "headers": []}
    await GuardrailMiddleware(app, assembly=assembled()[0])(scope, receive, send)
    assert accepted == []
    assert [one["type"] for one in sent] == ["websocket.close"]
    sent.clear()
    passing, evidence = assembled(unmatched=Unmatched(ai="pass"))
    await GuardrailMiddleware(app, assembly=passing)(scope, receive, send)
    assert accepted == ["/v1/other"]
    assert [one["type"] for one in sent] == ["websocket.accept", "websocket.close"]
    assert [one.kind for one in evidence.entries] == ["unexamined"]


async def test_the_stores_are_opened_at_the_first_request_and_closed_with_the_lifespan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Assembly] = []
    real = assemble

    def counting(settings: Settings) -> Assembly:
        made.append(real(settings))
        return made[-1]

    monkeypatch.setattr(asgi, "assemble", counting)
    app = GuardrailMiddleware(Assistant(), settings=Settings(state=tmp_path / "state"))
    assert not (tmp_path / "state").exists()
    answers = await asyncio.gather(
        *(call(app, "POST", CHAT, JSON, chat("Привет")) for _ in range(4))
    )
    assert [answer.status for answer in answers] == [200] * 4
    assert len(made) == 1
    events: list[Message] = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

    async def receive() -> Message:
        return events.pop(0)

    async def send(message: Message) -> None:
        assert made[0].evidence.healthy

    await app({"type": "lifespan"}, receive, send)
    assert not made[0].evidence.healthy


async def test_bodies_that_are_old_enough_go_from_an_applications_state_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = State(tmp_path)
    state.make()
    with SqliteDetails(state.details, load_or_create_secret(state.details_key)) as details:
        details.put(b"x", subject="p:1", request="req_1", made=now_us() - 31 * DAY_US)
        monkeypatch.setattr(erasing, "FIRST_SECONDS", 0.0)
        app = GuardrailMiddleware(Assistant(), settings=Settings(state=tmp_path), public=None)
        assert (await call(app, "POST", CHAT, JSON, chat("Привет"))).status == 200
        for _ in range(200):
            if not details.of_request("req_1"):
                break
            await asyncio.sleep(0.05)
        assert not details.of_request("req_1")
    assert app._owned is not None
    await asyncio.to_thread(app._owned.close)


# ------------------------------------------------------------------ the guard's own pages

WELL_KNOWN = "/.well-known/guardrail"
PAGES = (f"{WELL_KNOWN}/label-keys", f"{WELL_KNOWN}/label", "/.well-known/ai-transparency.json")


async def own(scope: Message, receive: Receive, send: Send) -> None:
    """Answer everything, as an application may."""
    await PlainTextResponse(f"the application at {scope['path']}")(scope, receive, send)


@pytest.fixture
async def served(
    masking: tuple[Assembly, MemoryLog],
) -> AsyncIterator[Callable[..., GuardrailMiddleware]]:
    """Return what wraps `own`; what it opened is closed."""
    made: list[GuardrailMiddleware] = []

    def make(public: str | None = "") -> GuardrailMiddleware:
        made.append(GuardrailMiddleware(own, assembly=masking[0], public=public))
        return made[-1]

    yield make
    for one in made:
        if one._pages is not None:
            await asyncio.to_thread(one._pages.close)


Served = Callable[..., GuardrailMiddleware]


@pytest.mark.parametrize("public", ["", "/ai", "/ai/v2"])
async def test_the_middleware_serves_the_pages_that_the_proxy_serves(
    served: Served, masking: tuple[Assembly, MemoryLog], public: str
) -> None:
    app = served(public)
    keys = await call(app, "GET", f"{public}{PAGES[0]}")
    assert json.loads(keys.body) == masking[0].guard.labels.keys
    page = await call(app, "GET", f"{public}{PAGES[1]}")
    assert b"<html" in page.body
    file = await call(app, "POST", f"{public}{PAGES[1]}", (), b"no medium")
    assert json.loads(file.body)["conclusion"] == "no_mark"
    told = await call(app, "GET", f"{public}{PAGES[2]}")
    assert json.loads(told.body)["packs"]
    name = "6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"
    manifests = masking[0].ports.manifests
    assert manifests is not None
    manifests.keep(name, b"a manifest")
    manifest = await call(app, "GET", f"{public}{WELL_KNOWN}/m/{name}.c2pa")
    assert (manifest.status, manifest.body) == (200, b"a manifest")
    assert (await call(app, "GET", f"{public}{WELL_KNOWN}/m/x.c2pa")).status == 404
    assert (await call(app, "GET", f"{public}{WELL_KNOWN}/evidence/x")).status in {400, 404}
    assert masking[0].ports.published_at == public


async def test_what_isnt_a_page_is_the_applications(served: Served) -> None:
    for app, path in [
        (served("/ai"), PAGES[0]),
        (served("/ai"), f"/ain{PAGES[0]}"),
        (served(), f"{PAGES[0]}/more"),
        (served(), f"{WELL_KNOWN}/other"),
        *((served(None), one) for one in PAGES),
    ]:
        assert (await call(app, "GET", path)).body == f"the application at {path}".encode()
    posted = await call(served(), "POST", PAGES[0], (), b"x")
    assert posted.body == f"the application at {PAGES[0]}".encode()


async def test_pages_are_served_below_where_the_middleware_is_mounted(
    served: Served, masking: tuple[Assembly, MemoryLog]
) -> None:
    app = Starlette(routes=[Mount("/inner", app=served("/ai"))])
    keys = await call(app, "GET", f"/inner/ai{PAGES[0]}")
    assert json.loads(keys.body) == masking[0].guard.labels.keys
    assert masking[0].ports.published_at == "/inner/ai"


@pytest.mark.parametrize("public", ["ai", "/ai/", "/"])
def test_what_is_no_path_is_told_at_once(public: str) -> None:
    with pytest.raises(ConfigError, match="no path"):
        GuardrailMiddleware(own, public=public)


# ------------------------------------------------------------------ applications that fail


async def test_an_application_that_fails_before_its_reply_is_a_502(
    guard: Guarded, masking: tuple[Assembly, MemoryLog], caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        raise ValueError(f"about {IIN}")

    answer = await call(guard(app), "POST", CHAT, JSON, chat("Привет"))
    assert (answer.status, error(answer)["code"]) == (502, "upstream_reset")
    assert caplog.messages == ["the guarded application failed: ValueError"]
    assert IIN not in caplog.text + answer.body.decode()
    assert masking[1].entries[-1].fields["code"] == "upstream_reset"


async def test_an_application_that_says_nothing_is_a_502(guard: Guarded) -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        return

    answer = await call(guard(app), "POST", CHAT, JSON, chat("Привет"))
    assert (answer.status, error(answer)["code"]) == (502, "upstream_reset")


async def test_an_application_that_fails_within_a_whole_reply_is_a_502(guard: Guarded) -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b'{"cho', "more_body": True})
        raise ValueError(IIN)

    answer = await call(guard(app), "POST", CHAT, JSON, chat("Привет"))
    assert (answer.status, error(answer)["code"]) == (502, "upstream_reset")


async def test_an_application_that_fails_within_a_stream_ends_it_in_its_format(
    guard: Guarded,
) -> None:
    async def fail() -> None:
        raise ValueError(IIN)

    app = guard(streamed([event("Это давно известно всем!\n"), event("ИИН 9001")], then=fail))
    answer = await call(app, "POST", CHAT, JSON, chat("Привет"))
    assert answer.complete
    assert content(answer).endswith("Это давно известно всем!\n")
    assert b"upstream_reset" in answer.body
    assert answer.body.endswith(DONE)


async def test_a_reply_over_the_limit_is_a_502(assembled: Assembled) -> None:
    class Limited(GuardrailMiddleware):
        """Has a small limit."""

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(200):
            await send({"type": "http.response.body", "body": b" " * 1_000, "more_body": True})

    assembly = assembled()[0]
    limits = assembly.settings.limits.model_copy(update={"reply_bytes": 100_000})
    settings = assembly.settings.model_copy(update={"limits": limits})
    guarded = Limited(app, settings=settings, assembly=assembly)
    answer = await call(guarded, "POST", CHAT, JSON, chat("Привет"))
    assert (answer.status, error(answer)["code"]) == (502, "upstream_too_large")


async def test_an_application_that_starts_twice_is_a_fault_of_its_own(
    guard: Guarded, caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.start", "status": 200, "headers": []})

    answer = await call(guard(app), "POST", CHAT, JSON, chat("Привет"))
    assert answer.status == 502
    assert "InvalidStateError" in caplog.text


# ------------------------------------------------------------------ callers that leave or wait


async def test_a_caller_that_leaves_tells_the_application(
    guard: Guarded, masking: tuple[Assembly, MemoryLog]
) -> None:
    ended = asyncio.Event()

    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    pieces = [event(f"{n} слово, ещё слово. ") for n in range(5)]
    answer = await call(
        guard(streamed(pieces, then=wait)), "POST", CHAT, JSON, chat("Привет"), leave_after=2
    )
    assert answer.left
    await asyncio.wait_for(ended.wait(), 5)
    assert masking[1].entries[-1].fields["code"] == "client_gone"


async def test_a_caller_that_leaves_before_the_reply_stops_the_application(
    guard: Guarded, masking: tuple[Assembly, MemoryLog]
) -> None:
    ended = asyncio.Event()
    begun = asyncio.Event()

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        try:
            begun.set()
            assert (await receive())["type"] == "http.request"
            assert (await receive())["type"] == "http.disconnect"
            await asyncio.sleep(60)
        finally:
            ended.set()

    asked = [{"type": "http.request", "body": chat("Привет"), "more_body": False}]

    async def receive() -> Message:
        if asked:
            return asked.pop()
        await begun.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        raise AssertionError

    scope: Message = {
        "type": "http", "method": "POST", "path": CHAT, "headers": list(JSON), "query_string": b"",
    }  # fmt: skip
    await guard(app)(scope, receive, send)
    await asyncio.wait_for(ended.wait(), 5)
    assert masking[1].entries[-1].fields["code"] == "client_gone"


@pytest.mark.parametrize("leaves", [True, False])
async def test_who_left_during_a_whole_answer_is_told_with_the_next(
    assembled: Assembled,
    leaves: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    text = {"type": "output_text", "text": "Fine.", "annotations": []}
    item = {"type": "message", "id": "msg_1", "role": "assistant", "content": [text]}
    reply = {"id": f"resp_{leaves}", "object": "response", "model": "m", "output": [item]}
    guard, _ = assembled(personal_data="mask")
    app = GuardrailMiddleware(JSONResponse(reply), assembly=guard)
    body = json.dumps({"model": "m", "input": "Hello there"}).encode()
    asked = [{"type": "http.request", "body": body, "more_body": False}]
    sending, sent = asyncio.Event(), asyncio.Event()

    async def receive() -> Message:
        if asked:
            return asked.pop()
        await (sending if leaves else sent).wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            sending.set()
            if leaves:
                await asyncio.sleep(60)  # a reader that takes its time, and is gone

    scope: Message = {
        "type": "http", "method": "POST", "path": "/v1/responses", "headers": list(JSON),
        "query_string": b"",
    }  # fmt: skip
    before = disclosures(guard)
    await app(scope, receive, send)
    sent.set()
    assert disclosures(guard) - before == (0 if leaves else 1)
    later = json.dumps({"model": "m", "input": "And?", "previous_response_id": reply["id"]})
    answer = await call(app, "POST", "/v1/responses", JSON, later.encode())
    said = json.loads(answer.body)["output"][0]["content"][0]["text"]
    assert (said != "Fine.") is leaves


def disclosures(guard: Assembly) -> float:
    return sum(
        sample.value
        for metric in guard.metrics.registry.collect()
        for sample in metric.samples
        if sample.name == "guardrail_disclosures_total"
    )


async def test_a_slow_reader_makes_the_application_wait(guard: Guarded) -> None:
    made = 0
    read = 0
    most = 0

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        nonlocal made, most
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for n in range(1_000):
            body = event(f"{n} слово, и ещё одно слово. ")
            await send({"type": "http.response.body", "body": body, "more_body": True})
            made += 1
            most = max(most, made - read)
        await send({"type": "http.response.body", "body": DONE})

    inner = guard(app)

    async def slowly(scope: Message, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            nonlocal read
            for _ in range(3):
                await asyncio.sleep(0)
            read += bool(message.get("body"))
            await send(message)

        await inner(scope, receive, sending)

    answer = await call(slowly, "POST", CHAT, JSON, chat("Привет"))
    assert answer.body.endswith(DONE)
    assert made == 1_000
    assert most <= BUFFERED_MESSAGES + 8


async def test_work_after_the_reply_is_not_cut_off(guard: Guarded) -> None:
    done = asyncio.Event()

    async def later() -> None:
        await asyncio.sleep(0.01)
        done.set()

    async def endpoint(request: Request) -> JSONResponse:
        return JSONResponse({"choices": []}, background=BackgroundTask(later))

    app = Starlette(routes=[Route(CHAT, endpoint, methods=["POST"])])
    answer = await call(guard(app), "POST", CHAT, JSON, chat("Привет"))
    assert answer.status == 200
    await asyncio.wait_for(done.wait(), 5)


async def test_what_isnt_an_ai_route_of_a_starlette_application_stays(guard: Guarded) -> None:
    async def endpoint(request: Request) -> PlainTextResponse:
        return PlainTextResponse(IIN)

    app = guard(Starlette(routes=[Route("/", endpoint)]))
    answer = await call(app, "GET", "/")
    assert answer.body == IIN.encode()
    assert answer.header(b"guardrail-decision") is None
