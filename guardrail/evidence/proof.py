"""Proofs out of tiles: that an entry is in the log, and that a log only grew (RFC 6962).

A proof reads as many tiles as the log has powers of 256, and a few at its right edge. The file that
a caller or an auditor keeps is C2SP's tlog-proof: index, hashes and a signed checkpoint, which
verifies without the log for as long as its key is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guardrail.errors import EvidenceError
from guardrail.evidence.checkpoint import Checkpoint, open_checkpoint
from guardrail.evidence.note import NOTE_LIMIT, Verifier, from_base64, to_base64
from guardrail.evidence.tiles import HASH_BYTES, TILE_WIDTH, tile_name
from guardrail.evidence.tree import EMPTY_ROOT, node_hash, tree_root, verify_inclusion

MEDIA_TYPE = "text/plain; charset=utf-8"
"""Of a proof as it is served: the format has no type of its own."""
_HEADER = "c2sp.org/tlog-proof@v1"
_MOST_HASHES = 64
PROOF_LIMIT = NOTE_LIMIT + 16 * 1024
"""Bytes of a proof file."""
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")

Read = Callable[[str], bytes | None]
"""Returns an object by its name within the shard; None where there is none."""


class Hashes:
    """The hashes of a tree of a certain size, read from tiles as they are needed."""

    __slots__ = ("_read", "_stored", "_tiles", "size")

    def __init__(self, read: Read, size: int, stored: int | None = None) -> None:
        """Read nothing yet.

        Args:
            read: the shard's objects.
            size: of the tree that is spoken of.
            stored: of the tree as it is now, where that has grown since: tiles that aren't full
                may be there in this width alone.
        """
        self.size = size
        self._read = read
        self._stored = max(size, stored or 0)
        self._tiles: dict[tuple[int, int], bytes] = {}

    def leaf(self, index: int) -> bytes:
        """Return the hash of an entry.

        Raises:
            EvidenceError: its tile is missing or damaged.
        """
        return self._node(0, index)

    def root(self) -> bytes:
        """Return the root; EvidenceError where a tile is missing or damaged."""
        return self._range(0, self.size) if self.size else EMPTY_ROOT

    def inclusion(self, index: int) -> tuple[bytes, ...]:
        """Return the audit path of the entry at `index` (RFC 6962 section 2.1.1), leaf side first.

        Raises:
            EvidenceError: a tile is missing or damaged.
            ValueError: there is no such entry.
        """
        if not 0 <= index < self.size:
            raise ValueError("no entry at this index")
        start, end = 0, self.size
        path: list[bytes] = []
        while end - start > 1:
            split = start + _split(end - start)
            if index < split:
                path.append(self._range(split, end))
                end = split
            else:
                path.append(self._range(start, split))
                start = split
        return tuple(reversed(path))

    def consistency(self, old_size: int) -> tuple[bytes, ...]:
        """Return the proof that the tree of `old_size` is a prefix of this (section 2.1.2).

        Raises:
            EvidenceError: a tile is missing or damaged.
            ValueError: `old_size` isn't between 1 and the size.
        """
        if not 1 <= old_size <= self.size:
            raise ValueError("no earlier tree of this size")
        start, end, known = 0, self.size, True
        path: list[bytes] = []
        while old_size != end:
            split = start + _split(end - start)
            if old_size <= split:
                path.append(self._range(split, end))
                end = split
            else:
                path.append(self._range(start, split))
                start, known = split, False
        if not known:
            path.append(self._range(start, end))
        return tuple(reversed(path))

    def _range(self, start: int, end: int) -> bytes:
        """Return the root over [start, end), where `start` is a multiple of every power within."""
        peaks = list(self._peaks(start, end))
        root = peaks.pop()
        while peaks:
            root = node_hash(peaks.pop(), root)
        return root

    def _peaks(self, start: int, end: int) -> Iterator[bytes]:
        while start < end:
            level = (end - start).bit_length() - 1
            yield self._node(level, start >> level)
            start += 1 << level

    def _node(self, level: int, index: int) -> bytes:
        """Return the root of the whole subtree of 2^level entries, the `index`-th of those."""
        height, rest = divmod(level, 8)
        first = index << rest
        tile = self._tile(height, first // TILE_WIDTH)
        at = first % TILE_WIDTH * HASH_BYTES
        hashes = tile[at : at + (HASH_BYTES << rest)]
        return tree_root([hashes[i : i + HASH_BYTES] for i in range(0, len(hashes), HASH_BYTES)])

    def _tile(self, height: int, number: int) -> bytes:
        known = self._tiles.get((height, number))
        if known is None:
            known = self._tiles[height, number] = self._fetched(height, number)
        return known

    def _fetched(self, height: int, number: int) -> bytes:
        need, most = (
            min(TILE_WIDTH, (size >> 8 * height) - number * TILE_WIDTH)
            for size in (self.size, self._stored)
        )
        # A tile that isn't full may be gone once a wider one is there: C2SP allows that.
        for width in dict.fromkeys((need, most, TILE_WIDTH)):
            data = self._read(tile_name(height, number, width))
            if data is not None and len(data) == width * HASH_BYTES:
                return data[: need * HASH_BYTES]
        raise EvidenceError(
            f"{tile_name(height, number, need)} is missing or damaged", code="evidence_unreadable"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """That an entry is in a log: what a ``.tlog-proof`` file says."""

    index: int
    """Of the entry, from 0."""
    hashes: tuple[bytes, ...]
    """The audit path, leaf side first."""
    note: bytes
    """A signed checkpoint, with the cosignatures that there are."""
    extra: bytes = b""
    """Whatever an application likes to add; nothing vouches for it."""

    def __bytes__(self) -> bytes:
        """Give the file."""
        extra = [f"extra {to_base64(self.extra)}"] if self.extra else []
        lines = [_HEADER, *extra, f"index {self.index}", *map(to_base64, self.hashes)]
        return "\n".join([*lines, "", ""]).encode() + self.note


def parse_proof(data: bytes) -> Proof:
    """Read a ``.tlog-proof`` file; nothing of it is verified yet.

    Raises:
        EvidenceError: it isn't one.
    """
    head, blank, note = data.partition(b"\n\n")
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError:
        raise _bad("the proof isn't text") from None
    if len(data) > PROOF_LIMIT or not blank or lines.pop(0) != _HEADER:
        raise _bad(f"the proof doesn't begin with {_HEADER}, or has no checkpoint")
    extra: bytes | None = b""
    if lines and lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0).removeprefix("extra ")) or None
    match = _INDEX.fullmatch(lines.pop(0)) if lines else None
    hashes = [from_base64(line) for line in lines]
    if match is None or extra is None or len(hashes) > _MOST_HASHES:
        raise _bad("the proof has no index, or too many lines")
    whole = tuple(one for one in hashes if one is not None and len(one) == HASH_BYTES)
    if len(whole) != len(hashes):
        raise _bad("a hash of the proof isn't one")
    return Proof(index=int(match[1]), hashes=whole, note=note, extra=extra)


def prove(read: Read, index: int, note: bytes, checkpoint: Checkpoint, stored: int = 0) -> Proof:
    """Return the proof of an entry under a checkpoint, made from tiles and held against its root.

    Args:
        read: the shard's objects.
        index: of the entry.
        note: the signed checkpoint.
        checkpoint: the same, opened.
        stored: how large the tree is now.

    Raises:
        EvidenceError: the checkpoint doesn't cover the entry, or the tiles don't fit it.
    """
    if index >= checkpoint.size:
        raise EvidenceError("no checkpoint covers this entry yet", code="evidence_waiting")
    hashes = Hashes(read, checkpoint.size, stored)
    path = hashes.inclusion(index)
    leaf = hashes.leaf(index)
    if not verify_inclusion(leaf, index, checkpoint.size, path, checkpoint.root):
        raise EvidenceError("the tiles don't fit the checkpoint", code="evidence_unreadable")
    return Proof(index=index, hashes=path, note=note)


def open_proof(proof: Proof, leaf: bytes, by: Verifier) -> Checkpoint:
    """Return the checkpoint that a proof shows an entry to be under.

    Args:
        proof: what was kept.
        leaf: the entry's leaf hash, as in a receipt.
        by: the log's key.

    Raises:
        EvidenceError: the checkpoint isn't of this key, or the proof doesn't lead to it.
    """
    checkpoint = open_checkpoint(proof.note, by)
    if not verify_inclusion(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root):
        raise _bad("the proof doesn't lead from this entry to the checkpoint")
    return checkpoint


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _bad(message: str) -> EvidenceError:
    return EvidenceError(message, code="evidence_proof_invalid", status=500)
