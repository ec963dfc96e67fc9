"""Do the log and a guard's counters tell the same? Two ways of counting, made by different code.

A guard's metrics name its writers, and how many entries each has made durable since the guard's
start. These very entries are counted anew from the log: so what came later doesn't matter, nor what
other guards wrote, and a counter that began at 0 again came with writers of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from guardrail.evidence.totals import Totals


@dataclass(slots=True, kw_only=True)
class Counted:
    """What the metrics of one guard or of several say."""

    writers: dict[str, int] = field(default_factory=dict)
    """Entries that each writer has made durable."""
    totals: Totals = field(default_factory=Totals)
    """Entries by kind, and decisions by direction, rule and action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A counter that the log doesn't bear out."""

    what: str
    counted: int
    """What the metrics say."""
    logged: int
    """What the log holds."""

    def __str__(self) -> str:
        """Say so."""
        return f"{self.what}: {self.counted} by the metrics, {self.logged} in the log"


def reconcile(counted: Counted, records: Iterable[Mapping[str, object]]) -> list[Difference]:
    """Return where the log and the metrics differ.

    Args:
        counted: by the metrics.
        records: entries of the log, those of each writer in their order; what comes again doesn't
            count again.
    """
    logged, ahead, found = Totals(), dict.fromkeys(counted.writers, 0), counted.writers.copy()
    for record in records:
        writer, n = str(record.get("w")), record.get("n")
        if isinstance(n, int) and ahead.get(writer, n + 1) <= n < counted.writers.get(writer, 0):
            found[writer] -= n - ahead[writer]  # what lies between isn't there
            ahead[writer] = n + 1
            logged.add(str(record.get("t")), record)
    for writer, count in counted.writers.items():
        found[writer] -= count - ahead[writer]
    return [
        *_differences("entries of writer {}", counted.writers, found),
        *_differences("entries {}", counted.totals.records, logged.records),
        *_differences("decisions {}", _named(counted.totals), _named(logged)),
    ]


def _named(totals: Totals) -> dict[str, int]:
    return {" ".join(key): count for key, count in totals.decisions.items()}


def _differences(
    what: str, counted: Mapping[str, int], logged: Mapping[str, int]
) -> Iterable[Difference]:
    for key in sorted(counted.keys() | logged.keys()):
        mine, its = counted.get(key, 0), logged.get(key, 0)
        if mine != its:
            yield Difference(what=what.format(key), counted=mine, logged=its)
