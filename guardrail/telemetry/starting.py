"""Starts what sends telemetry, where something is to be sent; else OpenTelemetry isn't imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardrail.settings import Telemetry
from guardrail.telemetry.conventions import load_conventions
from guardrail.telemetry.metrics import Metrics
from guardrail.telemetry.protocols import SIGNALS, package_for

if TYPE_CHECKING:
    from guardrail.telemetry.sending import Sender


def check(settings: Telemetry) -> None:
    """Look whether telemetry can be sent as `settings` say, without opening anything.

    Raises:
        ConfigError: an exporter isn't installed, the environment names an unknown protocol, or the
            conventions can't be used.
    """
    for signal in SIGNALS:
        if getattr(settings, signal) == "otlp":
            package_for(settings, signal)
    load_conventions(settings.conventions)


def sender_for(settings: Telemetry, metrics: Metrics, version: str) -> Sender | None:
    """Return what sends telemetry, at work; None where nothing is to be sent.

    It has a thread and connections: make it after forking.

    Args:
        settings: of telemetry.
        metrics: of this process.
        version: of the guard.

    Raises:
        ConfigError: as `check`.
    """
    if all(getattr(settings, signal) == "off" for signal in SIGNALS):
        return None
    from guardrail.telemetry.exporters import make_exporters  # noqa: PLC0415 - heavy
    from guardrail.telemetry.sending import Sender  # noqa: PLC0415 - heavy

    sender = Sender(
        make_exporters(settings),
        load_conventions(settings.conventions),
        metrics,
        queue=settings.queue,
        version=version,
    )
    sender.start()
    return sender
