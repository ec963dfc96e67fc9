"""Whether a writer's entries follow on each other, and what is put on record where they don't."""

from __future__ import annotations

from guardrail.errors import EvidenceError
from guardrail.evidence import Come, Entry, EntryKind, Line, Value, parse_line


def parsed(data: bytes) -> Line | None:
    """Return the line that bytes hold; None where they hold none.

    Raises:
        EvidenceError: a newer version may understand it.
    """
    try:
        return parse_line(data)
    except EvidenceError as error:
        if error.code == "evidence_newer":
            raise
        return None


def unfit(line: Line | None, writer: str, n: int, leaf: str, *, stopped: bool) -> str:
    """Return why a line doesn't follow on where its writer has come to; empty where it does."""
    if line is None:
        return "unreadable"
    if line.writer != writer:
        return "another_writer"
    if line.n < n:  # read again
        return "another_history" if line.n == n - 1 and line.leaf.hex() != leaf else ""
    if line.n > n:
        return "missing_entries"
    if line.prev != leaf:
        return "another_history"
    first = line.kind == EntryKind.WRITER_START
    return "another_start" if stopped or first != (n == 0) else ""


def incident(fault: str, writer: str, come: Come) -> Entry:
    """Return the entry that tells of a writer who had come so far, and then didn't follow on."""
    head: Value = {"w": writer, "n": come.n, "leaf": come.leaf}
    fields: dict[str, Value] = {"code": "writer_broken", "reason": fault, "heads": [head]}
    return Entry(kind=EntryKind.INCIDENT, fields=fields)


def stops(line: Line) -> bool:
    """Tell whether a writer says with a line that it won't write any more."""
    return line.kind == EntryKind.WRITER_STOP and not line.more
