"""How old a thing is, worked out when somebody asks: a stored age would stand still."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

AGES = {
    "guardrail_checkpoint_timestamp_seconds": (
        "guardrail_checkpoint_age_seconds",
        "Since the latest checkpoint was signed; absent before the first.",
    ),
    "guardrail_witness_timestamp_seconds": (
        "guardrail_witness_age_seconds",
        "Since a checkpoint was last confirmed outside; absent before the first.",
    ),
}
"""The metric that says when, and the one that says how long ago."""


class Ages(Collector):
    """Makes ages of times."""

    def __init__(self, times: Callable[[], Iterable[Metric]]) -> None:
        """Take what gives the metrics that say when; it may give others, too."""
        self._times = times

    def describe(self) -> Iterator[Metric]:
        """Give the metrics without values."""
        for name, meaning in AGES.values():
            yield GaugeMetricFamily(name, meaning)

    def collect(self) -> Iterator[Metric]:
        """Give the ages of all times; one that never was has a name and no value."""
        for family in self._times():
            if family.name not in AGES:
                continue
            name, meaning = AGES[family.name]
            age = GaugeMetricFamily(name, meaning)
            for sample in family.samples:
                if sample.value > 0:
                    age.add_metric([], max(0.0, time.time() - sample.value))
            yield age
