"""A single proof, and two checkpoints (C2SP tlog-proof, RFC 9162 section 2.1.3.2)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from guardrail.verify.notes import (
    cosigner,
    from_base64,
    given_key,
    open_checkpoint,
    signed_at,
    stated_key,
)
from guardrail.verify.report import Files, Wrong
from guardrail.verify.tree import Tiles, leaf_hash

_PROOF = re.compile(
    r"c2sp\.org/tlog-proof@v1\n(?:extra [^\n]*\n)?index (0|[1-9]\d{0,15})\n((?:[^\n]{44}\n){0,63})"
)


def verify_proof(
    proof: bytes, entry: bytes, vkey: str, *, statement: bytes = b"", witnesses: Sequence[str] = ()
) -> int:
    """Return the index at which a `.tlog-proof` proves an entry (its JSON, byte for byte) to stand.

    `vkey` is the shard's key; or the root key, with the shard's key statement (`<shard>/key`).

    Raises:
        Unreadable: a key isn't one.
        ValueError: the proof doesn't prove it; the text says why.
    """
    head, _, note = proof.partition(b"\n\n")
    match = _PROOF.fullmatch(head.decode("ascii", "replace") + "\n")
    if match is None:
        raise Wrong("it isn't a C2SP tlog-proof")
    key = given_key("--vkey", vkey)
    if statement:
        key = stated_key(
            statement, key, note.partition(b"\n")[0].decode("ascii", "replace").rpartition("/")[2]
        )
    checkpoint = open_checkpoint(note, key)
    for witness in map(cosigner, witnesses):
        if signed_at(note, witness) is None:
            raise Wrong(f"it isn't cosigned by {witness.name}")
    index, hashes = int(match[1]), [from_base64(line) for line in match[2].split()]
    if _climbed(leaf_hash(entry), index, checkpoint.size, hashes) != checkpoint.root:
        raise Wrong("this entry isn't in the tree that was signed, or not there")
    return index


def _climbed(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that a leaf's path leads to; empty if the path has another length."""
    at, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0 or at > last:
            return b""
        if at & 1 or at == last:
            root = hashlib.sha256(b"\1" + sibling + root).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            root = hashlib.sha256(b"\1" + root + sibling).digest()
        at, last = at >> 1, last >> 1
    return root if last == 0 and at == 0 else b""


def verify_consistency(files: Files, shard: str, old: bytes, new: bytes, vkey: str) -> None:
    """Check, by tiles alone, that the tree of checkpoint `new` goes on from that of `old`.

    `vkey` is the shard's key.

    Raises:
        Unreadable: the key isn't one.
        ValueError: it doesn't, or the tiles aren't there; the text says why.
    """
    key = given_key("--vkey", vkey)
    before, after = open_checkpoint(old, key), open_checkpoint(new, key)
    if before.size > after.size:
        raise Wrong(f"the tree shrank from {before.size} to {after.size} entries")
    tiles = Tiles(lambda name: files.read(f"{shard}/{name}"), after)
    for tree in (after, before):
        root = tiles.root(tree.size)
        if root is None:
            raise Wrong(f"the tiles of a tree of {tree.size} entries aren't here")
        if root != tree.root:
            raise Wrong(f"the tiles give another root for {tree.size} entries than was signed")
