from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, sys
from prometheus_client import generate_latest
from guardrail.telemetry import Metrics
from guardrail.telemetry.shared import shared_registry

for number in (1, 2):
    if (child := os.fork()) == 0:
        metrics = Metrics()
        metrics.failed("stopping")
        metrics.took("detect", 0.5)
        metrics.in_force([("kz", "1", "d")])
        metrics.checkpoint(number * 100, 1000.0 * number)
        metrics.evidence_healthy.set(number - 1)
        os._exit(0)
    os.waitpid(child, 0)
print(generate_latest(shared_registry()).decode())
"""


def test_processes_are_added_up_and_the_latest_checkpoint_is_told_with_its_age(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
    )
    lines = done.stdout.splitlines()
    assert 'guardrail_errors_total{code="stopping"} 2.0' in lines
    assert 'guardrail_check_duration_seconds_count{stage="detect"} 2.0' in lines
    assert 'guardrail_policy_info{digest="d",pack="kz",version="1"} 1.0' in lines
    assert "guardrail_checkpoint_size 200.0" in lines
    assert "guardrail_evidence_healthy 0.0" in lines, "one that is ill is enough"
    (age,) = [line for line in lines if line.startswith("guardrail_checkpoint_age_seconds ")]
    assert float(age.split()[1]) > 1e9
    assert not any(line.startswith("guardrail_witness_age_seconds ") for line in lines)
