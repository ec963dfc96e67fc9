"""One HTTP exchange, from an ASGI server's call to the last byte of the answer.

The proxy and the middleware share it: they differ in what they call the upstream.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Protocol, Self

from guardrail.errors import BadInput, GuardrailError, UpstreamError
from guardrail.facts import Headers, RawReply, RawRequest
from guardrail.settings import Settings
from guardrail.shells.answers import Admitted, Answer
from guardrail.shells.asgi_types import Receive, Scope, Send
from guardrail.shells.forward import to_caller, to_upstream
from guardrail.shells.overdue import watched
from guardrail.shells.runner import Runner
from guardrail.shells.tracing import Tracing, answered_with
from guardrail.wire.encodings import Inflater, inflate
from guardrail.wire.framing import Framing, framing_of

log = logging.getLogger("guardrail")

SLICE = 16_384
"""Bytes of a stream that are worked on at once: so much of it, and no more, waits for a caller who
reads slowly, and other exchanges have their turn."""
OURS = b"guardrail-"
"""How header fields begin that nobody but the guard may speak in."""


class Reply(Protocol):
    """A reply whose head has arrived."""

    status: int
    headers: Headers

    def chunks(self) -> AsyncIterator[bytes]:
        """Give the body as it arrives."""
        ...

    async def read(self, limit: int) -> bytes:
        """Return the whole body; UpstreamError where it is larger than `limit`."""
        ...

    async def aclose(self) -> None:
        """Give the connection back, or drop it where the body isn't finished."""
        ...


class Backend(Protocol):
    """Where admitted requests go."""

    async def send(self, method: str, target: str, headers: Headers, body: bytes) -> Reply:
        """Send a request; UpstreamError where no reply begins."""
        ...


class CallerGoneError(Exception):
    """The caller closed the connection; there is nobody to answer."""


class Exchanges:
    """Serves HTTP exchanges, so many at once and no more. Holds settings only."""

    def __init__(
        self, runner: Runner, settings: Settings, *, tracing: Tracing | None = None
    ) -> None:
        """Take the runner, what the operator set, and what follows requests for telemetry."""
        self._tracing = tracing or Tracing(settings.telemetry)
        self._runner = runner
        self._limits = settings.limits
        self._key = settings.upstream_key
        self._under_way = 0

    async def serve(self, scope: Scope, receive: Receive, send: Send, backend: Backend) -> None:
        """Take one request all the way and answer it."""
        with self._tracing.follow(scope["method"], scope["headers"]):
            await self._bounded(scope, receive, send, backend)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send, backend: Backend) -> None:
        if self._under_way >= self._limits.concurrent_requests:
            error = GuardrailError(
                "too many requests at once", code="overloaded", status=503, fix="try again later"
            )
            await _send_answer(send, await self._early(scope, error))
            return
        self._under_way += 1
        try:
            await self._serve(scope, receive, send, backend)
        except CallerGoneError:
            pass
        finally:
            self._under_way -= 1

    async def _serve(self, scope: Scope, receive: Receive, send: Send, backend: Backend) -> None:
        try:
            raw = await self._read(scope, receive)
        except BadInput as error:
            await _send_answer(send, _last(scope, await self._early(scope, error)))
            return
        admitted = await self._runner.admit(raw)
        if isinstance(admitted, Answer):
            await _send_answer(send, admitted)
            return
        async with _Watch(receive) as watch:
            try:
                await self._forward(scope, admitted, send, backend)
            except asyncio.CancelledError:
                if watch.gone:
                    await asyncio.shield(self._runner.caller_gone(admitted))
                else:
                    await asyncio.shield(self._stopped(admitted, send))
                raise

    async def _read(self, scope: Scope, receive: Receive) -> RawRequest:
        headers: Headers = tuple((bytes(name), bytes(value)) for name, value in scope["headers"])
        limit = self._limits.body_bytes
        told = _header(headers, b"content-length")
        if told.isdigit() and int(told[:20]) > limit:
            raise _too_large(limit)
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                body = await _body(receive, limit)
        except TimeoutError:
            raise BadInput(
                f"the body didn't arrive within {self._limits.body_seconds:g} s",
                code="body_too_slow",
                status=408,
            ) from None
        if encoding := _joined(headers, b"content-encoding"):
            body = inflate(body, encoding, limit=limit, ratio=self._limits.inflate_ratio)
        return RawRequest(
            method=scope["method"],
            path=scope["path"],
            query=scope.get("query_string", b"").decode("latin-1"),
            headers=headers,
            body=body,
        )

    async def _forward(
        self, scope: Scope, admitted: Admitted, send: Send, backend: Backend
    ) -> None:
        try:
            reply = await backend.send(
                admitted.raw.method,
                _target(scope),
                self._tracing.onward(to_upstream(admitted.raw.headers, key=self._key)),
                admitted.body,
            )
        except GuardrailError as error:
            await _send_answer(send, await self._fault(admitted, error))
            return
        try:
            if admitted.decided is None:
                await self._pass_on(admitted, reply, send)
            elif (framing := _framing(admitted, reply)) is not None:
                await self._stream(admitted, reply, send, framing)
            else:
                await self._answer(admitted, reply, send)
        finally:
            await reply.aclose()

    async def _answer(self, admitted: Admitted, reply: Reply, send: Send) -> None:
        try:
            limit = self._limits.reply_bytes
            inflater = self._inflater(reply)
            body = inflated(await reply.read(limit), inflater)
            _expect_end(inflater)
        except GuardrailError as error:
            await _send_answer(send, await self._fault(admitted, error))
            return
        raw = RawReply(status=reply.status, headers=to_caller(reply.headers), body=body)
        answer = await self._runner.answer(admitted, raw)
        await _send_answer(send, answer)
        self._runner.delivered(answer)

    async def _stream(self, admitted: Admitted, reply: Reply, send: Send, framing: Framing) -> None:
        runner = self._runner
        streaming = await runner.open_stream(
            admitted, admitted.adapter.stream(framing, admitted.echo)
        )
        if isinstance(streaming, Answer):
            await _send_answer(send, streaming)
            return
        await _send_start(send, reply.status, to_caller(reply.headers) + streaming.headers)
        try:
            inflater = self._inflater(reply, streamed=True)
            async with watched(runner, streaming, partial(_send_piece, send)):
                async for chunk in _sliced(reply.chunks()):
                    async with streaming.lock:
                        if data := await runner.receive(streaming, inflated(chunk, inflater)):
                            await _send_piece(send, data)
                    if streaming.stream.ended:
                        break
                else:
                    _expect_end(inflater)
            data = await runner.finish(streaming)
        except GuardrailError as error:
            data = await runner.break_off(streaming, error)
        await send({"type": "http.response.body", "body": data})

    async def _pass_on(self, admitted: Admitted, reply: Reply, send: Send) -> None:
        headers = tuple(
            (name, value)
            for name, value in reply.headers
            if name != b"content-length" and not name.startswith(OURS)
        )
        await _send_start(send, reply.status, headers + self._runner.unexamined_headers(admitted))
        try:
            async for chunk in reply.chunks():
                await _send_piece(send, chunk)
        except UpstreamError as error:
            # Nothing more can be said inside a reply that passes as it is: break it off.
            log.warning("a reply that passes unexamined was cut off: %s", error.code)
            return
        await send({"type": "http.response.body", "body": b""})

    async def _stopped(self, admitted: Admitted, send: Send) -> None:
        """Give a caller whose time is up a proper end, and put it on record."""
        error = GuardrailError(
            "the guard is stopping", code="stopping", status=503, fix="try again later"
        )
        if admitted.streaming is not None:
            data = await self._runner.break_off(admitted.streaming, error, lost=True)
            await send({"type": "http.response.body", "body": data})
        elif admitted.decided is not None:
            await _send_answer(send, await self._fault(admitted, error))

    def _inflater(self, reply: Reply, *, streamed: bool = False) -> Inflater:
        encoding = _joined(reply.headers, b"content-encoding")
        # A stream may be as long as it likes; only one that is compressed all the same, though
        # that wasn't asked for, is bounded as a whole.
        endless = streamed and not encoding
        try:
            return Inflater(
                encoding,
                limit=sys.maxsize if endless else self._limits.reply_bytes,
                ratio=self._limits.inflate_ratio,
            )
        except BadInput as error:
            raise UpstreamError(
                f"the upstream's reply: {error}", code="upstream_nonsense"
            ) from None

    async def _fault(self, admitted: Admitted, error: GuardrailError) -> Answer:
        return await self._runner.fault(
            admitted.adapter,
            admitted.request_id,
            error,
            spent=admitted.spent,
            echo=admitted.echo,
        )

    async def _early(self, scope: Scope, error: GuardrailError) -> Answer:
        return await self._runner.refuse_early(scope["method"], scope["path"], error)


class _Watch:
    """Cancels the exchange when the caller goes away; `gone` tells that this was the reason."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.gone = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.current_task()
        self._watcher = asyncio.create_task(self._wait())
        return self

    async def __aexit__(self, kind: object, error: object, trace: object) -> None:
        self._watcher.cancel()
        if self.gone and self._task is not None:
            self._task.uncancel()
            raise CallerGoneError

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        if self._task is not None:
            self._task.cancel()


def inflated(data: bytes, inflater: Inflater) -> bytes:
    """Return a reply's body, or a piece of it, decoded.

    Raises:
        UpstreamError: it isn't what its headers say.
    """
    try:
        return inflater.feed(data)
    except BadInput as error:
        raise UpstreamError(f"the upstream's reply: {error}", code="upstream_nonsense") from None


def _expect_end(inflater: Inflater) -> None:
    if not inflater.finished:
        raise UpstreamError("the upstream's reply ends too early", code="upstream_reset")


async def _sliced(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        for at in range(0, len(chunk), SLICE):
            yield chunk[at : at + SLICE]


async def _body(receive: Receive, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerGoneError
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > limit:
            raise _too_large(limit)
        more = message.get("more_body", False)
    return b"".join(pieces)


def _too_large(limit: int) -> BadInput:
    return BadInput(
        f"the body is larger than {limit} bytes",
        code="body_too_large",
        status=413,
        fix="send less at once, or raise limits.body_bytes",
    )


def _last(scope: Scope, answer: Answer) -> Answer:
    """Return an early answer; where the caller asked first, its body may never come."""
    if not any(name == b"expect" for name, _ in scope["headers"]):
        return answer
    return replace(answer, headers=(*answer.headers, (b"connection", b"close")))


def _header(headers: Headers, name: bytes) -> bytes:
    return next((value for key, value in headers if key == name), b"")


def _framing(admitted: Admitted, reply: Reply) -> Framing | None:
    """Return how a reply is cut into events; None where it is whole."""
    content_type = _header(reply.headers, b"content-type").decode("latin-1")
    decided = admitted.decided
    array = decided is not None and decided.examined.case.route.operation.array
    return framing_of(content_type, array=array)


def _joined(headers: Headers, name: bytes) -> str:
    """Return all fields of a name as one list (RFC 9110 section 5.3)."""
    return b", ".join(value for key, value in headers if key == name).decode("latin-1")


def _target(scope: Scope) -> str:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return (path + b"?" + query if query else path).decode("latin-1")


async def _send_start(send: Send, status: int, headers: Headers) -> None:
    answered_with(status)
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})


async def _send_piece(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})


async def _send_answer(send: Send, answer: Answer) -> None:
    length = (b"content-length", str(len(answer.body)).encode())
    await _send_start(send, answer.status, (*answer.headers, length))
    await send({"type": "http.response.body", "body": answer.body})
