"""A function of the operator's signs in a process of its own, and may fail as it likes."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from guardrail.shells.frames import BrokenFrameError, receive, send
from guardrail.shells.label_signer_worker import MOST_SIGNATURE, answer, function


def refuses(message: bytes) -> bytes:
    raise TimeoutError("a secret address")


def test_a_function_is_named_by_its_module() -> None:
    assert function("hashlib:sha256").__name__ == hashlib.sha256.__name__


@pytest.mark.parametrize("name", ["hashlib:nothing", "no_such_package:sign"])
def test_a_function_that_isnt_there_is_told_at_once(name: str) -> None:
    with pytest.raises((ImportError, AttributeError)):
        function(name)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_signature_is_bytes_of_any_kind(kind: type) -> None:
    assert answer(lambda message: kind(message[::-1]), b"abc") == ({"ok": True}, b"cba")


def test_a_function_that_fails_has_no_answer_and_no_words() -> None:
    assert answer(refuses, b"abc") == ({"ok": False}, b"")


@pytest.mark.parametrize("found", [None, "words", 9, b"", bytes(MOST_SIGNATURE + 1)])
def test_what_is_no_signature_is_none(found: bytes) -> None:
    assert answer(lambda _: found, b"abc")[0] == {"ok": False}


@contextmanager
def started(
    name: str, folder: Path | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    ours, theirs = socket.socketpair()
    paths = [*sys.path, *([str(folder)] if folder else [])]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "guardrail.shells.label_signer_worker"),
            *(str(theirs.fileno()), "30", name),
        ],
        pass_fds=(theirs.fileno(),),
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(paths)},
    )
    theirs.close()
    ours.settimeout(60)
    try:
        send(ours, {}, b"[]")
        yield process, ours
    finally:
        ours.close()
        process.kill()
        process.wait()


def test_it_signs_until_the_guard_ends(tmp_path: Path) -> None:
    (tmp_path / "a_key_store.py").write_text("def sign(message):\n    return message[::-1]\n")
    with started("a_key_store:sign", tmp_path) as (process, pipe):
        assert receive(pipe, 0) == ({"ready": True}, b"")
        for message in (b"abc", b"de"):
            send(pipe, {}, message)
            assert receive(pipe, 9) == ({"ok": True}, message[::-1])
        assert "Max core file size        0" in Path(f"/proc/{process.pid}/limits").read_text()
        pipe.close()
        assert process.wait(30) == 0


def test_a_function_that_isnt_there_ends_it() -> None:
    with started("no_such_package:sign") as (process, pipe):
        with pytest.raises((BrokenFrameError, ConnectionError)):
            receive(pipe, 0)
        assert process.wait(30) != 0
