"""The client on real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import uvloop

from guardrail.errors import BadInput, ConfigError, UpstreamError
from guardrail.facts import Headers
from guardrail.shells.upstream import Upstream, UpstreamLimits
from guardrail.shells.upstream_connection import Connection
from guardrail.testing import FakeUpstream, Step, Then
from guardrail.testing.upstream import answer, reset, silent, slow, stream

Run = Callable[[Awaitable[Any]], Any]
QUICK = UpstreamLimits(connect=0.2, head=0.2, idle=0.2)
PATIENT = UpstreamLimits(connect=10, head=10, idle=10)
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


def test_a_request_arrives_as_it_was_sent_but_for_the_connection_fields(run: Run) -> None:
    async def steps() -> None:
        async with FakeUpstream(answer(201, b"made", ((b"x-y", b"z"),))) as fake:
            upstream = Upstream(fake.url + "/v1")
            reply = await upstream.send("POST", "/v1/x?q=1", HEADERS, b"\x00body")
            assert (reply.status, await reply.read(4)) == (201, b"made")
            assert reply.headers == ((b"x-y", b"z"), (b"content-length", b"4"))
            await upstream.close()
        got = fake.requests[0]
        assert (got.method, got.target, got.body) == ("POST", "/v1/x?q=1", b"\x00body")
        assert got.headers == (
            (b"host", fake.url.removeprefix("http://").encode()),
            (b"content-length", b"5"),
            (b"authorization", b"Bearer k"),
        )

    run(steps())


def test_a_thousand_requests_in_turn_need_one_connection(run: Run) -> None:
    # A caller's `Connection: close` and the parser's forgetfulness would each make it a thousand.
    async def steps() -> None:
        async with FakeUpstream([answer(), stream([b"a"]), answer(204, b"", ())]) as fake:
            upstream = Upstream(fake.url)
            for _ in range(1_000):
                await ask(upstream)
            await upstream.close()
        assert (len(fake.requests), fake.connections) == (1_000, 1)

    run(steps())


def test_a_reply_that_says_close_costs_only_its_own_connection(run: Run) -> None:
    async def steps() -> None:
        closing = answer(200, b"bye", ((b"connection", b"close"),))
        async with FakeUpstream([closing, answer()]) as fake:
            upstream = Upstream(fake.url)
            for _ in range(3):
                await ask(upstream)
            await upstream.close()
        assert fake.connections == 2

    run(steps())


def test_a_large_body_arrives_whole(run: Run) -> None:
    async def steps() -> None:
        body = bytes(range(256)) * 20_000
        async with FakeUpstream() as fake:
            upstream = Upstream(fake.url)
            await ask(upstream, body=body)
            await upstream.close()
        assert fake.requests[0].body == body

    run(steps())


def test_a_stale_connection_is_replaced_once_and_the_request_sent_again(run: Run) -> None:
    async def steps() -> None:
        script = [answer(), Step((), Then.CLOSE), answer(200, b"again")]
        for limits in (PATIENT, UpstreamLimits(connections=1)):
            async with FakeUpstream(script) as fake:
                upstream = Upstream(fake.url, limits=limits)
                await ask(upstream)
                assert await ask(upstream) == b"again"
                await upstream.close()
            assert (fake.connections, len(fake.requests)) == (2, 3)

    run(steps())


@pytest.mark.parametrize("second", [Step((), Then.CLOSE), reset()])
def test_nothing_is_sent_a_third_time_or_again_on_a_new_connection(run: Run, second: Step) -> None:
    async def steps() -> None:
        async with FakeUpstream([answer(), second, second, answer()]) as fake:
            upstream = Upstream(fake.url)
            await ask(upstream)
            assert (await fails(ask(upstream))).code == "upstream_reset"
            assert len(fake.requests) == 3
            await upstream.close()
        async with FakeUpstream([second, answer()]) as fake:
            upstream = Upstream(fake.url)
            assert (await fails(ask(upstream))).code == "upstream_reset"
            assert len(fake.requests) == 1
            await upstream.close()

    run(steps())


def test_a_request_that_was_being_worked_on_is_not_sent_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guardrail.shells.upstream_connection.STALE_SECONDS", 0.05)

    async def steps() -> None:
        async with FakeUpstream([answer(), Step((0.2,), Then.CLOSE), answer()]) as fake:
            upstream = Upstream(fake.url)
            await ask(upstream)
            assert (await fails(ask(upstream))).code == "upstream_reset"
            assert len(fake.requests) == 2
            await upstream.close()

    run(steps())


def test_connections_that_idled_too_long_are_not_used_again(run: Run) -> None:
    async def steps() -> None:
        async with FakeUpstream() as fake:
            upstream = Upstream(fake.url, limits=UpstreamLimits(kept_alive=0.05))
            await asyncio.gather(ask(upstream), ask(upstream))
            await asyncio.sleep(0.1)
            await ask(upstream)
            assert fake.connections == 3
            upstream = Upstream(fake.url, limits=UpstreamLimits(kept_alive=0.15))
            await asyncio.gather(ask(upstream), ask(upstream))
            for _ in range(4):
                await asyncio.sleep(0.05)
                await ask(upstream)
            # The one that is used stays; the other one went without having been asked for.
            assert fake.connections == 5
            await asyncio.sleep(0.01)
            assert len(upstream._connections) == 1
            await upstream.close()

    run(steps())


def test_an_idle_connection_that_the_upstream_closes_is_forgotten(run: Run) -> None:
    async def steps() -> None:
        script = Step((*answer().send, 0.02), Then.CLOSE)
        async with FakeUpstream(script) as fake:
            upstream = Upstream(fake.url)
            await ask(upstream)
            await asyncio.sleep(0.1)
            await ask(upstream)
            assert (fake.connections, len(fake.requests)) == (2, 2)
            await upstream.close()

    run(steps())


def test_an_upstream_that_is_not_there_is_unreachable(run: Run) -> None:
    async def steps() -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            upstream = Upstream(f"http://127.0.0.1:{free.getsockname()[1]}")
            error = await fails(ask(upstream))
            assert (error.code, error.status) == ("upstream_unreachable", 502)
            assert "127.0.0.1" not in str(error)
        assert upstream.open == 0
        await upstream.close()

    run(steps())


def test_an_upstream_that_takes_no_connection_is_a_timeout(run: Run) -> None:
    async def steps() -> None:
        with socket.socket() as full, socket.socket() as other:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            other.connect(full.getsockname())
            upstream = Upstream(f"http://127.0.0.1:{full.getsockname()[1]}", limits=QUICK)
            error = await fails(ask(upstream))
            assert (error.code, error.status) == ("upstream_timeout", 504)
            assert upstream.open == 0
            await upstream.close()

    run(steps())


def test_the_pool_is_bounded_and_waiting_for_it_too(run: Run) -> None:
    async def steps() -> None:
        limits = UpstreamLimits(connections=2, connect=0.3)
        async with FakeUpstream(slow(0.05)) as fake:
            upstream = Upstream(fake.url, limits=limits)
            await asyncio.gather(*(ask(upstream) for _ in range(8)))
            assert (fake.connections, len(fake.requests)) == (2, 8)
            await upstream.close()
        async with FakeUpstream(silent()) as fake:
            upstream = Upstream(fake.url, limits=limits)
            busy = [asyncio.ensure_future(ask(upstream)) for _ in range(2)]
            await asyncio.sleep(0.05)
            error = await fails(ask(upstream))
            assert (error.code, error.status) == ("upstream_overloaded", 503)
            assert not upstream._waiters
            # A waiter inherits the place of a request that was given up.
            waiting = asyncio.ensure_future(ask(upstream))
            await asyncio.sleep(0.05)
            busy[0].cancel()
            await asyncio.sleep(0.1)
            assert (fake.connections, len(fake.requests)) == (3, 3)
            await upstream.close()
            await asyncio.gather(*busy, waiting, return_exceptions=True)

    run(steps())


def test_waiters_that_leave_take_no_place_with_them(run: Run) -> None:
    async def steps() -> None:
        limits = UpstreamLimits(connections=1, connect=5)
        async with FakeUpstream(slow(0.01)) as fake:
            upstream = Upstream(fake.url, limits=limits)
            for round_ in range(20):
                tasks = [asyncio.ensure_future(ask(upstream)) for _ in range(5)]
                await asyncio.sleep(0.001 * round_)
                for task in tasks[::2]:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            assert await asyncio.wait_for(ask(upstream), 5) == b"{}"
            assert upstream.open == 1
            assert not upstream._waiters
            await upstream.close()
            assert upstream.open == 0

    run(steps())


def test_what_must_not_be_forwarded_never_reaches_the_network(run: Run) -> None:
    async def steps() -> None:
        async with FakeUpstream() as fake:
            upstream = Upstream(fake.url)
            for method, target, headers in (
                ("GET", "/../x", ()),
                ("CONNECT", "/", ()),
                ("GET", "/", ((b"x", b"\r\ny: z"),)),
            ):
                with pytest.raises(BadInput):
                    await upstream.send(method, target, headers, b"")
            assert fake.connections == 0
            await upstream.close()

    run(steps())
    with pytest.raises(ConfigError):
        Upstream("localhost:8000")


def test_close_ends_what_is_under_way_and_takes_no_more(run: Run) -> None:
    async def steps() -> None:
        async with FakeUpstream(silent()) as fake:
            upstream = Upstream(fake.url, limits=UpstreamLimits(connections=1))
            tasks = [asyncio.ensure_future(ask(upstream)) for _ in range(2)]
            await asyncio.sleep(0.05)
            await asyncio.wait_for(upstream.close(), 5)
            errors = await asyncio.gather(*tasks, return_exceptions=True)
            assert [error.code for error in errors if isinstance(error, UpstreamError)] == [
                "upstream_reset",
                "upstream_unreachable",
            ]
            assert (await fails(ask(upstream))).code == "upstream_unreachable"
            await upstream.close()

    run(steps())


def test_a_full_pool_makes_room_for_the_second_attempt(run: Run) -> None:
    async def steps() -> None:
        script = [slow(0.05), slow(0.05), Step((), Then.CLOSE), answer(200, b"again")]
        async with FakeUpstream(script) as fake:
            upstream = Upstream(fake.url, limits=UpstreamLimits(connections=2))
            await asyncio.gather(ask(upstream), ask(upstream))
            assert await ask(upstream) == b"again"
            assert (fake.connections, len(fake.requests)) == (3, 4)
            await upstream.close()

    run(steps())


class Hasty(Upstream):
    """A pool whose waiter leaves in the very moment in which it is served."""

    leaver: asyncio.Future[bytes] | None = None

    def _on_idle(self, connection: Connection) -> None:
        super()._on_idle(connection)
        self._leave()

    def _on_lost(self, connection: Connection) -> None:
        super()._on_lost(connection)
        self._leave()

    def _leave(self) -> None:
        if self.leaver is not None:
            self.leaver.cancel()


@pytest.mark.parametrize("fields", [(), ((b"connection", b"close"),)])
def test_what_was_given_to_a_waiter_that_leaves_is_passed_on(run: Run, fields: Headers) -> None:
    async def steps() -> None:
        first = Step((0.05, *answer(200, b"1", fields).send))
        async with FakeUpstream([first, answer(200, b"2", fields)]) as fake:
            upstream = Hasty(fake.url, limits=UpstreamLimits(connections=1))
            busy = asyncio.ensure_future(ask(upstream))
            await asyncio.sleep(0.02)
            upstream.leaver = asyncio.ensure_future(ask(upstream))
            patient = asyncio.ensure_future(ask(upstream))
            assert await asyncio.wait_for(busy, 5) == b"1"
            assert await asyncio.wait_for(patient, 5) == b"2"
            assert upstream.leaver.cancelled()
            assert len(fake.requests) == 2
            await upstream.close()
            assert upstream.open == 0

    run(steps())


def test_a_connection_made_while_the_pool_closes_is_dropped(run: Run) -> None:
    async def steps() -> None:
        async with FakeUpstream() as fake:
            upstream = Upstream(fake.url)
            late = asyncio.ensure_future(ask(upstream))
            await asyncio.sleep(0)
            await upstream.close()
            assert (await fails(late)).code == "upstream_reset"
            await asyncio.sleep(0.01)
            assert upstream.open == 0

    run(steps())


def test_a_cancelled_connect_gives_its_place_back(run: Run) -> None:
    async def steps() -> None:
        async with FakeUpstream() as fake:
            upstream = Upstream(fake.url)
            for turns in range(6):
                task = asyncio.ensure_future(ask(upstream))
                for _ in range(turns):
                    await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            await asyncio.sleep(0.02)
            assert upstream.open == len(upstream._idle)
            await upstream.close()

    run(steps())
