"""A witness over HTTP, for whoever it serves on the open internet.

One request a connection, and a limit to all that a caller could make it wait for or keep: so who
sends a byte a minute, or opens a thousand connections, costs others nothing for longer than
`Bounds.seconds`.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from guardrail.errors import ConfigError, EvidenceError, GuardrailError
from guardrail.evidence.witness import SUBMISSION_LIMIT
from guardrail.shells.answers import Answer
from guardrail.shells.incoming import Incoming
from guardrail.shells.witness import Said, Witness, worded

log = logging.getLogger("guardrail")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What callers may use up. A log sends some 10 kB every few minutes."""

    seconds: float = 15.0
    """From a connection's begin to its end: head, body, and the answer's reading."""
    connections: int = 256
    """At once; the next one is closed without an answer."""
    of_one: int = 64
    """Of these from one address: a proxy in front has one, too."""


def witness_app(witness: Witness) -> Starlette:
    """Return the witness as an ASGI application."""

    async def add_checkpoint(request: Request) -> Response:
        return await _answered(request, witness.add_checkpoint)

    async def add_key(request: Request) -> Response:
        return await _answered(request, witness.add_key)

    async def checkpoint(request: Request) -> Response:
        name = request.path_params["name"]
        return await _said(witness.checkpoint, name)

    async def keys(_: Request) -> Response:
        return PlainTextResponse("".join(f"{one}\n" for one in witness.cosigners))

    return Starlette(
        routes=[
            Route("/", keys),
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/add-key", add_key, methods=["POST"]),
            Route("/{name}/checkpoint", checkpoint),
        ]
    )


def witness_config(
    witness: Witness,
    host: str,
    port: int,
    *,
    certificate: Path | None = None,
    key: Path | None = None,
    bounds: Bounds | None = None,
) -> uvicorn.Config:
    """Return how a witness is served; for arguments see `serve_witness`."""
    return uvicorn.Config(
        witness_app(witness),
        host=host,
        port=port,
        http=_bounded(bounds or Bounds()),
        headers=[("connection", "close")],
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


def serve_witness(
    witness: Witness, host: str, port: int, certificate: Path | None, key: Path | None
) -> None:
    """Serve until a signal stops it.

    Args:
        witness: what answers.
        host: where to listen.
        port: likewise.
        certificate: PEM, to be reached by https.
        key: the certificate's private key.

    Raises:
        ConfigError: the port is taken, or the certificate can't be used.
    """
    config = witness_config(witness, host, port, certificate=certificate, key=key)
    try:
        uvicorn.Server(config).run()
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"can't serve on {host}:{port}: {error}") from None


class _Bounded(Incoming):
    """A connection that ends in time, whatever its caller does."""

    bounds: Bounds

    _end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Take a connection, unless there are too many."""
        super().connection_made(transport)
        # `abort`, not `close`: what a caller doesn't read would keep it open.
        self._end = self.loop.call_later(self.bounds.seconds, transport.abort)
        if self._is_one_too_many():
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room."""
        if self._end is not None:
            self._end.cancel()
        super().connection_lost(exc)

    def _is_one_too_many(self) -> bool:
        if len(self.connections) > self.bounds.connections:
            return True
        theirs = [one.address for one in self.connections if isinstance(one, _Bounded)]
        return theirs.count(self.address) > self.bounds.of_one

    @property
    def address(self) -> str:
        """Whose connection it is: several may be of one."""
        return self.client[0] if self.client else ""


async def _refused(error: GuardrailError) -> Answer:
    headers = ((b"content-type", b"text/plain; charset=utf-8"),)
    return Answer(status=error.status, headers=headers, body=f"{error}\n".encode())


def _bounded(bounds: Bounds) -> type[_Bounded]:
    """Return the protocol with its bounds; uvicorn wants a class."""
    # A head that is late gets an answer while there is time for one.
    own = {"bounds": bounds, "seconds": bounds.seconds / 2, "refuse": staticmethod(_refused)}
    return type("Bounded", (_Bounded,), own)


async def _answered(request: Request, work: Callable[[bytes], Said]) -> Response:
    body = bytearray()
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > SUBMISSION_LIMIT:
                return _response(worded(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large"))
    except ClientDisconnect:
        return Response(status_code=HTTPStatus.BAD_REQUEST)
    return await _said(work, bytes(body))


async def _said(work: Callable[[T], Said], asked: T) -> Response:
    try:
        return _response(await run_in_threadpool(work, asked))
    except EvidenceError as error:
        log.error("the witness can't keep what it saw: %s", error.code)  # noqa: TRY400 - said in a line
        return _response(worded(HTTPStatus.SERVICE_UNAVAILABLE, "nothing can be kept now"))


def _response(said: Said) -> Response:
    headers: Mapping[str, str] = {"content-type": said.kind, "x-content-type-options": "nosniff"}
    return Response(said.body, status_code=said.status, headers=headers)
