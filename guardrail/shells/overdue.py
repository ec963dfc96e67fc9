"""Notices when the upstream of a streamed reply is silent while its text is held back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from guardrail.shells.answers import Streaming
from guardrail.shells.runner import Runner

Tell = Callable[[bytes], Awaitable[None]]
"""Gives bytes of the stream to the caller."""


@asynccontextmanager
async def watched(runner: Runner, streaming: Streaming, tell: Tell) -> AsyncIterator[None]:
    """Let text that waits too long go to the caller, as the settings say, while the block runs.

    The block does what it does with the stream under `Streaming.lock`. Where what was let go ends
    the stream, the block is left at once.
    """
    block = asyncio.timeout(None)

    async def watch() -> None:
        await until_over(runner, streaming, tell)
        block.reschedule(asyncio.get_running_loop().time())

    try:
        async with block:
            watcher = asyncio.create_task(watch())
            try:
                yield
                async with streaming.lock:
                    pass  # what is being let go arrives before anything else is said
            finally:
                watcher.cancel()
                await asyncio.gather(watcher, return_exceptions=True)
    except TimeoutError:
        if not block.expired():
            raise


async def until_over(runner: Runner, streaming: Streaming, tell: Tell) -> None:
    """Let text that waits too long go to the caller; return when that has ended the stream."""
    patience = runner.guard.settings.hold_back.seconds
    noticed = 0.0
    while True:
        left = streaming.heard + patience - runner.seconds()
        if left > 0 or streaming.heard == noticed:
            await asyncio.sleep(left if left > 0 else patience)
            continue
        async with streaming.lock:
            if streaming.heard + patience > runner.seconds():
                continue  # it went on while others held the lock
            noticed = streaming.heard
            if not streaming.stream.waiting:
                continue
            if data := await runner.overdue(streaming):
                await tell(data)
            if streaming.stream.ended:
                return
