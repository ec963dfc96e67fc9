"""WebSockets between a caller and an upstream, and between a caller and a guarded application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from guardrail.errors import UpstreamError
from guardrail.facts import Headers, RawReply
from guardrail.settings import Limits, Unmatched
from guardrail.shells import websocket_inner
from guardrail.shells.asgi import GuardrailMiddleware
from guardrail.shells.assembly import Assembly
from guardrail.shells.websocket import (
    ClosedError,
    Connection,
    RejectedError,
    WebSockets,
    handshake,
)
from guardrail.shells.websocket_session import Message as Sent
from guardrail.testing import MemoryLog
from guardrail.testing.asgi import App, Message, Receive, Send

Assembled = Callable[..., tuple[Assembly, MemoryLog]]

GENERIC = Unmatched(ai="generic")
IIN, MASKED = "900101300017", "<KZ_IIN_1>"
REALTIME, OTHER = "/v1/realtime", "/v1/other"


class Caller:
    """The other end of one WebSocket, as an ASGI server shows it."""

    def __init__(
        self, path: str, *offered: str, headers: Headers = (), denies: bool = True
    ) -> None:
        self.scope: Message = {
            "type": "websocket",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"model=m",
            "root_path": "",
            "headers": [
                (b"host", b"example.kz"),
                (b"sec-websocket-key", b"9001013000171"),
                *headers,
            ],
            "subprotocols": list(offered),
            "extensions": {"websocket.http.response": {}} if denies else {},
        }
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        self.got: list[Message] = []
        self.came = asyncio.Condition()
        self.takes = asyncio.Event()
        self.takes.set()
        self.stops_after = 0

    def sends(self, *messages: Sent) -> None:
        for one in messages:
            kind = "text" if isinstance(one, str) else "bytes"
            self._inbox.put_nowait({"type": "websocket.receive", kind: one})

    def leaves(self, code: int = 1000, reason: str = "") -> None:
        self._inbox.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})

    async def receive(self) -> Message:
        return await self._inbox.get()

    async def send(self, message: Message) -> None:
        await self.takes.wait()
        async with self.came:
            self.got.append(message)
            if len(self.got) == self.stops_after:
                self.takes.clear()
            self.came.notify_all()

    async def until(self, count: int) -> list[Message]:
        """Wait for so many messages, the handshake's among them."""
        async with asyncio.timeout(20), self.came:
            await self.came.wait_for(lambda: len(self.got) >= count)
        return self.got

    @property
    def texts(self) -> list[str]:
        return [one["text"] for one in self.got if one.get("text") is not None]

    @property
    def closed(self) -> int:
        assert self.got[-1]["type"] == "websocket.close", self.got
        return int(self.got[-1]["code"])


class Line:
    """A fake connection to the upstream."""

    subprotocol: str | None = "a"
    headers: Headers = (
        (b"x-request-id", b"up-1"),
        (b"guardrail-decision", b"x"),
        (b"server", b"s"),
    )

    def __init__(self, *sent: Sent | Exception) -> None:
        self.script = list(sent)
        self.received: list[Sent] = []
        self.asked = 0
        self.closed: tuple[int, str] | None = None
        self.takes = asyncio.Event()
        self.takes.set()
        self.breaks = False

    async def send(self, message: Sent) -> None:
        await self.takes.wait()
        if self.breaks:
            raise ClosedError(1006)
        self.received.append(message)

    async def receive(self) -> Sent:
        self.asked += 1
        if not self.script:
            await asyncio.sleep(0.05 if self.breaks else 3600)
            raise ClosedError(1006)
        one = self.script.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    async def close(self, code: int, reason: str = "") -> None:
        self.closed = (code, reason)


class Room:
    """A guard, its evidence, and a line to serve callers with."""

    def __init__(self, assembly: Assembly, evidence: MemoryLog) -> None:
        self.assembly, self.evidence = assembly, evidence
        self.limit(Limits())
        self.asked: list[tuple[str, Headers, list[str]]] = []

    def limit(self, limits: Limits) -> None:
        settings = self.assembly.settings.model_copy(update={"limits": limits})
        self.sockets = WebSockets(self.assembly.runner(), settings)

    @asynccontextmanager
    async def serving(self, caller: Caller, line: Line) -> AsyncIterator[asyncio.Task[None]]:
        """Serve a caller meanwhile, and wait for the end of it."""
        async with asyncio.TaskGroup() as tasks:
            yield tasks.create_task(self.serve(caller, line))

    async def serve(self, caller: Caller, line: Line | Exception) -> None:
        async def connect(target: str, headers: Headers, offered: list[str]) -> Connection:
            self.asked.append((target, headers, offered))
            if isinstance(line, Exception):
                raise line
            return line

        async with asyncio.timeout(20):
            await self.sockets.serve(caller.scope, caller.receive, caller.send, connect)

    @property
    def ends(self) -> list[object]:
        return [one.fields["code"] for one in self.evidence.entries if one.kind == "stream.close"]


@pytest.fixture
def room(assembled: Assembled) -> Room:
    return Room(*assembled(personal_data="mask", unmatched=GENERIC))


# ------------------------------------------------------------------ the handshake


async def test_the_upstream_accepts_first_and_gets_what_is_its_own(room: Room) -> None:
    headers = (
        (b"authorization", b"Bearer sk"),
        (b"guardrail-subject", b"u"),
        (b"cookie", b"c"),
        (b"connection", b"upgrade"),
        (b"upgrade", b"websocket"),
    )
    caller, line = Caller(OTHER, "a", "openai-insecure-api-key.sk", headers=headers), Line()
    caller.leaves()
    await room.serve(caller, line)
    [(target, sent, offered)] = room.asked
    assert target == f"{OTHER}?model=m"
    assert offered == ["a", "openai-insecure-api-key.sk"]
    assert dict(sent) == {b"authorization": b"Bearer sk", b"accept-encoding": b"identity"}
    accepted = caller.got[0]
    assert (accepted["type"], accepted["subprotocol"]) == ("websocket.accept", "a")
    told = dict(accepted["headers"])
    assert told[b"guardrail-decision"] == b"allowed"
    assert told[b"x-request-id"] == b"up-1"
    assert b"server" not in told
    assert line.closed == (1000, "")
    assert room.ends == ["client_closed"]


async def test_the_callers_trace_goes_on_and_nothing_else_of_its_context(room: Room) -> None:
    parent = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    context = (
        (b"traceparent", parent),
        (b"tracestate", b"vendor=x"),
        (b"baggage", b"who=Aigerim"),
    )
    caller = Caller(OTHER, headers=context)
    caller.leaves()
    await room.serve(caller, Line())
    [(_, sent, _)] = room.asked
    assert dict(sent) == {b"traceparent": parent, b"accept-encoding": b"identity"}


async def test_what_a_sessions_replies_took_is_counted_once_when_it_closes(room: Room) -> None:
    told = [
        json.dumps(
            {
                "type": "response.done",
                "event_id": f"event_{number}",
                "response": {
                    "id": f"resp_{number}",
                    "usage": {"input_tokens": 7, "output_tokens": 5},
                },
            }
        )
        for number in range(3)
    ]
    caller = Caller(REALTIME)
    await room.serve(caller, Line(*told, ClosedError(1000)))
    samples = {
        (sample.name, sample.labels["gen_ai_token_type"]): sample.value
        for family in room.assembly.metrics.registry.collect()
        for sample in family.samples
        if sample.name.startswith("gen_ai_client_token_usage_")
    }
    name = "gen_ai_client_token_usage"
    assert [samples[f"{name}_count", kind] for kind in ("input", "output")] == [1, 1]
    assert [samples[f"{name}_sum", kind] for kind in ("input", "output")] == [21, 15]


async def test_the_operators_key_takes_the_place_of_the_callers(assembled: Assembled) -> None:
    room = Room(*assembled(personal_data="mask", upstream_key="sk-server"))
    caller = Caller(REALTIME, "realtime", "openai-insecure-api-key.sk")
    caller.leaves()
    await room.serve(caller, Line())
    [(_, sent, offered)] = room.asked
    assert dict(sent)[b"authorization"] == b"Bearer sk-server"
    assert offered == ["realtime"]


def test_a_browsers_key_is_the_guards_authorization() -> None:
    raw = handshake(Caller(REALTIME, "realtime", "openai-insecure-api-key.sk-1").scope)
    assert raw.header(b"authorization") == b"Bearer sk-1"
    assert raw.header(b"sec-websocket-protocol") == b"realtime"
    assert raw.header(b"sec-websocket-key") is None
    own = handshake(
        Caller(REALTIME, "openai-insecure-api-key.x", headers=((b"authorization", b"B"),)).scope
    )
    assert [value for name, value in own.headers if name == b"authorization"] == [b"B"]


async def test_a_refused_handshake_gets_an_answer_in_the_formats_way(room: Room) -> None:
    caller = Caller(REALTIME)
    caller.scope["query_string"] = f"user={IIN}".encode()
    await room.serve(caller, Line())
    start, body = caller.got
    assert (start["type"], start["status"]) == ("websocket.http.response.start", 400)
    assert json.loads(body["body"])["error"]["code"] == "personal_data_in_head"
    assert not room.asked
    plain = Caller(REALTIME, denies=False)
    plain.scope["query_string"] = f"user={IIN}".encode()
    await room.serve(plain, Line())
    assert [one["type"] for one in plain.got] == ["websocket.close"]


async def test_what_the_upstream_says_instead_is_examined(room: Room) -> None:
    caller = Caller(REALTIME)
    body = json.dumps({"error": {"message": f"no {IIN}"}}).encode()
    headers = ((b"content-type", b"application/json"), (b"content-length", b"1"))
    await room.serve(caller, RejectedError(RawReply(status=403, headers=headers, body=body)))
    start, answer = caller.got
    assert start["status"] == 403
    assert json.loads(answer["body"])["error"]["message"] == f"no {MASKED}"
    assert dict(start["headers"])[b"content-length"] == str(len(answer["body"])).encode()


async def test_an_upstream_that_cannot_be_asked_is_told_of(room: Room) -> None:
    caller = Caller(REALTIME)
    await room.serve(caller, UpstreamError("gone", code="upstream_unreachable"))
    assert caller.got[0]["status"] == 502
    assert json.loads(caller.got[1]["body"])["error"]["code"] == "upstream_unreachable"


async def test_so_many_at_once_and_no_more(room: Room) -> None:
    room.limit(Limits(concurrent_requests=1))
    first, second = Caller(OTHER), Caller(OTHER)
    async with room.serving(first, Line()):
        await first.until(1)
        await room.serve(second, Line())
        assert second.got[0]["status"] == 503
        first.leaves()
    third = Caller(OTHER)
    third.leaves()
    await room.serve(third, Line())
    assert third.got[0]["type"] == "websocket.accept"


async def test_without_evidence_nobody_is_accepted(room: Room) -> None:
    room.evidence.healthy = False
    caller = Caller(REALTIME)
    await room.serve(caller, Line())
    assert caller.got[0]["status"] == 503
    assert not room.asked


# ------------------------------------------------------------------ messages


async def talk(room: Room, caller: Caller, line: Line, count: int) -> None:
    """Serve a caller until so many messages have come, then let him leave."""
    async with room.serving(caller, line):
        await caller.until(count)
        caller.leaves()


async def test_messages_are_masked_both_ways(room: Room) -> None:
    caller, line = Caller(OTHER), Line(f"for {IIN}")
    caller.sends(f"ИИН {IIN}")
    await talk(room, caller, line, 2)
    assert line.received == [f"ИИН {MASKED}"]
    assert caller.texts == [f"for {MASKED}"]


async def test_bytes_are_refused_as_media_are(room: Room) -> None:
    caller, line = Caller(OTHER), Line()
    caller.sends(b"\x00", "hello")
    await talk(room, caller, line, 2)
    assert json.loads(caller.texts[0])["error"]["code"] == "content_policy_violation"
    assert line.received == ["hello"]
    caller, line = Caller(OTHER), Line("hello", b"\x00", "more")
    await room.serve(caller, line)
    assert caller.texts[0] == "hello"
    assert json.loads(caller.texts[1])["error"]["code"] == "content_policy_violation"
    assert (caller.closed, len(caller.texts)) == (1008, 2)
    assert line.closed == (1001, "")
    assert room.ends[-1] == "content_policy_violation"


async def test_a_message_without_evidence_goes_nowhere(room: Room) -> None:
    caller, line = Caller(OTHER), Line()
    async with room.serving(caller, line):
        await caller.until(1)
        room.evidence.healthy = False
        caller.sends("hello")
        await caller.until(2)
        assert "evidence" in json.loads(caller.texts[0])["error"]["code"]
        caller.leaves()
    assert line.received == []


async def test_a_message_that_is_too_large_ends_the_session(room: Room) -> None:
    room.limit(Limits(body_bytes=100))
    caller, line = Caller(OTHER), Line()
    caller.sends("x" * 101)
    await room.serve(caller, line)
    assert caller.closed == 1009
    assert line.received == []
    assert room.ends == ["message_too_large"]


async def test_a_slow_caller_lets_the_upstream_wait(room: Room) -> None:
    caller, line = Caller(OTHER), Line(*(f"word {n}" for n in range(500)))
    caller.stops_after = 2
    async with room.serving(caller, line):
        await asyncio.sleep(0.2)
        asked = line.asked
        await asyncio.sleep(0.2)
        assert line.asked == asked < 500, "nothing is read that can't be handed on"
        caller.takes.set()
        await caller.until(501)
        caller.leaves()


async def test_a_slow_upstream_lets_the_caller_wait(room: Room) -> None:
    caller, line = Caller(OTHER), Line()
    line.takes.clear()
    caller.sends(*(f"word {n}" for n in range(50)))
    async with room.serving(caller, line):
        await caller.until(1)
        await asyncio.sleep(0.3)
        assert caller._inbox.qsize() == 49
        line.takes.set()
        caller.leaves()
    assert len(line.received) == 50


async def test_whoever_takes_nothing_any_more_ends_the_session(room: Room) -> None:
    room.limit(Limits(idle_seconds=0.2))
    caller, line = Caller(OTHER), Line()
    line.takes.clear()
    caller.sends("hello")
    await room.serve(caller, line)
    assert json.loads(caller.texts[0])["error"]["code"] == "upstream_timeout"
    assert caller.closed == 1011
    stuck, line = Caller(OTHER), Line("hello", "more")
    async with room.serving(stuck, line):
        await stuck.until(1)
        stuck.takes.clear()
    assert room.ends == ["upstream_timeout", "client_gone"]
    assert line.closed == (1001, "")


# ------------------------------------------------------------------ the end


@pytest.mark.parametrize(
    ("came", "told"),
    [
        ((1000, "bye"), (1000, "bye")),
        ((1005, ""), (1000, "")),
        ((4001, "code 7"), (4001, "code 7")),
        ((4001, f"ИИН {IIN}"), (4001, "")),
    ],
)
async def test_the_upstreams_close_is_handed_on(
    room: Room, came: tuple[int, str], told: tuple[int, str]
) -> None:
    caller = Caller(OTHER)
    await room.serve(caller, Line("hello", ClosedError(*came)))
    assert caller.texts == ["hello"]
    assert (caller.closed, caller.got[-1]["reason"]) == told
    assert room.ends == ["complete"]


async def test_what_was_held_back_leaves_before_the_close(room: Room) -> None:
    event = {"type": "response.output_text.delta", "item_id": "i", "content_index": 0}
    caller = Caller(REALTIME)
    sent = json.dumps({**event, "delta": "Номер 900101"})
    await room.serve(caller, Line(sent, ClosedError(1000)))
    said = "".join(json.loads(one)["delta"] for one in caller.texts)
    assert said.endswith("Номер 900101")
    assert caller.closed == 1000


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ClosedError(1006), "upstream_reset"),
        (UpstreamError("large", code="upstream_too_large"), "upstream_too_large"),
    ],
)
async def test_an_upstream_that_fails_is_told_of(room: Room, error: Exception, code: str) -> None:
    caller = Caller(REALTIME)
    await room.serve(caller, Line(error))
    assert json.loads(caller.texts[-1])["error"]["code"] == code
    assert caller.closed == 1011
    assert room.ends == [code]


async def test_an_upstream_that_closes_while_it_is_sent_to_is_heard_out(room: Room) -> None:
    caller, line = Caller(OTHER), Line()
    line.breaks = True
    caller.sends("hello")
    await room.serve(caller, line)
    assert caller.closed == 1011
    assert room.ends == ["upstream_reset"]


@pytest.mark.parametrize(
    ("came", "told", "how"),
    [
        (4002, 4002, "client_gone"),
        (1001, 1001, "client_closed"),
        (1005, 1000, "client_closed"),
        (1006, 1001, "client_gone"),
        (1012, 1001, "stopping"),
    ],
)
async def test_the_callers_close_is_handed_on(room: Room, came: int, told: int, how: str) -> None:
    caller, line = Caller(OTHER), Line()
    caller.leaves(came, f"ИИН {IIN}")
    await room.serve(caller, line)
    assert line.closed == (told, "")
    assert caller.got[-1]["type"] == "websocket.accept", "there is nobody to close"
    assert room.ends == [how]


async def test_a_caller_whose_time_is_up_gets_a_proper_end(room: Room) -> None:
    caller, line = Caller(OTHER), Line()
    async with room.serving(caller, line) as task:
        await caller.until(1)
        task.cancel()
    assert task.cancelled()
    assert caller.closed == 1012
    assert line.closed == (1001, "")
    assert room.ends == ["stopping"]


async def test_a_fault_of_the_guard_ends_the_session_without_its_words(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caller = Caller(OTHER)
    await room.serve(caller, Line(ValueError(f"about {IIN}")))
    assert caller.closed == 1011
    assert caplog.messages == ["a session failed: ValueError"]
    assert room.ends == ["guard_failed"]


async def test_what_passes_unexamined_says_so(room: Room) -> None:
    caller, line = Caller("/feed"), Line(f"ИИН {IIN}", b"\x00", ClosedError(1000))
    await room.serve(caller, line)
    assert dict(caller.got[0]["headers"])[b"guardrail-decision"] == b"unexamined"
    assert caller.texts == [f"ИИН {IIN}"]
    assert caller.got[2]["bytes"] == b"\x00"
    assert [one.kind for one in room.evidence.entries] == ["unexamined"]
    caller = Caller("/feed")
    await room.serve(caller, RejectedError(RawReply(status=404, body=b"none")))
    assert (caller.got[0]["status"], caller.got[1]["body"]) == (404, b"none")


# ------------------------------------------------------------------ the middleware


async def echoing(scope: Message, receive: Receive, send: Send) -> None:
    """Accept, and send everything back until the caller leaves."""
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][0]})
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})
    scope["state"]["left"] = message["code"]


async def call(assembly: Assembly, app: App, caller: Caller, limits: Limits | None = None) -> None:
    settings = assembly.settings.model_copy(update={"limits": limits or Limits()})
    guarded = GuardrailMiddleware(app, settings=settings, assembly=assembly)
    async with asyncio.timeout(20):
        await guarded(caller.scope, caller.receive, caller.send)


@pytest.fixture
def guarding(assembled: Assembled) -> tuple[Assembly, MemoryLog]:
    return assembled(personal_data="mask", unmatched=GENERIC, media="pass")


async def test_an_applications_websocket_is_guarded(guarding: tuple[Assembly, MemoryLog]) -> None:
    caller = Caller(OTHER, "a", "b")
    state: dict[str, int] = {}
    caller.scope["state"] = state
    caller.sends(f"ИИН {IIN}", b"\x00")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(call(guarding[0], echoing, caller))
        await caller.until(3)
        caller.leaves(4000)
    assert caller.got[0]["subprotocol"] == "a"
    assert caller.texts == [f"ИИН {MASKED}"]
    assert caller.got[2]["bytes"] == b"\x00"
    assert state == {"left": 4000}
    assert guarding[1].entries[-1].fields["code"] == "client_gone"


async def test_an_application_may_close_reject_or_fail(
    guarding: tuple[Assembly, MemoryLog], caplog: pytest.LogCaptureFixture
) -> None:
    async def closes(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "hello"})
        await send({"type": "websocket.close", "code": 4003, "reason": "enough"})
        with pytest.raises(OSError, match="closed"):
            await send({"type": "websocket.send", "text": "more"})

    caller = Caller(OTHER)
    await call(guarding[0], closes, caller)
    assert caller.texts == ["hello"]
    assert (caller.closed, caller.got[-1]["reason"]) == (4003, "enough")

    async def rejects(scope: Message, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/json")]
        await send({"type": "websocket.http.response.start", "status": 401, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b'{"a":', "more_body": True})
        await send({"type": "websocket.http.response.body", "body": f'"{IIN}"}}'.encode()})

    caller = Caller(OTHER)
    await call(guarding[0], rejects, caller)
    assert caller.got[0]["status"] == 401
    assert json.loads(caller.got[1]["body"]) == {"a": MASKED}

    async def turns_away(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.close"})

    caller = Caller(OTHER)
    await call(guarding[0], turns_away, caller)
    assert caller.got[0]["status"] == 403

    async def fails(scope: Message, receive: Receive, send: Send) -> None:
        raise ValueError(f"about {IIN}")

    caller = Caller(OTHER)
    await call(guarding[0], fails, caller)
    assert caller.got[0]["status"] == 502

    async def breaks(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        raise ValueError(f"about {IIN}")

    caller = Caller(OTHER)
    await call(guarding[0], breaks, caller)
    assert caller.closed == 1011
    assert IIN not in caplog.text


async def test_an_application_that_never_ends_is_cancelled(
    guarding: tuple[Assembly, MemoryLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_inner, "LEAVE_SECONDS", 0.1)
    ended = []

    async def deaf(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append(True)

    caller = Caller(OTHER)
    caller.sends("one", "two", "three")
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(call(guarding[0], deaf, caller))
        await caller.until(1)
        await asyncio.sleep(0.1)
        task.cancel()
    await asyncio.sleep(0)
    assert ended == [True]


async def test_an_applications_message_has_its_limit(
    guarding: tuple[Assembly, MemoryLog],
) -> None:
    async def large(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.send", "text": "x" * 101})
        await receive()

    caller = Caller(OTHER)
    await call(guarding[0], large, caller, Limits(reply_bytes=100))
    assert json.loads(caller.texts[0])["error"]["code"] == "upstream_too_large"
    assert caller.closed == 1011


# ------------------------------------------------------------------ sound that waits

FRAME = '{"type": "input_audio_buffer.append", "audio": "AAEAAgADAAQABQAG"}'


class Telling(Line):
    """Tells when it was sent something."""

    def __init__(self, *sent: Sent | Exception) -> None:
        super().__init__(*sent)
        self.came = asyncio.Event()

    async def send(self, message: Sent) -> None:
        await super().send(message)
        self.came.set()


@pytest.fixture
def spoken() -> Caller:
    caller = Caller("/v1/realtime")
    caller.sends(FRAME)
    return caller


@pytest.mark.xdist_group("media")
async def test_sound_goes_on_in_time_with_nothing_behind_it(room: Room, spoken: Caller) -> None:
    line = Telling()
    async with room.serving(spoken, line):
        await line.came.wait()
        spoken.sends(FRAME)
        spoken.leaves()
    assert line.received == [FRAME]
    assert room.ends == ["client_closed"]


async def test_sound_of_a_caller_who_leaves_goes_nowhere(room: Room, spoken: Caller) -> None:
    line = Line()
    spoken.leaves()
    await room.serve(spoken, line)
    assert line.received == []
    assert room.ends == ["client_closed"]


async def test_an_upstream_that_closes_while_sound_waits_ends_the_session(
    room: Room, spoken: Caller
) -> None:
    await room.serve(spoken, Line(ClosedError(4001, "bye")))
    assert spoken.closed == 4001
