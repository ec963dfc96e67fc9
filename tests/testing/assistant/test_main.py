from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request

import pytest


@pytest.mark.e2e
def test_the_assistant_serves_from_the_command_line() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "error", "-m", "guardrail.testing.assistant"]
    server = subprocess.Popen([*command, "--port", str(port)])
    try:
        assert server.poll() is None
        url = f"http://127.0.0.1:{port}/v1/models"
        for _ in range(100):
            try:
                with urllib.request.urlopen(url, timeout=5) as reply:
                    assert json.load(reply)["object"] == "list"
                    return
            except OSError:
                time.sleep(0.1)
        pytest.fail("the assistant didn't come up")
    finally:
        server.terminate()
        server.wait(10)
