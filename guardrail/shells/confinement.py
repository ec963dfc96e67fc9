"""What a process that parses hostile files can't reach, whatever takes it over (Linux, Landlock).

It runs as the guard's own user: without this it could read the guard's keys from their files or
from the guard's memory, however little it was told. Landlock needs no rights and holds for good.
Where a kernel has none, the other bounds of the process hold alone.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
import sysconfig
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

READABLE = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/nix/store",
    "/etc/ld.so.cache",
    "/etc/ssl/openssl.cnf",
    "/usr/share/zoneinfo",
    "/dev/urandom",
    # Of other processes no more than their names: what is secret there, Landlock guards apart.
    "/proc",
    "/sys/devices/system",
)
"""Libraries, and what they look up."""
_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""System calls, the same on every processor."""
_VERSION = 1
_BENEATH = 1
_NO_NEW_PRIVILEGES = 38
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_WRITE_FILE = 1 << 1
_FILES = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""Rights over files, by the version that brought them: running, writing, making, devices…"""
_TCP, _TCP_SINCE = 3, 4
_SCOPES, _SCOPES_SINCE = 3, 6
"""Signals, and abstract sockets, of processes outside."""
_CAPABILITIES = struct.Struct("=IiIIIIII")
_CAPABILITIES_VERSION = 0x20080522
_KEPT = 1 << 1 | 1 << 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: root's modules may be another user's."""


def level() -> int:
    """Return the kernel's version of Landlock; 0 where it has none."""
    if sys.platform != "linux":
        return 0
    return max(0, _system(_CREATE, None, 0, _VERSION))


def held_back(version: int) -> tuple[str, ...]:
    """Return in words what a confined process can't do under a version of Landlock, from 1 on."""
    since = {1: "open other files", _TCP_SINCE: "connect", _SCOPES_SINCE: "signal other processes"}
    return tuple(words for first, words in since.items() if first <= version)


def confine(readable: Iterable[Path | str] | None = None) -> int:
    """Let this process, for good, read libraries and Python's modules alone.

    It then opens no other file, writes and runs none, makes no TCP connection (from version 4 on),
    sends no signal to others (6), and looks into no other process's memory. Of root's rights it
    keeps that of reading others' files, as far as it may read any. What it has open stays open. To
    be called before there is a second thread.

    Args:
        readable: folders and files that stay readable; None for what a worker of ours needs.

    Returns:
        The version of Landlock that holds it; 0 where nothing does.
    """
    version = level()
    if not version:
        return 0
    _drop_capabilities()
    rights = sum(one for since, one in _FILES.items() if since <= version)
    net = _TCP if version >= _TCP_SINCE else 0
    scopes = _SCOPES if version >= _SCOPES_SINCE else 0
    told = struct.pack("=QQQ", rights, net, scopes)[: 24 if scopes else 16 if net else 8]
    rules = _system(_CREATE, told, len(told), 0)
    if rules < 0:
        return 0
    try:
        for path in _readable() if readable is None else readable:
            _allow(rules, path, _READ_FILE | _READ_FOLDER)
        _allow(rules, os.devnull, _READ_FILE | _WRITE_FILE)
        ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return version if _system(_RESTRICT, rules, 0) == 0 else 0
    finally:
        os.close(rules)


def _drop_capabilities() -> None:
    """Give root's rights up: with that of watching others (CAP_PERFMON) it reads environments."""
    libc = ctypes.CDLL(None)
    held = ctypes.create_string_buffer(
        _CAPABILITIES.pack(_CAPABILITIES_VERSION, 0, *[0] * 6), _CAPABILITIES.size
    )
    body = ctypes.byref(held, 8)
    if libc.capget(held, body) == 0:
        version, process, *sets = _CAPABILITIES.unpack(held.raw)
        effective, permitted = (one & _KEPT for one in sets[:2])  # others are of higher numbers
        held.raw = _CAPABILITIES.pack(version, process, effective, permitted, 0, 0, 0, 0)
        libc.capset(held, body)


def _readable() -> set[Path]:
    """Return where libraries and modules are.

    Of folders with modules those that were installed into, and this package: the guard's state may
    stand beside sources.
    """
    found = {Path(one) for one in READABLE}
    found |= {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")}
    found |= {Path(sys.base_prefix) / "lib", Path(__file__).parents[1]}
    for one in map(Path, sys.path):
        is_installed = next(one.glob("*.dist-info"), None) is not None
        found |= {one} if is_installed or one.is_file() else set()
    return found


def _allow(rules: int, path: Path | str, rights: int) -> None:
    with suppress(OSError):  # what isn't there needs no rule
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not stat.S_ISDIR(os.fstat(place).st_mode):
                rights &= ~_READ_FOLDER
            _system(_ADD, rules, _BENEATH, struct.pack("=Qi", rights, place), 0)
        finally:
            os.close(place)


def _system(number: int, *arguments: object) -> int:
    with suppress(AttributeError, OSError):
        found: int = ctypes.CDLL(None).syscall(number, *arguments)
        return found
    return -1
