from __future__ import annotations

from collections.abc import Callable

import pytest
from opentelemetry._logs import SeverityNumber
from opentelemetry.trace import SpanKind, StatusCode

from guardrail.facts import Action
from guardrail.telemetry import Trail
from guardrail.telemetry.conventions import load_conventions
from guardrail.telemetry.records import Records, resource

Make = Callable[..., Trail]


@pytest.fixture
def records() -> Records:
    return Records(load_conventions("gen_ai"), resource("1.2.3"), "1.2.3")


def test_a_span_continues_the_callers_and_tells_each_decision(
    records: Records, trail: Make
) -> None:
    request = trail(Action.ALLOW, Action.MASK)
    span = records.span(request)
    assert span.context is not None
    assert span.parent is not None
    assert f"{span.context.trace_id:032x}" == f"{span.parent.trace_id:032x}" == request.trace_id
    assert f"{span.context.span_id:016x}" == request.span_id
    assert f"{span.parent.span_id:016x}" == request.parent
    assert span.parent.is_remote
    assert (span.start_time, span.end_time, span.kind) == (1_000, 2_000, SpanKind.SERVER)
    assert [event.name for event in span.events] == ["gen_ai.guardrail.result"] * 2
    assert [event.timestamp for event in span.events] == [1_500] * 2


@pytest.mark.parametrize(
    ("status", "code"),
    [(200, StatusCode.UNSET), (400, StatusCode.UNSET), (503, StatusCode.ERROR)],
)
def test_a_refusal_is_no_error_and_a_fault_is_one(
    records: Records, trail: Make, status: int, code: StatusCode
) -> None:
    assert records.span(trail(Action.REFUSE, status=status)).status.status_code is code


def test_a_trace_of_the_guards_own_links_to_the_callers(records: Records, trail: Make) -> None:
    request = trail(parent="", link=("ab" * 16, "cd" * 8))
    span = records.span(request)
    assert span.parent is None
    (link,) = span.links
    assert f"{link.context.trace_id:032x}/{link.context.span_id:016x}" == (
        "ab" * 16 + "/" + "cd" * 8
    )


def test_events_are_as_grave_as_what_was_done(records: Records, trail: Make) -> None:
    masked, refused = records.events([trail(Action.MASK), trail(Action.REFUSE, sampled=False)])
    assert masked.log_record.severity_number is SeverityNumber.INFO
    assert refused.log_record.severity_number is SeverityNumber.WARN
    assert refused.log_record.event_name == "gen_ai.guardrail.result"
    assert refused.log_record.trace_flags == 0
    attributes = refused.log_record.attributes or {}
    assert attributes["guardrail.request_id"] == "req_1"


def test_a_line_names_its_request_and_trace_where_it_has_them(records: Records) -> None:
    lines = [
        (5, 30, "WARNING", "guardrail", "cut off", "req_1", "ab" * 16, "cd" * 8),
        (6, 10, "DEBUG", "other", "hello", "", "", ""),
        (7, 55, "WORSE", "other", "help", "", "", ""),
    ]
    first, second, third = (one.log_record for one in records.lines(lines))
    assert (first.body, first.severity_text, first.timestamp) == ("cut off", "WARNING", 5)
    assert first.severity_number is SeverityNumber.WARN
    assert first.attributes == {"logger.name": "guardrail", "guardrail.request_id": "req_1"}
    assert f"{first.trace_id:032x}" == "ab" * 16
    assert (second.trace_id, second.span_id) == (0, 0)
    assert second.severity_number is SeverityNumber.DEBUG
    assert third.severity_number is SeverityNumber.FATAL


def test_the_environment_says_more_of_who_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    assert resource("1").attributes["service.name"] == "guardrail"
    monkeypatch.setenv("OTEL_SERVICE_NAME", "our-guard")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    told = resource("1.2.3").attributes
    assert told["service.name"] == "our-guard"
    assert told["deployment.environment.name"] == "test"
    assert told["service.version"] == "1.2.3"
    assert resource("1").attributes["service.instance.id"] != told["service.instance.id"]
