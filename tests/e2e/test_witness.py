"""A guard and somebody else's witness, two processes: one history is cosigned, and no other."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import yaml

from guardrail.evidence import Entry, EntryKind
from guardrail.settings import load
from guardrail.shells.evidence_log import put_on_record

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard


class WitnessProcess:
    """`guardrail evidence witness` for a log."""

    def __init__(self, folder: Path, port: int, vkey: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.state = folder / "witness"
        self._command = [
            *(sys.executable, "-m", "guardrail", "evidence", "witness"),
            *("--listen", f"127.0.0.1:{port}", "--name", "witness.example/w1"),
            *("--key", str(folder / "witness.pem"), "--state", str(self.state), "--log", vkey),
        ]
        self.vkeys: list[str] = []
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        said = [self.process.stdout.readline() for _ in range(3)]
        self.vkeys = [line.split(": ")[1].strip() for line in said[:2]]
        transport = httpx.HTTPTransport(retries=20)
        with httpx.Client(transport=transport) as client:
            assert client.get(self.url).text.split() == self.vkeys

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def guarded(start: Callable[..., Guard], the_assistant: tuple[Assistant, str]) -> Guard:
    return start(the_assistant[1])


@pytest.fixture
def witness(
    guarded: Guard, tmp_path: Path, free_ports: tuple[int, int]
) -> Iterator[WitnessProcess]:
    vkey = (guarded.state / "keys" / "evidence.pem.vkey").read_text("utf-8").strip()
    one = WitnessProcess(tmp_path, free_ports[0], vkey)
    yield one
    one.stop()


@pytest.mark.parametrize(
    "which",
    [
        pytest.param(0, id="Ed25519", marks=pytest.mark.thorough),
        pytest.param(1, id="ML-DSA-44"),
    ],
)
def test_a_witness_cosigns_a_log_that_only_grows_and_refuses_one_that_was_rewritten(
    guarded: Guard, witness: WitnessProcess, tmp_path: Path, which: int
) -> None:
    vkey = witness.vkeys[which]
    anchors = tmp_path / "anchors.yaml"
    anchors.write_text(yaml.safe_dump({"evidence": {"witnesses": [f"{witness.url} {vkey}"]}}))

    def anchor() -> tuple[int, str]:
        done = guarded.cli(
            *("evidence", "anchor", "--state", str(guarded.state), "--config", str(anchors))
        )
        return done.returncode, done.stdout.split(" at ")[0] or done.stderr

    for _ in range(2):
        for _ in range(3):
            guarded.chat("Hi")
        assert anchor() == (0, "witness:witness.example/w1: ok")
    verified = guarded.cli("evidence", "verify", str(guarded.state), "--witness", vkey)
    assert verified.returncode == 0, verified.stdout

    guarded.process.send_signal(signal.SIGTERM)
    assert guarded.process.wait(40) == 0
    shutil.rmtree(guarded.state / "evidence")
    settings = load(flags={"state": str(guarded.state)}, environment={}, file=None)
    another = Entry(kind=EntryKind.ERROR, req="req_1", fields={"code": "too_deep"})
    put_on_record(settings, [another])
    assert anchor() == (1, "witness:witness.example/w1: witness_ahead")
    put_on_record(settings, [another] * 300)
    assert anchor() == (1, "witness:witness.example/w1: witness_refused")
    kept = sorted(path.suffix for path in witness.state.glob("*/refused/*"))
    assert kept == [".note", ".seen"]

    witness.stop()
    witness.start()
    assert anchor() == (1, "witness:witness.example/w1: witness_refused")
    told = b"".join(
        path.read_bytes()
        for path in guarded.state.glob("evidence/*/tile/entries/**/*")
        if path.is_file()
    )
    assert b'"code":"witness_refused"' in told
    assert b'"t":"incident"' in told
