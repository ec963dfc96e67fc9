"""The assistant as an ASGI application: its addresses, and what it remembers."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guardrail.testing.asgi import Message, Receive, Send
from guardrail.testing.assistant.completion import Malformed, completion, events
from guardrail.testing.assistant.script import MODEL

KEPT = 1_000
"""Requests that are remembered; older ones are forgotten."""

CREATED = 1_735_689_600
"""When everything was made, says the assistant: 2025-01-01."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that the assistant received."""

    method: str
    path: str
    headers: Sequence[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """The body's JSON, or None."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def header(self, name: str) -> str | None:
        """Return the first field called `name` (lower case), or None."""
        return next((value for key, value in self.headers if key == name), None)


class Assistant:
    """The assistant as an ASGI application.

    Attributes:
        received: the requests, oldest first, those to ``/_received`` left out.
        pause: the seconds between two pieces of a stream; streams under way heed a change too.
    """

    def __init__(self, *, pause: float = 0.0) -> None:
        """Take the pause."""
        self.received: deque[Request] = deque(maxlen=KEPT)
        self.pause = pause

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            body = await _body(receive)
            headers = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]]
            request = Request(
                method=scope["method"], path=scope["path"], headers=headers, body=body
            )
            if request.path == "/_received":
                await _json(send, 200, [_shown(each) for each in self.received])
            else:
                self.received.append(request)
                await self._answer(request, send)

    async def _answer(self, request: Request, send: Send) -> None:
        path = request.path.removeprefix("/v1")
        if (request.method, path) == ("POST", "/chat/completions"):
            await self._chat(request, send)
        elif (request.method, path) == ("GET", "/models"):
            await _json(send, 200, {"object": "list", "data": [_model(MODEL)]})
        elif request.method == "GET" and path.startswith("/models/"):
            name = path.removeprefix("/models/")
            if name == MODEL:
                await _json(send, 200, _model(name))
            else:
                await _error(send, 404, "The model does not exist.", "model_not_found")
        else:
            await _error(send, 404, f"Unknown request: {request.method}.", "unknown_url")

    async def _chat(self, request: Request, send: Send) -> None:
        number = len(self.received)
        try:
            payload = request.json
            if isinstance(payload, dict) and payload.get("stream"):
                stream = events(payload, number=number, created=CREATED)
                await self._send_stream(send, stream)
            else:
                await _json(send, 200, completion(payload, number=number, created=CREATED))
        except Malformed as error:
            await _error(send, 400, str(error), None)

    async def _send_stream(self, send: Send, stream: Sequence[Any]) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for event in [*stream, None]:
            data = "[DONE]" if event is None else json.dumps(event, ensure_ascii=False)
            body = f"data: {data}\n\n".encode()
            await send({"type": "http.response.body", "body": body, "more_body": True})
            await asyncio.sleep(self.pause)
        await send({"type": "http.response.body", "body": b""})


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "guardrail"}


def _shown(request: Request) -> dict[str, Any]:
    body = request.json if request.json is not None else request.body.decode("utf-8", "replace")
    return {
        "method": request.method,
        "path": request.path,
        "headers": dict(request.headers),
        "body": body,
    }


async def _live(receive: Receive, send: Send) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


async def _body(receive: Receive) -> bytes:
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


async def _json(send: Send, status: int, value: Any) -> None:  # noqa: ANN401 - any JSON
    body = json.dumps(value, ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _error(send: Send, status: int, message: str, code: str | None) -> None:
    kind = "invalid_request_error"
    error: Mapping[str, Any] = {"message": message, "type": kind, "param": None, "code": code}
    await _json(send, status, {"error": error})
