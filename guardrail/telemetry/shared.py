"""One set of metrics for several processes that serve together, added up from their files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from guardrail.telemetry.ages import Ages


class _AddedUp(Collector):
    """What all processes say, and the ages of what they say when."""

    def __init__(self) -> None:
        self._files = cast("Collector", MultiProcessCollector(None))

    def collect(self) -> Iterator[Metric]:
        families = list(self._files.collect())
        yield from families
        yield from Ages(lambda: families).collect()


def shared_registry() -> CollectorRegistry:
    """Return a registry that reads the files in PROMETHEUS_MULTIPROC_DIR at each scrape."""
    registry = CollectorRegistry()
    registry.register(_AddedUp())
    return registry
