"""Metrics of the evidence log, told by whoever writes, sequences and anchors it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from guardrail.telemetry.ages import Ages

Mode = Literal["livemin", "livemax", "livesum", "livemostrecent", "mostrecent"]

_DURABLE = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5)


class Counters(Protocol):
    """The counters of one metric."""

    def __call__(self, *labels: str) -> Counter:
        """Return the counter for some labels' values, in the labels' order."""
        ...


class Gauges(Protocol):
    """The gauges of one metric."""

    def __call__(self, *labels: str) -> Gauge:
        """Return the gauge for some labels' values, in the labels' order."""
        ...


class LogMetrics:
    """The log's share of the metrics. The methods may be called from any thread."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Make the metrics in `registry`."""
        self.registry = registry
        self._record = self._counter("audit_records", "Entries that are durable.", "kind")
        self._ruled = self._counter(
            "audit_decisions",
            "Rules that applied, in entries that are durable: what the log's seals add up to.",
            "direction", "rule", "action",
        )  # fmt: skip
        self._written = self._counter(
            "audit_writer_records",
            "Entries that are durable, by the writer that the log names for them.",
            "writer",
        )
        self._write_failures = self._plain(
            "audit_write_failures", "Times that evidence couldn't be written."
        )
        self._durable = Histogram(
            "guardrail_audit_durable_seconds",
            "How long an entry waits until it is durable.",
            registry=registry,
            buckets=_DURABLE,
        )
        self._unsealed = self._gauge(
            "audit_unsealed_records",
            "Durable entries that no signed checkpoint covers yet.",
            mode="livemostrecent",
        )()
        self._size = self._gauge(
            "checkpoint_size", "Entries under the latest checkpoint.", mode="mostrecent"
        )()
        self._sealed_at = self._gauge(
            "checkpoint_timestamp_seconds",
            "When the latest checkpoint was signed: Unix time; 0 for none yet.",
            mode="mostrecent",
        )()
        self._witnessed_at = self._gauge(
            "witness_timestamp_seconds",
            "When a checkpoint was last confirmed outside: Unix time; 0 for none yet.",
            mode="mostrecent",
        )()
        self.evidence_healthy = self._gauge(
            "evidence_healthy", "1 while evidence can be written.", mode="livemin"
        )()
        self.evidence_healthy.set(1)
        registry.register(Ages(lambda: (*self._sealed_at.collect(), *self._witnessed_at.collect())))

    def durable_entries(
        self, records: Mapping[str, int], decisions: Mapping[tuple[str, str, str], int]
    ) -> None:
        """Count entries that have become durable: each once, by the thread that made them so.

        Args:
            records: how many there are of each kind.
            decisions: how many name a rule: by direction, rule and action.
        """
        for kind, count in records.items():
            self.recorded(str(kind), count)
        for which, count in decisions.items():
            self._ruled(*which).inc(count)

    def written(self, writer: str, count: int) -> None:
        """Count entries that a writer of the log has made durable; there is one for each start."""
        self._written(writer).inc(count)

    def recorded(self, kind: str, count: int = 1) -> None:
        """Count durable entries of a kind that `durable_entries` isn't told of: the log's own."""
        self._record(kind).inc(count)

    def record_failed(self) -> None:
        """Count that evidence couldn't be written."""
        self._write_failures.inc()

    def durable(self, seconds: float) -> None:
        """Time how long an entry waited until it was durable."""
        self._durable.observe(seconds)

    def unsealed(self, count: int) -> None:
        """Take note of how many durable entries no checkpoint covers yet, over all writers."""
        self._unsealed.set(count)

    def checkpoint(self, size: int, when: float) -> None:
        """Take note of a signed checkpoint; `when` in Unix seconds."""
        self._size.set(size)
        self._sealed_at.set(when)

    def witnessed(self, when: float) -> None:
        """Take note that somebody outside confirmed a checkpoint; Unix seconds."""
        self._witnessed_at.set(when)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counters:
        made = Counter(f"guardrail_{name}", meaning, labels, registry=self.registry)
        return lru_cache(maxsize=1_024)(made.labels)

    def _plain(self, name: str, meaning: str) -> Counter:
        return Counter(f"guardrail_{name}", meaning, registry=self.registry)

    def _gauge(self, name: str, meaning: str, *labels: str, mode: Mode = "livemin") -> Gauges:
        made = Gauge(
            f"guardrail_{name}", meaning, labels, registry=self.registry, multiprocess_mode=mode
        )
        return lru_cache(maxsize=256)(made.labels) if labels else lambda *_: made
