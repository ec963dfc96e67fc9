"""The process that reads marks, driven through its own socket."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guardrail.disclose import label, marks
from guardrail.shells.confinement import level
from guardrail.shells.frames import receive, send
from guardrail.shells.label_worker import answer
from guardrail.shells.media.worker import PIXEL

ID = "urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10"


def marked() -> bytes:
    done = marks.write(PIXEL, label(id=ID, model="m"))
    assert isinstance(done, marks.Marked)
    return done.data


def test_an_answer_is_a_document() -> None:
    told = answer({}, marked(), b"", None)
    assert told["conclusion"] == "declares_ai"
    assert answer({}, PIXEL, b"", None)["conclusion"] == "no_mark"
    text = answer({"media_type": "text/plain"}, "Жасанды интеллект".encode(), b"", None)
    assert text["conclusion"] == "no_mark"


def test_whatever_a_reader_raises_is_an_answer() -> None:
    def fails(_: bytes) -> str:
        raise MemoryError

    assert answer({}, PIXEL, b"", fails) == {}


@contextmanager
def started(most: int) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    ours, theirs = socket.socketpair()
    numbers = (str(theirs.fileno()), "30", str(most))
    process = subprocess.Popen(
        [sys.executable, "-m", "guardrail.shells.label_worker", *numbers],
        pass_fds=(theirs.fileno(),),
        env={"PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"},
    )
    theirs.close()
    ours.settimeout(60)
    try:
        yield process, ours
    finally:
        ours.close()
        process.kill()
        process.wait()


def test_it_answers_until_it_is_sent_more_than_it_was_started_for() -> None:
    with started(most=1 << 16) as (process, pipe):
        send(pipe, {}, b'{"anchors": "", "watermark_key": "%s"}' % (b"00" * 16))
        assert receive(pipe, 0)[0] == {"ready": True}
        status = Path(f"/proc/{process.pid}/status").read_text()
        assert "NoNewPrivs:\t1" in status or not level()
        for data in (marked(), PIXEL, b"", marked()):
            send(pipe, {"media_type": ""}, data)
            told = receive(pipe, 0)[0]
            assert told["conclusion"] == ("declares_ai" if len(data) > len(PIXEL) else "no_mark")
        send(pipe, {}, bytes((1 << 16) + 1))
        assert process.wait(30) == 0
