"""The thread that sends telemetry: in batches, off every request's way.

An exporter that hangs or fails delays this thread alone. What piles up is dropped and counted.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from guardrail.telemetry.bridge import bridged
from guardrail.telemetry.conventions import Conventions
from guardrail.telemetry.exporters import Exporters
from guardrail.telemetry.lines import Forwarding
from guardrail.telemetry.metrics import Metrics
from guardrail.telemetry.outbox import Outbox
from guardrail.telemetry.records import Records, resource
from guardrail.telemetry.trail import Trail

log = logging.getLogger("guardrail.telemetry")

BATCH = 512
"""Requests, or log lines, that leave at once: as the batches of OpenTelemetry's SDK."""
PAUSE_SECONDS = 1.0
METRICS_SECONDS = 60.0
T = TypeVar("T")
R = TypeVar("R")


class Sender:
    """Sends what waits in its outbox. Made after forking; `start` starts its thread."""

    def __init__(
        self,
        exporters: Exporters,
        conventions: Conventions,
        metrics: Metrics,
        *,
        queue: int,
        version: str,
    ) -> None:
        """Take what sends, and what things are called.

        Args:
            exporters: one for each signal that is sent.
            conventions: names.
            metrics: are sent, where wanted, and count what isn't.
            queue: how many things of each signal may wait.
            version: of the guard.
        """
        self._exporters = exporters
        self._metrics = metrics
        self._told_by = resource(version)
        self._scope = InstrumentationScope("guardrail", version)
        self._records = Records(conventions, self._told_by, version)
        self.outbox = Outbox(queue, metrics.dropped)
        self._lines = Forwarding(self.outbox)
        self._begun = time.time_ns()
        self._every = _metrics_seconds()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="telemetry", daemon=True)

    def start(self) -> None:
        """Begin to send; log lines, too, where these are sent."""
        if self._exporters.logs is not None:
            logging.getLogger().addHandler(self._lines)
        self._thread.start()

    def stop(self, seconds: float) -> None:
        """Send what waits, for so many seconds at most; drop and count the rest."""
        logging.getLogger().removeHandler(self._lines)
        self._stopping.set()
        self.outbox.wake.set()
        self._thread.join(seconds)
        self._drop_rest()
        if self._thread.is_alive():
            log.warning("telemetry wasn't sent in time")

    def _run(self) -> None:
        due = time.monotonic() + self._every
        while not self._stopping.is_set():
            self.outbox.wake.wait(PAUSE_SECONDS)
            self.outbox.wake.clear()
            self._send_waiting()
            if time.monotonic() >= due:
                due += self._every
                self._send_metrics()
        self._send_waiting()
        self._send_metrics()
        for exporter in (self._exporters.traces, self._exporters.logs, self._exporters.metrics):
            if exporter is not None:
                with suppress(Exception):  # the others are to end, too
                    exporter.shutdown()

    def _send_waiting(self) -> None:
        records = self._records
        while trails := self.outbox.trails.take(BATCH):
            self._send_spans(trails)
            self._send_logs(self._made("logs", trails, lambda one: records.events([one])))
        while lines := self.outbox.lines.take(BATCH):
            self._send_logs(self._made("logs", lines, lambda one: records.lines([one])))

    def _send_spans(self, trails: Sequence[Trail]) -> None:
        exporter = self._exporters.traces
        if exporter is None:
            return
        traced = [trail for trail in trails if trail.traced]
        spans = self._made("traces", traced, lambda one: [self._records.span(one)])
        if spans:
            self._export("traces", lambda: exporter.export(spans), len(spans))

    def _send_logs(self, batch: Sequence[ReadableLogRecord]) -> None:
        exporter = self._exporters.logs
        if exporter is not None and batch:
            self._export("logs", lambda: exporter.export(batch), len(batch))

    def _send_metrics(self) -> None:
        exporter = self._exporters.metrics
        if exporter is None:
            return

        def send() -> object:
            families = self._metrics.registry.collect()
            times = self._begun, time.time_ns()
            return exporter.export(bridged(families, self._told_by, self._scope, times))

        self._export("metrics", send, 1)

    def _made(
        self, signal: str, things: Sequence[T], make: Callable[[T], Iterable[R]]
    ) -> Sequence[R]:
        """Return records of things; one of which none can be made ends nothing, and is counted."""
        made: list[R] = []
        for thing in things:
            try:
                made += make(thing)
            except Exception as error:  # noqa: BLE001 - whatever it is, the thread must live
                log.warning("telemetry can't be made: %s", type(error).__name__)
                self._metrics.dropped(signal)
        return made

    def _export(self, signal: str, send: Callable[[], object], count: int) -> None:
        try:
            sent = getattr(send(), "name", "") == "SUCCESS"
        except Exception as error:  # noqa: BLE001 - whatever fails, requests go on
            log.warning("telemetry can't be sent: %s", type(error).__name__)
            sent = False
        if not sent:
            self._metrics.dropped(signal, count)

    def _drop_rest(self) -> None:
        for signal, waiting in (("traces", self.outbox.trails), ("logs", self.outbox.lines)):
            if left := len(waiting.take(len(waiting))):
                self._metrics.dropped(signal, left)


def _metrics_seconds() -> float:
    told = os.environ.get("OTEL_METRIC_EXPORT_INTERVAL", "")
    return max(0.1, int(told) / 1e3) if told.isdigit() else METRICS_SECONDS
