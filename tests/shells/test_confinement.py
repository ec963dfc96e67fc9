"""Whoever takes a process over that parses files can't open the guard's keys, or its memory."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from guardrail.shells import confinement
from guardrail.shells.confinement import confine, held_back, level

needs_landlock = pytest.mark.skipif(not level(), reason="this kernel has no Landlock")

CODE = """
import os, signal, socket, sys
from guardrail.shells.confinement import confine

def tell(what, work):
    try:
        work()
        print(what, "yes")
    except PermissionError:
        print(what, "no")

def connect():
    with socket.create_connection(("127.0.0.1", {port}), 5):
        pass

confine()
tell("libraries", lambda: __import__("numpy"))
tell("memory files", lambda: open(f"/proc/self/fd/{{os.memfd_create('film')}}", "wb").write(b"x"))
tell("nothing", lambda: open("/dev/null", "wb").write(b"x"))
tell("itself", lambda: open("/proc/self/statm").read())
tell("the key", lambda: open("{key}").read())
tell("its folder", lambda: os.listdir("{folder}"))
tell("a new file", lambda: open("{folder}/new", "w"))
tell("its death", lambda: os.unlink("{key}"))
tell("passwords", lambda: open("/etc/passwd").read())
tell("the guard's memory", lambda: open("/proc/{guard}/mem", "rb").read(0))
tell("the guard's environment", lambda: open("/proc/{guard}/environ", "rb").read())
tell("the guard's files", lambda: os.readlink("/proc/{guard}/cwd"))
tell("a program", lambda: os.execv("/bin/true", ["true"]))
tell("a network", connect)
tell("a signal", lambda: os.kill({guard}, 0))
"""
ALLOWED = {"libraries", "memory files", "nothing", "itself"}
LATER = {"a network": 4, "a signal": 6}
"""Versions of Landlock that know of it."""


@needs_landlock
def test_a_confined_process_reads_libraries_and_nothing_of_the_guard(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = CODE.format(
            key=key, folder=tmp_path, guard=os.getpid(), port=server.getsockname()[1]
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
        )
    told = dict(line.rsplit(" ", 1) for line in done.stdout.splitlines())
    assert len(told) == 15
    expected = ALLOWED | {what for what, since in LATER.items() if level() < since}
    assert {what for what, can in told.items() if can == "yes"} == expected
    assert key.read_text() == "secret"


@needs_landlock
def test_what_is_named_stays_readable_and_nothing_else(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
    code = (
        "from guardrail.shells.confinement import confine\n"
        f"assert confine([{str(tmp_path / 'a')!r}, '/nowhere'])\n"
        f"print(open({str(tmp_path / 'a')!r}).read())\n"
        f"open({str(tmp_path / 'b')!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "a\n"
    assert "PermissionError" in done.stderr


def test_a_folder_of_sources_isnt_readable_beside_the_package_but_an_installed_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources, installed = tmp_path / "sources", tmp_path / "installed"
    (installed / "x-1.dist-info").mkdir(parents=True)
    sources.mkdir()
    monkeypatch.setattr(sys, "path", [str(sources), str(installed)])
    found = confinement._readable()
    assert installed in found
    assert sources not in found
    assert Path(confinement.__file__).parents[1] in found


def test_without_landlock_nothing_is_confined_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(confinement, "_system", lambda *_: -1)
    assert (level(), confine()) == (0, 0)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert (level(), confine()) == (0, 0)


def test_a_newer_landlock_holds_back_more() -> None:
    assert held_back(1) == ("open other files",)
    assert held_back(4) == ("open other files", "connect")
    assert held_back(6) == ("open other files", "connect", "signal other processes")
