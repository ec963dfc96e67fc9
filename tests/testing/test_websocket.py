"""The fake upstream speaks WebSocket as a test says."""

from __future__ import annotations

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from guardrail.testing import FakeWebSocketUpstream, Line


def _address(fake: FakeWebSocketUpstream) -> str:
    return fake.url.replace("http", "ws", 1) + "/a?b=c"


async def test_it_echoes_and_notes_what_came() -> None:
    async with FakeWebSocketUpstream() as fake, connect(_address(fake)) as socket:
        await socket.send("hello")
        assert await socket.recv() == "hello"
    assert fake.lines[0].received[0] == "hello"
    assert fake.lines[0].target == "/a?b=c"
    assert fake.lines[0].header(b"upgrade") == b"websocket"


async def test_it_closes_as_it_is_told() -> None:
    async def leave(line: Line) -> None:
        await line.send({"type": "bye"})
        await line.close(4001)

    async with FakeWebSocketUpstream(leave) as fake, connect(_address(fake)) as socket:
        assert await socket.recv() == '{"type": "bye"}'
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4001
