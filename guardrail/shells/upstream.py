"""The client that talks to the upstream: a bounded pool of kept-alive HTTP/1.1 connections.

Written here because it was measured: the usual clients cost several times as much CPU for one
request as the whole guard, and some hold streams back (``python -m benchmarks.proxy --client``).
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque

from guardrail.errors import UpstreamError
from guardrail.facts import Headers
from guardrail.shells.upstream_connection import Connection, StaleConnectionError
from guardrail.shells.upstream_head import (
    Origin,
    end_to_end,
    join_path,
    read_origin,
    request_head,
)
from guardrail.shells.upstream_reply import UpstreamLimits, UpstreamReply

__all__ = [
    "Origin",
    "Upstream",
    "UpstreamLimits",
    "UpstreamReply",
    "end_to_end",
    "join_path",
    "read_origin",
]

DEFAULT_LIMITS = UpstreamLimits()


class Upstream:
    """One upstream, for one event loop. Bodies travel as they are: nothing is decoded.

    Attributes:
        origin: where it is.
        limits: how long and how much to wait for it.
    """

    def __init__(
        self,
        url: str,
        *,
        limits: UpstreamLimits = DEFAULT_LIMITS,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """Take the upstream's address; ConfigError where it can't be used.

        Args:
            url: ``http://`` or ``https://`` address, with an optional path prefix.
            limits: how long and how much to wait.
            ssl_context: for ``https``; by default certificates and names are verified against
                the system's authorities.
        """
        self.origin = read_origin(url)
        self.limits = limits
        self._ssl = (ssl_context or ssl.create_default_context()) if self.origin.tls else None
        self._idle: deque[Connection] = deque()
        self._connections: set[Connection] = set()
        self._waiters: deque[asyncio.Future[Connection | None]] = deque()
        self._connecting = 0
        self._closed = False
        self._emptied: asyncio.Future[None] | None = None

    @property
    def open(self) -> int:
        """Connections that are open or being opened."""
        return len(self._connections) + self._connecting

    async def send(
        self, method: str, target: str, headers: Headers, body: bytes = b""
    ) -> UpstreamReply:
        """Send a request and return the reply as soon as its head is there.

        Call the reply's `aclose` in any case. A request is sent a second time only where it went
        out on a kept-alive connection that the upstream closed at once and without a byte of
        reply. So ends a connection that its server had given up before our bytes came, which is
        the sign that RFC 9110 section 9.2.2 asks for, that the request was never taken up; the
        method doesn't matter then, and a POST is safe. Whatever ends later, or on a new
        connection, is never sent again.

        Args:
            method: any but CONNECT.
            target: path and query as they came; the upstream's path prefix is joined to it.
            headers: as they came; Host, Content-Length and the fields of one connection are
                replaced or left out.
            body: the whole body.

        Raises:
            BadInput: method, target or a field can't be forwarded.
            UpstreamError: ``upstream_unreachable``, ``upstream_timeout``, ``upstream_reset``,
                ``upstream_nonsense`` or ``upstream_overloaded`` (the pool is exhausted).
        """
        path = join_path(self.origin.path, target)
        head = request_head(method, path, self.origin.authority, headers, len(body))
        connection = self._pop_idle() or await self._acquire()
        try:
            return await connection.exchange(method, head, body)
        except StaleConnectionError:
            pass  # its place in the pool is free again
        connection = await self._acquire()
        return await connection.exchange(method, head, body)

    async def close(self) -> None:
        """Drop all connections, whatever they carry, and refuse further requests."""
        self._closed = True
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_exception(_unreachable("this worker is stopping"))
        for connection in list(self._connections):
            connection.fail("This worker is stopping.", "upstream_reset")
        if self._connections:
            self._emptied = asyncio.get_running_loop().create_future()
            await self._emptied

    def _pop_idle(self) -> Connection | None:
        """Return the connection used last, which is the likeliest to be alive still."""
        while self._idle:
            connection = self._idle.pop()
            age = asyncio.get_running_loop().time() - connection.idle_since
            if age > self.limits.kept_alive:
                connection.abort()
            elif not connection.closing:
                return connection
        return None

    async def _acquire(self) -> Connection:
        """Open a connection, or wait for one to come free."""
        if self._closed:
            raise _unreachable("this worker is stopping")
        if self.open < self.limits.connections:
            self._connecting += 1
            return await self._connect()
        waiter: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(self.limits.connect):
                connection = await waiter
        except TimeoutError:
            self._hand_back(waiter)
            raise UpstreamError(
                f"All {self.limits.connections} connections to the upstream are in use.",
                code="upstream_overloaded",
                status=503,
                fix="Try again later.",
            ) from None
        except asyncio.CancelledError:
            self._hand_back(waiter)
            raise
        return connection or await self._connect()

    def _hand_back(self, waiter: asyncio.Future[Connection | None]) -> None:
        """Pass on what was given to a waiter that left in the same moment."""
        if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
            connection = waiter.result()
            if connection is None:
                self._connecting -= 1
                self._serve_waiters()
            else:
                self._on_idle(connection)
        elif waiter in self._waiters:
            self._waiters.remove(waiter)

    async def _connect(self) -> Connection:
        """Open a connection in a place that is ours already."""
        made = Connection(
            self.limits,
            on_made=self._on_made,
            on_idle=self._on_idle,
            on_lost=self._on_lost,
        )
        try:
            async with asyncio.timeout(self.limits.connect):
                await asyncio.get_running_loop().create_connection(
                    lambda: made, self.origin.host, self.origin.port, ssl=self._ssl
                )
        except (OSError, asyncio.CancelledError) as error:
            made.abort()
            # uvloop doesn't tell of a connection that is cancelled between made and handed over.
            self._on_lost(made)
            raise _connect_failure(error) from None
        finally:
            self._connecting -= 1
            self._serve_waiters()
        return made

    def _on_made(self, connection: Connection) -> None:
        self._connections.add(connection)
        if self._closed:
            connection.abort()

    def _on_idle(self, connection: Connection) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        self._idle.append(connection)
        oldest = self._idle[0]
        if connection.idle_since - oldest.idle_since > self.limits.kept_alive:
            self._idle.popleft().abort()

    def _on_lost(self, connection: Connection) -> None:
        self._connections.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        self._serve_waiters()
        if self._emptied is not None and not self._connections and not self._emptied.done():
            self._emptied.set_result(None)

    def _serve_waiters(self) -> None:
        """Give free places to those who wait."""
        while self._waiters and self.open < self.limits.connections:
            waiter = self._waiters.popleft()
            if not waiter.done():
                self._connecting += 1
                waiter.set_result(None)


def _connect_failure(error: BaseException) -> BaseException:
    if isinstance(error, TimeoutError):
        return UpstreamError(
            "The upstream doesn't take connections.", code="upstream_timeout", status=504
        )
    return _unreachable(type(error).__name__) if isinstance(error, OSError) else error


def _unreachable(why: str) -> UpstreamError:
    return UpstreamError(
        f"The upstream can't be reached ({why}).",
        code="upstream_unreachable",
        fix="Check that it runs and that its URL is right: guardrail doctor.",
    )
