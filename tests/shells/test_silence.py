"""In a process of its own: what it changes can't be taken back."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import logging, os, threading
from guardrail.shells.silence import keep_silent
logging.basicConfig()
{silent}
def fail():
    raise ValueError("what a person wrote")
class Last:
    def __del__(self):
        fail()
thread = threading.Thread(target=fail)
thread.start()
thread.join()
Last()
os.abort()
"""


def unlimited() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)


def aborted(folder: Path, silent: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(silent=silent)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=unlimited,
    )
    assert done.returncode == -signal.SIGABRT
    return done.stderr


def test_what_nobody_caught_is_told_by_its_type(tmp_path: Path) -> None:
    said = aborted(tmp_path, "keep_silent()")
    assert said.count("something failed that nobody expected: ValueError") == 2
    assert "wrote" not in said
    assert "wrote" in aborted(tmp_path, ""), "else it would be"


def test_an_abort_leaves_no_core_file(tmp_path: Path) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern").read_text("ascii").strip()
    (tmp_path / "loud").mkdir()
    aborted(tmp_path / "loud", "")
    if pattern.startswith(("|", "/")) or not list((tmp_path / "loud").iterdir()):
        pytest.skip("core files go elsewhere here, or nowhere")
    (tmp_path / "silent").mkdir()
    aborted(tmp_path / "silent", "keep_silent()")
    assert not list((tmp_path / "silent").iterdir())
