"""Entries: canonical JSON (RFC 8785, without floats)."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from guardrail.verify.report import Wrong

WRITER = re.compile(r"[a-z0-9][a-z0-9._-]{0,95}")
_LEAF = re.compile(r"(?:[0-9a-f]{64})?")


class Entry(NamedTuple):
    """An entry, and what all entries have."""

    at: int | None
    """Its index in its shard."""
    leaf: str
    """Its leaf hash, as hex."""
    record: Mapping[object, object]
    kind: str
    writer: str
    n: int
    """Its number at its writer."""
    prev: str
    """The leaf hash of its writer's entry before."""
    ts: int
    """Microseconds since 1970."""


def _refused(_: str) -> float:
    raise Wrong("it has a number that isn't an integer")


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) >= 1 << 53:
        raise Wrong("it has an integer past 2^53")
    return int(text)


_JSON = json.JSONDecoder(parse_float=_refused, parse_int=_integer, parse_constant=_refused)
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_entry(body: bytes, leaf: bytes, index: int | None = None) -> Entry:
    """Read an entry, which has one byte form only: a key that stands twice doesn't survive."""
    try:
        text = body.decode()
        record: object = _JSON.decode(text)
        again = _CANONICAL.encode(record)
    except Wrong:
        raise
    except (ValueError, RecursionError) as error:
        raise Wrong("it isn't JSON") from error
    if again != text or not (text.isascii() or unicodedata.is_normalized("NFC", text)):
        raise Wrong("it isn't in its canonical form")
    match record:
        case {"v": 1, "t": str(t), "w": str(w), "n": int(n), "prev": str(prev), "ts": int(ts)} if (
            WRITER.fullmatch(w) and _LEAF.fullmatch(prev) and n >= 0 and ts >= 0
        ):
            return Entry(
                index, leaf.hex(), record if isinstance(record, dict) else {}, t, w, n, prev, ts
            )
        case _:
            raise Wrong("it isn't a record of evidence, version 1")


def text_of(entry: Entry, name: str) -> str:
    """Return a field that is a text; empty where it isn't one."""
    value = entry.record.get(name)
    return value if isinstance(value, str) else ""


def number_of(entry: Entry, name: str) -> int:
    """Return a field that is a number; 0 where it isn't one."""
    return count_of(entry.record.get(name))


def count_of(value: object) -> int:
    """Return a value if it is a number, else 0."""
    return value if isinstance(value, int) else 0


def rows_of(value: object) -> Iterator[Mapping[object, object]]:
    """Give the objects of a list; nothing where it isn't one."""
    yield from (row for row in (value if isinstance(value, list) else ()) if isinstance(row, dict))
