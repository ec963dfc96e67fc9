"""A process that writes labels into media, and may die of one: native code writes manifests.

It is started without the operator's environment, bounds its own memory, processor time, files and
descriptors, shuts itself off from files and networks, and ends when the guard does. It holds no
key that signs: it asks the guard for each signature.
"""

from __future__ import annotations

import json
import socket
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from guardrail.disclose.c2pa import Credential, Generator, Owner, Signer
from guardrail.disclose.c2pa.certificates import from_chain
from guardrail.disclose.layers import SIGNED, Layered, Means, Said, put, vouch
from guardrail.disclose.marks import Details
from guardrail.errors import ConfigError
from guardrail.facts import Label, Origin
from guardrail.shells.confinement import confine
from guardrail.shells.frames import BrokenFrameError, Pipe, receive, send
from guardrail.shells.label_desk import SIGN, STAMP, TASK, VOUCH
from guardrail.shells.media.worker import allow, limit, release
from guardrail.shells.workers import ASK

if TYPE_CHECKING:
    from guardrail.disclose.watermark import Watermark

MOST_GREETING = 64 << 20
"""Bytes of certificates, roots, and a recording."""
MOST_TOLD = 64 << 10
"""Bytes of a signature, or of a time-stamp."""
FAILED = "labelling_failed"


def main() -> None:
    """Serve the socket whose descriptor is the first argument, until it ends."""
    descriptor, cpu_seconds, most = (int(word) for word in sys.argv[1:4])
    limit(most)
    confine()
    with socket.socket(fileno=descriptor) as pipe, suppress(BrokenFrameError, BrokenPipeError):
        guard = Guard(pipe)
        # Secrets come by the socket: anybody may read arguments and environments of processes.
        means = means_of(json.loads(receive(pipe, MOST_GREETING)[1]), guard)
        send(pipe, {"ready": True})
        while True:
            head, data = receive(pipe, most)
            guard.task = str(head.get(TASK, ""))
            allow(cpu_seconds)
            send(pipe, *answer(head, data, means))
            del head, data
            release()


class Guard:
    """Who holds the keys, and asks the authority, as seen from here."""

    def __init__(self, pipe: Pipe) -> None:
        """Take the socket."""
        self._pipe = pipe
        self.task = ""
        """That is under way."""

    def sign(self, message: bytes) -> bytes:
        """Return the signature of a claim.

        Raises:
            OSError: there is none.
            BrokenFrameError: the guard is gone, or ends this process.
        """
        return self._told(SIGN, message)

    def stamp(self, _: bytes) -> bytes:
        """Return the authority's response for what was signed last: the guard makes the request.

        Raises:
            OSError: there is none.
            BrokenFrameError: as for `sign`.
        """
        return self._told(STAMP)

    def _told(self, what: str, data: bytes = b"") -> bytes:
        send(self._pipe, {ASK: what, TASK: self.task}, data)
        head, found = receive(self._pipe, MOST_TOLD)
        if head.get("ok") is not True:
            raise OSError("the guard gives none")
        return found


def answer(head: Mapping[str, Any], data: bytes, means: Means) -> tuple[dict[str, object], bytes]:
    """Label a medium; whatever goes wrong is a layer that is missing."""
    if head.get(VOUCH) is True:
        return _vouched(head, data, means)
    try:
        media_type = str(head["media_type"])
        made = put(data, _said(head), means, datetime.now(UTC), media_type=media_type)
    except MemoryError:
        made = Layered(data=data, medium="", missing={"tags": "too_much_memory"})
    except Exception:  # noqa: BLE001 - the boundary: whatever a library raises is an answer
        made = Layered(data=data, medium="", missing={"tags": FAILED})
    return _told(made) | {"store": len(made.store)}, made.data + made.store


def _vouched(head: Mapping[str, Any], data: bytes, means: Means) -> tuple[dict[str, object], bytes]:
    media_type = str(head.get("media_type", ""))
    try:
        made = vouch(data, _said(head), means, datetime.now(UTC), media_type=media_type)
    except Exception:  # noqa: BLE001 - the boundary, as above
        made = Layered(data=b"", medium=media_type, missing={SIGNED: FAILED})
    return _told(made), made.beside


def _told(made: Layered) -> dict[str, object]:
    return {
        "medium": made.medium,
        "written": made.written,
        "missing": made.missing,
        "why_not": made.why_not,
    }


def means_of(kit: Mapping[str, Any], guard: Guard) -> Means:
    """Return what is labelled with, as the guard tells it.

    Args:
        kit: without keys that sign.
        guard: signs.

    Raises:
        ImportError: a watermark needs the extra ``labels``.
    """
    return Means(
        visible=kit["visible"],
        place=kit["place"],
        spoken=b64decode(kit["spoken"]),
        watermark=_watermark(bytes.fromhex(kit["watermark_key"])),
        signer=_signer(kit, guard) if kit["credentials"] else None,
    )


def _watermark(key: bytes) -> Watermark | None:
    if not key:
        return None
    from guardrail.disclose.watermark import Spread  # noqa: PLC0415 - Pillow, where it is asked for

    return Spread(key)


def _signer(kit: Mapping[str, Any], guard: Guard) -> Signer:
    return Signer(
        credentials=tuple(_credentials(kit["credentials"], datetime.now(UTC))),
        anchors=kit["anchors"].encode(),
        generator=Generator(version=kit["version"], owner=Owner(**kit["owner"])),
        remote=guard.sign,
        authority=guard.stamp if kit["stamped"] else None,
    )


def _credentials(chains: Sequence[str], now: datetime) -> list[Credential]:
    """Return those that haven't ended: who signs takes the next one up when it becomes valid."""
    usable = []
    for chain in chains:
        with suppress(ConfigError):
            made = from_chain(chain.encode(), None)
            usable += [made] if now <= made.not_after else []
    return usable


def _said(head: Mapping[str, Any]) -> Said:
    told = head["label"]
    origin = told["origin"]
    return Said(
        label=Label(**{**told, "origin": Origin(**{**origin, "packs": tuple(origin["packs"])})}),
        details=Details(**head["details"]),
        words=tuple(head["words"]),
        beside=head.get("beside") is True,
    )


if __name__ == "__main__":
    main()
