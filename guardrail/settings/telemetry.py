"""What an operator can set of what is watched, and where it is sent."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from guardrail.settings.sections import Section


class Telemetry(Section):
    """What operators can watch."""

    traces: Literal["off", "console", "otlp"] = "off"
    """``otlp`` needs ``guardrail-gateway[otlp]``, or ``[otlp-grpc]``, and reads the
    OTEL_EXPORTER_OTLP_… variables."""
    metrics: Literal["off", "otlp"] = "off"
    """``otlp`` sends what ``/metrics`` tells, too, once a minute; OTEL_METRIC_EXPORT_INTERVAL says
    otherwise, in milliseconds."""
    logs: Literal["off", "otlp"] = "off"
    """``otlp`` sends what goes to standard error, too, and an event for each decision that hid,
    held or refused something."""
    protocol: Literal["auto", "http/protobuf", "grpc"] = "auto"
    """How OTLP travels; ``auto`` goes by OTEL_EXPORTER_OTLP_PROTOCOL, without it over HTTP."""
    conventions: str = "gen_ai"
    """What attributes and events are called: ``gen_ai``, ``guardrail``, or the path of a file."""
    sampling: Annotated[float, Field(ge=0, le=1)] = 1.0
    """The share of traces that begin here and are sent. A caller who is trusted has decided
    already. What was refused or held is sent as an event whatever this says."""
    trust_traceparent: bool = True
    """Whether a caller's trace is gone on with. ``false`` begins one of the guard's own, which
    links to it: for callers from the open internet."""
    pass_tracestate: bool = False
    """Whether ``tracestate`` goes to the upstream; ``baggage`` never does."""
    queue: Annotated[int, Field(ge=16, le=1_000_000)] = 8_192
    """How many requests, and how many log lines, may wait to be sent; more are dropped and
    counted."""
    flush_seconds: Annotated[float, Field(gt=0, le=60)] = 5.0
    """How long a worker that stops may take to send what waits."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """What reaches standard error."""
    log_format: Literal["text", "json"] = "text"
    """``json`` for log collectors."""
