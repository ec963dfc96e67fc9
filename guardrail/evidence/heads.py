"""What a new writer saw of the segments before it: so that a deleted segment is missed.

Each writer's first entry lists the heads of the segments that it found: how many entries, and the
leaf hash of the last one, which through the chain stands for all before it. A head that an earlier
start lists already isn't listed again, so sequential starts list one head each and form a chain.
A crash in the middle of a write leaves a torn last line; the head then carries its SHA-256, which
tells an honest crash from a line that was cut off later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guardrail.errors import EvidenceError
from guardrail.evidence.canonical import Value
from guardrail.evidence.chain import LINE_LIMIT, Line, parse_line
from guardrail.evidence.entry import Entry, EntryKind

TAIL_BYTES = 2 * LINE_LIMIT
"""So much of a segment's end surely holds its last whole line and a torn one after it."""

HEADS_PER_ENTRY = 50
"""At most 230 bytes each, so that an entry stays below the record's limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far a segment had come."""

    writer: str
    n: int
    """How many entries."""
    leaf: str
    """Leaf hash of the last one in hex; empty where there is none."""
    torn: str = ""
    """SHA-256 of an unfinished last line in hex; empty where there is none."""


def head_of(writer: str, tail: bytes) -> Head:
    """Return the head of a segment from its last `TAIL_BYTES` (or the whole of it, if shorter).

    A segment that can't be read gets a head without entries: that it exists is known even then.
    """
    whole, newline, torn = tail.rpartition(b"\n")
    digest = hashlib.sha256(torn).hexdigest() if torn else ""
    try:
        last = parse_line(whole.rpartition(b"\n")[2] if newline else b"")
    except EvidenceError:
        return Head(writer=writer, n=0, leaf="", torn=digest)
    return Head(writer=writer, n=last.n + 1, leaf=last.leaf.hex(), torn=digest)


def start_entries(origin: str, heads: Sequence[Head]) -> tuple[Entry, ...]:
    """Return the entries that begin a segment: one, or more where there are many heads."""
    starts = range(0, max(len(heads), 1), HEADS_PER_ENTRY)
    return tuple(_start(origin, heads[at : at + HEADS_PER_ENTRY]) for at in starts)


def _start(origin: str, heads: Sequence[Head]) -> Entry:
    listed = [_fields(head) for head in heads]
    return Entry(kind=EntryKind.WRITER_START, fields={"origin": origin, "heads": listed})


def _fields(head: Head) -> dict[str, Value]:
    fields: dict[str, Value] = {"w": head.writer, "n": head.n, "leaf": head.leaf}
    return fields | {"torn": head.torn} if head.torn else fields


def listed_heads(lines: Iterable[bytes]) -> tuple[Head, ...]:
    """Return the heads that the leading ``writer.start`` entries of a segment list.

    Reads no further than the first other line.
    """
    heads: list[Head] = []
    for data in lines:
        try:
            line = parse_line(data)
        except EvidenceError:
            break
        if line.kind != EntryKind.WRITER_START:
            break
        heads += _heads(line)
    return tuple(heads)


def _heads(line: Line) -> Iterable[Head]:
    listed = line.record.get("heads")
    for item in listed if isinstance(listed, list) else ():
        match item:
            case {"w": str(writer), "n": int(n), "leaf": str(leaf), "torn": str(torn)}:
                yield Head(writer=writer, n=n, leaf=leaf, torn=torn)
            case {"w": str(writer), "n": int(n), "leaf": str(leaf)}:
                yield Head(writer=writer, n=n, leaf=leaf)
            case _:
                continue
