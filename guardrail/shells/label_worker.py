"""A process that reads marks, and may die of a file: native code reads signed manifests.

It is started without the operator's environment, bounds its own memory, processor time, files and
descriptors, shuts itself off from files and networks, and ends when the guard does. Nothing of a
file stays in it.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress

from guardrail.disclose.detect import Watermark, detect, spread
from guardrail.errors import ConfigError
from guardrail.shells.confinement import confine
from guardrail.shells.frames import BrokenFrameError, receive, send
from guardrail.shells.media.worker import PIXEL, allow, limit, release

MOST_GREETING = 1 << 20
"""Bytes of roots and keys."""


def main() -> None:
    """Serve the socket whose descriptor is the first argument, until it ends."""
    descriptor, cpu_seconds, most = (int(word) for word in sys.argv[1:4])
    limit(most)
    confine()
    with socket.socket(fileno=descriptor) as pipe, suppress(BrokenFrameError, BrokenPipeError):
        # Keys come by the socket: anybody may read arguments and environments of processes.
        greeting = json.loads(receive(pipe, MOST_GREETING)[1])
        anchors = greeting["anchors"].encode()
        watermark = _watermark(greeting["watermark_key"])
        answer({}, PIXEL, anchors, watermark)
        send(pipe, {"ready": True})
        while True:
            head, data = receive(pipe, most)
            allow(cpu_seconds)
            send(pipe, answer(head, data, anchors, watermark))
            del head, data
            release()


def answer(
    head: Mapping[str, object], data: bytes, anchors: bytes, watermark: Watermark | None
) -> dict[str, object]:
    """Return what a file carries; an object without ``conclusion`` where that can't be told."""
    try:
        media_type = str(head.get("media_type", ""))
        size = int(str(head.get("sidecar", 0)))
        carried = detect(
            data[size:],
            media_type=media_type,
            sidecar=data[:size],
            anchors=anchors,
            watermark=watermark,
        )
    except Exception:  # noqa: BLE001 - the boundary: whatever a library raises is an answer
        return {}
    return carried.document()


def _watermark(key: str) -> Watermark | None:
    try:
        return spread(bytes.fromhex(key)) if key else None
    except ConfigError:  # without Pillow the rest is still read
        return None


if __name__ == "__main__":
    main()
