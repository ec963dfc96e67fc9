from __future__ import annotations

import asyncio

from guardrail.testing import call
from guardrail.testing.asgi import Message, Receive, Send


async def echo(scope: Message, receive: Receive, send: Send) -> None:
    """Answer with every message that came, piece by piece."""
    await send({"type": "http.response.start", "status": 201, "headers": scope["headers"]})
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        more = message["more_body"]
        await send({"type": "http.response.body", "body": message["body"], "more_body": more})
        if not more:
            return


async def test_a_call_takes_and_gives_a_body_in_pieces() -> None:
    answer = await call(echo, "POST", "/x?q=1", ((b"a", b"b"),), [b"one", b"two"])
    assert (answer.status, answer.body, answer.chunks) == (201, b"onetwo", [b"one", b"two"])
    assert answer.header(b"a") == b"b"
    assert answer.header(b"z") is None
    assert answer.complete
    assert not answer.left


async def test_a_call_without_a_body_says_so() -> None:
    answer = await call(echo, "GET", "/")
    assert answer.complete
    assert answer.body == b""
    answer = await call(echo, "GET", "/", body=[])
    assert answer.complete


async def test_a_caller_can_leave_while_sending() -> None:
    answer = await call(echo, "POST", "/", body=[b"half"], cut=True)
    assert answer.left
    assert answer.chunks == [b"half"]
    assert not answer.complete


async def test_a_caller_can_leave_while_receiving() -> None:
    told = asyncio.Event()

    async def endless(scope: Message, receive: Receive, send: Send) -> None:
        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            told.set()

        async with asyncio.TaskGroup() as group:
            group.create_task(watch())
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while not told.is_set():
                body = {"type": "http.response.body", "body": b"x", "more_body": True}
                await send(body)

    answer = await asyncio.wait_for(call(endless, "GET", "/", leave_after=3), 5)
    assert answer.left
    assert answer.body == b"xxx"


async def test_a_caller_that_has_its_answer_is_gone() -> None:
    seen: list[object] = []

    async def curious(scope: Message, receive: Receive, send: Send) -> None:
        seen.append((scope["path"], scope["query_string"]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})
        seen.append([(await receive())["type"] for _ in range(2)])

    assert (await call(curious, "GET", "/a?b=c", cut=False)).status == 204
    assert seen == [("/a", b"b=c"), ["http.request", "http.disconnect"]]
