"""One kept-alive connection to the upstream, speaking HTTP/1.1 (RFC 9112).

One reply at a time: no pipelining. All methods but the awaited ones run in the event loop's
callbacks; nothing here blocks, and no task and at most one timer belongs to a connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import httptools

from guardrail.errors import UpstreamError
from guardrail.shells.upstream_head import end_to_end
from guardrail.shells.upstream_reply import UpstreamLimits, UpstreamReply

STALE_SECONDS = 1.0
"""How long after our writing a reused connection's silent end still means that it was stale.

A server that had given the connection up answers our bytes with FIN or RST within a round trip.
One that ends it later had begun to work on the request, and asking again could do the work twice.
"""

ONE_WRITE = 65_536
"""Up to here copying a body behind its head is cheaper than a second system call (bytes)."""


class StaleConnectionError(UpstreamError):
    """A reused connection had been given up by the upstream: the request may be sent again."""

    code = "upstream_reset"


class Connection(asyncio.Protocol):
    """A connection: idle in the pool, or busy with one reply. Made and owned by the pool."""

    def __init__(
        self,
        limits: UpstreamLimits,
        *,
        on_made: Callable[[Connection], None],
        on_idle: Callable[[Connection], None],
        on_lost: Callable[[Connection], None],
    ) -> None:
        """Take the pool's wishes: what to call when made, free for the next request, or lost."""
        self._limits = limits
        self._on_made = on_made
        self._on_idle = on_idle
        self._on_lost = on_lost
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._reply: UpstreamReply | None = None
        self._fields: list[tuple[bytes, bytes]] = []
        self._head_size = 0
        self._overhead = 0
        self._bodyless = False
        self._until_close = False
        self._reusable = True
        self._silent = True
        self._used = False
        self._unwanted = False
        self._paused = False
        self._written = 0.0
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self.idle_since = 0.0

    # The pool's side.

    async def exchange(self, method: str, head: bytes, body: bytes) -> UpstreamReply:
        """Send a request and return its reply as soon as the head is there.

        Raises:
            StaleConnectionError: the upstream had given the connection up.
            UpstreamError: ``upstream_reset``, ``upstream_timeout``, ``upstream_nonsense``.
        """
        reply = self._reply = UpstreamReply(self)
        self._fields = []
        self._head_size = self._overhead = 0
        self._bodyless = method == "HEAD"
        self._until_close = False
        self._silent = True
        self._written = self._loop.time()
        self._send(head, body)
        await reply.head()
        return reply

    @property
    def closing(self) -> bool:
        """True when nothing can be sent on it any more."""
        return self._transport is None or self._transport.is_closing()

    def abort(self) -> None:
        """Close at once: nothing that is still to be written is worth waiting for."""
        self._unwanted = True
        if self._transport is not None:
            self._transport.abort()

    # The reply's side.

    def resume(self) -> None:
        """Read on after the reader has taken what there was."""
        if self._paused and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()
            self._expect(self._limits.idle)

    def fail(self, message: str, code: str, status: int = 0) -> None:
        """End the reply with an error and the connection with it."""
        self._end(UpstreamError(message, code=code, status=status))

    # The transport's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)
        if self._unwanted:
            self._transport.abort()
        self._on_made(self)

    def data_received(self, data: bytes) -> None:
        """Feed the parser; then decide once whether to wake, pause, finish, or fail."""
        reply = self._reply
        if reply is None:  # nobody asked for anything
            self.abort()
            return
        self._silent = False
        before = reply.buffered
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            # After a complete reply the junk is no part of it; only the connection is spoilt.
            self._reusable = False
            if not reply.complete:
                self._nonsense("its reply isn't HTTP/1.1")
        if reply.complete:
            self._release()
        elif self._reply is reply:
            self._weigh(reply, len(data), progress=reply.buffered > before)
        reply.wake()

    def eof_received(self) -> None:
        """End the reply: an upstream that has half-closed sends no more."""
        self._ended(clean=True)
        self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the reply and leave the pool."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._ended(clean=exc is None)
        self._on_lost(self)

    # The parser's side.

    def on_message_begin(self) -> None:
        """Notice what comes behind a complete reply: nobody asked for it."""
        if self._reply is None or self._reply.complete:
            self._reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a field of the head; trailers are dropped (RFC 9110 section 6.5.1)."""
        if self._reply is not None and not self._reply.status:
            self._head_size += len(name) + len(value)
            self._fields.append((name.lower(), value.strip()))

    def on_headers_complete(self) -> None:
        """Take the head, unless it is an interim one (RFC 9110 section 15.2)."""
        reply = self._reply
        if reply is None or reply.complete:
            return
        status = self._parser.get_status_code()
        fields = dict(self._fields)
        coding = fields.get(b"transfer-encoding")
        if self._head_size > self._limits.head_bytes:
            self._nonsense("its reply's head is too large")
        elif not 100 <= status <= 599 or status == 101:  # we never ask for another protocol
            self._nonsense("its reply's status has no meaning here")
        elif coding is not None and coding.lower() != b"chunked":
            self._nonsense("its reply has a transfer coding that wasn't asked for")
        elif status < 200:
            self._fields = []
        else:
            reply.headers = end_to_end(tuple(self._fields))
            reply.status = status
            self._until_close = coding is None and b"content-length" not in fields
            if self._bodyless:
                # The parser doesn't know that no body follows, so it can't be used again.
                self._reusable = False
                reply.end()

    def on_body(self, piece: bytes) -> None:
        """Keep a piece of body."""
        if self._reply is not None and not self._reply.complete:
            self._reply.add(piece)

    def on_message_complete(self) -> None:
        """Finish the reply. Only here does the parser still know whether to keep the connection."""
        reply = self._reply
        if reply is not None and reply.status and not reply.complete:
            self._reusable = self._reusable and self._parser.should_keep_alive()
            reply.end()

    # Ours.

    def _send(self, head: bytes, body: bytes) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            self._ended(clean=True)
            return
        if len(body) <= ONE_WRITE:
            transport.write(head + body)
        else:
            transport.write(head)
            transport.write(body)
        self._expect(self._limits.head)

    def _weigh(self, reply: UpstreamReply, size: int, *, progress: bool) -> None:
        """Bound what doesn't become body, pause where the reader is slow, renew the deadline."""
        self._overhead = 0 if progress else self._overhead + size
        if self._overhead > self._limits.head_bytes:
            self._nonsense("it sends no reply, but doesn't stop sending")
            return
        if reply.status:
            self._expect(self._limits.idle)
        if reply.buffered > self._limits.buffered_bytes and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    def _release(self) -> None:
        """Give the connection back to the pool, or close it where it can't be used again."""
        self._reply = None
        transport = self._transport
        # Bytes still unsent mean that the upstream answered without reading the request.
        if self._reusable and transport is not None and not transport.get_write_buffer_size():
            self._used = True
            self.idle_since = self._loop.time()
            self._on_idle(self)
        else:
            self.abort()

    def _ended(self, *, clean: bool) -> None:
        """End the reply because the upstream closed the connection."""
        reply = self._reply
        if reply is None:
            return
        if self._until_close and clean and reply.status:
            self._end(None)
        elif self._used and self._silent and self._loop.time() - self._written < STALE_SECONDS:
            self._end(StaleConnectionError("The upstream had closed a kept-alive connection."))
        else:
            self.fail("The upstream cut its reply off.", "upstream_reset")

    def _nonsense(self, why: str) -> None:
        self.fail(f"The upstream can't be understood: {why}.", "upstream_nonsense")

    def _end(self, failure: UpstreamError | None) -> None:
        reply, self._reply = self._reply, None
        self.abort()
        if reply is not None:
            reply.end(failure)
            reply.wake()

    def _expect(self, seconds: float) -> None:
        """Move the deadline: the timer is only touched where it would ring too late."""
        self._deadline = self._loop.time() + seconds
        if self._timer is not None:
            if self._timer_at <= self._deadline:
                return
            self._timer.cancel()
        self._arm()

    def _arm(self) -> None:
        self._timer_at = self._deadline
        self._timer = self._loop.call_at(self._deadline, self._ring)

    def _ring(self) -> None:
        self._timer = None
        reply = self._reply
        if reply is None:
            return
        if self._paused:
            self._expect(self._limits.idle)
        elif self._loop.time() < self._deadline:
            self._arm()
        else:
            what = "is silent within its reply" if reply.status else "doesn't answer"
            self.fail(f"The upstream {what}.", "upstream_timeout", 504)
