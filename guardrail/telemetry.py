"""What operators watch: Prometheus counters and, where wanted, OpenTelemetry spans.

Telemetry is not evidence: it may be dropped. Labels are few and closed; no id and no value of a
person ever becomes one. All children are bound once, so counting costs under a microsecond.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from guardrail.errors import ConfigError
from guardrail.facts import Decision, Found

_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


class Metrics:
    """The counters of one process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        """Make the metrics in `registry`, or in one of their own."""
        self.registry = registry or CollectorRegistry()
        self._requests = Counter(
            "guardrail_requests",
            "Requests, by what the caller was told.",
            ["outcome"],
            registry=self.registry,
        )
        self._decisions = Counter(
            "guardrail_decisions",
            "Rules that applied.",
            ["direction", "rule", "action"],
            registry=self.registry,
        )
        self._detections = Counter(
            "guardrail_detections",
            "Findings by kind.",
            ["direction", "entity"],
            registry=self.registry,
        )
        self._errors = Counter(
            "guardrail_errors", "Faults by code.", ["code"], registry=self.registry
        )
        self.overhead = Histogram(
            "guardrail_overhead_seconds",
            "What the guard itself takes of a request, without the upstream.",
            registry=self.registry,
            buckets=_SECONDS,
        )
        self.fail_open = Counter(
            "guardrail_fail_open",
            "Messages released without evidence, as configured.",
            registry=self.registry,
        )
        self.disclosures = Counter(
            "guardrail_disclosures",
            "Notices that an AI answers, by where they stood.",
            ["channel"],
            registry=self.registry,
        )
        self.undisclosed = Counter(
            "guardrail_conversations_undisclosed",
            "Answers whose notice was due and left nowhere.",
            registry=self.registry,
        )
        self.evidence_healthy = Gauge(
            "guardrail_evidence_healthy",
            "1 while evidence can be written.",
            registry=self.registry,
            multiprocess_mode="livemin",
        )
        self.evidence_healthy.set(1)
        self._reloads = Counter(
            "guardrail_policy_reloads",
            "Policy packs read anew, by each worker.",
            ["result"],
            registry=self.registry,
        )
        self._policy_loaded = Gauge(
            "guardrail_policy_loaded_timestamp_seconds",
            "When the policy packs in force were last read, whole and sound: Unix time.",
            registry=self.registry,
            multiprocess_mode="livemin",
        )
        self._layers = Counter(
            "guardrail_media_labels",
            "Layers of labels of replies' media.",
            ["layer", "result"],
            registry=self.registry,
        )
        self._certificate = Gauge(
            "guardrail_label_certificate_expires_timestamp_seconds",
            "When the certificate that media are signed with ends: Unix time; 0 for none.",
            registry=self.registry,
            multiprocess_mode="livemin",
        )
        self._outcome = lru_cache(maxsize=64)(self._requests.labels)
        self._decision = lru_cache(maxsize=1_024)(self._decisions.labels)
        self._detection = lru_cache(maxsize=1_024)(self._detections.labels)
        self._error = lru_cache(maxsize=128)(self._errors.labels)

    def decided(self, direction: str, findings: Iterable[Found], decision: Decision) -> None:
        """Count a decision, its rules and what was found."""
        for finding in findings:
            self._detection(direction, finding.entity).inc()
        for hit in decision.hits:
            self._decision(direction, hit.rule, hit.action.value).inc()

    def answered(self, outcome: str, seconds: float) -> None:
        """Count a request's end and what the guard itself took of it."""
        self._outcome(outcome).inc()
        self.overhead.observe(seconds)

    def labelled(self, written: Iterable[str], missing: Iterable[str]) -> None:
        """Count the layers of one medium's label: those that are in it, and those that it lacks."""
        for layer in written:
            self._layers.labels(layer, "written").inc()
        for layer in missing:
            self._layers.labels(layer, "missing").inc()

    def certified(self, until: float) -> None:
        """Take note of when the certificate for media ends; Unix seconds, 0 for none."""
        self._certificate.set(until)

    def policy_loaded(self, when: float) -> None:
        """Take note that packs were read that are in force now; Unix seconds."""
        self._policy_loaded.set(when)

    def policy_reloaded(self, when: float | None) -> None:
        """Count packs that were read anew; None for those that weren't taken over."""
        self._reloads.labels("failed" if when is None else "ok").inc()
        if when is not None:
            self._policy_loaded.set(when)

    def disclosed(self, where: str) -> None:
        """Count a notice by where it stood: ``none`` for nowhere, empty where none was due."""
        if where == "none":
            self.undisclosed.inc()
        elif where:
            self.disclosures.labels(where).inc()

    def failed(self, code: str) -> None:
        """Count a fault."""
        self._error(code).inc()


def span_exporter(to: str) -> SpanExporter | None:
    """Return what sends spans to the ``console`` or by ``otlp``; None for ``off``.

    The OTLP exporter reads the OTEL_EXPORTER_OTLP_… variables.

    Raises:
        ConfigError: OTLP is wanted but its exporter isn't installed.
    """
    if to == "off":
        return None
    if to == "console":
        return ConsoleSpanExporter()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - an extra
            OTLPSpanExporter,
        )
    except ImportError:
        raise ConfigError(
            "telemetry.traces: otlp needs its exporter",
            fix="pip install 'guardrail-gateway[otlp]'",
        ) from None
    exporter: SpanExporter = OTLPSpanExporter()
    return exporter


def tracer_provider(exporter: SpanExporter) -> TracerProvider:
    """Return what makes spans and sends them in batches, from a thread: make it after forking."""
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
