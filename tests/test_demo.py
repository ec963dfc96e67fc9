from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

IIN = "900101300017"


def command(ports: tuple[int, int], state: Path, *more: str) -> list[str]:
    return [
        *(sys.executable, "-m", "guardrail", "demo", "--port", str(ports[0])),
        *("--admin-port", str(ports[1]), "--state", str(state), *more),
    ]


@pytest.mark.parametrize(
    "stop", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.thorough)]
)
def test_the_demo_shows_the_guard_at_work_and_stays_up_until_it_is_stopped(
    free_ports: tuple[int, int], tmp_path: Path, stop: signal.Signals
) -> None:
    with subprocess.Popen(  # our own command line
        command(free_ports, tmp_path), stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        out = ""
        for line in child.stdout:
            out += line
            if "Ctrl-C stops it" in line:
                break
        assert "nothing: the request never left the guard" in out
        assert out.count("caller saw: HTTP 200") == 4
        assert out.count("caller saw: HTTP 400") == 1
        assert f"assistant saw: Менің ЖСН {IIN}" in out
        assert "guardrail-decision: refused" in out
        assert "\nVERIFIED\n" in out
        with urllib.request.urlopen(f"http://127.0.0.1:{free_ports[1]}/livez") as reply:
            assert reply.status == 200
        time.sleep(0.2)  # it waits for the signal only after the last line
        child.send_signal(stop)
        assert "stopping" in child.stdout.read()
        assert child.wait(60) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", free_ports[0])) != 0


def test_a_port_that_is_taken_ends_the_demo_with_the_guards_own_word(
    free_ports: tuple[int, int], tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_ports[0]))
        taken.listen()
        done = subprocess.run(
            command(free_ports, tmp_path, "--once"),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    assert done.returncode == 2
    assert "can't listen" in done.stderr
    assert "Traceback" not in done.stderr
