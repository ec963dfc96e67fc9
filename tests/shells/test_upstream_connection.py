"""The connection without a socket, so that every way to cut a reply can be tried at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrail.errors import UpstreamError
from guardrail.facts import Headers
from guardrail.shells.upstream_connection import Connection, StaleConnectionError
from guardrail.shells.upstream_reply import UpstreamLimits
from guardrail.testing import chunkings, every_split

LIMITS = UpstreamLimits(head=1.0, idle=1.0, head_bytes=2_000, buffered_bytes=2_000)

WHOLE = (
    b'HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nX-Empty:\r\nContent-Length: 11\r\n\r\n{"a": "b c"}'[
        :-1
    ]
)
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
    b'5;note="x"\r\nhello\r\n1\r\n \r\nb\r\nwide world!\r\n0\r\nX-Trailer: t\r\n\r\n'
)
UNTIL_CLOSE = b"HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\nas long as it lasts"
INTERIM = (
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nX-Two: 1\r\nX-Two: 2\r\n\r\nnone"
)
EMPTY = b"HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n"
REPLIES = {
    "whole": (WHOLE, 200, b'{"a": "b c"', True),
    "chunked": (CHUNKED, 200, b"hello wide world!", True),
    "until close": (UNTIL_CLOSE, 200, b"as long as it lasts", False),
    "interim": (INTERIM, 404, b"none", True),
    "empty": (EMPTY, 204, b"", True),
    "not modified": (b"HTTP/1.1 304 X\r\nContent-Length: 9\r\n\r\n", 304, b"", True),
    "close": (
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", False,
    ),
    "old": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, b"ok", False),
    "surplus": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok!", 200, b"ok", False),
}  # fmt: skip


class Line(asyncio.Transport):
    """A transport that only notes what is done with it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.open = True
        self.reading = True
        self.unsent = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def abort(self) -> None:
        self.open = False

    def is_closing(self) -> bool:
        return not self.open

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def get_write_buffer_size(self) -> int:
        return self.unsent


class Bench:
    """A connection, its line, and what it told its pool."""

    def __init__(self, limits: UpstreamLimits = LIMITS) -> None:
        self.idle = 0
        self.lost = 0
        self.line = Line()
        self.connection = Connection(
            limits, on_made=lambda _: None, on_idle=self._on_idle, on_lost=self._on_lost
        )
        self.connection.connection_made(self.line)

    def _on_idle(self, _: Connection) -> None:
        self.idle += 1

    def _on_lost(self, _: Connection) -> None:
        self.lost += 1

    async def ask(
        self, pieces: Sequence[bytes], *, end: bool = False, method: str = "POST"
    ) -> tuple[int, Headers, bytes]:
        """Send a request, feed its reply in `pieces`, and read it."""
        loop = asyncio.get_running_loop()

        def feed() -> None:
            for piece in pieces:
                if self.line.open:
                    self.connection.data_received(piece)
            if end:
                self.connection.connection_lost(None)

        loop.call_soon(feed)
        async with asyncio.timeout(5):
            reply = await self.connection.exchange(method, b"POST / HTTP/1.1\r\n\r\n", b"body")
            body = await reply.read(1 << 20)
        return reply.status, reply.headers, body


Run = Callable[[Awaitable[Any]], Any]


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Iterator[Any]:
    factory = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    with asyncio.Runner(loop_factory=factory[request.param]) as runner:
        yield runner.run


@pytest.mark.parametrize("name", REPLIES)
def test_every_cut_of_a_reply_reads_the_same(run: Run, name: str) -> None:
    data, status, body, kept = REPLIES[name]

    async def steps() -> None:
        for pieces in every_split(data):
            bench = Bench()
            read = await bench.ask(pieces, end=name == "until close")
            assert (read[0], read[2]) == (status, body)
            assert (bench.idle == 1 and bench.line.open) is kept or name == "surplus"

    run(steps())


@given(cuts=chunkings(CHUNKED))
def test_every_chunking_of_a_chunked_reply_reads_the_same(
    run: Run, cuts: tuple[bytes, ...]
) -> None:
    async def steps() -> None:
        assert (await Bench().ask([cut for cut in cuts if cut]))[2] == b"hello wide world!"

    run(steps())


@pytest.mark.parametrize("name", ["whole", "chunked", "interim"])
def test_a_reply_cut_off_at_any_byte_is_a_reset(run: Run, name: str) -> None:
    data, _, body, _ = REPLIES[name]

    async def steps() -> None:
        for end in range(len(data)):
            bench = Bench()
            with pytest.raises(UpstreamError) as caught:
                await bench.ask([data[:end]] if end else [], end=True)
            assert caught.value.code == "upstream_reset"
            assert not isinstance(caught.value, StaleConnectionError)
            assert not bench.line.open
            assert body.decode() not in str(caught.value)

    run(steps())


def test_headers_come_in_lower_case_and_without_those_of_the_connection(run: Run) -> None:
    data = (
        b"HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n"
        b"X-Two: 1 \r\nx-two: 2\r\nContent-Length: 0\r\n\r\n"
    )

    async def steps() -> None:
        _, headers, _ = await Bench().ask([data])
        assert headers == ((b"x-two", b"1"), (b"x-two", b"2"), (b"content-length", b"0"))
        _, headers, _ = await Bench().ask([INTERIM])
        assert headers == ((b"content-length", b"4"), (b"x-two", b"1"), (b"x-two", b"2"))
        _, headers, _ = await Bench().ask([CHUNKED])
        assert headers == ()

    run(steps())


def test_the_reply_to_head_has_no_body_whatever_it_says(run: Run) -> None:
    async def steps() -> None:
        for fields in (b"Content-Length: 500", b"Transfer-Encoding: chunked", b"Server: x"):
            bench = Bench()
            head = b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n"
            assert (await bench.ask([head], method="HEAD"))[2] == b""
            assert not bench.line.open

    run(steps())


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02",
        b"GET / HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 600 No\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n\x00\x01",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\nX: a\r\n folded\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\x01\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 2_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: " + b"a" * 2_000 + b"\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_not_a_reply_is_nonsense_and_ends_the_connection(run: Run, data: bytes) -> None:
    async def steps() -> None:
        bench = Bench()
        with pytest.raises(UpstreamError) as caught:
            await bench.ask([data])
        assert (caught.value.code, caught.value.status) == ("upstream_nonsense", 502)
        assert not bench.line.open

    run(steps())


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"a" * 500),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 20),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"a" * 500),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=", b"a" * 500),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", b"0" * 500),
    ],
    ids=["head", "interim replies", "trailer", "chunk extension", "chunk size"],
)
def test_what_never_becomes_body_is_bounded(run: Run, start: bytes, piece: bytes) -> None:
    async def steps() -> None:
        with pytest.raises(UpstreamError) as caught:
            await Bench().ask([start + piece, *([piece] * 10)])
        assert caught.value.code == "upstream_nonsense"

    run(steps())


def test_bytes_that_nobody_asked_for_end_the_connection(run: Run) -> None:
    async def steps() -> None:
        bench = Bench()
        bench.connection.data_received(b"HTTP/1.1 408 Timeout\r\n\r\n")
        assert not bench.line.open

    run(steps())


def test_a_reply_until_close_is_whole_only_where_the_close_is_clean(run: Run) -> None:
    async def steps() -> None:
        bench = Bench()
        task = asyncio.ensure_future(bench.connection.exchange("GET", b"", b""))
        await asyncio.sleep(0)
        bench.connection.data_received(UNTIL_CLOSE)
        reply = await task
        bench.connection.connection_lost(ConnectionResetError())
        with pytest.raises(UpstreamError) as caught:
            await reply.read(1_000)
        assert caught.value.code == "upstream_reset"

    run(steps())


def test_a_connection_given_up_before_it_is_made_is_closed_when_it_is(run: Run) -> None:
    async def steps() -> None:
        nobody = Connection(
            LIMITS, on_made=lambda _: None, on_idle=lambda _: None, on_lost=lambda _: None
        )
        assert nobody.closing
        nobody.abort()
        line = Line()
        nobody.connection_made(line)
        assert not line.open

    run(steps())


def test_a_reply_before_the_request_was_read_spoils_the_connection(run: Run) -> None:
    async def steps() -> None:
        bench = Bench()
        bench.line.unsent = 10
        assert (await bench.ask([WHOLE]))[0] == 200
        assert bench.idle == 0
        assert not bench.line.open

    run(steps())


def test_a_used_connection_that_ends_at_once_and_silently_was_stale(run: Run) -> None:
    async def steps() -> None:
        bench = Bench()
        await bench.ask([WHOLE])
        with pytest.raises(StaleConnectionError):
            await bench.ask([], end=True)
        bench = Bench()
        await bench.ask([WHOLE])
        bench.line.abort()
        with pytest.raises(StaleConnectionError):
            await bench.connection.exchange("POST", b"", b"")
        bench = Bench()
        await bench.ask([WHOLE])
        with pytest.raises(UpstreamError) as caught:
            await bench.ask([b"H"], end=True)
        assert not isinstance(caught.value, StaleConnectionError)

    run(steps())


def test_a_flood_of_tiny_pieces_is_paused_before_it_fills_memory(run: Run) -> None:
    async def steps() -> None:
        bench = Bench()
        task = asyncio.ensure_future(bench.connection.exchange("POST", b"", b""))
        await asyncio.sleep(0)
        bench.connection.data_received(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        reply = await task
        bench.connection.data_received(b"1\r\nx\r\n" * 100)
        paused = not bench.line.reading
        chunks = reply.chunks()
        assert await anext(chunks) == b"x" * 100
        assert paused
        assert bench.line.reading
        bench.connection.data_received(b"0\r\n\r\n")
        assert [chunk async for chunk in chunks] == []
        assert bench.idle == 1

    run(steps())


MUTATED = st.tuples(
    st.sampled_from([WHOLE, CHUNKED, UNTIL_CLOSE, INTERIM]),
    st.lists(st.tuples(st.integers(0, 200), st.binary(max_size=3)), max_size=4),
).map(lambda pair: _mutated(*pair))


def _mutated(data: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    for at, piece in changes:
        data = data[:at] + piece + data[at + 1 :]
    return data


@settings(max_examples=150)
@given(
    data=st.one_of(st.binary(max_size=100), MUTATED), size=st.integers(1, 40), head=st.booleans()
)
def test_whatever_the_upstream_sends_is_a_reply_or_an_upstream_error(
    run: Run,
    data: bytes,
    size: int,
    head: bool,  # noqa: FBT001 - hypothesis gives it by name
) -> None:
    async def steps() -> None:
        bench = Bench()
        pieces = [data[at : at + size] for at in range(0, len(data), size)]
        try:
            status, headers, _ = await bench.ask(pieces, end=True, method="HEAD" if head else "GET")
        except UpstreamError as error:
            assert error.code in {"upstream_reset", "upstream_nonsense"}  # noqa: PT017
            return
        assert 200 <= status <= 599
        for name, value in headers:
            assert name == name.lower()
            assert not set(value) & {0, 10, 13}

    run(steps())
