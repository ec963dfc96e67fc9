from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.metrics.export import Gauge, Histogram, Metric, Sum
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from guardrail.facts import Usage
from guardrail.telemetry import Metrics
from guardrail.telemetry.bridge import bridged
from guardrail.telemetry.metrics import SHORT

Json = Any


def told(metrics: Metrics) -> dict[str, Metric]:
    batch = bridged(
        metrics.registry.collect(), Resource({}), InstrumentationScope("guardrail", "1"), (1, 2)
    )
    (resource,) = batch.resource_metrics
    (scope,) = resource.scope_metrics
    return {metric.name: metric for metric in scope.metrics}


def test_counters_and_gauges_keep_their_names_values_and_labels() -> None:
    metrics = Metrics()
    metrics.failed("stopping")
    metrics.failed("stopping")
    metrics.unsealed(7)
    found = told(metrics)
    counter, gauge = found["guardrail_errors"].data, found["guardrail_audit_unsealed_records"].data
    assert isinstance(counter, Sum)
    assert counter.is_monotonic
    (point,) = counter.data_points
    assert (point.value, point.attributes) == (2, {"code": "stopping"})
    assert (point.start_time_unix_nano, point.time_unix_nano) == (1, 2)
    assert isinstance(gauge, Gauge)
    assert [point.value for point in gauge.data_points] == [7]


def test_what_the_genai_conventions_name_is_called_so() -> None:
    metrics = Metrics()
    metrics.operated("chat", "openai-chat", 0.7)
    data = told(metrics)["gen_ai.client.operation.duration"].data
    assert isinstance(data, Histogram)
    (point,) = data.data_points
    assert point.attributes == {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai"}


def test_tokens_are_told_in_tokens_and_durations_in_seconds() -> None:
    metrics = Metrics()
    metrics.operated("chat", "openai-chat", 0.7)
    metrics.used("chat", "openai-chat", Usage(input=9, output=5))
    metrics.failed("stopping")
    found = told(metrics)
    tokens = found["gen_ai.client.token.usage"]
    assert isinstance(tokens.data, Histogram)
    counts = [(dict(point.attributes or {}), point.sum) for point in tokens.data.data_points]
    assert [(said["gen_ai.token.type"], total) for said, total in counts] == [
        ("input", 9),
        ("output", 5),
    ]
    units = [tokens.unit, found["gen_ai.client.operation.duration"].unit]
    assert [*units, found["guardrail_errors"].unit] == ["{token}", "s", "1"]


@given(st.lists(st.floats(0, 3), min_size=1, max_size=30))
def test_every_histogram_adds_up(seconds: list[float]) -> None:
    metrics = Metrics()
    for each in seconds:
        metrics.took("detect", each)
    data = told(metrics)["guardrail_check_duration_seconds"].data
    assert isinstance(data, Histogram)
    (point,) = data.data_points
    assert point.count == sum(point.bucket_counts) == len(seconds)
    assert abs(point.sum - sum(seconds)) < 1e-9
    assert tuple(point.explicit_bounds) == SHORT
    assert len(point.bucket_counts) == len(SHORT) + 1
    assert point.bucket_counts[-1] == sum(each > SHORT[-1] for each in seconds)


def test_what_was_never_counted_isnt_sent() -> None:
    assert "guardrail_errors" not in told(Metrics())
