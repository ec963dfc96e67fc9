"""The reverse proxy's data port: a plain ASGI application."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import orjson

from guardrail.rights.information import PATH as INFORMATION
from guardrail.shells.asgi_types import App, Receive, Scope, Send
from guardrail.shells.http import Backend, Exchanges
from guardrail.shells.label_page import PATH as LABEL
from guardrail.shells.manifest_link import MANIFESTS
from guardrail.shells.websocket import Connect, WebSockets
from guardrail.stores.manifests import Manifests

LABEL_KEYS = "/.well-known/guardrail/label-keys"
"""Where the keys that labels of texts are signed with are served, as a JSON Web Key Set."""


class Proxy:
    """Guards every request on its way to one upstream."""

    def __init__(  # noqa: PLR0913 - one argument for each thing that is served
        self,
        exchanges: Exchanges,
        upstream: Backend,
        information: object,
        *,
        sockets: tuple[WebSockets, Connect],
        label: App,
        label_keys: object,
        manifests: Manifests,
    ) -> None:
        """Take what serves requests and WebSockets, and what people are told of the system.

        Args:
            exchanges: serves requests.
            upstream: where they go.
            information: the document on the system for people.
            sockets: serves WebSockets, and opens those to the upstream.
            label: tells what a file carries, at `LABEL`.
            label_keys: the public keys that labels are signed with, at `LABEL_KEYS`.
            manifests: those of media that have no place for one, below `MANIFESTS`.
        """
        self._exchanges = exchanges
        self._upstream = upstream
        self._sockets, self._connect = sockets
        self._label = label
        self._manifests = manifests
        self._documents = {
            path: orjson.dumps(document, option=orjson.OPT_INDENT_2)
            for path, document in ((INFORMATION, information), (LABEL_KEYS, label_keys))
        }

    def inform(self, information: object) -> None:
        """Take another document on the system for people, from now on."""
        document = orjson.dumps(information, option=orjson.OPT_INDENT_2)
        self._documents = {**self._documents, INFORMATION: document}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope: a request or a WebSocket."""
        if scope["type"] == "websocket":
            with suppress(asyncio.CancelledError):
                await self._sockets.serve(scope, receive, send, self._connect)
            return
        if scope["type"] != "http":
            return
        if scope["path"] in self._documents and scope["method"] in {"GET", "HEAD"}:
            said = b"application/json; charset=utf-8", b"max-age=300"
            await _send(send, 200, said, self._documents[scope["path"]])
            return
        if scope["path"].startswith(MANIFESTS) and scope["method"] in {"GET", "HEAD"}:
            await self._tell_manifest(send, scope["path"].removeprefix(MANIFESTS))
            return
        if scope["path"] == LABEL:
            with suppress(asyncio.CancelledError):
                await self._label(scope, receive, send)
            return
        # Cancelled it is only by the server's stop, after the caller was told.
        with suppress(asyncio.CancelledError):
            await self._exchanges.serve(scope, receive, send, self._upstream)

    async def _tell_manifest(self, send: Send, name: str) -> None:
        read = self._manifests.read
        store = await asyncio.to_thread(read, name.removesuffix(".c2pa"))
        if store is None:
            await _send(send, 404, (b"text/plain", b"no-store"), b"No such manifest, or no more.\n")
        else:
            await _send(send, 200, (b"application/c2pa", b"max-age=31536000, immutable"), store)


async def _send(send: Send, status: int, said: tuple[bytes, bytes], body: bytes) -> None:
    headers = [
        (b"content-type", said[0]),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", said[1]),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
