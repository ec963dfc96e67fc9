"""Several workers on one port: shared, replaced when they die, drained when they stop."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from guardrail.testing import upstream

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard, Scripted

MOST_SECONDS, MOST_BYTES = 30.0, 400 << 20


def children(guard: Guard) -> list[int]:
    pid = guard.process.pid
    return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def resident(pid: int) -> int:
    """Return the bytes of memory that a process holds, those shared with others included."""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def writers(guard: Guard) -> set[str]:
    """Return the evidence segments that hold a request."""
    return {entry["w"] for entry in guard.entries() if entry["t"] == "request"}


def burst(guard: Guard) -> list[int]:
    """Send requests side by side, each on a connection of its own; return their statuses."""
    with ThreadPoolExecutor(8) as callers:
        replies = callers.map(lambda _: guard.chat("Hi", connection="close"), range(8))
        return [reply.status_code for reply in replies]


@pytest.fixture(scope="module")
def workers(start: Callable[..., Guard], the_assistant: tuple[Assistant, str]) -> Iterator[Guard]:
    guard = start(the_assistant[1], "--workers", "2")
    yield guard
    guard.stop()


def test_start_up_and_memory_are_within_bounds(
    workers: Guard, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = [resident(child) for child in children(workers)]
    with capsys.disabled():
        told = ", ".join(f"{size >> 20} MiB" for size in sizes)
        print(f"\nready after {workers.startup_seconds:.1f} s; resident: {told}")  # noqa: T201
    assert workers.startup_seconds < MOST_SECONDS
    assert max(sizes) < MOST_BYTES


def test_both_workers_serve_and_their_metrics_are_added_up(workers: Guard) -> None:
    sent = 0

    def both() -> bool:
        nonlocal sent
        assert set(burst(workers)) == {200}
        sent += 8
        return len(writers(workers)) == 2

    workers.until(both, 20)
    counted = 'guardrail_requests_total{outcome="allowed"}'
    workers.until(lambda: workers.counted(counted) == sent, 5)
    assert workers.counted("guardrail_evidence_healthy") == 1
    assert httpx.get(f"{workers.admin}/status").json()["workers"] == 2


def test_a_worker_that_dies_is_replaced_and_the_others_serve_on(workers: Guard) -> None:
    """The one that dies was ill before, so that its successor's health can be told from its own."""
    before, known = children(workers), len(writers(workers))
    resource.prlimit(before[0], resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def ill() -> bool:
        assert set(burst(workers)) <= {200, 503}
        return not workers.ready()

    workers.until(ill, 20)
    workers.until(lambda: workers.counted("guardrail_evidence_healthy") == 0, 5)
    os.kill(before[0], signal.SIGKILL)
    workers.until(lambda: before[0] not in children(workers), 5)
    assert set(burst(workers)) == {200}
    workers.until(lambda: len(children(workers)) == len(before), 10)
    workers.until(workers.ready, 10)
    workers.until(lambda: burst(workers) and len(writers(workers)) > known, 20)
    assert workers.counted("guardrail_evidence_healthy") == 1
    assert "it is started again" in workers.stderr
    workers.verify()


def test_the_admin_port_comes_back_too(workers: Guard) -> None:
    before = children(workers)
    port = int(workers.admin.rpartition(":")[2])
    administrator = next(child for child in before if not serves_data(workers, child, port))
    os.kill(administrator, signal.SIGKILL)

    def back() -> bool:
        try:
            return workers.ready()
        except httpx.TransportError:
            return False

    workers.until(lambda: administrator not in children(workers), 5)
    workers.until(back, 10)


def serves_data(guard: Guard, pid: int, admin_port: int) -> bool:
    """Tell whether a process listens on another port than the admin port."""
    mine = {
        link.rpartition("[")[2].rstrip("]")
        for fd in Path(f"/proc/{pid}/fd").iterdir()
        if (link := str(fd.readlink())).startswith("socket:")
    }
    rows = [row.split() for row in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    ports = {
        int(row[1].rpartition(":")[2], 16) for row in rows if row[3] == "0A" and row[9] in mine
    }
    return admin_port not in ports


@pytest.mark.parametrize("number", [1, 2])
def test_a_stop_signal_lets_open_streams_come_to_their_end(
    start: Callable[..., Guard],
    serve_assistant: Callable[[Assistant], str],
    slow_assistant: Assistant,
    number: int,
) -> None:
    slow_assistant.pause = 0.05
    guard = start(serve_assistant(slow_assistant), "--workers", str(number))
    body = {"stream": True, "messages": [{"role": "user", "content": "Tell me !long"}]}
    said: list[str] = []
    begun = threading.Event()

    def listen() -> None:
        with httpx.stream(
            "POST", f"{guard.url}/v1/chat/completions", json=body, timeout=20
        ) as reply:
            for piece in reply.iter_text():
                said.append(piece)
                begun.set()

    caller = threading.Thread(target=listen)
    caller.start()
    assert begun.wait(10)
    guard.process.send_signal(signal.SIGTERM)

    def refused() -> bool:
        try:
            httpx.get(f"{guard.url}/v1/models", timeout=2)
        except httpx.TransportError:
            return True
        return False

    guard.until(refused, 10)
    assert not said[-1].endswith("data: [DONE]\n\n"), "the stream is still under way"
    slow_assistant.pause = 0.0
    caller.join(20)
    assert said[-1].endswith("data: [DONE]\n\n")
    assert "".join(said).count("a long") + "".join(said).count("content") > 100
    assert guard.process.wait(20) == 0
    guard.kill()
    assert guard.verify().endswith("VERIFIED\n")
    kinds = [entry["t"] for entry in guard.entries()]
    assert kinds.count("writer.stop") == kinds.count("writer.start"), "everybody says goodbye"
    assert kinds.count("policy.load") == number
    (closed,) = [entry for entry in guard.entries() if entry["t"] == "stream.close"]
    assert closed["code"] == "complete"


def test_what_lasts_longer_than_the_drain_is_ended_properly_and_on_record(
    start: Callable[..., Guard], script: Scripted
) -> None:
    event = b'data: {"choices":[{"index":0,"delta":{"content":"It is so!\\n"}}]}\n\n'
    script.play(upstream.stream([event] * 500, pause=0.05), upstream.silent())
    guard = start(script.url, config={"drain_seconds": 1.0})
    with ThreadPoolExecutor(2) as callers:
        streamed = callers.submit(guard.chat, "Hi", stream=True)
        guard.until(lambda: script.requests, 5)
        plain = callers.submit(guard.chat, "Hi")
        guard.until(lambda: len(script.requests) == 2, 5)
        guard.process.send_signal(signal.SIGTERM)
        text, refused = streamed.result(15).text, plain.result(15)
    assert "It is so!" in text
    assert '"content_filter"' in text
    assert text.endswith("data: [DONE]\n\n")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "stopping")
    assert guard.process.wait(10) == 0
    guard.kill()
    assert "Traceback" not in guard.stderr
    assert guard.verify().endswith("VERIFIED\n")
    assert sorted(e["code"] for e in guard.entries() if "code" in e) == ["stopping", "stopping"]


def test_workers_do_not_outlive_their_parent(
    start: Callable[..., Guard], the_assistant: tuple[Assistant, str]
) -> None:
    guard = start(the_assistant[1], "--workers", "2")
    orphans = children(guard)
    guard.process.kill()
    guard.process.wait()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{orphan}").exists() for orphan in orphans):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert guard.verify().endswith("VERIFIED\n"), "they sealed their evidence"
    guard.kill()


def test_an_interrupt_at_the_terminal_lets_streams_end_too(
    start: Callable[..., Guard],
    serve_assistant: Callable[[Assistant], str],
    slow_assistant: Assistant,
) -> None:
    """Ctrl-C reaches every process of the group at once."""
    guard = start(serve_assistant(slow_assistant), "--workers", "2")
    body = {"stream": True, "messages": [{"role": "user", "content": "Tell me !long"}]}
    with httpx.stream("POST", f"{guard.url}/v1/chat/completions", json=body, timeout=20) as reply:
        pieces = reply.iter_text()
        text = next(pieces)
        os.killpg(guard.process.pid, signal.SIGINT)
        text += "".join(pieces)
    assert text.endswith("data: [DONE]\n\n")
    assert guard.process.wait(20) == 0
    guard.kill()
