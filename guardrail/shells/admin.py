"""The admin port: health, metrics, status. For operators, never on the data port."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Problems = Callable[[], Sequence[str]]
"""Why the guard isn't ready; empty where it is."""


def admin_app(
    problems: Problems, registry: CollectorRegistry, status: Callable[[], dict[str, Any]]
) -> Starlette:
    """Return the admin port's application.

    Args:
        problems: asked at each ``/readyz``.
        registry: what ``/metrics`` tells.
        status: what ``/status`` tells: version, packs, what is effective.
    """

    async def livez(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        found = list(problems())
        if found:
            return JSONResponse({"ready": False, "problems": found}, status_code=503)
        return JSONResponse({"ready": True, "problems": []})

    async def metrics(request: Request) -> Response:
        # Exemplars go into OpenMetrics alone, for those who ask for it.
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        text = await run_in_threadpool(encode, registry)
        return Response(text, headers={"content-type": media_type})

    async def tell(_: Request) -> Response:
        return JSONResponse(status() | {"problems": list(problems())})

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/healthz", livez),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            Route("/status", tell),
        ]
    )
