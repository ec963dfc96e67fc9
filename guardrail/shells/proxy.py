"""The reverse proxy's data port: a plain ASGI application."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import orjson

from guardrail.rights.information import PATH as INFORMATION
from guardrail.shells.asgi_types import Receive, Scope, Send
from guardrail.shells.http import Backend, Exchanges


class Proxy:
    """Guards every request on its way to one upstream."""

    def __init__(self, exchanges: Exchanges, upstream: Backend, information: object) -> None:
        """Take the exchanges, the upstream, and the document on the system for people."""
        self._exchanges = exchanges
        self._upstream = upstream
        self._information = orjson.dumps(information, option=orjson.OPT_INDENT_2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope; anything but HTTP is closed."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1003})
            return
        if scope["path"] == INFORMATION and scope["method"] in {"GET", "HEAD"}:
            await self._inform(send)
            return
        # Cancelled it is only by the server's stop, after the caller was told.
        with suppress(asyncio.CancelledError):
            await self._exchanges.serve(scope, receive, send, self._upstream)

    async def _inform(self, send: Send) -> None:
        headers = [
            (b"content-type", b"application/json; charset=utf-8"),
            (b"content-length", str(len(self._information)).encode()),
            (b"cache-control", b"max-age=300"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._information})
