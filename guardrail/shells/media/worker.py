"""A media worker: takes a medium, says what is in it, and may die of it.

It is started without the operator's environment, bounds its own memory, processor time, files and
descriptors before it loads anything, and ends when the guard does.
"""

from __future__ import annotations

import resource
import socket
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from guardrail.shells.media import told
from guardrail.shells.media.frames import BrokenFrameError, receive, send

if TYPE_CHECKING:
    from guardrail.detect.media.inspector import Inspector

MEMORY_BYTES = 2 << 30
"""Of address space, most of which is libraries: what stays resident is a tenth of it."""
DESCRIPTORS = 64
NO_REASON = "inspection_failed"


def main() -> None:
    """Serve the socket whose descriptor is the one argument, until it ends."""
    descriptor, max_bytes, cpu_seconds = (int(argument) for argument in sys.argv[1:4])
    _limit(max_bytes)
    from guardrail.detect.media.inspector import Inspector

    inspector = Inspector()
    with socket.socket(fileno=descriptor) as pipe:
        send(pipe, {"ready": True})
        while True:
            try:
                head, data = receive(pipe, max_bytes)
            except BrokenFrameError:
                return
            _allow(cpu_seconds)
            send(pipe, *_answer(inspector, head, data))


def _answer(
    inspector: Inspector, head: Mapping[str, object], data: bytes
) -> tuple[dict[str, object], bytes]:
    from guardrail.detect.media.budget import Uninspectable

    try:
        if head.get("do") == "inspect":
            declared, name = str(head.get("declared", "")), str(head.get("name", ""))
            inspected = inspector.inspect(data, declared, name)
            return told.from_inspected(inspected), b""
        return {"ok": True}, inspector.redact(data, told.to_redaction(head))
    except Uninspectable as verdict:
        return {"reason": verdict.reason}, b""
    except MemoryError:
        return {"reason": "too_much_memory"}, b""
    except Exception:  # noqa: BLE001 - the boundary: whatever a library raises is a verdict
        return {"reason": NO_REASON}, b""


def _limit(max_bytes: int) -> None:
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, max_bytes),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def _allow(seconds: int) -> None:
    """Let the next task use so much processor time: a loop in a library ends with SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


if __name__ == "__main__":
    main()
