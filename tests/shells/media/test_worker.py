"""A worker bounds itself, answers whatever it is asked, and ends when nobody asks any more."""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.inspector import Inspector
from guardrail.facts import Inspected, Verdict
from guardrail.shells.confinement import level
from guardrail.shells.frames import receive, send
from guardrail.shells.media import told, worker
from guardrail.testing import biometrics

pytestmark = pytest.mark.xdist_group("media")


class Broken(Inspector):
    """Raises what a library might."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self._error = error

    def inspect(self, data: bytes, declared: str = "", name: str = "") -> Inspected:
        raise self._error

    def redact(self, data: bytes, redaction: Redaction) -> bytes:
        raise self._error


@pytest.mark.parametrize("do", ["inspect", "redact"])
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Uninspectable("too_deep"), "too_deep"),
        (MemoryError(), "too_much_memory"),
        (ValueError("a secret"), "inspection_failed"),
        (RecursionError(), "inspection_failed"),
    ],
)
def test_whatever_a_library_raises_is_an_answer(do: str, error: Exception, reason: str) -> None:
    row, data = worker.answer(Broken(error), {"do": do}, b"x")
    assert told.to_inspected(row) == Inspected(verdict=Verdict.UNINSPECTABLE, reason=reason)
    assert data == b""


def test_a_medium_is_looked_into_by_its_name_and_declared_type() -> None:
    row, _ = worker.answer(
        Inspector(), {"do": "inspect", "declared": "image/png"}, biometrics.wsq()
    )
    inspected = told.to_inspected(row)
    assert inspected.verdict is Verdict.INSPECTED
    assert inspected.flags == ("declared_type_differs",)


def test_what_loads_the_libraries_is_a_picture() -> None:
    inspected = Inspector().inspect(worker.PIXEL)
    assert (inspected.verdict, inspected.medium) == (Verdict.INSPECTED, "image/png")


def _start(budget: Budget, cpu_seconds: int = 60) -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    ours.settimeout(60)
    with theirs:
        numbers = [str(theirs.fileno()), str(cpu_seconds), json.dumps(asdict(budget))]
        process = subprocess.Popen(
            [sys.executable, "-m", "guardrail.shells.media.worker", *numbers],
            pass_fds=(theirs.fileno(),),
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
    send(ours, {})
    assert receive(ours, 0) == ({"ready": True}, b"")
    return process, ours


def test_a_worker_serves_until_its_socket_ends() -> None:
    process, ours = _start(Budget(encoded_bytes=1_000, unpacked_bytes=1_000))
    with ours:
        send(ours, {"do": "inspect"}, biometrics.finger_minutiae())
        assert told.to_inspected(receive(ours, 0)[0]).verdict is Verdict.INSPECTED
        limits = {
            what: resource.prlimit(process.pid, what)
            for what in (resource.RLIMIT_AS, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE)
        }
        files = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        seconds, _ = resource.prlimit(process.pid, resource.RLIMIT_CPU)
        status = Path(f"/proc/{process.pid}/status").read_text()
    assert "NoNewPrivs:\t1" in status or not level()
    assert limits == {
        resource.RLIMIT_AS: (worker.MEMORY_BYTES, worker.MEMORY_BYTES),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NOFILE: (worker.DESCRIPTORS, worker.DESCRIPTORS),
    }
    assert files == (1_000, 1_000)
    assert 60 < seconds < 600
    assert process.wait(60) == 0


def test_what_a_large_medium_took_is_given_back() -> None:
    scattered = [bytes(100_000) for _ in range(500)]
    kept = scattered[::50]
    del scattered
    before = _resident()
    worker.release(1 << 40)
    assert _resident() > before - (1 << 20)
    worker.release(0)
    assert _resident() < before - (20 << 20)
    assert len(kept) == 10


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()


def test_a_worker_that_loops_is_ended_by_the_kernel() -> None:
    process, ours = _start(Budget())
    with ours:
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (1, 1))
        try:
            for _ in range(1_000_000):
                send(ours, {"do": "inspect"}, biometrics.wsq())
                receive(ours, 0)
        except Exception:  # noqa: BLE001, S110 - however its end is noticed
            pass
    assert process.wait(60) != 0
