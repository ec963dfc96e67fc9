from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

import pytest
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.metrics.export import MetricsData
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from guardrail.facts import Action
from guardrail.telemetry import Metrics, Trail
from guardrail.telemetry.conventions import load_conventions
from guardrail.telemetry.exporters import Exporters
from guardrail.telemetry.sending import BATCH, METRICS_SECONDS, Sender

Make = Callable[..., Trail]
Value = Callable[..., float | None]
DROPPED = "guardrail_telemetry_dropped_total"


class Exporter:
    """Keeps what it is given; may fail, or hang until it is let go."""

    def __init__(self, result: SpanExportResult | Exception = SpanExportResult.SUCCESS) -> None:
        self.batches: list[object] = []
        self.result = result
        self.open = threading.Event()
        self.open.set()
        self.ended = False

    def export(
        self, batch: Sequence[ReadableSpan] | Sequence[ReadableLogRecord] | MetricsData
    ) -> object:
        self.open.wait(10)
        self.batches.append(batch)
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    def shutdown(self) -> None:
        self.ended = True

    @property
    def sizes(self) -> list[int]:
        return [len(batch) for batch in self.batches if isinstance(batch, list)]


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def sender(metrics: Metrics) -> Callable[..., Sender]:
    def make(queue: int = 4_096, **exporters: Exporter) -> Sender:
        names = load_conventions("gen_ai")
        wanted = Exporters(**exporters)
        made = Sender(wanted, names, metrics, queue=queue, version="1")
        made.start()
        return made

    return make


def test_what_waits_is_sent_in_batches_by_the_end(
    sender: Callable[..., Sender], trail: Make
) -> None:
    traces, logs = Exporter(), Exporter()
    at_work = sender(traces=traces, logs=logs)
    for number in range(BATCH + 10):
        at_work.outbox.trails.put(trail(Action.REFUSE, sampled=number % 2 == 0))
    at_work.stop(5)
    assert sum(traces.sizes) == (BATCH + 10) // 2, "those that are sampled"
    assert sum(logs.sizes) == BATCH + 10, "refusals are never sampled away"
    assert max(logs.sizes) <= BATCH
    assert traces.ended
    assert logs.ended


def test_an_exporter_that_fails_is_counted_and_the_others_go_on(
    sender: Callable[..., Sender], metrics: Metrics, trail: Make, value: Value
) -> None:
    for failing in (SpanExportResult.FAILURE, OSError("secret words")):
        traces, logs = Exporter(failing), Exporter()
        at_work = sender(traces=traces, logs=logs)
        for _ in range(3):
            at_work.outbox.trails.put(trail(Action.HOLD))
        at_work.stop(5)
        assert sum(logs.sizes) == 3
    assert value(metrics, DROPPED, signal="traces") == 6
    assert value(metrics, DROPPED, signal="logs") is None


def test_what_no_record_can_be_made_of_is_counted_and_the_rest_is_sent(
    sender: Callable[..., Sender], metrics: Metrics, trail: Make, value: Value
) -> None:
    traces, logs = Exporter(), Exporter()
    at_work = sender(traces=traces, logs=logs)
    broken = trail(Action.HOLD)
    broken.trace_id = "no hex"
    at_work.outbox.trails.put(broken)
    at_work.outbox.trails.put(trail(Action.HOLD))
    at_work.stop(5)
    assert (sum(traces.sizes), sum(logs.sizes)) == (1, 1)
    assert value(metrics, DROPPED, signal="traces") == 1
    assert value(metrics, DROPPED, signal="logs") == 1


def test_an_exporter_that_hangs_holds_nobody_up_and_what_piles_up_is_counted(
    sender: Callable[..., Sender], metrics: Metrics, trail: Make, value: Value
) -> None:
    traces = Exporter()
    traces.open.clear()
    at_work = sender(queue=16, traces=traces)
    begun = time.monotonic()
    for _ in range(100):
        at_work.outbox.trails.put(trail())
    at_work.stop(0.2)
    assert time.monotonic() - begun < 5
    taken = 100 - (value(metrics, DROPPED, signal="traces") or 0)
    assert taken <= 32, "a batch is with the exporter, all others are counted"
    traces.open.set()


def test_metrics_are_sent_at_the_end_too(sender: Callable[..., Sender], metrics: Metrics) -> None:
    numbers = Exporter()
    at_work = sender(metrics=numbers)
    metrics.failed("stopping")
    at_work.stop(5)
    (batch,) = numbers.batches
    assert isinstance(batch, MetricsData)
    found = {m.name for m in batch.resource_metrics[0].scope_metrics[0].metrics}
    assert "guardrail_errors" in found


def test_metrics_are_sent_as_often_as_the_environment_says(
    sender: Callable[..., Sender], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert METRICS_SECONDS == 60, "as OpenTelemetry has it"
    monkeypatch.setenv("OTEL_METRIC_EXPORT_INTERVAL", "100")
    numbers = Exporter()
    at_work = sender(metrics=numbers)
    end = time.monotonic() + 10
    while len(numbers.batches) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    at_work.stop(5)
    assert len(numbers.batches) >= 3


def test_log_lines_are_sent_while_it_works_and_not_those_on_sending(
    sender: Callable[..., Sender],
) -> None:
    logs = Exporter()
    at_work = sender(logs=logs)
    logging.getLogger("guardrail").warning("one of %d", 2)
    logging.getLogger("opentelemetry.exporter").error("can't be sent")
    at_work.stop(5)
    logging.getLogger("guardrail").warning("too late")
    records = [record for batch in logs.batches if isinstance(batch, list) for record in batch]
    assert [record.log_record.body for record in records] == ["one of 2"]


def test_without_an_exporter_of_logs_lines_stay_here(sender: Callable[..., Sender]) -> None:
    at_work = sender(traces=Exporter())
    logging.getLogger("guardrail").warning("here")
    assert len(at_work.outbox.lines) == 0
    at_work.stop(5)
