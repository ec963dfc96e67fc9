from __future__ import annotations

import asyncio
import gzip
import ssl
from urllib.parse import urlsplit

import pytest

from guardrail.testing import FakeUpstream, Step, Then
from guardrail.testing.upstream import (
    answer,
    gzipped,
    huge,
    nonsense,
    reset,
    silent,
    slow,
    stream,
    wrong_length,
)

REQUEST = b"POST /x?q HTTP/1.1\r\nHost: h\r\nX-A: b\r\nContent-Length: 4\r\n\r\nbody"


async def ask(fake: FakeUpstream, times: int = 1) -> bytes:
    """Send `REQUEST`, and return all that comes until the server closes."""
    port = urlsplit(fake.url).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST * times)
    writer.write_eof()
    try:
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


async def test_requests_are_recorded_and_answered_by_the_script_whose_last_step_stays() -> None:
    async with FakeUpstream([answer(200, b"1"), answer(500, b"2", ())]) as fake:
        got = await ask(fake, 3)
    assert got.count(b"200 Scripted") == 1
    assert got.count(b"500 Scripted") == 2
    assert (fake.connections, len(fake.requests)) == (1, 3)
    request = fake.requests[0]
    assert (request.method, request.target, request.body) == ("POST", "/x?q", b"body")
    assert request.header(b"x-a") == b"b"
    assert request.header(b"x-z") is None


@pytest.mark.parametrize(
    ("step", "end"),
    [
        (Step(), b""),
        (answer(), b"\r\ncontent-length: 2\r\n\r\n{}"),
        (stream([b"ab", b"c"]), b"\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"),
        (stream([b"ab"], then=Then.CLOSE), b"\r\n\r\n2\r\nab\r\n"),
        (slow(0.01), b"{}"),
        (wrong_length(told=9), b"\r\ncontent-length: 9\r\n\r\n{}"),
        (nonsense(), b"not HTTP\r\n\r\n"),
        (huge(65_537), b"x" * 65_537),
        (silent(), b""),
    ],
)
async def test_every_step_sends_what_its_name_says(step: Step, end: bytes) -> None:
    async with FakeUpstream(step) as fake:
        assert (await ask(fake)).endswith(end)


async def test_a_compressed_answer_unpacks() -> None:
    async with FakeUpstream(gzipped(b"text")) as fake:
        head, _, body = (await ask(fake)).partition(b"\r\n\r\n")
    assert b"content-encoding: gzip" in head
    assert gzip.decompress(body) == b"text"


async def test_a_reset_is_one() -> None:
    async with FakeUpstream(reset(b"HTTP/1.1")) as fake:
        with pytest.raises(ConnectionResetError):
            await ask(fake)
        assert len(fake.requests) == 1


async def test_leaving_ends_what_still_runs() -> None:
    async with FakeUpstream(slow(60)) as fake:
        _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(fake.url).port)
        writer.write(REQUEST)
        await asyncio.sleep(0.05)
        assert len(fake.requests) == 1
    writer.close()


async def test_half_a_request_is_a_lost_connection() -> None:
    async with FakeUpstream() as fake:
        _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(fake.url).port)
        writer.write(b"POST / HT")
        writer.write_eof()
        await asyncio.sleep(0.05)
        writer.close()
    assert fake.lost == 1
    assert fake.requests == []


async def test_tls_has_its_own_address() -> None:
    async with FakeUpstream(tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)) as fake:
        assert fake.url.startswith("https://127.0.0.1:")
