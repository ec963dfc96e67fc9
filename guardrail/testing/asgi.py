"""A client that calls an ASGI application in the same process, and may leave when it likes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from guardrail.facts import Headers

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


@dataclass(slots=True)
class Answer:
    """What an application sent."""

    status: int = 0
    """0 where it sent no head."""
    headers: Headers = ()
    chunks: list[bytes] = field(default_factory=list)
    """The body, one item for each message that carried some of it."""
    complete: bool = False
    """True when the application said that this was all."""
    left: bool = False
    """True when the caller had left before."""

    @property
    def body(self) -> bytes:
        """The whole body."""
        return b"".join(self.chunks)

    def header(self, name: bytes) -> bytes | None:
        """Return the first field called `name` (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


class _Caller:
    """The other end of one call: hands out the body, takes the answer, perhaps leaves."""

    def __init__(self, chunks: Iterable[bytes], *, cut: bool, leave_after: int | None) -> None:
        self.answer = Answer()
        self._chunks = list(chunks)
        self._cut = cut
        self._leave_after = leave_after
        self._told = False
        self._gone = asyncio.Event()

    async def receive(self) -> Message:
        if self._chunks:
            chunk = self._chunks.pop(0)
            more = bool(self._chunks) or self._cut
            self._told = not more
            return {"type": "http.request", "body": chunk, "more_body": more}
        if not self._told and not self._cut:
            self._told = True
            return {"type": "http.request", "body": b"", "more_body": False}
        if self._cut:
            self._leave()
        # As with a real server, nothing comes until the caller leaves or has its answer.
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        # A turn of the loop, as sending to a socket takes, lets a watcher of `receive` run.
        await asyncio.sleep(0)
        if self.answer.left:
            return
        if message["type"] == "http.response.start":
            self.answer.status = message["status"]
            self.answer.headers = tuple((bytes(k), bytes(v)) for k, v in message["headers"])
        else:
            self._take(message.get("body", b""), more=message.get("more_body", False))

    def _take(self, body: bytes, *, more: bool) -> None:
        if body:
            self.answer.chunks.append(body)
        if not more:
            self.answer.complete = True
            self._gone.set()
        elif self._leave_after is not None and len(self.answer.chunks) >= self._leave_after:
            self._leave()

    def _leave(self) -> None:
        self.answer.left = True
        self._gone.set()


def scope(method: str, path: str, headers: Headers) -> Message:
    """Return the ASGI scope of a request; `path` may hold a query."""
    raw, _, query = path.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": raw,
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": list(headers),
        "client": ("127.0.0.1", 40_000),
        "server": ("127.0.0.1", 80),
        "state": {},
    }


async def call(  # noqa: PLR0913 - a request has this many parts; the rest is by keyword
    app: App,
    method: str,
    path: str,
    headers: Headers = (),
    body: bytes | Iterable[bytes] = b"",
    *,
    cut: bool = False,
    leave_after: int | None = None,
) -> Answer:
    """Call `app` with one request and return what it sent; its exceptions come through.

    Args:
        app: an ASGI 3 application.
        method: as ``POST``.
        path: with its query.
        headers: names in lower case.
        body: whole, or in the pieces it is to arrive in.
        cut: leave after the last piece of body, before its end is told.
        leave_after: leave after so many pieces of the answer's body.
    """
    chunks = [body] if isinstance(body, bytes) else body
    caller = _Caller(chunks, cut=cut, leave_after=leave_after)
    await app(scope(method, path, headers), caller.receive, caller.send)
    return caller.answer
