"""Prometheus metrics as OpenTelemetry's exporters take them: counted once, told twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client import Metric as Family
from prometheus_client.samples import Sample

from guardrail.telemetry.conventions import label_name, metric_name, metric_unit

_CUMULATIVE = AggregationTemporality.CUMULATIVE
Labels = tuple[tuple[str, str], ...]


def bridged(
    families: Iterable[Family],
    told_by: Resource,
    scope: InstrumentationScope,
    times: tuple[int, int],
) -> MetricsData:
    """Return metrics of Prometheus as a batch for an exporter.

    Args:
        families: what the registry tells.
        told_by: who sends.
        scope: what made them.
        times: when counting began, and now: Unix nanoseconds.
    """
    metrics = [metric for family in families if (metric := _metric(family, times)) is not None]
    scoped = ScopeMetrics(scope=scope, metrics=metrics, schema_url="")
    whole = ResourceMetrics(resource=told_by, scope_metrics=[scoped], schema_url="")
    return MetricsData(resource_metrics=[whole])


def _metric(family: Family, times: tuple[int, int]) -> Metric | None:
    data: Sum | Gauge | Histogram
    if family.type == "counter":
        points = _numbers(_called(family, "_total"), times)
        data = Sum(points, _CUMULATIVE, is_monotonic=True)
    elif family.type == "gauge":
        points = _numbers(_called(family, ""), times)
        data = Gauge(points)
    elif family.type == "histogram":
        data = Histogram(list(_histograms(family, times)), _CUMULATIVE)
    else:
        return None
    if not data.data_points:
        return None
    name = family.name
    return Metric(metric_name(name), family.documentation, metric_unit(name), data)


def _called(family: Family, suffix: str) -> Iterator[Sample]:
    return (sample for sample in family.samples if sample.name == family.name + suffix)


def _numbers(samples: Iterable[Sample], times: tuple[int, int]) -> Sequence[NumberDataPoint]:
    return [NumberDataPoint(_named(one.labels), *times, value=one.value) for one in samples]


def _histograms(family: Family, times: tuple[int, int]) -> Iterator[HistogramDataPoint]:
    buckets: dict[Labels, list[tuple[float, float]]] = {}
    sums: dict[Labels, float] = {}
    for sample in family.samples:
        labels = tuple((name, value) for name, value in sample.labels.items() if name != "le")
        if sample.name.endswith("_bucket"):
            bucket = float(sample.labels["le"]), sample.value
            buckets.setdefault(labels, []).append(bucket)
        elif sample.name.endswith("_sum"):
            sums[labels] = sample.value
    for labels, rows in buckets.items():
        yield _histogram(labels, sorted(rows), sums[labels], times)


def _histogram(
    labels: Labels, rows: Sequence[tuple[float, float]], total: float, times: tuple[int, int]
) -> HistogramDataPoint:
    counts = [int(count) for _, count in rows]
    each = [count - before for count, before in zip(counts, [0, *counts], strict=False)]
    return HistogramDataPoint(
        attributes=_named(dict(labels)),
        start_time_unix_nano=times[0],
        time_unix_nano=times[1],
        count=counts[-1],
        sum=total,
        bucket_counts=each,
        explicit_bounds=[bound for bound, _ in rows[:-1]],
        min=float("nan"),
        max=float("nan"),
    )


def _named(labels: Mapping[str, str]) -> dict[str, str]:
    return {label_name(name): value for name, value in labels.items()}
