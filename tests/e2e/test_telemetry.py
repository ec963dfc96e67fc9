"""Telemetry as a collector gets it: the real exporters, over HTTP and gRPC, and /metrics."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import grpc
import httpx
import pytest
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2, logs_service_pb2_grpc
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2, metrics_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from guardrail.testing import upstream

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard, Scripted

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{CALLER}-01"
IIN = "900101300017"
MARKER = "quokkaquokka"
"""Stands in what is said, and may stand in nothing that is sent."""
ALL = {"traces": "otlp", "metrics": "otlp", "logs": "otlp"}

Json = Any


class Collector:
    """What arrived, whichever way."""

    def __init__(self) -> None:
        self.traces: list[trace_service_pb2.ExportTraceServiceRequest] = []
        self.logs: list[logs_service_pb2.ExportLogsServiceRequest] = []
        self.metrics: list[metrics_service_pb2.ExportMetricsServiceRequest] = []
        self.raw: list[bytes] = []

    def take(self, signal: str, request: Message) -> None:
        self.raw.append(request.SerializeToString())
        getattr(self, signal).append(request)

    def spans(self) -> list[Span]:
        return [
            span
            for request in self.traces
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def records(self) -> list[LogRecord]:
        return [
            record
            for request in self.logs
            for resource in request.resource_logs
            for scope in resource.scope_logs
            for record in scope.log_records
        ]

    def numbers(self, name: str) -> list[Metric]:
        return [
            metric
            for request in self.metrics
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
        ]


KINDS: dict[str, tuple[str, type[Message]]] = {
    "/v1/traces": ("traces", trace_service_pb2.ExportTraceServiceRequest),
    "/v1/logs": ("logs", logs_service_pb2.ExportLogsServiceRequest),
    "/v1/metrics": ("metrics", metrics_service_pb2.ExportMetricsServiceRequest),
}


@pytest.fixture
def collector() -> Collector:
    return Collector()


@pytest.fixture
def over_http(collector: Collector) -> Iterator[dict[str, str]]:
    """Return the environment that sends telemetry to a collector over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            signal, kind = KINDS[self.path]
            request = kind()
            request.ParseFromString(body)
            collector.take(signal, request)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
        "OTEL_SERVICE_NAME": "our-guard",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
    }
    server.shutdown()
    server.server_close()


@pytest.fixture
def over_grpc(collector: Collector) -> Iterator[dict[str, str]]:
    """Return the environment that sends telemetry to a collector over gRPC."""

    def taker(signal: str, answer: Callable[[], Message]) -> type:
        def export(_: object, request: Message, __: object) -> Message:
            collector.take(signal, request)
            return answer()

        return type("Taker", (), {"Export": export})

    server = grpc.server(ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(  # type: ignore[no-untyped-call]
        taker("traces", trace_service_pb2.ExportTraceServiceResponse)(), server
    )
    logs_service_pb2_grpc.add_LogsServiceServicer_to_server(  # type: ignore[no-untyped-call]
        taker("logs", logs_service_pb2.ExportLogsServiceResponse)(), server
    )
    metrics_service_pb2_grpc.add_MetricsServiceServicer_to_server(  # type: ignore[no-untyped-call]
        taker("metrics", metrics_service_pb2.ExportMetricsServiceResponse)(), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        "OTEL_SERVICE_NAME": "our-guard",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
    }
    server.stop(0)


def said(attributes: list[KeyValue]) -> dict[str, Json]:
    def value(one: KeyValue) -> Json:
        kind = one.value.WhichOneof("value")
        if kind == "array_value":
            return [each.string_value for each in one.value.array_value.values]
        return getattr(one.value, kind) if kind else None

    return {one.key: value(one) for one in attributes}


@pytest.fixture(params=["over_http", "over_grpc"])
def environment(request: pytest.FixtureRequest) -> dict[str, str]:
    found: dict[str, str] = request.getfixturevalue(request.param)
    return found


def test_a_collector_gets_spans_events_lines_and_numbers_and_no_words(
    start: Callable[..., Guard],
    the_assistant: tuple[Assistant, str],
    assistant: Assistant,
    collector: Collector,
    environment: dict[str, str],
) -> None:
    guard = start(the_assistant[1], config={"telemetry": ALL}, environment=environment)
    context: Json = {"traceparent": PARENT, "tracestate": "vendor=x", "baggage": f"who={MARKER}"}
    allowed = guard.chat(f"Hello {MARKER}", **context)
    asked = {"model": "m", "messages": [{"role": "user", "content": f"Hello {MARKER}"}]}
    streamed = guard.post(
        {**asked, "stream": True, "stream_options": {"include_usage": True}}, **context
    )
    refused = guard.chat(f"{MARKER} ИИН {IIN}", **context)
    assert (allowed.status_code, streamed.status_code, refused.status_code) == (200, 200, 400)
    assert MARKER in assistant.received[-1].body.decode(), "the marker is in what is said"
    guard.stop()

    # To the upstream: the caller's trace, the guard's span, and nothing else of it.
    onward = [dict(request.headers) for request in assistant.received]
    found = [
        re.fullmatch(rf"00-{TRACE}-([0-9a-f]{{16}})-01", each["traceparent"]) for each in onward
    ]
    ours = [match[1] for match in found if match is not None]
    assert len(set(ours) - {CALLER}) == 2
    assert not any("baggage" in each or "tracestate" in each for each in onward)

    spans = collector.spans()
    assert [span.trace_id.hex() for span in spans] == [TRACE] * 3
    assert [span.parent_span_id.hex() for span in spans] == [CALLER] * 3
    assert [span.span_id.hex() for span in spans][:2] == ours
    assert all(span.status.code == Status.STATUS_CODE_UNSET for span in spans)
    assert all(span.kind == Span.SPAN_KIND_SERVER for span in spans)
    assert all(span.start_time_unix_nano < span.end_time_unix_nano for span in spans)
    whole, piecewise, blocked = (said(list(span.attributes)) for span in spans)
    assert whole["guardrail.decision"] == "allowed"
    assert whole["guardrail.request_id"] == allowed.headers["guardrail-request-id"]
    assert whole["gen_ai.operation.name"] == "chat"
    assert whole["gen_ai.provider.name"] == "openai"
    expect_usage(allowed.json(), collector, whole, piecewise)
    assert "gen_ai.usage.input_tokens" not in blocked
    assert blocked["guardrail.decision"] == "refused"
    assert blocked["http.response.status_code"] == 400
    assert {event.name for span in spans for event in span.events} == {"gen_ai.guardrail.result"}

    (event,) = [record for record in collector.records() if record.event_name]
    assert (event.trace_id.hex(), event.span_id) == (TRACE, spans[2].span_id)
    attributes = said(list(event.attributes))
    assert attributes["gen_ai.guardrail.verdict.type"] == "deny"
    assert attributes["gen_ai.guardrail.target.type"] == "input"
    assert attributes["security_rule.reference"].startswith("230-VIII art.")
    assert attributes["guardrail.entities"] == ["KZ_IIN"]

    requests = collector.numbers("guardrail_requests")[-1]
    counted = {
        said(list(point.attributes))["outcome"]: point.as_double
        for point in requests.sum.data_points
    }
    assert counted == {"allowed": 2, "refused": 1}
    (operation,) = collector.numbers("gen_ai.client.operation.duration")[-1].histogram.data_points
    assert operation.count == 2
    names = {
        said(list(resource.resource.attributes))["service.name"]
        for request in collector.traces
        for resource in request.resource_spans
    }
    assert names == {"our-guard"}

    sent = b"".join(collector.raw)
    for word in (MARKER, IIN, "vendor=x"):
        assert word.encode() not in sent


def expect_usage(answer: Json, collector: Collector, *spans: dict[str, Json]) -> None:
    """Expect what two equal answers took, in their spans and in the numbers."""
    read, wrote = answer["usage"]["prompt_tokens"], answer["usage"]["completion_tokens"]
    assert read > 0
    assert wrote > 0
    for span in spans:
        assert span["gen_ai.usage.input_tokens"] == read
        assert span["gen_ai.usage.output_tokens"] == wrote
        assert span["gen_ai.response.model"] == answer["model"]
        assert span["gen_ai.response.finish_reasons"] == ["stop"]
    tokens = collector.numbers("gen_ai.client.token.usage")[-1]
    assert tokens.unit == "{token}"
    counted = {
        said(list(point.attributes))["gen_ai.token.type"]: (point.count, point.sum)
        for point in tokens.histogram.data_points
    }
    assert counted == {"input": (2, 2 * read), "output": (2, 2 * wrote)}


def test_of_several_processes_the_one_that_seals_the_log_is_heard_too(
    start: Callable[..., Guard],
    the_assistant: tuple[Assistant, str],
    collector: Collector,
    over_http: dict[str, str],
) -> None:
    config = {"telemetry": ALL}
    guard = start(the_assistant[1], "--workers", "2", config=config, environment=over_http)
    assert guard.chat("Hi").status_code == 200
    guard.until(lambda: guard.counted("guardrail_checkpoint_size") > 0, 10)
    guard.stop()
    sizes = [
        point.as_double
        for metric in collector.numbers("guardrail_checkpoint_size")
        for point in metric.gauge.data_points
    ]
    assert max(sizes) > 0


def test_what_is_refused_is_told_though_its_trace_isnt_sampled(
    start: Callable[..., Guard],
    the_assistant: tuple[Assistant, str],
    assistant: Assistant,
    collector: Collector,
    over_http: dict[str, str],
) -> None:
    guard = start(
        the_assistant[1],
        config={"telemetry": {**ALL, "sampling": 0.0, "trust_traceparent": False}},
        environment=over_http,
    )
    guard.chat("Hello", traceparent=PARENT)
    guard.chat(f"ИИН {IIN}", traceparent=PARENT)
    guard.stop()
    assert collector.spans() == []
    (event,) = [record for record in collector.records() if record.event_name]
    assert event.trace_id.hex() != TRACE, "an untrusted caller doesn't choose the trace"
    onward = dict(assistant.received[-1].headers)["traceparent"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", onward)
    assert TRACE not in onward


def test_an_untrusted_callers_trace_is_linked_to(
    start: Callable[..., Guard],
    the_assistant: tuple[Assistant, str],
    collector: Collector,
    over_http: dict[str, str],
) -> None:
    settings = {"traces": "otlp", "trust_traceparent": False, "conventions": "guardrail"}
    guard = start(the_assistant[1], config={"telemetry": settings}, environment=over_http)
    guard.chat("Hello", traceparent=PARENT)
    guard.stop()
    (span,) = collector.spans()
    assert span.trace_id.hex() != TRACE
    assert span.parent_span_id == b""
    assert [(link.trace_id.hex(), link.span_id.hex()) for link in span.links] == [(TRACE, CALLER)]
    assert {event.name for event in span.events} == {"guardrail.decision"}


def test_without_traces_of_its_own_the_guard_hands_the_callers_on(
    guard: Guard, assistant: Assistant
) -> None:
    guard.chat("Hello", traceparent=PARENT, tracestate="vendor=x")
    onward = dict(assistant.received[-1].headers)
    assert onward["traceparent"] == PARENT
    assert "tracestate" not in onward


def test_a_collector_that_hangs_delays_no_request_and_what_is_lost_is_counted(
    start: Callable[..., Guard], the_assistant: tuple[Assistant, str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and says nothing
        environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
        }
        settings = {**ALL, "queue": 16, "flush_seconds": 0.5}
        guard = start(the_assistant[1], config={"telemetry": settings}, environment=environment)
        begun = time.monotonic()
        for _ in range(60):
            assert guard.chat("Hello").status_code == 200
        # Were each to wait for the collector, that alone would be a minute.
        assert time.monotonic() - begun < 50
        guard.until(
            lambda: guard.counted('guardrail_telemetry_dropped_total{signal="traces"}') > 0, 20
        )
        begun = time.monotonic()
        guard.stop()
        assert time.monotonic() - begun < 15


def test_log_lines_are_json_and_name_their_request(
    start: Callable[..., Guard], script: Scripted
) -> None:
    head = upstream.head(200, ((b"content-type", b"text/plain"), (b"content-length", b"9")))
    script.play(upstream.reset(head + b"beg"))
    guard = start(script.url, config={"telemetry": {"log_format": "json"}})
    with (
        httpx.stream("GET", f"{guard.url}/elsewhere", headers={"traceparent": PARENT}) as reply,
        suppress(httpx.TransportError),
    ):
        reply.read()
    guard.until(lambda: "cut off" in guard.stderr, 5)
    guard.stop()
    lines = [json.loads(line) for line in guard.stderr.splitlines()]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    (about,) = [line for line in lines if "cut off" in line["message"]]
    assert about["request_id"] == reply.headers["guardrail-request-id"]
    assert about["trace_id"] == TRACE


def test_exemplars_name_a_trace_for_those_who_ask_for_openmetrics(
    start: Callable[..., Guard], the_assistant: tuple[Assistant, str], over_http: dict[str, str]
) -> None:
    guard = start(the_assistant[1], config={"telemetry": {"traces": "otlp"}}, environment=over_http)
    guard.chat("Hello", traceparent=PARENT)
    asked = {"accept": "application/openmetrics-text; version=1.0.0"}
    told = httpx.get(f"{guard.admin}/metrics", headers=asked)
    assert told.headers["content-type"].startswith("application/openmetrics-text")
    assert f'# {{trace_id="{TRACE}"}}' in told.text
    assert told.text.endswith("# EOF\n")
    plain = httpx.get(f"{guard.admin}/metrics")
    assert plain.headers["content-type"].startswith("text/plain")
    assert TRACE not in plain.text
    guard.stop()


def test_several_workers_metrics_are_one_sum(
    start: Callable[..., Guard], the_assistant: tuple[Assistant, str]
) -> None:
    guard = start(the_assistant[1], "--workers", "2")
    with ThreadPoolExecutor(8) as callers:
        replies = callers.map(lambda _: guard.chat("Hi", connection="close"), range(40))
        assert {reply.status_code for reply in replies} == {200}
    route = 'route="openai-chat/chat"'
    for name in ("requests_total", "overhead_seconds_count", "upstream_duration_seconds_count"):
        guard.until(lambda name=name: guard.counted(f"guardrail_{name}{{{route}}}") == 40, 5)  # type: ignore[misc]
    assert guard.counted('guardrail_policy_info{pack="kz-230-viii"}') == 1, "one pack, two workers"
    guard.stop()
