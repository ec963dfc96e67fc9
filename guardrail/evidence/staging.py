"""Staging: all objects of one step of the sequencer as one object, so that it is there or not.

A line of JSON with names and lengths, and then the objects' bytes one after the other.
"""

from __future__ import annotations

import hashlib

import orjson

from guardrail.errors import EvidenceError
from guardrail.evidence.tiles import Named

STAGING = "staging/"


def staging_name(data: bytes, size: int) -> str:
    """Return the name, within its shard, of the staging object of the step to `size` entries."""
    return f"{STAGING}{size}-{hashlib.sha256(data).hexdigest()[:32]}"


def staged_size(name: str) -> int:
    """Return to how many entries the step of a staging object goes, by its name; 0 for no such."""
    size = name.rpartition("/")[2].partition("-")[0]
    return int(size) if size.isdigit() else 0


def staged(made: Named) -> bytes:
    """Return objects as one."""
    lengths = [[name, len(data)] for name, data in made.items()]
    return b"".join([orjson.dumps(lengths), b"\n", *made.values()])


def unstaged(data: bytes) -> Named:
    """Return the objects that one was made of.

    Raises:
        EvidenceError: it isn't whole.
    """
    head, _, rest = data.partition(b"\n")
    view, at, made = memoryview(rest), 0, Named()
    try:
        for name, length in orjson.loads(head):
            made[name] = bytes(view[at : at + length])
            at += length
    except (orjson.JSONDecodeError, TypeError, ValueError) as error:
        raise _damaged() from error
    if at != len(rest):
        raise _damaged()
    return made


def _damaged() -> EvidenceError:
    return EvidenceError("a staging object is damaged", code="evidence_unreadable")
