"""A log as it goes into an audit pack: tiles, bundles of a range, anchors, and proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    TILE_WIDTH,
    Checkpoint,
    Objects,
    Verifier,
    bundle,
    bundle_name,
    open_checkpoint,
    open_key_statement,
    tile_name,
)
from guardrail.evidence.proof import Proof, prove
from guardrail.evidence.tiles import HASH_BYTES
from guardrail.stores.evidence_reader import minimum_index, read_bundle, read_entry

Add = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A shard at one moment: whatever grows later isn't looked at."""

    shard: str
    note: bytes
    checkpoint: Checkpoint
    key: Verifier
    statement: bytes
    """In which the root key says that this is the shard's key."""


def snapshot(objects: Objects, shard: str, root: Verifier) -> Snapshot:
    """Return a shard as its checkpoint says it is now, signatures verified.

    Raises:
        EvidenceError: key or checkpoint is missing or doesn't verify.
    """
    statement, note = objects.read(f"{shard}/key"), objects.read(f"{shard}/checkpoint")
    if statement is None or note is None:
        raise EvidenceError(f"{shard} has no key or no checkpoint", code="evidence_unreadable")
    key = open_key_statement(statement, root)
    checkpoint = open_checkpoint(note, key)
    return Snapshot(shard=shard, note=note, checkpoint=checkpoint, key=key, statement=statement)


def copy_shard(objects: Objects, taken: Snapshot, span: tuple[int, int], add: Add) -> None:
    """Add a shard's objects: all tiles, and the bundles of the entries from first to last.

    Raises:
        EvidenceError: something is missing or damaged.
    """
    shard, size = taken.shard, taken.checkpoint.size
    add(f"{shard}/key", taken.statement)
    add(f"{shard}/checkpoint", taken.note)
    if minimum_index(objects, shard):
        _copy(objects, f"{shard}/minimum-index", add)
    for name in objects.names(f"{shard}/anchors/"):
        if _size_in(name) <= size:
            _copy(objects, name, add)
    for level, number, width in _tiles(size):
        data = _tile(objects, shard, level, number, width)
        add(f"{shard}/{tile_name(level, number, width)}", data)
    for number in sorted({0, *range(span[0] // TILE_WIDTH, span[1] // TILE_WIDTH + 1)}):
        entries = read_bundle(objects, shard, number, size)
        if entries:
            width = min(TILE_WIDTH, size - number * TILE_WIDTH)
            add(f"{shard}/{bundle_name(number, width)}", bundle(entries))


def proved(objects: Objects, taken: Snapshot, index: int) -> tuple[bytes, Proof]:
    """Return an entry's bytes and the proof that it is in the log.

    Raises:
        EvidenceError: it is missing, or the tiles don't fit.
    """
    entry = read_entry(objects, taken.shard, index)
    if entry is None:
        raise EvidenceError(f"{taken.shard}: no entry {index} is kept", code="evidence_unreadable")
    shard = taken.shard
    stored = objects.read(f"{shard}/checkpoint") or taken.note
    grown = int(stored.split(b"\n", 2)[1])
    proof = prove(
        lambda name: objects.read(f"{shard}/{name}"), index, taken.note, taken.checkpoint, grown
    )
    return entry, proof


def _tiles(size: int) -> Iterator[tuple[int, int, int]]:
    level = 0
    while count := size >> 8 * level:
        for number in range(count // TILE_WIDTH):
            yield level, number, TILE_WIDTH
        if count % TILE_WIDTH:
            yield level, count // TILE_WIDTH, count % TILE_WIDTH
        level += 1


def _tile(objects: Objects, shard: str, level: int, number: int, width: int) -> bytes:
    """Read a tile; one that isn't full may be there in a larger width alone."""
    name = f"{shard}/{tile_name(level, number, width)}"
    data = objects.read(name)
    whole = f"{shard}/{tile_name(level, number)}"
    if data is None:
        for other in (*objects.names(f"{whole}.p/"), whole):
            data = objects.read(other)
            if data is not None and len(data) >= width * HASH_BYTES:
                return data[: width * HASH_BYTES]
    if data is None or len(data) != width * HASH_BYTES:
        raise EvidenceError(f"{name} is missing or damaged", code="evidence_unreadable")
    return data


def _size_in(name: str) -> int:
    digits = name.rpartition("/")[2].partition(".")[0]
    return int(digits) if digits.isdigit() else 0


def _copy(objects: Objects, name: str, add: Add) -> None:
    data = objects.read(name)
    if data is not None:
        add(name, data)
