"""What the guard and its media workers say to each other: a JSON object and bytes behind it.

Nothing is unpickled: the worker's side has looked into hostile data, and counts as hostile.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Protocol

import orjson

_LENGTHS = struct.Struct(">IQ")
MAX_HEAD = 4 << 20
"""Bytes of the JSON object: some thousands of findings."""


class Pipe(Protocol):
    """The part of a socket that is used."""

    def sendall(self, data: bytes, /) -> None:
        """Send all of it."""
        ...

    def recv_into(self, buffer: memoryview, /) -> int:
        """Receive some bytes; 0 at the end."""
        ...


class BrokenFrameError(Exception):
    """The other side went away, or says what can't be read."""


def send(pipe: Pipe, head: Mapping[str, object], data: bytes = b"") -> None:
    """Send one message."""
    raw = orjson.dumps(head)
    pipe.sendall(_LENGTHS.pack(len(raw), len(data)) + raw)
    if data:
        pipe.sendall(data)


def receive(pipe: Pipe, max_data: int) -> tuple[dict[str, object], bytes]:
    """Return the next message.

    Raises:
        BrokenFrameError: there is none, or it is over the limits.
    """
    head, data = _LENGTHS.unpack(_exactly(pipe, _LENGTHS.size))
    if head > MAX_HEAD or data > max_data:
        raise BrokenFrameError
    try:
        told = orjson.loads(_exactly(pipe, head))
    except orjson.JSONDecodeError:
        raise BrokenFrameError from None
    if not isinstance(told, dict):
        raise BrokenFrameError
    return told, _exactly(pipe, data)


def _exactly(pipe: Pipe, size: int) -> bytes:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        got = pipe.recv_into(view)
        if not got:
            raise BrokenFrameError
        view = view[got:]
    return bytes(buffer)
