"""Processes that serve together: forked, started again when they die, stopped in order."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from guardrail.errors import ConfigError, GuardrailError

log = logging.getLogger("guardrail")

Job = Callable[[], object]
"""What a process lives for; it ends after SIGTERM, and at once after a second one."""

RESPAWN_SECONDS = 1.0
"""A process that dies at once is not started again faster than this."""

_DONE, _THEN = "done", "\x1f"
_PIPE_BYTES = 4_096
"""What fits into a pipe that nobody reads yet."""

_STOP = {signal.SIGTERM, signal.SIGINT}
_WAITED = {signal.SIGCHLD, signal.SIGHUP, *_STOP}


def supervise(
    jobs: Sequence[Job],
    *,
    died: Callable[[int, int], None],
    stopping: Callable[[], None],
    renews: Callable[[bool], bool],
) -> None:
    """Run each job in a process of its own until a signal comes and all have ended.

    Args:
        jobs: the last one ends last: it tells of the others.
        died: called with a job's number and process id whenever a process has ended.
        stopping: called once, when no process will be started again.
        renews: called about every second, with True after SIGHUP; tells whether the processes are
            to get SIGHUP, too. What it changes in this process later ones are forked with.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _WAITED)
    alive = {_fork(job): number for number, job in enumerate(jobs)}
    due: dict[int, float] = {}
    last = len(jobs) - 1
    stopped = False
    while not stopped or set(alive.values()) - {last}:
        info = signal.sigtimedwait(_WAITED, RESPAWN_SECONDS)
        if info is not None and info.si_signo in _STOP:
            if not stopped:
                stopped = True
                stopping()
            _tell([child for child, number in alive.items() if number != last], signal.SIGTERM)
        elif not stopped and renews(info is not None and info.si_signo == signal.SIGHUP):
            _tell(alive, signal.SIGHUP)
        for child in _dead(alive):
            number = alive.pop(child)
            died(number, child)
            if not stopped:
                log.error("process %d died; it is started again", number)
                due[number] = time.monotonic() + RESPAWN_SECONDS
        for number in [n for n, when in due.items() if when <= time.monotonic() and not stopped]:
            del due[number]
            alive[_fork(jobs[number])] = number
    _tell(alive, signal.SIGTERM)
    for child in alive:
        os.waitpid(child, 0)


def rehearse(job: Job) -> None:
    """Do something in a process of its own, to see at the start whether others will be able to.

    For what leaves threads or connections behind, which processes forked later can't use.

    Raises:
        ConfigError: it can't be done; in the words of the `GuardrailError` that it raised.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _live(lambda: os.write(writing, _words(job).encode()[:_PIPE_BYTES]))
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    os.waitpid(child, 0)
    if said != _DONE:
        message, _, fix = said.partition(_THEN)
        raise ConfigError(message or "the start failed", fix=fix)


def _words(job: Job) -> str:
    """Do it, and return what is to be said of that."""
    try:
        job()
    except GuardrailError as error:
        return f"{error}{_THEN}{error.fix}"
    return _DONE


def _tell(children: Sequence[int] | dict[int, int], number: signal.Signals) -> None:
    for child in children:
        os.kill(child, number)


def _dead(children: dict[int, int]) -> list[int]:
    return [child for child in children if os.waitpid(child, os.WNOHANG)[0]]


def _fork(job: Job) -> int:
    child = os.fork()
    if not child:
        _live(job)
    return child


def _place(error: Exception) -> str:
    """Return where an error came about, as ``file.py:12``."""
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    return f"{Path(frames[0].filename).name}:{frames[0].lineno}" if frames else "nowhere"


def _live(job: Job) -> NoReturn:
    # Ctrl-C reaches all processes of a terminal; the parent tells its children, once.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the job can do something with it
    signal.pthread_sigmask(signal.SIG_SETMASK, set())
    code = 1
    try:
        job()
        code = 0
    except Exception as error:  # noqa: BLE001 - it must never return into its parent's code
        what, where = type(error).__name__, _place(error)
        log.error("a worker failed: %s in %s", what, where)  # noqa: TRY400 - not what it says
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
