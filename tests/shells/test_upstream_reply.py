"""Replies on real sockets: as they come, as they fail, and as they are left."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.errors import UpstreamError
from guardrail.facts import Headers
from guardrail.shells.upstream import Upstream, UpstreamLimits
from guardrail.testing import FakeUpstream, Step, Then
from guardrail.testing.upstream import answer, gzipped, huge, reset, silent, slow, stream

Run = Callable[[Awaitable[Any]], Any]
QUICK = UpstreamLimits(connect=0.2, head=0.2, idle=0.2)
HEADERS: Headers = ((b"authorization", b"Bearer k"), (b"connection", b"close"))


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Iterator[Any]:
    factory = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    with asyncio.Runner(loop_factory=factory[request.param]) as runner:
        yield runner.run


async def ask(upstream: Upstream, target: str = "/v1/x", body: bytes = b"{}") -> bytes:
    reply = await upstream.send("POST", target, HEADERS, body)
    return await reply.read(1 << 20)


async def fails(awaitable: Awaitable[object]) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        await asyncio.wait_for(awaitable, 10)
    return caught.value


def test_chunks_come_as_they_are_sent_and_bodies_are_not_decoded(run: Run) -> None:
    async def steps() -> None:
        events = [b"data: %d\n\n" % number for number in range(5)]
        async with FakeUpstream([stream(events, pause=0.02), gzipped(b"{}")]) as fake:
            upstream = Upstream(fake.url)
            reply = await upstream.send("GET", "/", (), b"")
            assert [chunk async for chunk in reply.chunks()] == events
            assert (await ask(upstream)).startswith(b"\x1f\x8b")
            await upstream.close()

    run(steps())


@pytest.mark.parametrize(
    ("step", "code", "status"),
    [
        (silent(), "upstream_timeout", 504),
        (Step((b"HTTP/1.1 200 OK\r\nX-Slow: ", *(0.1, b"x") * 20)), "upstream_timeout", 504),
        (stream([b"a", b"b"], pause=5), "upstream_timeout", 504),
        (slow(5), "upstream_timeout", 504),
        (reset(), "upstream_reset", 502),
        (reset(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), "upstream_reset", 502),
        (stream([b"a"], then=Then.CLOSE), "upstream_reset", 502),
        (stream([b"a"], then=Then.RESET), "upstream_reset", 502),
        (Step((b"SSH-2.0-OpenSSH_9.2\r\n",), Then.HANG), "upstream_nonsense", 502),
    ],
)
def test_every_misbehaviour_has_its_error_in_time(
    run: Run, step: Step, code: str, status: int
) -> None:
    async def steps() -> None:
        async with FakeUpstream(step) as fake:
            upstream = Upstream(fake.url, limits=QUICK)
            error = await fails(ask(upstream))
            assert (error.code, error.status) == (code, status)
            await upstream.close()

    run(steps())


def test_a_slow_stream_that_keeps_coming_is_no_timeout(run: Run) -> None:
    async def steps() -> None:
        async with FakeUpstream(stream([b"x"] * 8, pause=0.06)) as fake:
            upstream = Upstream(fake.url, limits=QUICK)
            assert await ask(upstream) == b"x" * 8
            await upstream.close()

    run(steps())


@pytest.mark.parametrize("leave", ["send", "read", "chunks", "aclose", "abandon"])
def test_leaving_early_closes_the_connection(run: Run, leave: str) -> None:
    async def steps() -> None:
        step = silent() if leave == "send" else stream([b"a"], then=Then.HANG)
        async with FakeUpstream(step) as fake:
            upstream = Upstream(fake.url)
            if leave in {"send", "read"}:
                task = asyncio.ensure_future(ask(upstream))
                await asyncio.sleep(0.05)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            else:
                reply = await upstream.send("GET", "/", (), b"")
                chunks = reply.chunks()
                assert await anext(chunks) == b"a"
                if leave == "aclose":
                    await reply.aclose()
                    await reply.aclose()
                    assert (await fails(anext(chunks))).code == "upstream_reset"
                elif leave == "chunks":
                    await chunks.aclose()  # type: ignore[attr-defined] # it is a generator
                else:
                    del chunks
                    gc.collect()
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            assert upstream.open == 0
            await upstream.close()

    run(steps())


def test_a_reader_that_does_not_read_holds_the_upstream_back(run: Run) -> None:
    async def steps() -> None:
        size = 50_000_000
        async with FakeUpstream(huge(size)) as fake:
            upstream = Upstream(fake.url, limits=UpstreamLimits(idle=0.2))
            reply = await upstream.send("GET", "/", (), b"")
            await asyncio.sleep(0.6)  # longer than the idle limit: the reader is the slow one
            assert fake.sent < size / 2
            assert reply.buffered < 1 << 20
            got = 0
            async for chunk in reply.chunks():
                got += len(chunk)
                assert len(chunk) < 1 << 20
            assert got == size
            await upstream.close()

    run(steps())


def test_a_reply_over_the_limit_is_given_up(run: Run) -> None:
    async def steps() -> None:
        async with FakeUpstream([huge(1_000_000), answer(200, b"12345")]) as fake:
            upstream = Upstream(fake.url)
            reply = await upstream.send("GET", "/", (), b"")
            error = await fails(reply.read(10_000))
            assert (error.code, error.status) == ("upstream_too_large", 502)
            reply = await upstream.send("GET", "/", (), b"")
            assert (await fails(reply.read(4))).code == "upstream_too_large"
            await upstream.close()

    run(steps())


@settings(max_examples=40, deadline=None)
@given(data=st.binary(max_size=60), http=st.booleans(), then=st.sampled_from(Then))
def test_whatever_a_server_sends_is_a_reply_or_an_upstream_error_in_time(
    run: Run,
    data: bytes,
    http: bool,  # noqa: FBT001 - hypothesis gives it by name
    then: Then,
) -> None:
    limits = UpstreamLimits(connect=0.3, head=0.05, idle=0.05)

    async def steps() -> None:
        start = b"HTTP/1.1 200 OK\r\n" if http else b""
        async with FakeUpstream(Step((start + data,), then)) as fake:
            upstream = Upstream(fake.url, limits=limits)
            try:
                async with asyncio.timeout(10):
                    await ask(upstream)
            except UpstreamError:
                pass
            await upstream.close()

    run(steps())
