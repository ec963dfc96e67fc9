"""Reads a log's entries back: in order, by time, or one of them; from any store."""

from __future__ import annotations

import re
from collections.abc import Iterator

import orjson

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    TILE_WIDTH,
    Objects,
    bundle_name,
    entries_in,
    next_shard,
    parse_line,
    shard_of,
)
from guardrail.stores.wal import Tail

LATE_US = 86_400_000_000
"""So much later than it was made, in microseconds, an entry may have come into the tree."""
MINIMUM = "minimum-index"
"""The object of a shard that tells the first entry which is still kept."""
FIRST_SHARD_US = 1_767_225_600_000_000
"""1 January 2026: no log is older."""
_INDEX = re.compile(rb"(0|[1-9]\d{0,15})\n?")


def size_of(objects: Objects, shard: str) -> int:
    """Return how many entries a shard's checkpoint covers; 0 where there is none.

    Raises:
        EvidenceError: it can't be read, or isn't a checkpoint.
    """
    note = objects.read(f"{shard}/checkpoint")
    if note is None:
        return 0
    try:
        return int(note.split(b"\n", 2)[1])
    except (ValueError, IndexError):
        raise EvidenceError(
            f"{shard}/checkpoint isn't a checkpoint", code="evidence_unreadable"
        ) from None


def shards_between(objects: Objects, since_us: int, until_us: int) -> Iterator[tuple[str, int]]:
    """Yield the shards that may hold entries of a time, with their sizes."""
    name = shard_of(max(since_us, FIRST_SHARD_US))
    last = next_shard(shard_of(max(until_us, FIRST_SHARD_US)))
    while name <= last:
        if size := size_of(objects, name):
            yield name, size
        name = next_shard(name)


def read_bundle(objects: Objects, shard: str, number: int, size: int) -> tuple[bytes, ...]:
    """Return the entries of a bundle of a shard that has `size` entries; none where it was pruned.

    Raises:
        EvidenceError: it is damaged, or missing though it is to be kept.
    """
    width = min(TILE_WIDTH, size - number * TILE_WIDTH)
    data = objects.read(f"{shard}/{bundle_name(number, width)}")
    if data is None and width < TILE_WIDTH:  # the log may have grown meanwhile
        data = objects.read(f"{shard}/{bundle_name(number)}")
    if data is None:
        if minimum_index(objects, shard) > number * TILE_WIDTH:
            return ()
        raise EvidenceError(
            f"{shard}/{bundle_name(number, width)} is missing", code="evidence_unreadable"
        )
    return entries_in(data)[:width]


def minimum_index(objects: Objects, shard: str) -> int:
    """Return the first entry of a shard that is kept, but for held ones before it.

    C2SP tlog-tiles, pruning; 0 for a shard of which nothing was ever deleted.

    Raises:
        EvidenceError: the object that tells it can't be read, or holds no number: who reads on
            would take what was deleted for lost, and who deletes would begin anew.
    """
    data = objects.read(f"{shard}/{MINIMUM}")
    if data is None:
        return 0
    if not _INDEX.fullmatch(data):
        raise EvidenceError(f"{shard}/{MINIMUM} is no number", code="evidence_unreadable")
    return int(data)


def read_entry(objects: Objects, shard: str, index: int) -> bytes | None:
    """Return one entry's canonical JSON; None where it isn't there, or was pruned."""
    size = size_of(objects, shard)
    if not 0 <= index < size:
        return None
    entries = read_bundle(objects, shard, index // TILE_WIDTH, size)
    return entries[index % TILE_WIDTH] if entries else None


def read_entries(
    objects: Objects, since_us: int, until_us: int
) -> Iterator[tuple[str, int, bytes]]:
    """Yield shard, index and canonical JSON of the entries that were made in [since, until).

    In the log's order, which is nearly that of time. Memory: one bundle.

    Args:
        objects: where the log is kept.
        since_us: microseconds since 1970, UTC.
        until_us: likewise.

    Raises:
        EvidenceError: a bundle is damaged or missing.
    """
    for shard, size in shards_between(objects, since_us, until_us):
        number = _first_bundle(objects, shard, size, since_us - LATE_US)
        while number * TILE_WIDTH < size:
            entries = read_bundle(objects, shard, number, size)
            for offset, entry in enumerate(entries):
                if since_us <= _made(entry) < until_us:
                    yield shard, number * TILE_WIDTH + offset, entry
            if entries and _made(entries[0]) > until_us + LATE_US:
                break
            number += 1


def read_waiting(objects: Objects) -> Iterator[bytes]:
    """Yield the canonical JSON of what write-ahead logs hold, be it in the tree by now or not.

    Raises:
        EvidenceError: a line is damaged, or the store can't be read.
    """
    tail = Tail(objects)
    for writer, segments in tail.segments().items():
        for line in tail.lines(writer, segments, 0):
            yield parse_line(line).body


def _first_bundle(objects: Objects, shard: str, size: int, since_us: int) -> int:
    """Return the first bundle that may hold entries since a time: by halves."""
    low, high = minimum_index(objects, shard) // TILE_WIDTH, (size - 1) // TILE_WIDTH
    while low < high:
        middle = (low + high + 1) // 2
        entries = read_bundle(objects, shard, middle, size)
        if entries and _made(entries[0]) >= since_us:
            high = middle - 1
        else:
            low = middle
    return low


def _made(entry: bytes) -> int:
    try:
        return int(orjson.loads(entry)["ts"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise EvidenceError("an entry isn't a record", code="evidence_unreadable") from None
