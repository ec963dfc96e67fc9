"""A reply from the upstream: its head, and its body as it arrives; and the limits of waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from guardrail.errors import UpstreamError
from guardrail.facts import Headers

PIECE = 64
"""Bytes counted for the keeping of one piece of body, so that a flood of tiny ones is bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamLimits:
    """How long and how much to wait for the upstream. Times in seconds, sizes in bytes."""

    connections: int = 256
    """Open at once, for one worker."""
    connect: float = 5.0
    """To get a connection: a free place in the pool, then TCP, then TLS."""
    head: float = 300.0
    """From the request's writing to the end of the reply's head. Long: a plain chat completion
    sends its head only when the model has finished."""
    idle: float = 120.0
    """Silence within a reply's body, where the reader isn't the slow one."""
    kept_alive: float = 30.0
    """Age at which an unused connection isn't used again: below what servers usually keep."""
    head_bytes: int = 65_536
    """A reply's head, and whatever else it sends between two bytes of body: interim replies,
    chunk extensions, trailers."""
    buffered_bytes: int = 65_536
    """Body bytes not yet taken, at which reading stops until they are."""


class Source(Protocol):
    """What a reply needs of the connection it arrives on."""

    def resume(self) -> None:
        """Read on after the reader has taken what there was."""

    def fail(self, message: str, code: str) -> None:
        """End the reply with an error and the connection with it."""


class UpstreamReply:
    """A reply whose head has arrived, while its body may still be on the way.

    The reader takes the body once, by `chunks` or `read`, and calls `aclose` in any case.

    Attributes:
        status: 200 to 599.
        headers: the end-to-end fields, names in lower case; trailers are dropped.
    """

    __slots__ = (
        "_buffered",
        "_complete",
        "_connection",
        "_failure",
        "_pieces",
        "_waiter",
        "headers",
        "status",
    )

    def __init__(self, connection: Source) -> None:
        """Begin the reply that `connection` waits for."""
        self.status = 0
        self.headers: Headers = ()
        self._connection: Source | None = connection
        self._pieces: list[bytes] = []
        self._buffered = 0
        self._complete = False
        self._failure: UpstreamError | None = None
        self._waiter: asyncio.Future[None] | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body in the pieces it arrives in; leaving early drops the connection.

        Raises:
            UpstreamError: after the bytes that came: ``upstream_reset``, ``upstream_timeout`` or
                ``upstream_nonsense``.
        """
        try:
            while True:
                if self._pieces:
                    yield self._take()
                elif self._failure is not None:
                    raise self._failure
                elif self._complete:
                    return
                else:
                    await self._more()
        finally:
            await self.aclose()

    async def read(self, limit: int) -> bytes:
        """Return the whole body; UpstreamError ``upstream_too_large`` beyond `limit` bytes."""
        pieces = []
        size = 0
        try:
            while self._pieces or not self._complete:
                if self._pieces:
                    pieces.append(self._take())
                    size += len(pieces[-1])
                    if size > limit:
                        raise UpstreamError(
                            f"The upstream's reply is over the limit of {limit} bytes.",
                            code="upstream_too_large",
                            fix="Raise the reply limit, or ask for less.",
                        )
                elif self._failure is not None:
                    raise self._failure
                else:
                    await self._more()
        finally:
            await self.aclose()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def aclose(self) -> None:
        """Drop the connection where the reply is unfinished; otherwise do nothing."""
        if self._connection is not None:
            self._connection.fail("The reply was given up.", "upstream_reset")

    async def head(self) -> None:
        """Wait for the head; a cancelled wait drops the connection."""
        try:
            while not self.status:
                if self._failure is not None:
                    raise self._failure
                await self._more()
        except asyncio.CancelledError:
            await self.aclose()
            raise

    @property
    def buffered(self) -> int:
        """Bytes that have arrived and wait for the reader, each piece's keeping included."""
        return self._buffered

    @property
    def complete(self) -> bool:
        """True when the whole reply has arrived."""
        return self._complete

    def add(self, piece: bytes) -> None:
        """Keep a piece of body for the reader."""
        self._pieces.append(piece)
        self._buffered += len(piece) + PIECE

    def end(self, failure: UpstreamError | None = None) -> None:
        """Note that no more will come, and why."""
        self._complete = failure is None
        self._failure = failure
        self._connection = None

    def wake(self) -> None:
        """Let the reader look again."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _take(self) -> bytes:
        pieces = self._pieces
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        self._buffered = 0
        if self._connection is not None:
            self._connection.resume()
        return data

    async def _more(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
