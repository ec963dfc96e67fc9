"""The reverse proxy's data port: a plain ASGI application."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from guardrail.shells.asgi_types import App, Receive, Scope, Send
from guardrail.shells.http import Backend, Exchanges
from guardrail.shells.public_pages import is_public
from guardrail.shells.websocket import Connect, WebSockets


class Proxy:
    """Guards every request on its way to one upstream."""

    def __init__(
        self,
        exchanges: Exchanges,
        upstream: Backend,
        *,
        sockets: tuple[WebSockets, Connect],
        pages: App,
    ) -> None:
        """Take what serves requests and WebSockets, and what anybody is told.

        Args:
            exchanges: serves requests.
            upstream: where they go.
            sockets: serves WebSockets, and opens those to the upstream.
            pages: the guard's own, which never reach the upstream.
        """
        self._exchanges = exchanges
        self._upstream = upstream
        self._sockets, self._connect = sockets
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope: a request or a WebSocket."""
        if scope["type"] == "websocket":
            with suppress(asyncio.CancelledError):
                await self._sockets.serve(scope, receive, send, self._connect)
            return
        if scope["type"] != "http":
            return
        if is_public(scope["method"], scope["path"]):
            await self._pages(scope, receive, send)
            return
        # Cancelled it is only by the server's stop, after the caller was told.
        with suppress(asyncio.CancelledError):
            await self._exchanges.serve(scope, receive, send, self._upstream)
