from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest

from guardrail.evidence import Entry, EntryKind
from guardrail.settings import Settings
from guardrail.shells.evidence_log import open_writer, settle
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.state import State
from guardrail.telemetry import Metrics

Run = Callable[..., Any]


@pytest.fixture
def scrape(tmp_path: Path) -> str:
    """What a guard's metrics said after it had worked with its state in ``s``."""
    settings, metrics = Settings(state=tmp_path / "s"), Metrics()
    State(settings.state).make()
    objects = ObjectFolder(State(settings.state).evidence)
    writer = open_writer(settings, objects, metrics)
    writer.append([Entry(kind=EntryKind.ERROR, req="req_1", fields={"code": "too_deep"})]).result()
    writer.close()
    settle(settings)
    return generate_latest(metrics.registry).decode()


def test_a_log_and_metrics_that_tell_the_same_are_reconciled(
    guardrail: Run, tmp_path: Path, scrape: str
) -> None:
    (tmp_path / "metrics.txt").write_text(scrape)
    ran = guardrail("evidence", "reconcile", "s", "--metrics", "metrics.txt")
    assert ran.code == 0, ran.out + ran.err
    assert ran.out == "3 entries of 1 writers compared\nRECONCILED\n"


def test_a_difference_is_told_and_ends_with_1(guardrail: Run, tmp_path: Path, scrape: str) -> None:
    more = scrape.replace('records_total{kind="error"} 1.0', 'records_total{kind="error"} 2.0')
    (tmp_path / "metrics.txt").write_text(more)
    ran = guardrail("evidence", "reconcile", "s", "--metrics", "metrics.txt")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "differs: entries error: 2 by the metrics, 1 in the log",
        "3 entries of 1 writers compared",
        "NOT RECONCILED",
    ]


def test_a_guard_that_doesnt_answer_is_told(guardrail: Run, scrape: str) -> None:
    url = "http://127.0.0.1:1/metrics"
    ran = guardrail("evidence", "reconcile", "s", "--metrics", url)
    assert ran.code == 2
    assert url in ran.err
