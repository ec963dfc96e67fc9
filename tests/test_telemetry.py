from __future__ import annotations

import builtins
import subprocess
import sys
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from guardrail.errors import ConfigError
from guardrail.facts import Action, Category, Decision, Finding, Hit
from guardrail.telemetry import Metrics, span_exporter

Json = Any

FINDING = Finding(
    segment=0,
    start=0,
    end=12,
    entity="KZ_IIN",
    category=Category.PERSONAL,
    score=1,
    recognizer="r@1",
)
DECISION = Decision(
    action=Action.MASK,
    actions=(Action.MASK,),
    hits=(
        Hit(rule="kz.10", article="230-VIII art. 10", pack="kz@1", action=Action.MASK),
        Hit(rule="kz.21", article="230-VIII art. 21", pack="kz@1", action=Action.ALLOW),
    ),
)


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_a_decision_counts_its_rules_and_what_was_found() -> None:
    metrics = Metrics()
    for _ in range(2):
        metrics.decided("request", (FINDING,), DECISION)
    assert value(metrics, "guardrail_detections_total", direction="request", entity="KZ_IIN") == 2
    for rule, action in (("kz.10", "mask"), ("kz.21", "allow")):
        labels = {"direction": "request", "rule": rule, "action": action}
        assert value(metrics, "guardrail_decisions_total", **labels) == 2


def test_a_request_counts_once_with_what_the_guard_took_of_it() -> None:
    metrics = Metrics()
    metrics.answered("masked", 0.002)
    assert value(metrics, "guardrail_requests_total", outcome="masked") == 1
    assert value(metrics, "guardrail_overhead_seconds_count") == 1
    assert value(metrics, "guardrail_overhead_seconds_sum") == 0.002


def test_faults_count_by_code() -> None:
    metrics = Metrics()
    metrics.failed("upstream_reset")
    assert value(metrics, "guardrail_errors_total", code="upstream_reset") == 1


def test_notices_count_by_where_they_stood_and_those_that_stood_nowhere_apart() -> None:
    metrics = Metrics()
    for where in ("text", "text", "page", "none", ""):
        metrics.disclosed(where)
    assert value(metrics, "guardrail_disclosures_total", channel="text") == 2
    assert value(metrics, "guardrail_disclosures_total", channel="page") == 1
    assert value(metrics, "guardrail_disclosures_total", channel="none") is None
    assert value(metrics, "guardrail_conversations_undisclosed_total") == 1


def test_layers_of_media_count_by_whether_they_are_there() -> None:
    metrics = Metrics()
    metrics.labelled(["tags", "signed"], ["visible"])
    metrics.labelled(["tags"], [])
    assert value(metrics, "guardrail_media_labels_total", layer="tags", result="written") == 2
    assert value(metrics, "guardrail_media_labels_total", layer="visible", result="missing") == 1
    metrics.certified(1_800_000_000)
    name = "guardrail_label_certificate_expires_timestamp_seconds"
    assert value(metrics, name) == 1_800_000_000


def test_evidence_is_healthy_until_it_is_said_not_to_be() -> None:
    metrics = Metrics()
    assert value(metrics, "guardrail_evidence_healthy") == 1
    metrics.evidence_healthy.set(0)
    assert value(metrics, "guardrail_evidence_healthy") == 0


def test_metrics_are_one_set_to_a_registry_and_may_share_none() -> None:
    registry = CollectorRegistry()
    assert Metrics(registry).registry is registry
    with pytest.raises(ValueError, match="Duplicated"):
        Metrics(registry)
    assert Metrics().registry is not Metrics().registry


def test_every_metric_is_ours_and_described() -> None:
    text = generate_latest(Metrics().registry).decode()
    described = {line.split()[2] for line in text.splitlines() if line.startswith("# HELP")}
    assert all(name.startswith("guardrail_") for name in described)
    assert len(described) > 6


def test_no_traces_are_the_default() -> None:
    assert span_exporter("off") is None


SCRIPT = """
from guardrail.telemetry import span_exporter, tracer_provider
provider = tracer_provider(span_exporter("console"))
with provider.get_tracer("test").start_as_current_span("guardrail.request"):
    pass
provider.shutdown()
"""


def test_spans_reach_the_console() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=True
    )
    assert '"name": "guardrail.request"' in done.stdout


def test_otlp_without_its_exporter_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def lacking(name: str, *args: Json, **more: Json) -> object:
        if name.startswith("opentelemetry.exporter"):
            raise ImportError(name)
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(ConfigError) as caught:
        span_exporter("otlp")
    assert "guardrail-gateway[otlp]" in caught.value.fix


def test_packs_that_are_read_anew_are_counted_and_timed() -> None:
    metrics = Metrics()
    metrics.policy_loaded(1_000)
    metrics.policy_reloaded(None)
    assert value(metrics, "guardrail_policy_reloads_total", result="failed") == 1
    assert value(metrics, "guardrail_policy_loaded_timestamp_seconds") == 1_000
    metrics.policy_reloaded(2_000)
    assert value(metrics, "guardrail_policy_reloads_total", result="ok") == 1
    assert value(metrics, "guardrail_policy_loaded_timestamp_seconds") == 2_000
