"""The exporters that send telemetry: OpenTelemetry's own, over HTTP or gRPC, or to the console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Protocol

from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.metrics.export import MetricsData
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import ConsoleSpanExporter

from guardrail.settings import Telemetry
from guardrail.telemetry.protocols import package_for

_MODULES = {"traces": "trace_exporter", "logs": "_log_exporter", "metrics": "metric_exporter"}


class _Exporter(Protocol):
    def shutdown(self) -> object:
        """Give connections back, and begin nothing more."""
        ...


class Spans(_Exporter, Protocol):
    """Sends spans."""

    def export(self, spans: Sequence[ReadableSpan], /) -> object:
        """Send, or give up in time; say which."""
        ...


class Logs(_Exporter, Protocol):
    """Sends log records."""

    def export(self, batch: Sequence[ReadableLogRecord], /) -> object:
        """Send, or give up in time; say which."""
        ...


class Numbers(_Exporter, Protocol):
    """Sends metrics."""

    def export(self, metrics_data: MetricsData, /) -> object:
        """Send, or give up in time; say which."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporters:
    """What sends each signal; None for one that isn't sent."""

    traces: Spans | None = None
    logs: Logs | None = None
    metrics: Numbers | None = None

    @property
    def wanted(self) -> bool:
        """Whether anything is sent."""
        return any(one is not None for one in (self.traces, self.logs, self.metrics))


def make_exporters(settings: Telemetry) -> Exporters:
    """Return what sends telemetry. It may hold connections: make it after forking.

    The exporters read the OTEL_EXPORTER_OTLP_… variables.

    Raises:
        ConfigError: as `guardrail.telemetry.starting.check`.
    """
    traces, logs, metrics = (_module(settings, signal) for signal in _MODULES)
    console = ConsoleSpanExporter() if settings.traces == "console" else None
    return Exporters(
        traces=traces.OTLPSpanExporter() if traces is not None else console,
        logs=logs.OTLPLogExporter() if logs is not None else None,
        metrics=metrics.OTLPMetricExporter() if metrics is not None else None,
    )


def _module(settings: Telemetry, signal: str) -> ModuleType | None:
    if getattr(settings, signal) != "otlp":
        return None
    return import_module(f"{package_for(settings, signal)}.{_MODULES[signal]}")
