"""A process that writes labels into media, and may die of one: native code signs manifests.

It is started without the operator's environment, bounds its own memory, processor time, files and
descriptors, and ends when the guard does.
"""

from __future__ import annotations

import importlib
import json
import socket
import sys
from base64 import b64decode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from guardrail.disclose.c2pa import Credential, Generator, Owner, Signer
from guardrail.disclose.c2pa.certificates import from_chain, from_pem
from guardrail.disclose.layers import Layered, Means, Said, put
from guardrail.disclose.marks import Details
from guardrail.errors import ConfigError
from guardrail.facts import Label, Origin
from guardrail.shells.frames import BrokenFrameError, receive, send
from guardrail.shells.media.worker import allow, limit, release
from guardrail.shells.time_authority import authority, patient

if TYPE_CHECKING:
    from guardrail.disclose.c2pa.signer import Remote
    from guardrail.disclose.watermark import Watermark

MOST_GREETING = 64 << 20
"""Bytes of keys, roots, and a recording."""
FAILED = "labelling_failed"


def main() -> None:
    """Serve the socket whose descriptor is the first argument, until it ends."""
    descriptor, cpu_seconds, most = (int(word) for word in sys.argv[1:4])
    limit(most)
    with socket.socket(fileno=descriptor) as pipe, suppress(BrokenFrameError, BrokenPipeError):
        # Keys come by the socket: anybody may read arguments and environments of processes.
        means = means_of(json.loads(receive(pipe, MOST_GREETING)[1]))
        send(pipe, {"ready": True})
        while True:
            head, data = receive(pipe, most)
            allow(cpu_seconds)
            send(pipe, *answer(head, data, means))
            del head, data
            release()


def answer(head: Mapping[str, Any], data: bytes, means: Means) -> tuple[dict[str, object], bytes]:
    """Label a medium; whatever goes wrong is a layer that is missing."""
    try:
        media_type = str(head["media_type"])
        made = put(data, _said(head), means, datetime.now(UTC), media_type=media_type)
    except MemoryError:
        made = Layered(data=data, medium="", missing={"tags": "too_much_memory"})
    except Exception:  # noqa: BLE001 - the boundary: whatever a library raises is an answer
        made = Layered(data=data, medium="", missing={"tags": FAILED})
    told: dict[str, object] = {
        "medium": made.medium,
        "written": made.written,
        "missing": made.missing,
        "why_not": made.why_not,
        "store": len(made.store),
    }
    return told, made.data + made.store


def means_of(kit: Mapping[str, Any]) -> Means:
    """Return what is labelled with, as the guard tells it.

    Raises:
        ConfigError: a certificate, or the function that signs, can't be used.
        ImportError: a watermark needs the extra ``labels``.
    """
    return Means(
        visible=kit["visible"],
        place=kit["place"],
        spoken=b64decode(kit["spoken"]),
        watermark=_watermark(bytes.fromhex(kit["watermark_key"])),
        signer=_signer(kit) if kit["credentials"] else None,
    )


def _watermark(key: bytes) -> Watermark | None:
    if not key:
        return None
    from guardrail.disclose.watermark import Spread  # noqa: PLC0415 - Pillow, where it is asked for

    return Spread(key)


def _signer(kit: Mapping[str, Any]) -> Signer:
    url = kit["authority"]
    return Signer(
        credentials=tuple(_credentials(kit["credentials"], datetime.now(UTC))),
        anchors=kit["anchors"].encode(),
        generator=Generator(version=kit["version"], owner=Owner(**kit["owner"])),
        remote=_function(kit["signer"]) if kit["signer"] else None,
        authority=patient(authority(url, kit["authority_seconds"])) if url else None,
    )


def _credentials(told: Sequence[Mapping[str, str]], now: datetime) -> list[Credential]:
    """Return those that haven't ended: who signs takes the next one up when it becomes valid."""
    usable = []
    for one in told:
        chain, key = one["chain"].encode(), one["key"].encode()
        with suppress(ConfigError):
            made = from_pem(chain, key, None) if key else from_chain(chain, None)
            usable += [made] if now <= made.not_after else []
    return usable


def _function(name: str) -> Remote:
    module, _, function = name.partition(":")
    signs: Remote = getattr(importlib.import_module(module), function)
    return signs


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
