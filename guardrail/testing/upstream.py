"""An upstream on a real socket that does, request by request, what its script says.

async with FakeUpstream([answer(200, b"{}"), reset(b"half a rep")]) as fake:
    ...  # talk to fake.url
assert fake.requests[0].body == b"…"
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from guardrail.facts import Headers


class Then(StrEnum):
    """What becomes of the connection after a step."""

    KEEP = "keep"
    CLOSE = "close"
    RESET = "reset"
    HANG = "hang"


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with one request: bytes are sent, numbers are seconds of silence."""

    send: tuple[bytes | float, ...] = ()
    then: Then = Then.KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it came in."""

    method: str
    target: str
    headers: Headers
    """Names in lower case."""
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        """Return the first field called `name` (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


JSON: Headers = ((b"content-type", b"application/json"),)
EVENTS: Headers = ((b"content-type", b"text/event-stream"),)


def head(status: int, headers: Headers) -> bytes:
    """Write a reply's head."""
    fields = b"".join(b"%b: %b\r\n" % field for field in headers)
    return b"HTTP/1.1 %d Scripted\r\n%b\r\n" % (status, fields)


def answer(status: int = 200, body: bytes = b"{}", headers: Headers = JSON) -> Step:
    """Answer properly, with a Content-Length."""
    return Step((head(status, (*headers, _length(len(body)))) + body,))


def stream(
    events: Iterable[bytes],
    *,
    pause: float = 0.0,
    headers: Headers = EVENTS,
    then: Then = Then.KEEP,
) -> Step:
    """Answer in chunks, one for each event; without ``then=Then.KEEP`` the end is missing."""
    pieces: list[bytes | float] = [head(200, (*headers, (b"transfer-encoding", b"chunked")))]
    for event in events:
        pieces += [b"%x\r\n%b\r\n" % (len(event), event), pause]
    if then is Then.KEEP:
        pieces.append(b"0\r\n\r\n")
    return Step(tuple(pieces), then)


def reset(sent: bytes = b"") -> Step:
    """Send `sent` and reset the connection."""
    return Step((sent, 0.01) if sent else (), Then.RESET)


def silent() -> Step:
    """Never answer."""
    return Step((), Then.HANG)


def slow(seconds: float, body: bytes = b"{}") -> Step:
    """Answer properly, after a while."""
    return Step((seconds, *answer(body=body).send))


def wrong_length(body: bytes = b"{}", *, told: int) -> Step:
    """Promise `told` bytes, send `body`, and close."""
    return Step((head(200, (*JSON, _length(told))) + body,), Then.CLOSE)


def gzipped(body: bytes, headers: Headers = JSON) -> Step:
    """Answer with a compressed body."""
    return answer(200, gzip.compress(body, mtime=0), (*headers, (b"content-encoding", b"gzip")))


def huge(size: int, headers: Headers = JSON) -> Step:
    """Answer with `size` bytes of body, made of one block in memory."""
    block = b"x" * 65_536
    full, rest = divmod(size, len(block))
    pieces = (block,) * full + ((block[:rest],) if rest else ())
    return Step((head(200, (*headers, _length(size))), *pieces))


def nonsense(sent: bytes = b"\x16\x03\x01 this is not HTTP\r\n\r\n") -> Step:
    """Speak something else."""
    return Step((sent,), Then.CLOSE)


def _length(size: int) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % size


class FakeUpstream:
    """A server on 127.0.0.1; the script's last step answers all further requests.

    Attributes:
        url: where it listens, while it is entered.
        requests: what came in, in order.
        connections: how many were accepted.
        sent: bytes of all replies that the kernel or the peer has taken.
        lost: how often the peer closed a connection before its reply was sent.
    """

    def __init__(
        self, script: Step | Sequence[Step] = (), *, tls: ssl.SSLContext | None = None
    ) -> None:
        """Take the script, one step or one for each request, and how to speak TLS, if at all."""
        self._tls = tls
        steps = (script,) if isinstance(script, Step) else tuple(script)
        self._steps = steps or (answer(),)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""
        self.requests: list[Received] = []
        self.connections = 0
        self.sent = 0
        self.lost = 0

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        # Without a limit of its own the kernel's send buffer would hide who reads and who doesn't.
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        listener.bind(("127.0.0.1", 0))
        self._server = await asyncio.start_server(self._serve, sock=listener, ssl=self._tls)
        scheme = "http" if self._tls is None else "https"
        self.url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close every connection and stop listening."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            self.lost += 1
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await read_request(reader)
        if request is None:
            return False
        step = self._steps[min(len(self.requests), len(self._steps) - 1)]
        self.requests.append(request)
        for piece in step.send:
            if isinstance(piece, bytes):
                writer.write(piece)
                await writer.drain()
                self.sent += len(piece)
            elif piece:
                await asyncio.sleep(piece)
        if step.then is Then.HANG:
            await reader.read()
        elif step.then is Then.RESET:
            _reset(writer)
        return step.then is Then.KEEP


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close so that the peer gets RST instead of FIN: linger on, for no time."""
    writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
    )
    writer.transport.abort()


async def read_request(reader: asyncio.StreamReader) -> Received | None:
    """Read one request with a Content-Length or without a body; None at the connection's end."""
    try:
        block = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    first, *lines = block[:-4].split(b"\r\n")
    fields = tuple(
        (name.lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines)
    )
    method, target, _ = first.decode("latin-1").split(" ", 2)
    size = int(dict(fields).get(b"content-length", b"0"))
    body = await reader.readexactly(size)
    return Received(method=method, target=target, headers=fields, body=body)
