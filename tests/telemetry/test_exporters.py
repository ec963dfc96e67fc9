from __future__ import annotations

import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as OverGrpc
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace.export import ConsoleSpanExporter

from guardrail.settings import Telemetry
from guardrail.telemetry.exporters import make_exporters


def test_nothing_is_sent_unless_it_is_wanted() -> None:
    assert not make_exporters(Telemetry()).wanted


def test_each_signal_is_sent_on_its_own() -> None:
    made = make_exporters(Telemetry(logs="otlp"))
    assert made.wanted
    assert (made.traces, made.metrics) == (None, None)
    assert isinstance(made.logs, OTLPLogExporter)


def test_all_signals_go_by_the_exporters_of_opentelemetry() -> None:
    made = make_exporters(Telemetry(traces="otlp", metrics="otlp", logs="otlp"))
    assert isinstance(made.traces, OTLPSpanExporter)
    assert isinstance(made.metrics, OTLPMetricExporter)
    assert isinstance(made.logs, OTLPLogExporter)
    assert isinstance(make_exporters(Telemetry(traces="console")).traces, ConsoleSpanExporter)


def test_grpc_is_spoken_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    made = make_exporters(Telemetry(traces="otlp", protocol="grpc"))
    assert isinstance(made.traces, OverGrpc)
    made.traces.shutdown()
