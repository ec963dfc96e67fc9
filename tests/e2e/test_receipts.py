"""What callers of a real guard get a receipt for is in its log, and is proven without it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guardrail.evidence import parse_receipts

if TYPE_CHECKING:
    from tests.e2e.conftest import Guard


def sealed(guard: Guard, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command until the log holds what it looks for: that takes about a second."""
    done = guard.cli(*arguments)
    for _ in range(20):
        if done.returncode == 0:
            break
        time.sleep(0.3)
        done = guard.cli(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_each_receipt_of_an_answer_is_proven_by_the_verifier_that_stands_alone(
    guard: Guard, tmp_path: Path, *, stream: bool
) -> None:
    answer = guard.chat("Hi", stream=stream)
    said = answer.headers["guardrail-receipt"]
    receipts = parse_receipts(said)
    assert [log for log, _ in receipts] == ["guardrail", "guardrail"]
    assert answer.headers["guardrail-evidence"] == str(receipts[1][1])
    sealed(guard, "evidence", "prove", said, "--log", str(guard.state), "-o", str(tmp_path))
    vkey = (guard.state / "keys" / "evidence.pem.vkey").read_text("utf-8").strip()
    [key] = tmp_path.glob("*.key")
    for _, receipt in receipts:
        entry, proof = tmp_path / f"{receipt}.json", tmp_path / f"{receipt}.tlog-proof"
        command = [sys.executable, "-m", "guardrail.verify", str(entry), "--proof", str(proof)]
        command += ["--vkey", vkey, "--key-statement", str(key)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_an_auditors_probes_are_all_in_the_log(guard: Guard, tmp_path: Path) -> None:
    save = str(tmp_path / "probes.jsonl")
    sent = guard.cli("evidence", "probe", guard.url, "--count", "5", "--save", save)
    assert sent.returncode == 0, sent.stdout + sent.stderr
    vkey = (guard.state / "keys" / "evidence.pem.vkey").read_text("utf-8").strip()
    look = ("evidence", "probe", "--check", "--save", save, "--vkey", vkey)
    done = sealed(guard, *look, "--log", str(guard.state))
    assert done.stdout == "10 of 10 receipts are proven\n"
