"""Processes that do work which may kill them: started when needed, killed and replaced when stuck.

What reads hostile files, or leans on native code, runs in one of them: without the operator's
environment, under bounds that it sets itself before it loads anything.
"""

from __future__ import annotations

import logging
import math
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from guardrail.shells.frames import BrokenFrameError, receive, send

log = logging.getLogger("guardrail")

T = TypeVar("T")

Message = tuple[Mapping[str, object], bytes]
Serve = Callable[[Mapping[str, object], bytes, float], Message]
"""Answers what a worker asks for in the midst of a task: its head, its bytes, and the seconds that
are left. It raises ValueError for what no worker asks for that is sound: it is replaced then."""

ASK = "ask"
"""In the head of what a worker asks for; there is none in an answer."""
START_SECONDS = 30.0
"""To load the libraries, on a busy machine."""
TASKS = 1_000
"""After so many a worker is replaced: what its libraries leak goes with it."""
CPU_SECONDS = 3
"""That a worker may use over the time that one task has."""


class LostError(Exception):
    """A task has no answer. `reason` is a slug: as ``timeout``."""

    def __init__(self, reason: str) -> None:
        """Take the reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What workers are started as."""

    module: str
    """Run with the socket's descriptor, the seconds of processor time for one task, and
    `arguments`."""
    arguments: Sequence[str] = ()
    greeting: bytes = field(default=b"", repr=False)
    """The first message: anybody may read arguments of processes, nobody this."""
    name: str = "media"
    """For the log."""
    serves: Callable[[Mapping[str, object]], Serve] | None = None
    """Makes, of a task's head and before its time runs, what answers its worker's questions."""


class Workers:
    """A few processes of one kind. For any number of threads."""

    def __init__(
        self,
        job: Job,
        *,
        size: int = 1,
        seconds: float = 2.0,
        wait_seconds: float = 10.0,
        most_bytes: int,
    ) -> None:
        """Start nothing yet.

        Args:
            job: what they are.
            size: how many there may be.
            seconds: how long one task may take; the worker is killed then.
            wait_seconds: how long a task waits for a worker that is free.
            most_bytes: of an answer.
        """
        self.size = size
        self._job = job
        self._seconds = seconds
        self._wait = wait_seconds
        self._most = most_bytes
        # The one that was busy last is taken first: others start only when all of them are.
        self._free: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(None)
        self._closed = threading.Event()
        self._generation = 0

    def use(self, job: Job) -> bool:
        """Have this job done from the next task on; tell whether it is another one.

        New processes do it. Tasks that are under way are finished as they began; what a process
        held, as keys, goes with it.
        """
        if job == self._job:
            return False
        self._job = job
        self._generation += 1  # behind the job: nobody starts an old one under the new number
        idle = []
        with suppress(queue.Empty):
            while True:
                idle.append(self._free.get_nowait())
        for worker in idle:
            self._free.put(self._current(worker))
        return True

    def ask(
        self,
        head: Mapping[str, object],
        data: bytes,
        read: Callable[[Mapping[str, object], bytes], T],
        seconds: float = math.inf,
    ) -> T:
        """Return what `read` makes of a worker's answer. Blocks.

        Args:
            head: what is to be done.
            data: with what.
            read: raises ValueError for what is no answer: the worker is replaced then.
            seconds: how long it may take, where that is less than any task may.

        Raises:
            LostError: there is no answer.
        """
        worker = self._taken()
        answered = False
        try:
            worker = self._running(worker)
            answer = self._answer_of(worker, head, data, min(self._seconds, seconds))
            answered = True
            return read(*answer)
        except TimeoutError:
            raise LostError("timeout") from None
        except (BrokenFrameError, OSError):
            raise LostError("crashed") from None
        except ValueError:
            answered = False
            raise LostError("worker_confused") from None
        finally:
            # One that didn't answer, for whatever reason, might answer the next question with it.
            self._free.put(self._kept(worker, answered=answered))
            if self._closed.is_set():
                self.close()  # it came back behind that

    def warm(self) -> None:
        """Have a worker started, so that the next task needn't wait for that. Blocks.

        Raises:
            LostError: none starts, or none is free.
        """
        worker = self._taken()
        try:
            worker = self._running(worker)
        except LostError:
            worker = None
            raise
        finally:
            self._free.put(worker)
            if self._closed.is_set():
                self.close()

    def close(self) -> None:
        """Kill the workers that are idle; the others go when they have answered."""
        self._closed.set()
        with suppress(queue.Empty):
            while True:
                worker = self._free.get_nowait()
                if worker is not None:
                    worker.end()

    def _taken(self) -> Worker | None:
        if self._closed.is_set():
            raise LostError("no_worker")
        try:
            worker = self._free.get(timeout=self._wait)
        except queue.Empty:
            raise LostError("busy") from None
        if self._closed.is_set():
            self._free.put(self._kept(worker, answered=False))
            raise LostError("no_worker")
        return worker

    def _answer_of(
        self, worker: Worker, head: Mapping[str, object], data: bytes, seconds: float
    ) -> tuple[dict[str, object], bytes]:
        serve = worker.serves(head) if worker.serves else None
        pipe = _Timed(worker.pipe, seconds)
        send(pipe, head, data)
        while True:
            answer = receive(pipe, self._most)
            if serve is None or ASK not in answer[0]:
                return answer
            send(pipe, *serve(*answer, pipe.left()))

    def _kept(self, worker: Worker | None, *, answered: bool) -> Worker | None:
        if worker is None:
            return None
        worker.tasks += 1
        if answered and worker.tasks < TASKS and not self._closed.is_set():
            return self._current(worker)
        worker.end()
        return None

    def _current(self, worker: Worker | None) -> Worker | None:
        """Return a worker that has the job of now; another one is ended."""
        if worker is not None and worker.generation != self._generation:
            worker.end()
            return None
        return worker

    def _running(self, worker: Worker | None) -> Worker:
        worker = self._current(worker)
        if worker is not None:
            if worker.is_alive:
                return worker
            worker.end()
        return self._started()

    def _started(self) -> Worker:
        generation, job = self._generation, self._job
        ours, theirs = socket.socketpair()
        numbers = (str(theirs.fileno()), str(int(self._seconds) + CPU_SECONDS))
        command = (sys.executable, "-P", "-m", job.module, *numbers, *job.arguments)
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
            raise LostError("no_worker") from None
        finally:
            theirs.close()
        worker = Worker(process, ours, generation=generation, serves=job.serves)
        pipe = _Timed(ours, START_SECONDS)
        try:
            send(pipe, {}, job.greeting)
            receive(pipe, 0)
        except (BrokenFrameError, OSError):
            worker.end()
            log.warning("a worker for %s doesn't start; `guardrail doctor` says why", job.name)
            raise LostError("no_worker") from None
        return worker


@dataclass(slots=True)
class Worker:
    """A process and the socket to it."""

    process: subprocess.Popen[bytes]
    pipe: socket.socket
    tasks: int = 0
    generation: int = 0
    """Of the job that it was started with."""
    serves: Callable[[Mapping[str, object]], Serve] | None = None

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    def end(self) -> None:
        """Kill the process."""
        self.pipe.close()
        self.process.kill()
        self.process.wait()


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

    def left(self) -> float:
        """Return the seconds that are left; 0 where none are."""
        return max(0.0, self._due - time.monotonic())

    def _wait_no_longer(self) -> None:
        left = self.left()
        if not left:
            raise TimeoutError
        self._pipe.settimeout(left)


def plain(said: str) -> str:
    """Return what somebody says of a file as it can be told to a worker."""
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
