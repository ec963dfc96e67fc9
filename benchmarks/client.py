"""Which client talks to the upstream: ours against httpx, in one process, on one event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median

import httpx
import uvloop

from benchmarks.load import Requests
from benchmarks.processes import stay_on, upstream
from benchmarks.upstream import EVENTS
from guardrail.shells.upstream import Upstream

HEADERS = (
    (b"accept", b"*/*"),
    (b"authorization", b"Bearer benchmark"),
    (b"content-type", b"application/json"),
)
PATH = "/v1/chat/completions"
Ask = Callable[[bytes], Awaitable[int]]


async def _timed(ask: Ask, body: bytes, *, tasks: int, count: int) -> tuple[float, float]:
    """Return CPU and wall seconds for one request."""

    async def work() -> None:
        for _ in range(count // tasks):
            if not await ask(body):
                message = "an answer wasn't whole"
                raise RuntimeError(message)

    await ask(body)
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(work() for _ in range(tasks)))
    done = count // tasks * tasks
    return (time.process_time() - cpu) / done, (time.perf_counter() - wall) / done


async def _clients(port: int, *, rounds: int, count: int) -> dict[str, dict[str, list[float]]]:
    ours = Upstream(f"http://127.0.0.1:{port}")
    limits = httpx.Limits(max_connections=256, max_keepalive_connections=256)
    theirs = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", limits=limits, timeout=60)
    fields = [(name.decode(), value.decode()) for name, value in HEADERS]

    async def ask_ours(body: bytes) -> int:
        reply = await ours.send("POST", PATH, HEADERS, body)
        return len(await reply.read(1 << 20))

    async def ask_theirs(body: bytes) -> int:
        return len((await theirs.post(PATH, content=body, headers=fields)).content)

    async def stream_ours(body: bytes) -> int:
        reply = await ours.send("POST", PATH, HEADERS, body)
        return sum([len(chunk) async for chunk in reply.chunks()])

    async def stream_theirs(body: bytes) -> int:
        async with theirs.stream("POST", PATH, content=body, headers=fields) as reply:
            return sum([len(chunk) async for chunk in reply.aiter_raw()])

    whole = Requests(stream=False).next().partition(b"\r\n\r\n")[2]
    streamed = Requests(stream=True).next().partition(b"\r\n\r\n")[2]
    plan: list[tuple[str, bytes, int, int, Ask, Ask]] = [
        ("chat 1 KB, c=1", whole, 1, count, ask_ours, ask_theirs),
        ("chat 1 KB, c=32", whole, 32, count, ask_ours, ask_theirs),
        ("stream, c=32", streamed, 32, 32, stream_ours, stream_theirs),
    ]
    found: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        for name, body, tasks, total, mine, other in plan:
            for who, ask in (("ours", mine), ("httpx", other)):
                cpu, wall = await _timed(ask, body, tasks=tasks, count=total)
                share = EVENTS if name.startswith("stream") else 1
                row = found.setdefault(name, {})
                row.setdefault(who + " cpu", []).append(cpu / share)
                row.setdefault(who + " wall", []).append(wall)
    await ours.close()
    await theirs.aclose()
    return found


def measure(*, quick: bool) -> None:
    """Measure both clients and print their ratio."""
    with upstream() as port:
        stay_on(0)
        rounds, count = (1, 640) if quick else (5, 3_200)
        found = uvloop.run(_clients(port, rounds=rounds, count=count))
    print(f"{'':17}{'ours CPU µs':>13}{'httpx CPU µs':>14}{'ratio':>7}{'ours req/s':>12}"
          f"{'httpx req/s':>13}{'ratio':>7}")  # fmt: skip
    for name, row in found.items():
        ours, theirs = median(row["ours cpu"]), median(row["httpx cpu"])
        fast, slow = 1 / median(row["ours wall"]), 1 / median(row["httpx wall"])
        print(f"{name:17}{ours * 1e6:13.1f}{theirs * 1e6:14.1f}{theirs / ours:7.1f}{fast:12.0f}"
              f"{slow:13.0f}{fast / slow:7.1f}")  # fmt: skip
    print("CPU per request, for streams per event.")
