"""A process in which the operator's function signs: it sees claims that were checked, no media.

It is started without the operator's environment, and killed where the function is stuck.
"""

from __future__ import annotations

import importlib
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

from guardrail.disclose.c2pa.claim import MOST_BYTES
from guardrail.shells.frames import BrokenFrameError, receive, send
from guardrail.shells.media.worker import allow, limit

Signs = Callable[[bytes], bytes]

MOST_GREETING = 64 << 10
"""Bytes that say with which certificates: others are signed for by another process."""
MOST_SIGNATURE = 4 << 10
"""Bytes: RSA's of 8,192 bits has 1,024."""
MOST_FILE = 64 << 20
"""Bytes that the function may write into one file."""


def main() -> None:
    """Serve the socket whose descriptor is the first argument, until it ends."""
    descriptor, cpu_seconds, name = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    limit(MOST_FILE)
    with socket.socket(fileno=descriptor) as pipe, suppress(BrokenFrameError, BrokenPipeError):
        receive(pipe, MOST_GREETING)
        signs = function(name)
        send(pipe, {"ready": True})
        while True:
            _, message = receive(pipe, MOST_BYTES)
            allow(cpu_seconds)
            send(pipe, *answer(signs, message))


def function(name: str) -> Signs:
    """Return the function that ``package.module:function`` names.

    Raises:
        ImportError: there is no such module.
        AttributeError: it has no such function.
    """
    module, _, attribute = name.partition(":")
    signs: Signs = getattr(importlib.import_module(module), attribute)
    return signs


def answer(signs: Signs, message: bytes) -> tuple[dict[str, object], bytes]:
    """Return the signature of a message, or that there is none: a key store's words stay here."""
    try:
        signature = bytes(memoryview(signs(message)))
    except Exception:  # noqa: BLE001 - the boundary: whatever a key store raises is an answer
        return {"ok": False}, b""
    return {"ok": 0 < len(signature) <= MOST_SIGNATURE}, signature[:MOST_SIGNATURE]


if __name__ == "__main__":
    main()
