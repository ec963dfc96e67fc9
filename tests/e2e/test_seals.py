"""What the log's seals add up to is what Prometheus was told, to the last entry."""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from guardrail.evidence import Totals
from guardrail.stores.evidence_reader import FIRST_SHARD_US, read_entries
from guardrail.stores.object_folder import ObjectFolder

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard

SAYS = ("Hi", "IIN 900101300017", "Write to aigerim@example.kz", "Tell me !long")
QUICK = {"evidence": {"seal_seconds": 0.5, "beat_seconds": 0.4}}


def scraped(text: str, name: str, *labels: str) -> Counter[tuple[str, ...]]:
    """Return a counter's values by its labels' values, those of zero left away."""
    found: Counter[tuple[str, ...]] = Counter()
    for told, value in re.findall(rf"^{name}_total{{(.*)}} (\S+)$", text, re.MULTILINE):
        by_name = dict(re.findall(r'(\w+)="(.*?)"', told))
        found[tuple(by_name[label] for label in labels)] += int(float(value))
    return +found


def entries_of(guard: Guard) -> list[dict[str, Any]]:
    """Return the tree's entries in its order."""
    objects = ObjectFolder(guard.state / "evidence")
    return [orjson.loads(body) for _, _, body in read_entries(objects, FIRST_SHARD_US, 1 << 52)]


def sealed(entries: list[dict[str, Any]]) -> Totals:
    """Add up all seals, and what follows the last one."""
    totals = Totals()
    since: list[dict[str, Any]] = []
    for entry in entries:
        if entry["t"] == "log.seal":
            totals.take(entry.get("totals", {}))
            since.clear()
        else:
            since.append(entry)
    for entry in since:
        totals.add(entry["t"], entry)
    return totals


@pytest.mark.parametrize("workers", [pytest.param("1", marks=pytest.mark.thorough), "2"])
def test_the_sum_of_all_seals_is_what_the_metrics_said(
    start: Callable[..., Guard],
    the_assistant: tuple[Assistant, str],
    workers: str,
    tmp_path: Path,
) -> None:
    guard = start(the_assistant[1], "--workers", workers, config=QUICK)
    for n in range(24):
        guard.chat(SAYS[n % 4], stream=n % 3 == 0, connection="close")

    def seals() -> int:
        return sum(entry["t"] == "log.seal" for entry in entries_of(guard))

    guard.until(lambda: seals() >= 3, 20)
    metrics = guard.metrics()
    guard.process.send_signal(signal.SIGTERM)
    assert guard.process.wait(30) == 0
    (tmp_path / "metrics").write_text(metrics, "utf-8")
    done = guard.cli("evidence", "reconcile", str(guard.state), "--metrics", f"{tmp_path}/metrics")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("\nRECONCILED\n")

    entries = entries_of(guard)
    totals = sealed(entries)
    own = Counter(entry["t"] for entry in entries if is_of_a_sequencer(entry, entries))
    counted = scraped(metrics, "guardrail_audit_records", "kind")
    late = Counter(
        {
            kind: count - own[kind] - counted[kind,]
            for kind, count in totals.records.items()
            if count - own[kind] != counted[kind,]
        }
    )
    assert late.keys() <= {"writer.beat", "writer.stop"}, "only goodbyes came after the scrape"
    assert late["writer.stop"] >= int(workers)
    assert totals.decisions == scraped(
        metrics, "guardrail_audit_decisions", "direction", "rule", "action"
    )
    assert totals.records["request"] == 24
    assert sum(totals.decisions.values()) > 24
    guard.verify()
    guard.kill()


def is_of_a_sequencer(entry: Mapping[str, Any], entries: list[dict[str, Any]]) -> bool:
    return entry["w"] in {one["w"] for one in entries if one.get("mode") == "sequencer"}
