"""A wrapped ASGI application in the upstream's place, for WebSockets."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from guardrail.errors import UpstreamError
from guardrail.facts import Headers, RawReply
from guardrail.shells.asgi_types import App, Message, Scope
from guardrail.shells.websocket import GOING_AWAY, LOST, ClosedError, RejectedError
from guardrail.shells.websocket_session import NORMAL
from guardrail.shells.websocket_session import Message as Sent

log = logging.getLogger("guardrail")

LEAVE_SECONDS = 5.0
"""For the application to end once the caller has left; then it is cancelled."""


class InnerSockets:
    """Opens WebSockets to a wrapped application."""

    def __init__(self, app: App, scope: Scope, message_bytes: int) -> None:
        """Take the application, the caller's scope, and how large a message may be."""
        self._app = app
        self._scope = scope
        self._message_bytes = message_bytes

    async def connect(self, target: str, headers: Headers, subprotocols: list[str]) -> Inner:  # noqa: ARG002 - the scope has it
        """Start the application, and wait until it accepts.

        Raises:
            RejectedError: it doesn't want to.
            UpstreamError: it fails.
        """
        own = self._scope
        kept = [(name, value) for name, value in own["headers"] if name == b"host"]
        scope = {
            **own,
            "headers": [*headers, *kept],
            "subprotocols": subprotocols,
            "extensions": {**(own.get("extensions") or {}), "websocket.http.response": {}},
        }
        inner = Inner(self._message_bytes)
        await inner.start(self._app, scope)
        return inner


class Inner:
    """A WebSocket to the application. It is a `guardrail.shells.websocket.Connection`."""

    def __init__(self, message_bytes: int) -> None:
        """Take how large a message may be."""
        self._message_bytes = message_bytes
        # One message waits each way: who sends more waits until it is taken.
        self._to_app: asyncio.Queue[Message] = asyncio.Queue(1)
        self._from_app: asyncio.Queue[Sent | Exception] = asyncio.Queue(1)
        self._answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._connected = False
        self._over = asyncio.Event()
        self._left: Message | None = None
        self._reply: dict[str, Any] = {}
        self.subprotocol: str | None = None
        self.headers: Headers = ()

    async def start(self, app: App, scope: Scope) -> None:
        """Run the application until it has answered the handshake."""
        self._task = asyncio.create_task(self._run(app, scope))
        try:
            await asyncio.shield(self._answered)
        except asyncio.CancelledError:
            self._task.cancel()
            raise

    async def _run(self, app: App, scope: Scope) -> None:
        try:
            await app(scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - the application's fault ends the session
            log.error("the guarded application failed: %s", type(error).__name__)  # noqa: TRY400 - no values
        if not self._answered.done():
            self._answered.set_exception(
                UpstreamError("the application gave no answer", code="upstream_reset")
            )
        if not self._over.is_set():
            await self._from_app.put(ClosedError(LOST))
            self._over.set()

    async def _receive(self) -> Message:
        if not self._connected:
            self._connected = True
            return {"type": "websocket.connect"}
        if self._left is None or not self._to_app.empty():
            return await self._to_app.get()
        return self._left

    async def _send(self, message: Message) -> None:
        if self._over.is_set():
            raise OSError("the WebSocket is closed")
        kind = message["type"]
        if kind == "websocket.accept":
            self.subprotocol = message.get("subprotocol")
            given = message.get("headers", ())
            self.headers = tuple((bytes(n).lower(), bytes(v)) for n, v in given)
            self._answered.set_result(None)
        elif kind == "websocket.send":
            text = message.get("text")
            await self._from_app.put(text if text is not None else message.get("bytes") or b"")
        elif kind == "websocket.close":
            await self._closed(message.get("code", NORMAL), message.get("reason") or "")
        elif kind == "websocket.http.response.start":
            self._reply = {"status": message["status"], "headers": message.get("headers", ())}
        elif kind == "websocket.http.response.body":
            self._rejected(message.get("body", b""), more=message.get("more_body", False))

    async def _closed(self, code: int, reason: str) -> None:
        if not self._answered.done():
            self._reply = {"status": 403, "headers": ()}
            self._rejected(b"", more=False)
            return
        await self._from_app.put(ClosedError(code, reason))
        self._over.set()

    def _rejected(self, body: bytes, *, more: bool) -> None:
        whole = self._reply["body"] = self._reply.get("body", b"") + body
        if len(whole) > self._message_bytes:
            error = UpstreamError("the reply is too large", code="upstream_too_large")
            self._end_with(error)
        elif not more:
            headers = tuple((bytes(n).lower(), bytes(v)) for n, v in self._reply["headers"])
            reply = RawReply(status=self._reply["status"], headers=headers, body=whole)
            self._end_with(RejectedError(reply))

    def _end_with(self, error: Exception) -> None:
        if not self._answered.done():
            self._answered.set_exception(error)
        self._over.set()

    async def send(self, message: Sent) -> None:
        """Hand a message to the application once it has taken the one before."""
        kind = "text" if isinstance(message, str) else "bytes"
        put = asyncio.create_task(self._to_app.put({"type": "websocket.receive", kind: message}))
        over = asyncio.create_task(self._over.wait())
        try:
            done, _ = await asyncio.wait((put, over), return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
            put.cancel()
        if put not in done:
            raise ClosedError(LOST)

    async def receive(self) -> Sent:
        """Return the application's next message.

        Raises:
            ClosedError: there is none any more.
            UpstreamError: it is too large.
        """
        message = await self._from_app.get()
        if isinstance(message, Exception):
            raise message
        if len(message) > self._message_bytes:
            raise UpstreamError(
                f"a message of the application's is larger than {self._message_bytes} bytes",
                code="upstream_too_large",
            )
        return message

    async def close(self, code: int, reason: str = "") -> None:
        """Tell the application that the caller left, and let it end."""
        self._over.set()
        self._left = {"type": "websocket.disconnect", "code": code or GOING_AWAY, "reason": reason}
        if self._to_app.empty():
            self._to_app.put_nowait(self._left)
        while not self._from_app.empty():
            self._from_app.get_nowait()  # whoever waits to send more learns that it is over
        await asyncio.wait((self._task,), timeout=LEAVE_SECONDS)
        self._task.cancel()
