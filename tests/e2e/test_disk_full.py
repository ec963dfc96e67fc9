"""A guard on a disk that really is full: it refuses, says so, and goes on when there is room."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from guardrail.stores.object_folder import ObjectFolder
from guardrail.verify import Asked, verify_log

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard

DISK, LEFT = 8 << 20, 256 << 10
"""Bytes of the disk, and of what is left on it when the test begins to ask."""
MOST_REQUESTS = 2_000


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder whose ``state`` is a small disk of its own."""
    state = tmp_path / "state"
    state.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "tmpfs", str(state)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount here")
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(state)], check=True)


def fill(state: Path) -> Path:
    """Take the disk's room away, but for a little; return the file that takes it."""
    ballast = state / "ballast"
    disk = os.statvfs(state)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, disk.f_bavail * disk.f_frsize - LEFT)
    return ballast


def test_a_full_disk_refuses_requests_breaks_no_receipt_and_is_recovered_from(
    start: Callable[..., Guard], the_assistant: tuple[Assistant, str], folder: Path
) -> None:
    guard = start(the_assistant[1], folder=folder)
    ballast = fill(guard.state)
    replies = [guard.chat("Hi")]
    while replies[-1].status_code == 200 and len(replies) < MOST_REQUESTS:
        replies.append(guard.chat("Hi"))
    full = replies[-1]
    assert len(replies) > 10
    assert full.status_code == 503
    assert full.json()["error"]["code"] == "evidence_unavailable"
    assert "No space left on device" in full.json()["error"]["message"]
    guard.until(lambda: not guard.ready(), 10)
    told = httpx.get(f"{guard.admin}/readyz").json()
    assert told["problems"] == ["worker 0 can't write evidence"]
    guard.until(lambda: guard.counted("guardrail_evidence_healthy") == 0, 10)
    assert guard.counted("guardrail_fail_closed_total") >= 1
    assert guard.counted("guardrail_audit_write_failures_total") >= 1
    ballast.unlink()
    guard.until(guard.ready, 20)
    replies.append(guard.chat("Hi"))
    assert replies[-1].status_code == 200
    guard.stop()
    guard.kill()
    receipts = [one.headers["guardrail-receipt"] for one in replies if is_promised(one)]
    assert len(receipts) >= len(replies) - 1
    asked = Asked(receipts=tuple(receipts))
    report = verify_log(ObjectFolder(guard.state / "evidence"), guard.vkey, asked)
    assert report.ok, str(report)
    assert report.waiting == 0


def is_promised(reply: httpx.Response) -> bool:
    return "guardrail-receipt" in reply.headers
