"""An upstream on a real socket that speaks WebSocket as a function of the test says.

async def greet(line: Line) -> None:
    await line.send("hello")
    await line.receive()

async with FakeWebSocketUpstream(greet) as fake:
    ...  # talk to fake.url
assert fake.lines[0].received == ["…"]
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from guardrail.facts import Headers

Message = str | bytes

_QUIET = logging.getLogger("guardrail.testing.websocket")
_QUIET.setLevel(logging.CRITICAL + 1)


class Line:
    """One connection, as the upstream sees it.

    Attributes:
        target: what was asked for, with its query.
        headers: of the handshake, names in lower case.
        received: the messages that came.
        closed: how the other end closed, once it has; 1006 where it didn't say.
        over: set when the upstream is done with it.
    """

    def __init__(self, connection: ServerConnection) -> None:
        """Take the library's connection."""
        self._connection = connection
        request = connection.request
        assert request is not None  # noqa: S101 - the handshake is over
        self.target = request.path
        self.headers: Headers = tuple(
            (name.lower().encode(), value.encode("latin-1"))
            for name, value in request.headers.raw_items()
        )
        self.received: list[Message] = []
        self.closed: int | None = None
        self.over = asyncio.Event()

    def header(self, name: bytes) -> bytes | None:
        """Return the first field called `name` (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)

    async def receive(self) -> Message:
        """Return the next message."""
        message = await self._connection.recv()
        self.received.append(message)
        return message

    async def expect(self, kind: str) -> Any:  # noqa: ANN401 - JSON
        """Return the next JSON message of a type; those before it are noted only."""
        while (event := json.loads(await self.receive())).get("type") != kind:
            pass
        return event

    async def send(self, *messages: object) -> None:
        """Send messages: text and bytes as they are, anything else as JSON."""
        for message in messages:
            plain = isinstance(message, (str, bytes))
            await self._connection.send(
                message if plain else json.dumps(message, ensure_ascii=False)  # type: ignore[arg-type] # told by `plain`
            )

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection."""
        await self._connection.close(code, reason)

    def reset(self) -> None:
        """Drop the connection without a word."""
        self._connection.transport.abort()


Act = Callable[[Line], Awaitable[None]]


async def echo(line: Line) -> None:
    """Send every message back."""
    while True:
        await line.send(await line.receive())


class FakeWebSocketUpstream:
    """A server on 127.0.0.1 that does with each connection what `act` says, then closes it.

    Attributes:
        url: where it listens, while it is entered: an upstream's address.
        lines: the connections, in order.
        act: what is done with those that come now.
        rejects: status and body that handshakes are answered with instead, where set.
    """

    def __init__(self, act: Act = echo, *, subprotocols: Sequence[str] = ()) -> None:
        """Take what to do, and the subprotocols spoken."""
        self.act = act
        self.url = ""
        self.lines: list[Line] = []
        self.rejects: tuple[int, bytes] | None = None
        self._subprotocols = tuple(subprotocols)
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            0,
            process_request=self._process,
            select_subprotocol=self._select,
            max_size=None,
            close_timeout=1.0,
            logger=_QUIET,
        )
        port = next(iter(self._server.sockets)).getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
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
            await self._server.wait_closed()

    def play(self, act: Act) -> None:
        """Do this with the connections that come now; forget those that came."""
        self.lines.clear()
        self.rejects = None
        self.act = act

    def _select(
        self,
        connection: ServerConnection,  # noqa: ARG002 - the library's
        offered: Sequence[Subprotocol],
    ) -> Subprotocol | None:
        return next((one for one in offered if one in self._subprotocols), None)

    def _process(self, connection: ServerConnection, request: Request) -> Response | None:  # noqa: ARG002 - the library's
        if self.rejects is None:
            return None
        status, body = self.rejects
        response = connection.respond(status, body.decode())
        response.headers.pop("Content-Type", None)
        response.headers["Content-Type"] = "application/json"
        return response

    async def _serve(self, connection: ServerConnection) -> None:
        line = Line(connection)
        self.lines.append(line)
        try:
            await self.act(line)
        except ConnectionClosed as closed:
            line.closed = closed.rcvd.code if closed.rcvd is not None else 1006
        finally:
            line.over.set()
