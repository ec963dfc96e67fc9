"""`guardrail serve`: one process, or one for each worker and one for the admin port.

Everything heavy is loaded once, before forking. Workers share the listening socket and nothing
else: each writes evidence of its own. A signal stops them gently: no new connections, open requests
and streams may finish within `Settings.drain_seconds`, evidence is sealed.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import mmap
import os
import shutil
import signal
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal

import prometheus_client.values
import uvicorn
import uvloop
from prometheus_client.multiprocess import mark_process_dead

import guardrail
from guardrail.engine import Guard
from guardrail.errors import ConfigError
from guardrail.policy import Judge
from guardrail.settings import Settings
from guardrail.shells.admin import admin_app
from guardrail.shells.anchors import anchors
from guardrail.shells.assembly import Assembly, assemble, prepare, public_document
from guardrail.shells.evidence_log import check_keys, settle
from guardrail.shells.http import Exchanges
from guardrail.shells.incoming import Incoming, incoming
from guardrail.shells.label_renewal import Renewal
from guardrail.shells.proxy import Proxy
from guardrail.shells.public_pages import open_pages, prune, publish
from guardrail.shells.reload import Reloader
from guardrail.shells.silence import keep_silent
from guardrail.shells.supervision import Job, rehearse, supervise
from guardrail.shells.tending import Tending
from guardrail.shells.tracing import Tracing
from guardrail.shells.upstream import Upstream, UpstreamLimits
from guardrail.shells.websocket import WebSockets
from guardrail.shells.websocket_incoming import IncomingWebSocket
from guardrail.shells.websocket_upstream import WebSocketUpstream
from guardrail.stores.evidence_home import open_objects
from guardrail.stores.state import State
from guardrail.telemetry import Metrics
from guardrail.telemetry.shared import shared_registry
from guardrail.telemetry.starting import check, sender_for

log = logging.getLogger("guardrail")

STARTING, READY, NO_EVIDENCE, DRAINING = range(4)
_WORDS = {
    STARTING: "is starting",
    NO_EVIDENCE: "can't write evidence",
    DRAINING: "is stopping",
}
HEARTBEAT_SECONDS = 0.5
LAST_WORDS_SECONDS = 2.0
DAY_SECONDS = 86_400
"""For what is still under way when draining has lasted long enough: a proper end, on record."""
KEEP_ALIVE_SECONDS = 75
"""Longer than clients keep a connection (the openai SDK: 5 s): who closes first must be they, or a
request sent in the same moment is lost."""


class Board:
    """One byte of state for each worker, shared by forked processes."""

    def __init__(self, workers: int) -> None:
        """Make room for `workers`."""
        self._bytes = mmap.mmap(-1, workers)
        self._workers = workers

    def set(self, worker: int, state: int) -> None:
        """Say how a worker is."""
        self._bytes[worker] = state

    def problems(self) -> list[str]:
        """Say why the guard isn't ready; empty where it is."""
        return [
            f"worker {number} {_WORDS[state]}"
            for number, state in enumerate(self._bytes[: self._workers])
            if state != READY
        ]


class _Server(uvicorn.Server):
    """Leaves signals to us: one process runs two servers."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(settings: Settings) -> None:
    """Serve until a signal stops it.

    Raises:
        ConfigError: something that `settings` name can't be used, a port is taken.
    """
    if not settings.upstream:
        raise ConfigError("no upstream", fix="name the AI endpoint with --upstream URL")
    started = time.monotonic()
    keep_silent()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there are packs to be read anew
    check(settings.telemetry)  # told now, not by every worker, where something is missing
    anchors(settings.evidence)
    data = _listen(settings.host, settings.port)
    admin = _listen(settings.admin_host, settings.admin_port)
    make_upstream(settings)
    guard = prepare(settings)
    _announce(settings, guard, data, admin, time.monotonic() - started)
    gc.collect()
    gc.freeze()  # what is loaded stays: forked workers share it, and no collection walks it
    if settings.workers == 1:
        _serve_alone(settings, guard, data, admin)
    else:
        _serve_forked(settings, guard, data, admin)


def _serve_alone(
    settings: Settings, guard: Guard, data: socket.socket, admin: socket.socket
) -> None:
    board = Board(1)
    assembly = assemble(settings, guard)

    tending = assembly.tending

    def problems() -> list[str]:
        return [*board.problems(), *(tending.problems() if tending else [])]

    async def run() -> None:
        app = admin_app(problems, assembly.metrics.registry, lambda: _status(guard))
        admin_server = _Server(_config(app))
        serving = asyncio.create_task(admin_server.serve([admin]))
        await _work(assembly, data, board, 0, os.getpid())
        admin_server.should_exit = True
        await serving

    try:
        uvloop.run(run())
    finally:
        assembly.close()


async def _work(
    assembly: Assembly, data: socket.socket, board: Board, number: int, parent: int
) -> None:
    """Serve the data port until a signal comes and open requests are done."""
    settings = assembly.settings
    upstream = make_upstream(settings)
    runner = assembly.runner()
    sender = sender_for(settings.telemetry, assembly.metrics, guardrail.__version__)
    tracing = Tracing(settings.telemetry, sender.outbox if sender else None)
    exchanges = Exchanges(runner, settings, tracing=tracing)
    connect = make_websocket_upstream(settings, upstream).connect
    sockets = (WebSockets(runner, settings, tracing=tracing), connect)
    manifests = publish(assembly)
    pages = open_pages(assembly, manifests)
    proxy = Proxy(exchanges, upstream, sockets=sockets, pages=pages)
    protocol = incoming(
        settings.limits.body_seconds, lambda error: runner.refuse_early("GET", "/", error)
    )
    server = _Server(_config(proxy, settings, protocol))
    loop = asyncio.get_running_loop()

    def stop() -> None:
        board.set(number, DRAINING)
        server.force_exit = server.should_exit  # a second signal waits for nobody
        server.should_exit = True

    loop.add_signal_handler(signal.SIGTERM, stop)
    if parent == os.getpid():
        loop.add_signal_handler(signal.SIGINT, stop)

    async def adopt(judge: Judge) -> None:
        await assembly.adopt(judge)
        pages.inform(public_document(assembly.guard, judge))

    # Of several workers each takes packs over; the parent looks at files, and says what is wrong.
    alone = parent == os.getpid()
    reloader = Reloader(assembly.guard, count=assembly.metrics.policy_reloaded, says_why=alone)
    renewal = Renewal(settings, assembly.labels, assembly.metrics, pages.trust)
    renewed = asyncio.Event()
    tasks = [
        asyncio.create_task(_beat(assembly, board, number, server)),
        asyncio.create_task(_mourn(parent, stop)),
        asyncio.create_task(prune(manifests, settings.labels.media.manifest_days)),
        asyncio.create_task(reloader.watch(_asked(loop, renewed), adopt, polls=alone)),
        asyncio.create_task(renewal.watch(renewed)),
    ]
    try:
        await server.serve([data])
        if left := server.server_state.tasks:  # cancelled: they still tell their callers
            await asyncio.wait(left, timeout=LAST_WORDS_SECONDS)
    finally:
        for task in tasks:
            task.cancel()
        await upstream.close()
        await asyncio.to_thread(pages.close)
        if sender is not None:
            await asyncio.to_thread(sender.stop, settings.telemetry.flush_seconds)


async def _beat(assembly: Assembly, board: Board, number: int, server: _Server) -> None:
    while not server.should_exit:
        healthy = assembly.evidence.healthy
        assembly.metrics.evidence_healthy.set(healthy)
        if server.started:
            board.set(number, READY if healthy else NO_EVIDENCE)
        await asyncio.sleep(HEARTBEAT_SECONDS if server.started else 0.02)


def _serve_forked(
    settings: Settings, guard: Guard, data: socket.socket, admin: socket.socket
) -> None:
    rehearse(partial(_see_to_the_store, settings))
    board = Board(settings.workers)
    metrics = tempfile.mkdtemp(prefix="guardrail-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics
    # Chosen by prometheus-client at its import, which was before the workers were counted.
    prometheus_client.values.ValueClass = prometheus_client.values.get_value_class()
    parent = os.getpid()

    def work(number: int) -> None:
        admin.close()
        assembly = assemble(settings, guard, tends=False)
        try:
            uvloop.run(_work(assembly, data, board, number, parent))
        finally:
            assembly.close()

    def administer() -> None:
        data.close()
        told = Metrics()  # of the log: the workers know nothing of checkpoints
        sender = sender_for(settings.telemetry, told, guardrail.__version__)
        tending = Tending(settings, told, None, lambda: guard.judge.packs)

        def problems() -> list[str]:
            return [*board.problems(), *tending.problems()]

        server = _Server(_config(admin_app(problems, shared_registry(), lambda: _status(guard))))
        try:
            uvloop.run(_administer(server, admin, parent, guard))
        finally:
            tending.close()
            if sender is not None:
                sender.stop(settings.telemetry.flush_seconds)

    def died(number: int, process: int) -> None:
        mark_process_dead(process)
        if number < settings.workers:
            board.set(number, STARTING)

    reloader = Reloader(guard)
    jobs: list[Job] = [*(partial(work, number) for number in range(settings.workers)), administer]
    try:
        # The data port stays open here for workers to come, until no more will come: then a
        # connection that nobody would take is refused at once.
        supervise(jobs, died=died, stopping=data.close, renews=reloader.renews)
    finally:
        # What the workers said last came after the sequencer's end.
        settle(settings)
        shutil.rmtree(metrics, ignore_errors=True)


def _see_to_the_store(settings: Settings) -> None:
    objects = open_objects(settings.evidence.store, State(settings.state))
    check_keys(settings, objects)
    objects.close()


async def _administer(server: _Server, admin: socket.socket, parent: int, guard: Guard) -> None:
    def stop() -> None:
        server.should_exit = True

    async def adopt(judge: Judge) -> None:
        guard.use(judge)  # to be told by /status: nothing is decided here

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop)
    reloader = Reloader(guard, says_why=False)
    watching = [
        asyncio.create_task(_mourn(parent, stop)),
        asyncio.create_task(reloader.watch(_asked(loop), adopt, polls=False)),
    ]
    try:
        await server.serve([admin])
    finally:
        for task in watching:
            task.cancel()


def _asked(loop: asyncio.AbstractEventLoop, *others: asyncio.Event) -> asyncio.Event:
    """Return what SIGHUP sets, as it sets the others."""
    asked = asyncio.Event()

    def ask() -> None:
        for event in (asked, *others):
            event.set()

    loop.add_signal_handler(signal.SIGHUP, ask)
    return asked


async def _mourn(parent: int, stop: Callable[[], None]) -> None:
    """Stop when the parent has died: nobody else would, and the ports would stay taken."""
    while parent in {os.getpid(), os.getppid()}:  # noqa: ASYNC110 - no event tells of a death
        await asyncio.sleep(HEARTBEAT_SECONDS)
    stop()


def _config(
    app: Any,  # noqa: ANN401 - any ASGI application
    settings: Settings | None = None,
    protocol: type[Incoming] | Literal["httptools"] = "httptools",
) -> uvicorn.Config:
    tls = settings.tls_certificate if settings else None
    return uvicorn.Config(
        app,
        http=protocol,
        ws=IncomingWebSocket if settings else "none",
        ws_max_size=settings.limits.body_bytes if settings else 0,
        ws_ping_timeout=settings.limits.idle_seconds if settings else None,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(settings.drain_seconds) if settings else 1,
        ssl_certfile=tls,
        ssl_keyfile=settings.tls_key if settings and tls else None,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1_024)
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"can't listen on {host}:{port}: {error.strerror}",
            fix="choose another port with --port or --admin-port",
        ) from None
    listener.setblocking(False)  # noqa: FBT003 - the socket's own API
    return listener


def _trusted(settings: Settings) -> ssl.SSLContext | None:
    """Return what certificates are verified against; None for the system's authorities."""
    if settings.upstream_ca is None:
        return None
    try:
        return ssl.create_default_context(cafile=settings.upstream_ca)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"upstream_ca: {settings.upstream_ca}: {error}") from None


def make_websocket_upstream(settings: Settings, upstream: Upstream) -> WebSocketUpstream:
    """Return the client for the same upstream's WebSockets."""
    return WebSocketUpstream(
        upstream.origin,
        limits=upstream.limits,
        message_bytes=settings.limits.reply_bytes,
        ssl_context=_trusted(settings),
    )


def make_upstream(settings: Settings) -> Upstream:
    """Return the client for the upstream that `settings` name; ConfigError where it can't be."""
    limits = settings.limits
    return Upstream(
        settings.upstream,
        limits=UpstreamLimits(
            connections=limits.concurrent_requests,
            connect=limits.connect_seconds,
            head=limits.first_byte_seconds,
            idle=limits.idle_seconds,
        ),
        ssl_context=_trusted(settings),
    )


def _status(guard: Guard) -> dict[str, Any]:
    settings = guard.settings
    return {
        "version": guardrail.__version__,
        "policy": list(guard.judge.refs),
        "wires": [adapter.ref for adapter in guard.wires.adapters],
        "detector": guard.detector.digest,
        "fail": settings.fail,
        "personal_data": settings.personal_data,
        "workers": settings.workers,
    }


def _announce(
    settings: Settings, guard: Guard, data: socket.socket, admin: socket.socket, seconds: float
) -> None:
    scheme = "https" if settings.tls_certificate else "http"
    host, port = data.getsockname()[:2]
    admin_host, admin_port = admin.getsockname()[:2]
    log.info(
        "guardrail %s on %s://%s:%s → %s, policy %s, state %s, loaded in %.1f s",
        guardrail.__version__,
        scheme,
        host,
        port,
        Upstream(settings.upstream).origin.authority,
        ", ".join(guard.judge.refs),
        settings.state,
        seconds,
    )
    log.info("health and metrics on http://%s:%s", admin_host, admin_port)
