"""One WebSocket, from the caller's handshake to the last close frame.

The proxy and the middleware share it: they differ in what they connect to. The upstream accepts
first, then the caller is accepted; each message waits for the one before it to be taken, so that
nothing piles up in between.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, NoReturn, Protocol

from guardrail.errors import GuardrailError, UpstreamError
from guardrail.facts import Headers, RawReply, RawRequest
from guardrail.settings import Limits, Settings
from guardrail.shells.answers import Admitted, Answer
from guardrail.shells.asgi_types import Message as Incoming
from guardrail.shells.asgi_types import Receive, Scope, Send
from guardrail.shells.forward import to_caller, to_upstream
from guardrail.shells.runner import Runner
from guardrail.shells.tracing import Tracing, answered_with
from guardrail.shells.upstream_head import end_to_end
from guardrail.shells.websocket_session import (
    INTERNAL_ERROR,
    NORMAL,
    POLICY_VIOLATION,
    LiveSession,
    Message,
    Told,
    open_session,
)
from guardrail.wire import WEBSOCKET

log = logging.getLogger("guardrail")

KEY_PREFIX = "openai-insecure-api-key."
"""How a subprotocol begins that is a browser's key: it can't send a header."""

GOING_AWAY, NO_CODE, LOST, TOO_BIG, RESTART = 1001, 1005, 1006, 1009, 1012
_NEVER_SENT = frozenset({1004, NO_CODE, LOST, 1015})
_ORDERLY = frozenset({NORMAL, GOING_AWAY, NO_CODE})

SWITCHING_PROTOCOLS = 101
_HANDSHAKE = b"sec-websocket-"
"""How header fields begin that belong to one handshake."""
_PROTOCOL = b"sec-websocket-protocol"
_KEY = b"authorization"


class ClosedError(Exception):
    """The other end closed the connection, or it broke."""

    def __init__(self, code: int, reason: str = "") -> None:
        """Take the close frame's code and words; `LOST` where there was none."""
        super().__init__(code)
        self.code = code
        self.reason = reason


class RejectedError(Exception):
    """The upstream answered the handshake with a reply of its own."""

    def __init__(self, reply: RawReply) -> None:
        """Take the reply."""
        super().__init__(reply.status)
        self.reply = reply


class Connection(Protocol):
    """A WebSocket to the upstream, open."""

    subprotocol: str | None
    headers: Headers
    """Of the answer to the handshake."""

    async def send(self, message: Message) -> None:
        """Send a message; ClosedError where nobody takes it any more."""
        ...

    async def receive(self) -> Message:
        """Return the next message; ClosedError at the end, UpstreamError where it is too large."""
        ...

    async def close(self, code: int, reason: str = "") -> None:
        """Close, or drop what doesn't close in time."""
        ...


Connect = Callable[[str, Headers, list[str]], Awaitable[Connection]]
"""Opens a WebSocket to a target, with header fields and the subprotocols offered. RejectedError
where the upstream doesn't want it, UpstreamError where it can't be asked."""


Plain = Callable[[str], str]
"""Returns words that hold no personal data; nothing in place of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """How a session ended."""

    how: str = ""
    """What the evidence is to say, where it doesn't say how yet."""
    caller: tuple[int, str] | None = None
    """The close frame for the caller, where he is still there."""
    upstream: tuple[int, str] = (GOING_AWAY, "")


class WebSockets:
    """Serves WebSockets, so many at once and no more. Holds settings only."""

    def __init__(
        self, runner: Runner, settings: Settings, *, tracing: Tracing | None = None
    ) -> None:
        """Take the runner, what the operator set, and what follows requests for telemetry."""
        self._tracing = tracing or Tracing(settings.telemetry)
        self._runner = runner
        self._limits = settings.limits
        self._key = settings.upstream_key
        self._under_way = 0

    async def serve(self, scope: Scope, receive: Receive, send: Send, connect: Connect) -> None:
        """Take one WebSocket from its handshake to its end."""
        await receive()  # that the caller wants to connect
        if self._under_way >= self._limits.concurrent_requests:
            error = GuardrailError(
                "too many requests at once", code="overloaded", status=503, fix="try again later"
            )
            answer = await self._runner.refuse_early(WEBSOCKET, scope["path"], error)
            await _deny(scope, send, answer)
            return
        self._under_way += 1
        try:
            with self._tracing.follow(WEBSOCKET, scope["headers"]):
                await self._serve(scope, receive, send, connect)
        finally:
            self._under_way -= 1

    async def _serve(self, scope: Scope, receive: Receive, send: Send, connect: Connect) -> None:
        admitted = await self._runner.admit(handshake(scope))
        if isinstance(admitted, Answer):
            await _deny(scope, send, admitted)
            return
        try:
            upstream = await self._connect(scope, connect)
        except RejectedError as rejected:
            answer = await self._rejected(admitted, rejected.reply)
            await _deny(scope, send, answer)
            self._runner.delivered(answer)
            return
        except GuardrailError as error:
            await _deny(scope, send, await self._fault(admitted, error))
            return
        closing = (GOING_AWAY, "")
        try:
            closing = await self._open(scope, admitted, upstream, receive, send)
        finally:
            await asyncio.shield(upstream.close(*closing))

    async def _connect(self, scope: Scope, connect: Connect) -> Connection:
        headers = tuple((bytes(name), bytes(value)) for name, value in scope["headers"])
        onward = [
            field
            for field in to_upstream(headers, key=self._key)
            if not field[0].startswith(_HANDSHAKE)
        ]
        offered = [one for one in _offered(scope) if not (self._key and one.startswith(KEY_PREFIX))]
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        query: bytes = scope.get("query_string", b"")
        target = (path + b"?" + query if query else path).decode("latin-1")
        return await connect(target, self._tracing.onward(tuple(onward)), offered)

    async def _open(
        self, scope: Scope, admitted: Admitted, upstream: Connection, receive: Receive, send: Send
    ) -> tuple[int, str]:
        """Accept the caller and carry messages; return how to close the upstream."""
        if admitted.decided is None:
            live, headers = None, self._runner.unexamined_headers(admitted)
        else:
            opened = await open_session(self._runner, admitted)
            if isinstance(opened, Answer):
                await _deny(scope, send, opened)
                return GOING_AWAY, ""
            live, headers = opened, opened.headers
        plain = self._runner.guard.plain
        ways = _Ways(live, upstream, (receive, send), plain, self._limits)
        try:
            answered_with(SWITCHING_PROTOCOLS)
            await send(
                {
                    "type": "websocket.accept",
                    "subprotocol": upstream.subprotocol,
                    "headers": [*_returned(upstream.headers), *headers],
                }
            )
            end = await ways.run()
        except asyncio.CancelledError:
            # The server's time is up: the callers still get a proper end, and it is on record.
            end = _End(how="stopping", caller=(RESTART, ""))
            await asyncio.shield(_over(end, live, send))
            raise
        except OSError:
            end = _End(how="client_gone")
        await _over(end, live, send)
        return end.upstream

    async def _rejected(self, admitted: Admitted, reply: RawReply) -> Answer:
        headers = to_caller(reply.headers)
        if admitted.decided is None:
            extra = self._runner.unexamined_headers(admitted)
            return Answer(status=reply.status, headers=headers + extra, body=reply.body)
        return await self._runner.answer(admitted, replace(reply, headers=headers))

    async def _fault(self, admitted: Admitted, error: GuardrailError) -> Answer:
        return await self._runner.fault(
            admitted.adapter, admitted.request_id, error, spent=admitted.spent
        )


class _Ways:
    """The two ways of one session."""

    def __init__(
        self,
        live: LiveSession | None,
        upstream: Connection,
        asgi: tuple[Receive, Send],
        plain: Plain,
        limits: Limits,
    ) -> None:
        self._live = live
        self._upstream = upstream
        self._receive, self._send = asgi
        self._plain = plain
        self._limits = limits
        self._coming: asyncio.Future[Incoming] | None = None

    async def run(self) -> _End:
        """Carry messages both ways until one of them ends."""
        ways = [self._down(), self._up()]
        if self._live is not None:
            ways.append(self._overdue(self._live))
        tasks = [asyncio.create_task(way) for way in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return await next(task for task in tasks if task.done())
        except OSError:
            return _End(how="client_gone")  # or takes nothing any more
        except Exception as error:  # noqa: BLE001 - whatever fails, the session gets an end
            log.error("a session failed: %s", type(error).__name__)  # noqa: TRY400 - no values
            return _End(how="guard_failed", caller=(INTERNAL_ERROR, ""))
        finally:
            left: list[asyncio.Future[Any]] = [*tasks]
            left += [self._coming] if self._coming is not None else []
            for one in left:
                one.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _up(self) -> _End:
        while True:
            message = await self._next()
            if message is None:
                assert self._live is not None  # noqa: S101 - `_next` waits for ever without one
                ended = await self._send_up(await self._live.let_go())
                if ended is not None:
                    return ended
                continue
            if message["type"] == "websocket.disconnect":
                return self._left(message.get("code", NO_CODE), message.get("reason") or "")
            text = message.get("text")
            data: Message = text if text is not None else message.get("bytes") or b""
            if len(data) > self._limits.body_bytes:
                return _End(how="message_too_large", caller=(TOO_BIG, ""))
            ended = await self._send_up(
                [data] if self._live is None else await self._live.take(data)
            )
            if ended is not None:
                return ended

    async def _next(self) -> Incoming | None:
        """Return what the caller sends next; None where held sound has waited for long enough."""
        patience = self._live.patience if self._live is not None else None
        if self._coming is None:
            if patience is None:
                return await self._receive()
            self._coming = asyncio.ensure_future(self._receive())
        await asyncio.wait((self._coming,), timeout=patience)
        if not self._coming.done():
            return None
        coming, self._coming = self._coming, None
        return await coming

    async def _send_up(self, taken: Sequence[Message | Told]) -> _End | None:
        for one in taken:
            if isinstance(one, Told):
                await self._tell(one.text)
                continue
            try:
                async with asyncio.timeout(self._limits.idle_seconds):
                    await self._upstream.send(one)
            except ClosedError:
                await _for_ever()  # the other way learns how it was closed, behind what came before
            except TimeoutError:
                slow = UpstreamError(
                    "the upstream takes no more messages", code="upstream_timeout", status=504
                )
                return await self._broken(slow)
        return None

    async def _down(self) -> _End:
        live = self._live
        while True:
            try:
                message = await self._upstream.receive()
            except ClosedError as closed:
                return await self._closed(closed)
            except UpstreamError as error:
                return await self._broken(error)
            for one in [message] if live is None else await live.bring(message):
                await self._tell(one)
            if live is not None and live.close_code is not None:
                return _End(caller=(live.close_code, ""))

    async def _overdue(self, live: LiveSession) -> _End:
        await live.until_over(self._tell)
        return _End(caller=(live.close_code or NORMAL, ""))

    async def _closed(self, closed: ClosedError) -> _End:
        if closed.code == LOST:
            return await self._broken(
                UpstreamError("the upstream broke the connection off", code="upstream_reset")
            )
        code = NORMAL if closed.code == NO_CODE else closed.code
        if self._live is not None:
            for one in await self._live.finish():
                await self._tell(one)
            if self._live.close_code != NORMAL:
                return _End(caller=(self._live.close_code or INTERNAL_ERROR, ""))
        return _End(caller=(code, self._plain(closed.reason)))

    async def _broken(self, error: UpstreamError) -> _End:
        if self._live is not None:
            for one in await self._live.break_off(error):
                await self._tell(one)
        return _End(caller=(INTERNAL_ERROR, error.code))

    def _left(self, code: int, reason: str) -> _End:
        how = "client_closed" if code in _ORDERLY else "client_gone"
        if code == RESTART:
            how = "stopping"
        onward = {NO_CODE: NORMAL, RESTART: GOING_AWAY}.get(code, code)
        if onward in _NEVER_SENT:
            onward = GOING_AWAY
        return _End(how=how, upstream=(onward, self._plain(reason)))

    async def _tell(self, message: Message) -> None:
        kind = "text" if isinstance(message, str) else "bytes"
        async with asyncio.timeout(self._limits.idle_seconds):
            await self._send({"type": "websocket.send", kind: message})


def handshake(scope: Scope) -> RawRequest:
    """Return a WebSocket's handshake as the guard reads it, without what is but of one connection.

    A key that a browser sends as a subprotocol is shown as the header field that it stands for.
    """
    headers = [
        (bytes(name), bytes(value))
        for name, value in scope["headers"]
        if not name.startswith(_HANDSHAKE)
    ]
    offered = _offered(scope)
    headers += [
        (_PROTOCOL, one.encode("latin-1", "replace"))
        for one in offered
        if not one.startswith(KEY_PREFIX)
    ]
    keys = [one.removeprefix(KEY_PREFIX) for one in offered if one.startswith(KEY_PREFIX)]
    if keys and not any(name == _KEY for name, _ in headers):
        headers.append((_KEY, b"Bearer " + keys[0].encode("latin-1", "replace")))
    return RawRequest(
        method=WEBSOCKET,
        path=scope["path"],
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=tuple(headers),
    )


def _returned(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Return the header fields of the upstream's handshake that go back."""
    kept = end_to_end(to_caller(headers))
    return [field for field in kept if not field[0].startswith(_HANDSHAKE)]


def _offered(scope: Scope) -> list[str]:
    return list(scope.get("subprotocols") or ())


async def _over(end: _End, live: LiveSession | None, send: Send) -> None:
    """Put a session's end on record, and tell the caller of it."""
    if live is not None and end.how:
        await live.hang_up(end.how)
    if end.caller is not None:
        code, reason = end.caller
        with suppress(OSError):
            await send({"type": "websocket.close", "code": code, "reason": reason})


async def _deny(scope: Scope, send: Send, answer: Answer) -> None:
    """Answer a handshake with something else than a WebSocket."""
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": ""})
        return
    length = (b"content-length", str(len(answer.body)).encode())
    await send(
        {
            "type": "websocket.http.response.start",
            "status": answer.status,
            "headers": [*answer.headers, length],
        }
    )
    await send({"type": "websocket.http.response.body", "body": answer.body})


async def _for_ever() -> NoReturn:
    await asyncio.get_running_loop().create_future()
    raise AssertionError
