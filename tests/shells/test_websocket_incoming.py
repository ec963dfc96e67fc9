"""Callers' WebSockets are bounded, logged by nobody, and closed in time."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NoReturn

import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from guardrail.shells.incoming import incoming
from guardrail.shells.websocket_incoming import IncomingWebSocket
from guardrail.testing.asgi import App, Message, Receive, Send


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
