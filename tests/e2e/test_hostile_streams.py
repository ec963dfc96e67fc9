"""Whatever an upstream streams and however slowly callers read, memory is bounded."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guardrail.testing.upstream import Step, Then, answer, head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.conftest import Guard, Scripted

MB = 1 << 20
MANY = 1_000
"""They take two minutes: some megabyte for each goes through the server until it is held back."""
READERS = (16, pytest.param(MANY, marks=(pytest.mark.thorough, pytest.mark.timeout(600))))
PATIENCE = {
    "concurrent_requests": MANY + 50,
    "connect_seconds": 60,
    "body_seconds": 300,
    "first_byte_seconds": 600,
}
"""So many begin at once, on a machine that may be busy."""
ASKED = {
    "model": "m",
    "stream": True,
    "messages": [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Yes?"},
        {"role": "user", "content": "Go on"},
    ],
}
EVENTS = head(200, ((b"content-type", b"text/event-stream"), (b"connection", b"close")))


def event(text: str) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return b"data: " + json.dumps({"id": "c", "choices": [choice]}).encode() + b"\n\n"


def endless(piece: bytes, size: int) -> Step:
    """Send a piece over and over until so much is sent, then close."""
    return Step((EVENTS, *[piece] * (size // len(piece) + 1)), Then.CLOSE)


def resident(guard: Guard) -> int:
    """Return the bytes that the server and its workers hold."""
    total = 0
    for pid in _family(guard.process.pid):
        try:
            pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
        except FileNotFoundError:
            continue
        total += int(pages) * 4096
    return total


def _family(pid: int) -> Iterator[int]:
    yield pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    for child in children.split():
        yield from _family(int(child))


@pytest.fixture(scope="module")
def patient(start: Callable[..., Guard], the_script: Scripted) -> Guard:
    """One worker in front of the scripted upstream, warm."""
    return start(the_script.url, "--workers", "1", config={"limits": PATIENCE})


HOSTILE = {
    "a line that never ends": (b"data: " + b"x" * 65_536, 48 * MB),
    "an event that never ends": (b"data: {}\n" * 8_192, 48 * MB),
    "nothing but comments": (b": ping\n\n" * 8_192, 2 * MB),
    "nesting without end": (
        b'data: {"choices":[{"index":0,"delta":' + b"[" * 60_000 + b"\n\n",
        24 * MB,
    ),
    "bytes that are no UTF-8": (b'data: {"choices":[{"index":0,"delta":{"content":"\xd2\n\n', MB),
    "one text without a space": (event("x" * 2_000), 4 * MB),
    "digits without end": (event("1-" * 500), MB),
    "a new channel each time": (
        b"".join(
            b'data: {"choices":[{"index":%d,"delta":{"content":"a"}}]}\n\n' % n
            for n in range(2_000)
        ),
        4 * MB,
    ),
    "a compressed nothing": (b"\x1f\x8b", MB),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_stream_ends_or_passes_in_bounded_memory(
    patient: Guard, script: Scripted, what: str
) -> None:
    piece, size = HOSTILE[what]
    script.play(answer())
    patient.chat("Hi")
    before = resident(patient)
    script.play(endless(piece, size))
    most = before
    body = json.dumps(ASKED).encode()
    with socket.create_connection(_address(patient), timeout=60) as connection:
        connection.sendall(_request(body))
        while data := connection.recv(1 << 16):
            most = max(most, resident(patient))
            if data.endswith(b"0\r\n\r\n"):
                break
    assert most - before < 24 * MB, f"{(most - before) / MB:.1f} MB more"
    script.play(answer())
    assert patient.chat("Hi").status_code == 200, "and the server goes on"


@pytest.mark.parametrize("readers", READERS)
def test_callers_who_never_read_hold_the_upstream_back(
    patient: Guard, script: Scripted, readers: int
) -> None:
    # Events with nothing to examine in them: what is measured is who holds them.
    piece = b'data: {"id": "c"' + b" " * 8_000 + b"}\n\n"
    script.play(endless(piece, 64 * MB))
    sent = script.sent
    before = resident(patient)
    body = json.dumps(ASKED).encode()
    connections = []
    try:
        for _ in range(readers):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            connection.connect(_address(patient))
            connection.sendall(_request(body))
            connections.append(connection)
        heads = [connection.recv(64) for connection in connections]
        assert all(one.startswith(b"HTTP/1.1 200") for one in heads)
        last = -1
        while last != script.sent:  # until nothing moves any more
            last = script.sent
            time.sleep(2.0)
        held = (resident(patient) - before) / readers
        taken = (script.sent - sent) / readers
    finally:
        for connection in connections:
            connection.close()
    assert taken < 16 * MB, f"the upstream waits, after {taken / MB:.1f} MB in kernels and all"
    assert held < MB, f"{held / 1024:.0f} KB for each"
    script.play(answer())
    patient.until(lambda: patient.chat("Hi").status_code == 200)


def _address(guard: Guard) -> tuple[str, int]:
    host, _, port = guard.url.removeprefix("http://").partition(":")
    return host, int(port)


def _request(body: bytes) -> bytes:
    return (
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: g\r\ncontent-type: application/json\r\n"
        b"content-length: %d\r\n\r\n%b" % (len(body), body)
    )
