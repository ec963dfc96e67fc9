"""The client for the upstream's WebSockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from guardrail.errors import BadInput, UpstreamError
from guardrail.shells.upstream import UpstreamLimits, read_origin
from guardrail.shells.websocket import ClosedError, RejectedError
from guardrail.shells.websocket_upstream import Opened, WebSocketUpstream
from guardrail.testing import FakeUpstream, FakeWebSocketUpstream, Line, Step
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
