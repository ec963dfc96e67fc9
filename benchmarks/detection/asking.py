"""The detectors under measurement: processes of their own on one core, asked in turn."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict, cast


class Answered(TypedDict):
    """What a batch took."""

    cpu: float
    """CPU seconds of the process."""
    found: int


class Asked:
    """A detector in a process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.pid = process.pid
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin, process.stdout
        if not self._out.readline():
            sys.exit("a detector didn't start; see above")

    def ask(self, requests: Sequence[Sequence[str]], *, remember: bool = False) -> Answered:
        """Have every text of every request examined.

        Args:
            requests: the texts of each.
            remember: whether texts seen before may be answered from memory.
        """
        asked = {"requests": requests, "remember": remember}
        self._in.write(json.dumps(asked) + "\n")
        self._in.flush()
        answer = self._out.readline()
        if not answer:
            sys.exit("a detector broke off; see above")
        return cast("Answered", json.loads(answer))


def ours_command(tier: str | None) -> list[str]:
    return [sys.executable, "-m", "benchmarks.detection.ours", *([tier] if tier else [])]


def stock_command(python: Path) -> list[str]:
    return [str(python), str(Path(__file__).with_name("stock.py"))]


@contextmanager
def asked(command: Sequence[str]) -> Iterator[Asked]:
    """Start a detector on whatever cores this process may use, and end it."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Asked(process)
    finally:
        process.kill()
        process.communicate()
