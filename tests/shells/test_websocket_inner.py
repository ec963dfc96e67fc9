"""A wrapped application stands in the upstream's place, one message at a time."""

from __future__ import annotations

import asyncio

import pytest

from guardrail.errors import UpstreamError
from guardrail.shells.websocket import ClosedError, RejectedError
from guardrail.shells.websocket_inner import Inner, InnerSockets
from guardrail.testing.asgi import App, Message, Receive, Send

SCOPE: Message = {"type": "websocket", "headers": [(b"host", b"example.kz")], "state": {}}


async def opened(app: App) -> Inner:
    return await InnerSockets(app, SCOPE, 100).connect("/", ((b"a", b"b"),), ["one"])


async def echoing(scope: Message, receive: Receive, send: Send) -> None:
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][0]})
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})
    scope["state"]["left"] = message["code"]


async def test_an_application_gets_what_is_sent_and_is_told_when_the_caller_left() -> None:
    inner = await opened(echoing)
    assert inner.subprotocol == "one"
    for message in ("hello", b"\x00"):
        await inner.send(message)
        assert await inner.receive() == message
    await inner.close(4000)
    assert SCOPE["state"] == {"left": 4000}


async def test_an_application_that_says_no_or_nothing_is_no_connection() -> None:
    async def rejects(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.close"})

    with pytest.raises(RejectedError) as rejected:
        await opened(rejects)
    assert rejected.value.reply.status == 403

    async def leaves(scope: Message, receive: Receive, send: Send) -> None:
        await receive()

    with pytest.raises(UpstreamError) as failed:
        await opened(leaves)
    assert failed.value.code == "upstream_reset"


async def test_whoever_sends_waits_until_the_application_takes() -> None:
    async def deaf(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await asyncio.sleep(3600)

    inner = await opened(deaf)
    await inner.send("one waits")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await inner.send("no room for another")


async def test_an_application_that_ends_has_closed() -> None:
    async def ends(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": 4003})

    inner = await opened(ends)
    with pytest.raises(ClosedError) as closed:
        await inner.receive()
    assert closed.value.code == 4003
