"""A log that comes about as it is told: entries of one writer, at any time, in a real tree."""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.evidence import Chain, Entry, EntryKind, Receipt, verifier
from guardrail.stores.sequencer import Sequencer
from guardrail.testing.objects import MemoryObjects


class _Keys:
    def __init__(self) -> None:
        self.root = Ed25519PrivateKey.from_private_bytes(b"r" * 32)

    def shard(self, name: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"s"))


class ToldLog:
    """A log in memory whose writer and sequencer go by a clock that is set by hand.

    Attributes:
        objects: where it is kept.
        now: the time, microseconds since 1970, UTC.
    """

    def __init__(
        self, now: int, *, name: str = "guardrail", held: Mapping[str, bytes] | None = None
    ) -> None:
        """Begin a log at a time, or go on with one whose objects are `held` after its end."""
        self.objects = MemoryObjects()
        self.objects.held = dict(held or {})
        self.now = now
        self.name = name
        self._keys = _Keys()
        self._sequencer = Sequencer(self.objects, log=name, keys=self._keys, clock=lambda: self.now)
        self._begin()

    @property
    def vkey(self) -> str:
        """The log's public key."""
        return str(verifier(self.name, self._keys.root.public_key()))

    def record(self, *entries: Entry) -> Receipt:
        """Make entries durable in the write-ahead log; return the last one's receipt."""
        first = self._chain.size
        lines = b"".join(self._chain.append(entry, self.now) for entry in entries)
        made = self.objects.create(f"wal/{self._chain.writer}/{first:016d}", lines)
        assert made  # noqa: S101 - a fake for tests
        return self._chain.receipt

    def step(self) -> None:
        """Take what is durable into the tree, and publish it."""
        self._sequencer.step()

    def go_on(self, now: int) -> None:
        """Let another writer take over at a later time."""
        self.record(Entry(kind=EntryKind.WRITER_STOP, fields={}))
        self.step()
        self.now = now
        self._begin()
        self.step()

    def _begin(self) -> None:
        self._chain = Chain(f"writer-{self.now}")
        self.record(Entry(kind=EntryKind.WRITER_START, fields={}))
