"""What OpenTelemetry's exporters take: spans and log records, made of what waited in the outbox.

Made in the sender's thread, from ids and kinds; the SDK's own spans would be made on each request's
way, at three times the cost of a small check.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterable, Iterator, Sequence

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.context import Context
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from guardrail.facts import Action
from guardrail.telemetry.conventions import Conventions
from guardrail.telemetry.outbox import Line
from guardrail.telemetry.trail import Made, Trail

_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_NOT_SAMPLED = TraceFlags(0)
_FAULT = Status(StatusCode.ERROR)
_FINE = Status(StatusCode.UNSET)
_SEVERITIES = (
    (50, SeverityNumber.FATAL),
    (40, SeverityNumber.ERROR),
    (30, SeverityNumber.WARN),
    (20, SeverityNumber.INFO),
    (0, SeverityNumber.DEBUG),
)
_WITHHELD = frozenset({Action.REFUSE, Action.HOLD})


def resource(version: str) -> Resource:
    """Return who sends: the guard, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES say more.

    Args:
        version: of the guard.
    """
    own = Resource(
        {
            "service.name": "guardrail",
            "service.version": version,
            "service.instance.id": str(uuid.uuid4()),
            "host.name": socket.gethostname(),
            "process.pid": os.getpid(),
            "telemetry.sdk.language": "python",
            "telemetry.sdk.name": "opentelemetry",
        }
    )
    return own.merge(OTELResourceDetector().detect())


class Records:
    """Makes spans and log records under one set of names."""

    def __init__(self, conventions: Conventions, told_by: Resource, version: str) -> None:
        """Take the names and who sends."""
        self._names = conventions
        self._resource = told_by
        self._scope = InstrumentationScope("guardrail", version)

    def span(self, trail: Trail) -> ReadableSpan:
        """Return the span of a request, with an event for each decision.

        A refusal is no error: the span's status stays unset, but for faults that end in a 5xx.
        """
        trace = int(trail.trace_id, 16)
        parent = None
        if trail.parent:
            parent = SpanContext(trace, int(trail.parent, 16), True, _SAMPLED)  # noqa: FBT003
        return ReadableSpan(
            self._names.span,
            context=SpanContext(trace, int(trail.span_id, 16), False, _SAMPLED),  # noqa: FBT003
            parent=parent,
            resource=self._resource,
            attributes=self._names.of_request(trail),
            events=[self._span_event(made) for made in trail.made],
            links=_links(trail),
            kind=SpanKind.SERVER,
            status=_FAULT if trail.status >= 500 else _FINE,
            start_time=trail.begun,
            end_time=trail.ended,
            instrumentation_scope=self._scope,
        )

    def _span_event(self, made: Made) -> Event:
        return Event(self._names.event, self._names.of_decision(made, ""), made[0])

    def events(self, trails: Iterable[Trail]) -> Iterator[ReadableLogRecord]:
        """Give an event for each decision that is told."""
        for trail in trails:
            for made in trail.events:
                yield self._event(trail, made)

    def _event(self, trail: Trail, made: Made) -> ReadableLogRecord:
        withheld = made[2].action in _WITHHELD
        return self._record(
            LogRecord(
                timestamp=made[0],
                observed_timestamp=made[0],
                severity_number=SeverityNumber.WARN if withheld else SeverityNumber.INFO,
                attributes=self._names.of_decision(made, trail.request_id),
                event_name=self._names.event,
                context=_context(trail.trace_id, trail.span_id, sampled=trail.sampled),
            )
        )

    def lines(self, lines: Sequence[Line]) -> Iterator[ReadableLogRecord]:
        """Give a record for each log line."""
        for when, number, level, logger, message, request_id, trace_id, span_id in lines:
            attributes = {"logger.name": logger}
            if request_id:
                attributes["guardrail.request_id"] = request_id
            yield self._record(
                LogRecord(
                    timestamp=when,
                    observed_timestamp=when,
                    severity_text=level,
                    severity_number=next(s for least, s in _SEVERITIES if number >= least),
                    body=message,
                    attributes=attributes,
                    context=_context(trace_id, span_id, sampled=bool(span_id)),
                )
            )

    def _record(self, record: LogRecord) -> ReadableLogRecord:
        return ReadableLogRecord(record, self._resource, self._scope)


def _context(trace_id: str, span_id: str, *, sampled: bool) -> Context:
    """Return what ties a log record to a span; an empty one where there is none."""
    if not trace_id:
        return Context()
    flags = _SAMPLED if sampled else _NOT_SAMPLED
    span = SpanContext(int(trace_id, 16), int(span_id or "0", 16), False, flags)  # noqa: FBT003
    return set_span_in_context(NonRecordingSpan(span), Context())


def _links(trail: Trail) -> Sequence[Link]:
    if trail.link is None:
        return ()
    trace, span = trail.link
    return (Link(SpanContext(int(trace, 16), int(span, 16), True)),)  # noqa: FBT003 - the SDK's shape
