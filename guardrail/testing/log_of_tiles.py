"""A log of tiles in memory, as the sequencer writes one, whose keeper may cheat."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.evidence import (
    Chain,
    Checkpoint,
    Entry,
    EntryKind,
    Receipt,
    TileTree,
    origin_of,
    sign_checkpoint,
    sign_key_statement,
    verifier,
)
from guardrail.testing.objects import MemoryObjects

YEAR_2026_H2 = 1_790_000_000_000_000
"""Microseconds since 1970: a moment in September 2026."""


class LogOfTiles:
    """One shard of a log. The same keys come of the same seed.

    Attributes:
        objects: where everything is.
        root: the root key's public half, `shard_key` the shard's.
        receipts: of the entries, in the tree's order.
        bodies: the entries, canonical JSON.
    """

    def __init__(
        self, name: str = "guard.example", *, shard: str = "2026h2", seed: int = 1
    ) -> None:
        """Begin with the shard's key and no entry."""
        self._name, self._shard, self._seed = name, shard, seed
        root = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([seed + 100]) * 32)
        self.root = verifier(name, root.public_key())
        self.shard_key = verifier(origin_of(name, shard), self._key.public_key())
        self.objects = MemoryObjects()
        self.objects.create(f"{shard}/key", sign_key_statement(self.shard_key, log=name, root=root))
        self.receipts: list[Receipt] = []
        self.bodies: list[bytes] = []
        self._tree = TileTree()
        self._chain = Chain("writer")

    def grow(self, count: int, *, req: str = "req_1", writer: str | None = None) -> bytes:
        """Add entries of a request, and return the checkpoint over all that there are."""
        if writer is not None:
            self._chain = Chain(writer)
        bodies = []
        for _ in range(count):
            entry = Entry(kind=EntryKind.REQUEST, req=req)
            line = self._chain.append(entry, YEAR_2026_H2 + len(self.receipts))
            bodies.append(line.partition(b" ")[2][:-1])
            self.receipts.append(self._chain.receipt)
        self.bodies += bodies
        return self._published(bodies)

    def forget(self) -> None:
        """Begin another history under the same keys."""
        for name in [*self.objects.held]:
            if not name.endswith("/key"):
                self.objects.delete([name])
        self.receipts, self.bodies = [], []
        self._tree, self._chain = TileTree(), Chain("liar")

    def _published(self, bodies: Sequence[bytes]) -> bytes:
        for name, data in self._tree.grow(bodies).items():
            self.objects.create(f"{self._shard}/{name}", data)
        checkpoint = Checkpoint(
            origin=self.shard_key.name, size=self._tree.size, root=self._tree.root()
        )
        note = sign_checkpoint(checkpoint, name=self.shard_key.name, signer=self._key)
        latest = f"{self._shard}/checkpoint"
        self.objects.swap(latest, note, expected=self.objects.read(latest))
        return note
