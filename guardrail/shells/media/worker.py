"""A media worker: takes a medium, says what is in it, and may die of it.

It is started without the operator's environment, bounds its own memory, processor time, files and
descriptors before it loads anything, shuts itself off from files and networks, and ends when the
guard does.
"""

from __future__ import annotations

import ctypes
import json
import resource
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.facts import Inspected, Verdict
from guardrail.shells.confinement import confine
from guardrail.shells.frames import BrokenFrameError, receive, send
from guardrail.shells.media import told

if TYPE_CHECKING:
    from guardrail.detect.media.inspector import Inspector

MEMORY_BYTES = 2 << 30
"""Of address space, most of which is libraries: what stays resident is a tenth of it."""
RESIDENT_BYTES = 144 << 20
"""What a worker keeps between two media, about: models and libraries take 130 MB."""
DESCRIPTORS = 64
NO_REASON = "inspection_failed"

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)
"""A PNG: what looks into pictures is loaded with it, before the clock of a real one runs."""


def main() -> None:
    """Serve the socket whose descriptor is the first argument, until it ends."""
    descriptor, cpu_seconds = int(sys.argv[1]), int(sys.argv[2])
    budget = Budget(**json.loads(sys.argv[3]))
    most = max(budget.encoded_bytes, budget.unpacked_bytes)
    limit(most)
    confine()
    from guardrail.detect.media.inspector import Inspector
    from guardrail.detect.media.pictures.opencv import check_cv2

    check_cv2()
    with socket.socket(fileno=descriptor) as pipe:
        inspector = Inspector(budget)
        answer(inspector, {"do": "inspect"}, PIXEL)
        receive(pipe, 0)
        send(pipe, {"ready": True})
        while True:
            try:
                head, data = receive(pipe, most)
            except BrokenFrameError:
                return
            allow(cpu_seconds)
            send(pipe, *answer(inspector, head, data))
            del head, data
            release()


def answer(
    inspector: Inspector, head: Mapping[str, object], data: bytes
) -> tuple[dict[str, object], bytes]:
    """Do what `head` asks for; whatever goes wrong is an answer, too."""
    try:
        if head.get("do") == "redact":
            return {"ok": True}, inspector.redact(data, told.to_redaction(head))
        if head.get("do") == "listen":
            return told.from_inspected(inspector.listen(told.to_sound(head, data))), b""
        declared, name = str(head.get("declared", "")), str(head.get("name", ""))
        return told.from_inspected(inspector.inspect(data, declared, name)), b""
    except Uninspectable as verdict:
        reason = verdict.reason
    except MemoryError:
        reason = "too_much_memory"
    except Exception:  # noqa: BLE001 - the boundary: whatever a library raises is a verdict
        reason = NO_REASON
    return told.from_inspected(Inspected(verdict=Verdict.UNINSPECTABLE, reason=reason)), b""


def limit(most_bytes: int) -> None:
    """Bound this process for good; files, which only are in memory, to `most_bytes`."""
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, most_bytes),
        (resource.RLIMIT_NOFILE, DESCRIPTORS),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def release(most: int = RESIDENT_BYTES) -> None:
    """Give back to the system what was freed, where over `most` bytes are kept.

    The C library keeps it. Done once the answer is sent, so nobody waits for it.
    """
    with suppress(OSError, AttributeError, ValueError):  # neither Linux nor glibc everywhere
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        if pages * resource.getpagesize() > most:
            ctypes.CDLL(None).malloc_trim(0)


def allow(seconds: int) -> None:
    """Let the next task use so much processor time: a loop in a library ends with SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


if __name__ == "__main__":
    main()
