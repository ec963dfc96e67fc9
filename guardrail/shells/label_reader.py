"""Marks are read by one process beside the guard: started at the first file, killed when stuck."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from dataclasses import dataclass

from guardrail.disclose.c2pa.certificates import roots
from guardrail.shells.media.frames import BrokenFrameError, receive, send
from guardrail.shells.media.pool import environment

START_SECONDS = 30.0
"""To load the libraries, on a busy machine."""
FILES = 1_000
"""After so many the process is replaced: what its libraries leak goes with it."""
_CPU_SECONDS = 3
"""That it may take over the time that one file has."""


class UnreadError(Exception):
    """What a file carries can't be told: its reader died of it, or took too long."""


@dataclass(slots=True)
class _Process:
    process: subprocess.Popen[bytes]
    pipe: socket.socket
    files: int = 0

    def end(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.wait()


class LabelReader:
    """Reads the marks of one file at a time; for any number of threads. Keeps nothing of them."""

    def __init__(
        self,
        *,
        seconds: float,
        most_bytes: int,
        anchors: bytes = b"",
        watermark_key: bytes = b"",
    ) -> None:
        """Start nothing yet.

        Args:
            seconds: how long one file may take; the process is killed then.
            most_bytes: of one file.
            anchors: PEM of roots that signatures are trusted by.
            watermark_key: of the operator's watermark, 16 bytes or more; empty for none.

        Raises:
            ConfigError: the roots can't be read.
        """
        self._seconds = seconds
        self._most = max(most_bytes, len(anchors))
        self._anchors = roots(anchors) if anchors else b""
        self._watermark_key = watermark_key
        self._process: _Process | None = None
        self._lock = threading.Lock()

    def read(self, data: bytes, media_type: str = "") -> dict[str, object]:
        """Return what a file carries, as `Carried.document`. Blocks.

        Raises:
            UnreadError: it can't be told.
        """
        with self._lock:
            process = self._taken()
            try:
                head = {"media_type": _plain(media_type)}
                told = _asked(process, head, data, self._seconds)
            except (BrokenFrameError, OSError):
                process.end()
                raise UnreadError from None
            process.files += 1
            if process.files < FILES:
                self._process = process
            else:
                process.end()
        if "conclusion" not in told:
            raise UnreadError
        return told

    def close(self) -> None:
        """End the process, once it has answered."""
        with self._lock:
            process, self._process = self._process, None
            if process is not None:
                process.end()

    def _taken(self) -> _Process:
        process, self._process = self._process, None
        if process is not None and process.process.poll() is None:
            return process
        if process is not None:
            process.end()
        return self._started()

    def _started(self) -> _Process:
        ours, theirs = socket.socketpair()
        numbers = (theirs.fileno(), int(self._seconds) + _CPU_SECONDS, self._most)
        module = ("-P", "-m", "guardrail.shells.label_worker")
        try:
            process = subprocess.Popen(  # noqa: S603 - our own module, with numbers
                (sys.executable, *module, *map(str, numbers)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=environment(),
                start_new_session=True,
            )
        except OSError:
            ours.close()
            raise UnreadError from None
        finally:
            theirs.close()
        started = _Process(process, ours)
        try:
            head = {"watermark_key": self._watermark_key.hex()}
            _asked(started, head, self._anchors, START_SECONDS)
        except (BrokenFrameError, OSError):
            started.end()
            raise UnreadError from None
        return started


def _asked(one: _Process, head: dict[str, str], data: bytes, seconds: float) -> dict[str, object]:
    """Ask and return the answer; the process is killed when its time is over, which ends waiting.

    Raises:
        BrokenFrameError: it went away, or says what can't be read.
        OSError: likewise.
    """
    # It may send an answer in drops: no timeout of the socket's own would ever end that.
    alarm = threading.Timer(seconds, one.process.kill)
    alarm.daemon = True
    alarm.start()
    try:
        send(one.pipe, head, data)
        return receive(one.pipe, 0)[0]
    finally:
        alarm.cancel()


def _plain(said: str) -> str:
    return said[:255].encode("utf-8", "replace").decode()
