from __future__ import annotations

from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import choose_encoder

from guardrail.facts import Decision, Finding, Usage
from guardrail.telemetry import Metrics, Trail
from guardrail.telemetry.metrics import TOKENS

Value = Callable[..., float | None]


def openmetrics(metrics: Metrics) -> bytes:
    """Return what Prometheus gets, where it asks for exemplars."""
    encode, _ = choose_encoder("application/openmetrics-text; version=1.0.0")
    return encode(metrics.registry)


def test_a_decision_counts_its_rules_and_what_was_found(
    finding: Finding, decision: Decision, value: Value
) -> None:
    metrics = Metrics()
    for _ in range(2):
        metrics.decided("request", (finding,), decision, "kk")
    found = {"direction": "request", "entity": "KZ_IIN", "lang": "kk"}
    assert value(metrics, "guardrail_detections_total", **found) == 2
    for rule, action in (("kz.10", "mask"), ("kz.21", "allow")):
        labels = {"direction": "request", "rule": rule, "action": action, "pack": "kz"}
        assert value(metrics, "guardrail_decisions_total", mode="enforce", **labels) == 2


def test_a_piece_of_a_stream_counts_by_what_its_evidence_says(value: Value) -> None:
    metrics = Metrics()
    metrics.in_force([("kz", "1", "d")], {"kz.10": "kz"})
    hits = [
        {"rule": "kz.10", "action": "mask", "article": "x", "entities": {"PERSON": 2}},
        {"rule": "gone.1", "action": "allow", "article": "x", "entities": {}},
    ]
    metrics.decided_in_stream({"hits": hits})
    labels = {"direction": "reply", "mode": "enforce"}
    name = "guardrail_decisions_total"
    assert value(metrics, name, rule="kz.10", action="mask", pack="kz", **labels) == 1
    assert value(metrics, name, rule="gone.1", action="allow", pack="other", **labels) == 1
    found = {"direction": "reply", "entity": "PERSON", "lang": "other"}
    assert value(metrics, "guardrail_detections_total", **found) == 2


def test_a_request_counts_once_with_what_the_guard_took_of_it(
    trail: Callable[..., Trail], value: Value
) -> None:
    metrics = Metrics()
    metrics.answered(trail(direction="reply"), "masked", 0.002)
    route = {"route": "openai-chat/chat"}
    told = {**route, "direction": "reply", "outcome": "masked"}
    assert value(metrics, "guardrail_requests_total", **told) == 1
    assert value(metrics, "guardrail_overhead_seconds_count", **route) == 1
    assert value(metrics, "guardrail_overhead_seconds_sum", **route) == 0.002


@pytest.mark.parametrize(
    ("changes", "exemplars", "told"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"sampled": False}, True, False),
        ({"span_id": ""}, True, False),
    ],
)
def test_an_exemplar_names_a_trace_that_was_sent(
    trail: Callable[..., Trail], changes: dict[str, object], *, exemplars: bool, told: bool
) -> None:
    metrics = Metrics(exemplars=exemplars)
    metrics.answered(trail(**changes), "allowed", 0.002)
    assert (b"trace_id" in openmetrics(metrics)) is told


def test_processes_that_share_their_metrics_have_no_exemplars(
    monkeypatch: pytest.MonkeyPatch, trail: Callable[..., Trail]
) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "/nowhere")
    metrics = Metrics()
    metrics.answered(trail(), "allowed", 0.002)
    assert b"trace_id" not in openmetrics(metrics)


def test_durations_stand_by_stage_route_and_operation(value: Value) -> None:
    metrics = Metrics()
    metrics.took("detect", 0.001)
    metrics.replied("openai-chat/chat", 0.5)
    metrics.operated("chat", "openai-chat", 0.7)
    assert value(metrics, "guardrail_check_duration_seconds_sum", stage="detect") == 0.001
    name = "guardrail_upstream_duration_seconds_sum"
    assert value(metrics, name, route="openai-chat/chat") == 0.5
    labels = {"gen_ai_operation_name": "chat", "gen_ai_provider_name": "openai"}
    assert value(metrics, "gen_ai_client_operation_duration_seconds_sum", **labels) == 0.7


def test_tokens_stand_by_operation_provider_and_type_where_they_were_told(value: Value) -> None:
    metrics = Metrics()
    for usage in (Usage(input=12, output=30), Usage(input=0), Usage(), Usage(output=5)):
        metrics.used("chat", "anthropic-messages", usage)
    name = "gen_ai_client_token_usage"
    labels = {"gen_ai_operation_name": "chat", "gen_ai_provider_name": "anthropic"}
    for kind, count, total in (("input", 2, 12), ("output", 2, 35)):
        told = {**labels, "gen_ai_token_type": kind}
        assert value(metrics, f"{name}_count", **told) == count
        assert value(metrics, f"{name}_sum", **told) == total
    assert (TOKENS[0], TOKENS[-1], len(TOKENS)) == (1, 67_108_864, 14), "as the conventions have it"


def test_faults_drops_lookups_and_labels_count_by_kind(value: Value) -> None:
    metrics = Metrics()
    metrics.failed("upstream_reset")
    metrics.dropped("traces", 3)
    metrics.looked_up("none")
    metrics.label("synthetic")
    assert value(metrics, "guardrail_errors_total", code="upstream_reset") == 1
    assert value(metrics, "guardrail_telemetry_dropped_total", signal="traces") == 3
    assert value(metrics, "guardrail_consent_lookups_total", result="none") == 1
    assert value(metrics, "guardrail_labels_total", kind="synthetic") == 1


def test_notices_count_by_where_they_stood_and_those_that_stood_nowhere_apart(
    value: Value,
) -> None:
    metrics = Metrics()
    for where in ("text", "text", "none", ""):
        metrics.disclosed(where, "kk+ru")
    metrics.disclosed("page")
    name = "guardrail_disclosures_total"
    assert value(metrics, name, channel="text", lang="kk+ru") == 2
    assert value(metrics, name, channel="page", lang="other") == 1
    assert value(metrics, name, channel="none", lang="kk+ru") is None
    assert value(metrics, "guardrail_conversations_undisclosed_total") == 1


def test_layers_of_media_count_by_whether_they_are_there(value: Value) -> None:
    metrics = Metrics()
    metrics.labelled(["tags", "signed"], ["visible"])
    metrics.labelled(["tags"], [])
    assert value(metrics, "guardrail_media_labels_total", layer="tags", result="written") == 2
    assert value(metrics, "guardrail_media_labels_total", layer="visible", result="missing") == 1
    metrics.certified(1_800_000_000)
    name = "guardrail_label_certificate_expires_timestamp_seconds"
    assert value(metrics, name) == 1_800_000_000


def test_packs_that_are_read_anew_are_counted_and_timed(value: Value) -> None:
    metrics = Metrics()
    metrics.policy_loaded(1_000)
    metrics.policy_reloaded(None)
    assert value(metrics, "guardrail_policy_reload_total", result="failed") == 1
    assert value(metrics, "guardrail_policy_loaded_timestamp_seconds") == 1_000
    metrics.policy_reloaded(2_000)
    assert value(metrics, "guardrail_policy_reload_total", result="ok") == 1
    assert value(metrics, "guardrail_policy_loaded_timestamp_seconds") == 2_000


def test_the_packs_in_force_are_told_and_those_that_were_are_none(value: Value) -> None:
    metrics = Metrics()
    metrics.in_force([("kz", "1", "aa"), ("eu", "1", "bb")])
    metrics.in_force([("kz", "2", "cc"), ("eu", "1", "bb")])
    name = "guardrail_policy_info"
    assert value(metrics, name, pack="kz", version="1", digest="aa") == 0
    assert value(metrics, name, pack="kz", version="2", digest="cc") == 1
    assert value(metrics, name, pack="eu", version="1", digest="bb") == 1


def test_metrics_are_one_set_to_a_registry_and_may_share_none() -> None:
    registry = CollectorRegistry()
    assert Metrics(registry).registry is registry
    with pytest.raises(ValueError, match="Duplicated"):
        Metrics(registry)
    assert Metrics().registry is not Metrics().registry


def test_every_metric_is_ours_or_of_the_genai_conventions_and_described() -> None:
    text = generate_latest(Metrics().registry).decode()
    described = {line.split()[2] for line in text.splitlines() if line.startswith("# HELP")}
    assert all(name.startswith(("guardrail_", "gen_ai_")) for name in described)
    assert len(described) > 20
