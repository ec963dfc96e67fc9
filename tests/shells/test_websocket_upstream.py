"""The client for the upstream's WebSockets, and uvicorn's protocol for the callers'."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NoReturn

import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from guardrail.errors import BadInput, UpstreamError
from guardrail.shells.incoming import incoming
from guardrail.shells.upstream import UpstreamLimits, read_origin
from guardrail.shells.websocket import ClosedError, RejectedError
from guardrail.shells.websocket_incoming import IncomingWebSocket
from guardrail.shells.websocket_upstream import Opened, WebSocketUpstream
from guardrail.testing import FakeUpstream, FakeWebSocketUpstream, Line, Step
from guardrail.testing.asgi import App, Message, Receive, Send
from guardrail.testing.upstream import nonsense, reset, silent

LIMITS = UpstreamLimits(connect=2.0, head=0.3, idle=2.0)


def client(url: str) -> WebSocketUpstream:
    return WebSocketUpstream(read_origin(url), limits=LIMITS, message_bytes=1_000)


async def opened(act: Callable[[Line], Any], fake: FakeWebSocketUpstream) -> Opened:
    fake.play(act)
    return await client(fake.url).connect("/v1/realtime?model=m", (), [])


@pytest.fixture
async def fake() -> AsyncIterator[FakeWebSocketUpstream]:
    async with FakeWebSocketUpstream(subprotocols=["b"]) as upstream:
        yield upstream


# ------------------------------------------------------------------ the upstream


async def test_a_message_comes_back(fake: FakeWebSocketUpstream) -> None:
    headers = ((b"authorization", b"Bearer sk"), (b"x-name", b"\xe9"))
    line = await client(f"{fake.url}/v1").connect("/v1/x;y=1?a=b&c=%20", headers, ["a", "b"])
    assert line.subprotocol == "b"
    assert (b"upgrade", b"websocket") in line.headers
    for message in ("Сәлем", b"\x00\xff", ""):
        await line.send(message)
        assert await line.receive() == message
    await line.close(4000, "bye")
    [seen] = fake.lines
    await seen.over.wait()
    assert seen.target == "/v1/x;y=1?a=b&c=%20"
    assert seen.header(b"authorization") == b"Bearer sk"
    assert seen.header(b"x-name") == b"\xe9"
    assert seen.header(b"user-agent") is None
    assert seen.header(b"sec-websocket-extensions") is None
    assert seen.closed == 4000


async def test_its_close_is_told(fake: FakeWebSocketUpstream) -> None:
    line = await opened(lambda one: one.close(4001, "no"), fake)
    with pytest.raises(ClosedError) as closed:
        await line.receive()
    assert (closed.value.code, closed.value.reason) == (4001, "no")
    with pytest.raises(ClosedError):
        await line.send("late")
    await line.close(1000)


async def test_one_that_breaks_off_is_lost(fake: FakeWebSocketUpstream) -> None:
    async def act(one: Line) -> None:
        await one.send("hello")
        one.reset()

    line = await opened(act, fake)
    assert await line.receive() == "hello"
    with pytest.raises(ClosedError) as closed:
        await line.receive()
    assert closed.value.code == 1006


async def test_too_large_a_message_is_a_fault(fake: FakeWebSocketUpstream) -> None:
    line = await opened(lambda one: one.send("x" * 1_001), fake)
    with pytest.raises(UpstreamError) as error:
        await line.receive()
    assert error.value.code == "upstream_too_large"


async def test_what_it_says_instead_is_handed_on(fake: FakeWebSocketUpstream) -> None:
    fake.rejects = (302, b'{"moved": true}')
    with pytest.raises(RejectedError) as rejected:
        await client(fake.url).connect("/x", (), [])
    reply = rejected.value.reply
    assert (reply.status, reply.body) == (302, b'{"moved": true}')
    assert (reply.header(b"content-type") or b"").startswith(b"application/json")


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (silent(), "upstream_timeout"),
        (nonsense(), "upstream_nonsense"),
        (reset(), "upstream_nonsense"),
    ],
)
async def test_one_that_doesnt_speak_websocket(step: Step, code: str) -> None:
    async with FakeUpstream(step) as upstream:
        with pytest.raises(UpstreamError) as error:
            await client(upstream.url).connect("/x", (), [])
    assert error.value.code == code


async def test_one_that_isnt_there(free_ports: tuple[int, int]) -> None:
    with pytest.raises(UpstreamError) as error:
        await client(f"http://127.0.0.1:{free_ports[0]}").connect("/x", (), [])
    assert error.value.code == "upstream_unreachable"


async def test_what_has_two_readings_is_not_sent(fake: FakeWebSocketUpstream) -> None:
    with pytest.raises(BadInput):
        await client(fake.url).connect("/v1/../x", (), [])
    with pytest.raises(BadInput):
        await client(fake.url).connect("/x", ((b"a", b"b\r\nc: d"),), [])
    assert not fake.lines


# ------------------------------------------------------------------ the callers' side


async def echoing(scope: Message, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})
    ENDS.append(message["code"])


ENDS: list[int] = []


@asynccontextmanager
async def served(app: App = echoing) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    async def refuse(error: object) -> NoReturn:
        raise AssertionError(error)

    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        http=incoming(5.0, refuse),
        ws=IncomingWebSocket,
        ws_max_size=1_000,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
    )
    server = uvicorn.Server(config)
    ENDS.clear()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield server, listener.getsockname()[1]
        server.should_exit = True
    listener.close()


async def test_a_caller_is_served_closed_at_the_stop_and_nothing_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    async with served() as (server, port), connect(f"ws://127.0.0.1:{port}/secret") as socket_:
        await socket_.send("private words")
        assert await socket_.recv() == "private words"
        server.should_exit = True
        with pytest.raises(ConnectionClosed) as closed:
            await socket_.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012
    assert ENDS == [1012]
    ours = [one.getMessage() for one in caplog.records if not one.name.startswith("websockets")]
    assert not any("secret" in one or "private" in one for one in ours)


async def test_a_message_that_is_too_large_closes(caplog: pytest.LogCaptureFixture) -> None:
    async with served() as (_, port), connect(f"ws://127.0.0.1:{port}/") as socket_:
        await socket_.send("x" * 1_001)
        with pytest.raises(ConnectionClosed) as closed:
            await socket_.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET / HTTP/1.1\r\n" + b"x-y: 1\r\n" * 200, b"431"),
        (b"GET / HTTP/1.1\r\nx-long: " + b"x" * 9_000 + b"\r\n", b"431"),
        (b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\n", b"414"),
        (b"POST / HTTP/1.1\r\n", b"405"),
        (b"GET / HTTP/1.1\r\n", b"400"),
    ],
)
async def test_a_handshake_that_cannot_be_read_ends_the_connection(
    head: bytes, status: bytes
) -> None:
    async with served() as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head + b"host: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n")
        async with asyncio.timeout(5):
            answer = await reader.read()
        writer.close()
        assert answer[9:12] == status


async def test_a_caller_who_reads_no_more_delays_no_stop() -> None:
    async def flooding(scope: Message, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while True:
            await send({"type": "websocket.send", "text": "x" * 10_000})

    async with served(flooding) as (server, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1_000)
        head = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
        key = b"sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        writer.write(head + key + b"\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x88\x80\0\0\0\0")  # he closes, but takes nothing of what was sent
        await asyncio.sleep(0.2)
        assert len(server.server_state.connections) == 1
        async with asyncio.timeout(5):
            server.should_exit = True
            while server.server_state.connections:  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.01)
        writer.transport.abort()
