"""`GuardrailMiddleware`: the guard in front of routes of an ASGI application in the same process.

    app = GuardrailMiddleware(app, settings=Settings(policy=("kz-230-viii",)))

Pure ASGI: routes outside `Settings.ai_paths` pass through untouched and unbuffered.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine

from guardrail.errors import ConfigError, UpstreamError
from guardrail.facts import Headers
from guardrail.settings import Settings
from guardrail.shells.asgi_types import App, Message, Receive, Scope, Send
from guardrail.shells.assembly import Assembly, assemble
from guardrail.shells.http import Exchanges
from guardrail.shells.label_renewal import Renewal
from guardrail.shells.public_pages import PublicPages, is_public, open_pages, prune, publish
from guardrail.shells.tracing import Tracing
from guardrail.shells.websocket import WebSockets
from guardrail.shells.websocket_inner import InnerSockets

log = logging.getLogger("guardrail")

BUFFERED_MESSAGES = 64
"""How many pieces of a reply may wait for a slow caller before the application waits too."""


class GuardrailMiddleware:
    """Guards an ASGI application's AI routes."""

    def __init__(
        self,
        app: App,
        *,
        settings: Settings | None = None,
        assembly: Assembly | None = None,
        public: str | None = "",
    ) -> None:
        """Wrap `app`.

        Args:
            app: the application to guard.
            settings: what the operator sets; stores are opened at the first request, and closed
                when the application's lifespan ends.
            assembly: a guard put together already, in place of `settings`.
            public: the path that the guard's own pages are served below, as ``/ai`` for
                ``/ai/.well-known/guardrail/label-keys``; routes of the application's there are
                covered by them. None serves none.

        Raises:
            ConfigError: `public` is no path.
        """
        if public and (not public.startswith("/") or public.endswith("/")):
            raise ConfigError(f"public: {public!r} is no path", fix="as in /ai, or an empty one")
        self._public = public
        self._app = app
        self._settings = settings or (assembly.settings if assembly else Settings())
        self._assembly = assembly
        self._owned: Assembly | None = None
        self._opening = asyncio.Lock()
        self._guarding: tuple[Exchanges, WebSockets] | None = None
        self._pages: PublicPages | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._tending: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard requests and WebSockets on AI paths; pass everything else on."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        path = _own_path(scope)
        if self._is_public(scope, path):
            below = path.removeprefix(self._public or "")
            pages = await self._opened_pages(scope)
            await pages({**scope, "path": below}, receive, send)
        elif not self._settings.is_ai_path(path):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            exchanges, _ = await self._open(scope)
            outer = {**scope, "path": path}
            await exchanges.serve(outer, receive, send, _Inner(self._app, scope, self._tasks))
        else:
            _, sockets = await self._open(scope)
            inner = InnerSockets(self._app, scope, self._settings.limits.reply_bytes)
            await sockets.serve({**scope, "path": path}, receive, send, inner.connect)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            for task in self._tending:
                task.cancel()
            for held in (self._pages, self._owned):
                if held is not None:
                    await asyncio.to_thread(held.close)

    def _is_public(self, scope: Scope, path: str) -> bool:
        if self._public is None or scope["type"] != "http" or not path.startswith(self._public):
            return False
        return is_public(scope["method"], path.removeprefix(self._public))

    async def _opened_pages(self, scope: Scope) -> PublicPages:
        await self._open(scope)
        async with self._opening:
            assembly = self._assembly
            assert assembly is not None  # noqa: S101 - `_open` made it
            manifests = assembly.ports.manifests
            assert manifests is not None  # noqa: S101 - and them
            if self._pages is None:
                self._pages = await asyncio.to_thread(open_pages, assembly, manifests)
            return self._pages

    async def _open(self, scope: Scope) -> tuple[Exchanges, WebSockets]:
        async with self._opening:
            if self._guarding is None:
                assembly = self._assembly
                if assembly is None:
                    # It reads files and compiles patterns for a second: off the loop.
                    assembly = self._owned = await asyncio.to_thread(assemble, self._settings)
                    self._assembly = assembly
                if self._public is not None:
                    root = scope.get("root_path", "").rstrip("/")
                    manifests = publish(assembly, root + self._public)
                    self._tend(prune(manifests, self._settings.labels.media.manifest_days))
                renewal = Renewal(assembly.settings, assembly.labels, assembly.metrics, self._trust)
                self._tend(renewal.watch(asyncio.Event()))
                runner = assembly.runner()
                tracing = Tracing(self._settings.telemetry, inside=True)
                self._guarding = (
                    Exchanges(runner, self._settings, tracing=tracing),
                    WebSockets(runner, self._settings, tracing=tracing),
                )
        return self._guarding

    def _trust(self, anchors: bytes) -> None:
        if self._pages is not None:
            self._pages.trust(anchors)

    def _tend(self, work: Coroutine[None, None, None]) -> None:
        self._tending.append(asyncio.create_task(work))


def _own_path(scope: Scope) -> str:
    """Return the path below where the application is mounted."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    return path[len(root) :] if root and path.startswith(root + "/") else path


class _Inner:
    """The wrapped application in the upstream's place."""

    def __init__(self, app: App, scope: Scope, tasks: set[asyncio.Task[None]]) -> None:
        self._app = app
        self._scope = scope
        self._tasks = tasks

    async def send(self, method: str, target: str, headers: Headers, body: bytes) -> _InnerReply:  # noqa: ARG002 - the scope has them
        reply = _InnerReply()
        task = reply.start(self._app, self._inner_scope(headers, len(body)), body)
        # A task that nobody else refers to can be collected, and it may go on after its reply.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            await reply.begun()
        except BaseException:
            await reply.aclose()
            raise
        return reply

    def _inner_scope(self, headers: Headers, length: int) -> Scope:
        kept = [field for field in headers if field[0] != b"transfer-encoding"]
        kept += [(name, value) for name, value in self._scope["headers"] if name == b"host"]
        kept.append((b"content-length", str(length).encode()))
        # Other ways to send a body, as by a file's path, would go around the guard.
        extensions = {
            name: value
            for name, value in (self._scope.get("extensions") or {}).items()
            if not name.startswith("http.response.")
        }
        return {**self._scope, "headers": kept, "extensions": extensions}


class _InnerReply:
    """What the wrapped application sends, piece by piece."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: Headers = ()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(BUFFERED_MESSAGES)
        self._begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._whole = False

    def start(self, app: App, scope: Scope, body: bytes) -> asyncio.Task[None]:
        self._unread = [body]
        self._left = asyncio.Event()
        self._task = asyncio.create_task(self._run(app, scope))
        return self._task

    async def begun(self) -> None:
        await self._begun

    async def _run(self, app: App, scope: Scope) -> None:
        try:
            await app(scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - the application's fault becomes the caller's answer
            log.error("the guarded application failed: %s", type(error).__name__)  # noqa: TRY400
        if not self._begun.done():
            self._begun.set_exception(_failed())
        if not self._whole:
            await self._pieces.put(None)

    async def _receive(self) -> Message:
        if self._unread:
            return {"type": "http.request", "body": self._unread.pop(), "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = tuple((n.lower(), v) for n, v in message.get("headers", ()))
            self._begun.set_result(None)
        elif message["type"] == "http.response.body":
            if piece := message.get("body", b""):
                await self._pieces.put(piece)
            if not message.get("more_body", False):
                await self._pieces.put(None)
                self._whole = True  # not before: a reader that left must still end the task

    async def chunks(self) -> AsyncIterator[bytes]:
        while (piece := await self._pieces.get()) is not None:
            yield piece
        if not self._whole:
            raise UpstreamError("the application broke its reply off", code="upstream_reset")

    async def read(self, limit: int) -> bytes:
        pieces: list[bytes] = []
        size = 0
        async for piece in self.chunks():
            size += len(piece)
            if size > limit:
                raise UpstreamError(
                    f"the reply is larger than {limit} bytes", code="upstream_too_large"
                )
            pieces.append(piece)
        return b"".join(pieces)

    async def aclose(self) -> None:
        self._left.set()
        if not self._whole:
            self._task.cancel()


def _failed() -> UpstreamError:
    return UpstreamError("the application gave no reply", code="upstream_reset")
