"""HTTP/1.1 as it arrives: heads are bounded in size and time, and what isn't HTTP gets an answer.

uvicorn's parser bounds neither, and refuses malformed requests in plain text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from guardrail.errors import BadInput, GuardrailError
from guardrail.shells.answers import Answer

HEAD_BYTES = 65_536
"""Of a request's head, and what one read brings beyond."""

LINGER_SECONDS = 2.0
"""For the caller to read a refusal: what arrives meanwhile is dropped. Closing at once while bytes
are unread resets the connection, and the refusal would be lost (RFC 9112 section 9.6)."""

Refuse = Callable[[GuardrailError], Awaitable[Answer]]
"""Puts a refusal on record and renders it."""


class Incoming(HttpToolsProtocol):
    """One caller's connection."""

    seconds = 30.0
    """For a head to arrive; and for the rest of a body whose request is answered already."""
    refuse: Refuse

    _timer: asyncio.TimerHandle | None = None
    _in_head = True
    _head_size = 0
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, unless the connection is being given up."""
        if self._refused:
            return
        if self._in_head:
            self._head_size += len(data)
            self._arm()
        super().data_received(data)
        if self._in_head and self._head_size > HEAD_BYTES:
            self._give_up(
                BadInput(
                    f"the request's head is larger than {HEAD_BYTES} bytes",
                    code="head_too_large",
                    status=431,
                )
            )

    def on_headers_complete(self) -> None:
        """Let the request be served."""
        self._in_head = False
        self._disarm()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect the next head."""
        self._in_head = True
        self._head_size = 0
        self._disarm()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Don't wait for ever for a body that nobody needs any more."""
        super().on_response_complete()
        if not self._in_head:
            self._arm()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - it may quote what was sent
        """Refuse what can't be parsed."""
        self._give_up(BadInput("the request is not well-formed HTTP/1.1", code="malformed_http"))

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self.seconds, self._ring)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._timer = None
        if self._in_head and self._busy:
            self._arm()  # an earlier request's answer is still under way
        elif self._in_head and self._head_size:
            self._give_up(
                BadInput(
                    f"the request's head didn't arrive within {self.seconds:g} s",
                    code="head_too_slow",
                    status=408,
                )
            )
        else:
            self.transport.close()

    @property
    def _busy(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle  # uvicorn's annotation forgets the None
        return cycle is not None and not cycle.response_complete

    def _give_up(self, error: GuardrailError) -> None:
        self._refused = True
        self._disarm()
        if self._busy:
            if self.cycle.response_started:
                self.transport.close()  # another answer inside that one would be read as part of it
                return
            self.cycle.disconnected = True  # whatever is under way, it has no caller any more
            self.cycle.message_event.set()
        task = self.loop.create_task(self._answer(error))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, error: GuardrailError) -> None:
        answer = await type(self).refuse(error)
        if self.transport.is_closing():
            return
        fields = (
            *answer.headers,
            (b"connection", b"close"),
            (b"content-length", b"%d" % len(answer.body)),
        )
        lines = b"".join(b"%b: %b\r\n" % field for field in fields)
        status = b"HTTP/1.1 %d %b\r\n" % (answer.status, HTTPStatus(answer.status).phrase.encode())
        self.transport.write(status + lines + b"\r\n" + answer.body)
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.loop.call_later(LINGER_SECONDS, self.transport.abort)
        else:
            self.transport.close()


def incoming(seconds: float, refuse: Refuse) -> type[Incoming]:
    """Return the protocol with its limit of time and its way to refuse; uvicorn wants a class."""
    return type("Incoming", (Incoming,), {"seconds": seconds, "refuse": staticmethod(refuse)})
