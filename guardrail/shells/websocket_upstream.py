"""The client that opens WebSockets at the upstream: `websockets`, held to our limits.

One message waits at most, frames aren't compressed, nothing is followed to another address, and
nothing that travels is logged.
"""

from __future__ import annotations

import asyncio
import logging
import ssl

from websockets.asyncio.client import ClientConnection
from websockets.client import ClientProtocol
from websockets.datastructures import Headers as LibraryHeaders
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol
from websockets.uri import WebSocketURI

from guardrail.errors import UpstreamError
from guardrail.facts import Headers, RawReply
from guardrail.shells.upstream_head import Origin, join_path, request_head
from guardrail.shells.upstream_reply import UpstreamLimits
from guardrail.shells.websocket import LOST, TOO_BIG, ClosedError, RejectedError
from guardrail.shells.websocket_session import Message

CLOSE_SECONDS = 5.0
"""For the upstream to answer a close frame."""
PING_SECONDS = 20.0
"""Between two looks whether the upstream is still there."""

_QUIET = logging.getLogger("guardrail.websockets")
_QUIET.setLevel(logging.CRITICAL + 1)  # at other levels the library logs what messages hold


class WebSocketUpstream:
    """One upstream's WebSockets."""

    def __init__(
        self,
        origin: Origin,
        *,
        limits: UpstreamLimits,
        message_bytes: int,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Take where it is, how long to wait, and how large a message may be.

        Args:
            origin: where it is.
            limits: `idle` is for a sign of life, once it was asked for one.
            message_bytes: of one message.
            ssl_context: for TLS; by default certificates and names are verified against the
                system's authorities.
        """
        self._origin = origin
        self._limits = limits
        self._ssl = (ssl_context or ssl.create_default_context()) if origin.tls else None
        self._message_bytes = message_bytes

    async def connect(self, target: str, headers: Headers, subprotocols: list[str]) -> Opened:
        """Open a WebSocket.

        Raises:
            BadInput: the target or a header field can't be forwarded.
            RejectedError: the upstream answered with something else.
            UpstreamError: it can't be reached, or doesn't answer in time or properly.
        """
        origin = self._origin
        path = join_path(origin.path, target)
        request_head("GET", path, origin.authority, headers, 0)  # for what it refuses
        way, _, query = path.partition("?")
        uri = WebSocketURI(origin.tls, origin.host, origin.port, way, query, None, None)
        offered = [Subprotocol(one) for one in subprotocols] or None
        connection = await self._connected(uri, offered)
        fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        try:
            async with asyncio.timeout(self._limits.head):
                await connection.handshake(fields, user_agent_header=None)
        except asyncio.CancelledError:
            connection.transport.abort()
            raise
        except (InvalidHandshake, ConnectionClosed, OSError) as error:
            connection.transport.abort()
            raise _handshake_failure(error) from None
        connection.start_keepalive()
        return Opened(connection, self._message_bytes)

    async def _connected(
        self, uri: WebSocketURI, subprotocols: list[Subprotocol] | None
    ) -> ClientConnection:
        def made() -> ClientConnection:
            return ClientConnection(
                ClientProtocol(
                    uri, subprotocols=subprotocols, max_size=self._message_bytes, logger=_QUIET
                ),
                ping_interval=PING_SECONDS,
                ping_timeout=self._limits.idle,
                close_timeout=CLOSE_SECONDS,
                max_queue=1,
            )

        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._limits.connect):
                _, connection = await loop.create_connection(
                    made, self._origin.host, self._origin.port, ssl=self._ssl
                )
        except TimeoutError:
            raise UpstreamError(
                "The upstream doesn't take connections.", code="upstream_timeout", status=504
            ) from None
        except OSError as error:
            raise UpstreamError(
                f"The upstream can't be reached ({type(error).__name__}).",
                code="upstream_unreachable",
                fix="Check that it runs and that its URL is right: guardrail doctor.",
            ) from None
        return connection


class Opened:
    """A WebSocket to the upstream. It is a `guardrail.shells.websocket.Connection`."""

    def __init__(self, connection: ClientConnection, message_bytes: int) -> None:
        """Take the library's connection."""
        self._connection = connection
        self._message_bytes = message_bytes
        self.subprotocol: str | None = connection.subprotocol
        response = connection.response
        self.headers = _fields(response.headers) if response is not None else ()

    async def send(self, message: Message) -> None:
        """Send a message; it is taken when the connection has room again."""
        try:
            await self._connection.send(message)
        except ConnectionClosed as closed:
            raise _closed(closed) from None

    async def receive(self) -> Message:
        """Return the next message.

        Raises:
            ClosedError: there is none any more.
            UpstreamError: it is too large.
        """
        try:
            return await self._connection.recv()
        except ConnectionClosed as closed:
            if closed.rcvd is None and closed.sent is not None and closed.sent.code == TOO_BIG:
                raise UpstreamError(
                    f"a message of the upstream's is larger than {self._message_bytes} bytes",
                    code="upstream_too_large",
                ) from None
            raise _closed(closed) from None

    async def close(self, code: int, reason: str = "") -> None:
        """Close, or drop the connection where the upstream doesn't answer."""
        await self._connection.close(code, reason)


def _closed(closed: ConnectionClosed) -> ClosedError:
    if closed.rcvd is None:
        return ClosedError(LOST)
    return ClosedError(closed.rcvd.code, closed.rcvd.reason)


def _fields(headers: LibraryHeaders) -> Headers:
    return tuple(
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in headers.raw_items()
    )


def _handshake_failure(error: Exception) -> Exception:
    if isinstance(error, InvalidStatus):
        response = error.response
        reply = RawReply(
            status=response.status_code,
            headers=_fields(response.headers),
            body=bytes(response.body),
        )
        return RejectedError(reply)
    if isinstance(error, TimeoutError):
        return UpstreamError(
            "The upstream doesn't answer the handshake.", code="upstream_timeout", status=504
        )
    if isinstance(error, InvalidHandshake):
        return UpstreamError("The upstream doesn't speak WebSocket here.", code="upstream_nonsense")
    return UpstreamError("The upstream broke the handshake off.", code="upstream_reset")
