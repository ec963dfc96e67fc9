"""Text that is held back while the upstream is silent goes, or waits on, as the operator chose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from guardrail.facts import RawRequest
from guardrail.settings import HoldBack
from guardrail.shells.answers import Admitted, Streaming
from guardrail.shells.assembly import Assembly
from guardrail.shells.overdue import until_over, watched
from guardrail.shells.runner import Runner
from guardrail.testing import MemoryLog

Assembled = Callable[..., tuple[Assembly, MemoryLog]]
IIN = "900101300017"
CHAT = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": true}'


def event(content: str) -> bytes:
    choice = f'{{"index": 0, "delta": {{"content": "{content}"}}, "finish_reason": null}}'
    return f'data: {{"id": "c", "choices": [{choice}]}}\n\n'.encode()


class Caller:
    """A streamed exchange, and what its caller was told while the upstream was silent."""

    def __init__(self, runner: Runner, streaming: Streaming) -> None:
        self.runner = runner
        self.streaming = streaming
        self.told = b""
        self.has = asyncio.Event()

    async def tell(self, data: bytes) -> None:
        self.told += data
        self.has.set()


async def caller(assembled: Assembled, hold_back: HoldBack, personal: str = "mask") -> Caller:
    assembly, _ = assembled(personal_data=personal, hold_back=hold_back)
    runner = assembly.runner()
    headers = ((b"content-type", b"application/json"),)
    admitted = await runner.admit(
        RawRequest(method="POST", path="/v1/chat/completions", headers=headers, body=CHAT)
    )
    assert isinstance(admitted, Admitted)
    streaming = await runner.open_stream(admitted, admitted.adapter.stream())
    assert isinstance(streaming, Streaming)
    return Caller(runner, streaming)


async def test_text_goes_once_it_has_waited_for_as_long_as_it_may(assembled: Assembled) -> None:
    one = await caller(assembled, HoldBack(seconds=0.01, at_seconds="release"))
    async with watched(one.runner, one.streaming, one.tell):
        first = await one.runner.receive(one.streaming, event("My number is 8 701"))
        assert b"8 701" not in first
        await asyncio.wait_for(one.has.wait(), 10)
    assert b"8 701" in one.told
    assert b"8 701" not in await one.runner.finish(one.streaming)


async def test_what_waits_is_still_examined(assembled: Assembled) -> None:
    one = await caller(assembled, HoldBack(seconds=0.01, at_seconds="release"))
    async with watched(one.runner, one.streaming, one.tell):
        await one.runner.receive(one.streaming, event(f"IIN {IIN}"))
        await asyncio.wait_for(one.has.wait(), 10)
    assert b"<KZ_IIN_1>" in one.told
    assert IIN.encode() not in one.told


@pytest.mark.parametrize("at_seconds", ["wait", "release"])
async def test_that_text_waited_so_long_is_on_record(assembled: Assembled, at_seconds: str) -> None:
    hold_back = HoldBack.model_validate({"seconds": 0.01, "at_seconds": at_seconds})
    assembly, log = assembled(personal_data="mask", hold_back=hold_back)
    one = await caller(lambda **_: (assembly, log), hold_back)
    async with watched(one.runner, one.streaming, one.tell):
        await one.runner.receive(one.streaming, event("My number is 8 701"))
        await asyncio.sleep(0.1)
    assert bool(one.told) == (at_seconds == "release")
    rest = await one.runner.finish(one.streaming)
    assert (b"8 701" in rest) == (at_seconds == "wait")
    assert log.entries[-1].fields["late"] == 1, "once for one silence"


async def test_pings_are_no_text(assembled: Assembled) -> None:
    one = await caller(assembled, HoldBack(seconds=0.05, at_seconds="release"))
    async with watched(one.runner, one.streaming, one.tell):
        await one.runner.receive(one.streaming, event("My number is 8 701"))
        async with asyncio.timeout(10):
            while not one.told:
                assert await one.runner.receive(one.streaming, b": ping\n\n") == b": ping\n\n"
                await asyncio.sleep(0.005)
    assert b"8 701" in one.told


async def test_text_waits_no_longer_because_another_channel_goes_on(assembled: Assembled) -> None:
    one = await caller(assembled, HoldBack(seconds=0.05, at_seconds="release"))
    thought = event("I call 8 701").replace(b'"content"', b'"reasoning_content"')
    async with watched(one.runner, one.streaming, one.tell):
        assert b"8 701" not in await one.runner.receive(one.streaming, thought)
        async with asyncio.timeout(10):
            while not one.told:
                await one.runner.receive(one.streaming, event("It is 9 702"))
                await asyncio.sleep(0.005)
    assert b"8 701" in one.told
    assert b"9 702" not in one.told, "that has just come"


async def test_a_value_that_may_not_pass_ends_the_stream_and_leaves_the_block(
    assembled: Assembled,
) -> None:
    one = await caller(assembled, HoldBack(seconds=0.01, at_seconds="release"), "refuse")
    async with asyncio.timeout(10), watched(one.runner, one.streaming, one.tell):
        await one.runner.receive(one.streaming, event(f"IIN {IIN}"))
        await asyncio.Event().wait()
    assert one.streaming.stream.ended
    assert one.told.endswith(b"data: [DONE]\n\n")
    assert IIN.encode() not in one.told


async def test_what_is_being_let_go_arrives_though_the_stream_ends(assembled: Assembled) -> None:
    one = await caller(assembled, HoldBack(seconds=0.01, at_seconds="release"))
    begun = asyncio.Event()

    async def slowly(data: bytes) -> None:
        begun.set()
        await asyncio.sleep(0.05)
        await one.tell(data)

    async with watched(one.runner, one.streaming, slowly):
        await one.runner.receive(one.streaming, event("My number is 8 701"))
        await asyncio.wait_for(begun.wait(), 10)
    assert b"8 701" in one.told + await one.runner.finish(one.streaming)


async def test_a_timeout_of_the_block_itself_stays_one(assembled: Assembled) -> None:
    one = await caller(assembled, HoldBack())
    with pytest.raises(TimeoutError):
        async with watched(one.runner, one.streaming, one.tell):
            raise TimeoutError


async def test_a_stream_that_ends_by_itself_is_nobody_elses_end(assembled: Assembled) -> None:
    one = await caller(assembled, HoldBack(seconds=0.01, at_seconds="release"))
    watcher = asyncio.ensure_future(until_over(one.runner, one.streaming, one.tell))
    await one.runner.receive(one.streaming, event("Fine.") + b"data: [DONE]\n\n")
    await asyncio.sleep(0.05)
    assert not watcher.done()
    assert not one.told
    watcher.cancel()
