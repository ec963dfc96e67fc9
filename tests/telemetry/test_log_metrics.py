from __future__ import annotations

import threading
from collections.abc import Callable

from guardrail.telemetry import Metrics

Value = Callable[..., float | None]


def test_durable_entries_count_by_kind_and_by_the_rules_that_they_name(value: Value) -> None:
    metrics = Metrics()
    metrics.durable_entries(
        {"request": 1, "reply": 1, "stream.open": 1, "error": 1},
        {
            ("request", "kz.10", "mask"): 1,
            ("request", "kz.21", "allow"): 1,
            ("reply", "kz.10", "mask"): 1,
        },
    )
    for kind in ("request", "reply", "stream.open", "error"):
        assert value(metrics, "guardrail_audit_records_total", kind=kind) == 1
    name = "guardrail_audit_decisions_total"
    assert value(metrics, name, direction="request", rule="kz.10", action="mask") == 1
    assert value(metrics, name, direction="request", rule="kz.21", action="allow") == 1
    assert value(metrics, name, direction="reply", rule="kz.10", action="mask") == 1
    assert value(metrics, name, direction="", rule="kz.10", action="mask") is None


def test_the_logs_own_entries_and_failures_are_counted(value: Value) -> None:
    metrics = Metrics()
    metrics.recorded("writer.beat", 3)
    metrics.record_failed()
    metrics.durable(0.25)
    assert value(metrics, "guardrail_audit_records_total", kind="writer.beat") == 3
    assert value(metrics, "guardrail_audit_write_failures_total") == 1
    assert value(metrics, "guardrail_audit_durable_seconds_sum") == 0.25


def test_checkpoints_and_what_waits_for_one_are_told(value: Value) -> None:
    metrics = Metrics()
    assert value(metrics, "guardrail_checkpoint_age_seconds") is None, "there is none yet"
    metrics.unsealed(7)
    metrics.checkpoint(100, 1_000.0)
    metrics.witnessed(2_000.0)
    assert value(metrics, "guardrail_audit_unsealed_records") == 7
    assert value(metrics, "guardrail_checkpoint_size") == 100
    assert value(metrics, "guardrail_checkpoint_timestamp_seconds") == 1_000
    assert value(metrics, "guardrail_witness_timestamp_seconds") == 2_000
    assert (value(metrics, "guardrail_checkpoint_age_seconds") or 0) > 1e9


def test_evidence_is_healthy_until_it_is_said_not_to_be(value: Value) -> None:
    metrics = Metrics()
    assert value(metrics, "guardrail_evidence_healthy") == 1
    metrics.evidence_healthy.set(0)
    assert value(metrics, "guardrail_evidence_healthy") == 0


def test_threads_may_count_at_once(value: Value) -> None:
    metrics = Metrics()

    def count() -> None:
        for _ in range(500):
            metrics.durable_entries({"error": 1}, {})

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert value(metrics, "guardrail_audit_records_total", kind="error") == 2_000


def test_entries_count_by_their_writer_too(value: Value) -> None:
    metrics = Metrics()
    metrics.written("a", 2)
    metrics.written("a", 1)
    metrics.written("b", 5)
    assert value(metrics, "guardrail_audit_writer_records_total", writer="a") == 3
    assert value(metrics, "guardrail_audit_writer_records_total", writer="b") == 5
