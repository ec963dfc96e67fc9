"""One OpenTelemetry span for each guarded request, where the operator wants traces.

It continues the caller's trace and hands it on to the upstream. What it says of the decision is
what the response headers say: ids, rules and words, never content. A refusal is not an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from guardrail.facts import Headers
from guardrail.shells.asgi_types import Message, Scope, Send

_PROPAGATOR = TraceContextTextMapPropagator()
_TRACE_FIELDS = (b"traceparent", b"tracestate")
_TOLD = {
    b"guardrail-decision": "guardrail.decision",
    b"guardrail-rules": "guardrail.rules",
    b"guardrail-policy": "guardrail.policy",
    b"guardrail-evidence": "guardrail.evidence",
    b"guardrail-request-id": "guardrail.request_id",
}
"""Response header to span attribute."""


@contextmanager
def traced(scope: Scope, send: Send, tracer: trace.Tracer) -> Iterator[Send]:
    """Open a request's span; give the `send` that tells it how the request ended."""
    carrier = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in scope["headers"]
        if name in _TRACE_FIELDS
    }
    with tracer.start_as_current_span(
        "guardrail.request",
        context=_PROPAGATOR.extract(carrier),
        kind=SpanKind.SERVER,
        attributes={"http.request.method": scope["method"]},
        # An exception's message may hold what the guard was looking at.
        record_exception=False,
        set_status_on_exception=False,
    ) as span:

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                _tell(span, message["status"], message["headers"])
            await send(message)

        yield told


def handed_on(headers: Headers) -> Headers:
    """Return header fields for the upstream that continue the present span's trace."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    kept = tuple((name, value) for name, value in headers if name not in _TRACE_FIELDS)
    return kept + tuple((name.encode(), value.encode()) for name, value in carrier.items())


def _tell(span: Span, status: int, headers: Headers) -> None:
    span.set_attribute("http.response.status_code", status)
    for name, value in headers:
        if (attribute := _TOLD.get(name)) is not None:
            span.set_attribute(attribute, value.decode("latin-1"))
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))
