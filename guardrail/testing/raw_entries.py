"""Entries byte for byte as a test wants them, right or wrong."""

from __future__ import annotations

import json

from guardrail.evidence import leaf_hash
from guardrail.verify import Report

START = b'{"n":0,"prev":"","t":"writer.start","ts":1798761470000000,"v":1,"w":"x"}'
"""The first entry of the writer ``x``."""


def encoded(record: dict[str, object]) -> bytes:
    """Return a record as canonical JSON."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def record(kind: str, n: int = 0, prev: bytes = b"", **fields: object) -> bytes:
    """Return an entry of the writer ``x``.

    Args:
        kind: any word.
        n: its number.
        prev: its writer's entry before; none where it is empty.
        fields: what it says; of those that all have it may say others, too.
    """
    before = leaf_hash(prev).hex() if prev else ""
    head = {"v": 1, "t": kind, "ts": 1_798_761_470_000_000, "w": "x", "n": n, "prev": before}
    return encoded(head | fields)


def problems_of(report: Report) -> list[str]:
    """Return what a verifier says is wrong, in its words."""
    return [one.what for one in report.problems]
