"""Start what is measured, keep it on its core, and read what it used."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

READY_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stay_on(core: int) -> None:
    """Keep this process on one core, where the machine has several."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[core % len(cores)]})


def tree(pid: int) -> list[int]:
    """Return a process and all below it."""
    found = [pid]
    for task in _tasks(pid):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            found += tree(int(child))
    return found


def _tasks(pid: int) -> list[Path]:
    try:
        return list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return []


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process and all below it, by the kernel's account."""
    total = 0
    for each in tree(pid):
        for task in _tasks(each):
            try:
                total += int((task / "schedstat").read_text().split()[0])
            except OSError:
                continue
    return total / 1e9


def memory_mb(pid: int) -> float:
    """Return the proportional memory of a process and all below it."""
    total = 0
    for each in tree(pid):
        for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


@contextmanager
def running(command: Sequence[str], *, core: int) -> Iterator[subprocess.Popen[str]]:
    """Run a command on one core, and end it with all its children."""
    cores = sorted(os.sched_getaffinity(0))
    pin = ["taskset", "-c", str(cores[core % len(cores)])] if len(cores) > 1 else []
    process = subprocess.Popen([*pin, *command], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


@contextmanager
def upstream(*said: str) -> Iterator[int]:
    """Run the benchmark's upstream beside the load, with a file of what it says; give its port."""
    with running([sys.executable, "-m", "benchmarks.upstream", "0", *said], core=1) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())


def guardrail(*arguments: str) -> list[str]:
    """Return the command line of guardrail, installed as a script or not."""
    return [sys.executable, "-c", "from guardrail.cli import main; main()", *arguments]


@contextmanager
def guard(upstream_port: int, state: Path, *more: str) -> Iterator[tuple[int, int]]:
    """Run ``guardrail serve`` in front of the upstream; give its port and process id."""
    port, admin = free_port(), free_port()
    flags = {
        "--upstream": f"http://127.0.0.1:{upstream_port}",
        "--policy": "kz-230-viii",
        "--port": str(port),
        "--admin-port": str(admin),
        "--state": str(state),
    }
    words = [word for flag in flags.items() for word in flag]
    with (state.parent / "guardrail.log").open("w") as log:
        command = ["sh", "-c", 'exec "$@" >"$0" 2>&1', log.name, *guardrail("serve", *words, *more)]
        with running(command, core=0) as process:
            ready(process, admin, Path(log.name))
            yield port, process.pid


def ready(process: subprocess.Popen[str], admin: int, log: Path) -> None:
    """Wait until a guard is ready, or end with what it said."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{admin}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"guardrail serve isn't ready:\n{log.read_text()[-4_000:]}")
