"""A whole log in memory, with writers by hand and a clock that stands still: step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    Chain,
    Entry,
    EntryKind,
    Objects,
    Receipt,
    Totals,
    Value,
    leaf_hash,
    verifier,
)
from guardrail.stores.evidence_reader import read_entries, size_of
from guardrail.stores.lease import Lease
from guardrail.stores.sequencer import Sequencer
from guardrail.stores.wal import segment_name
from guardrail.testing.objects import MemoryObjects
from guardrail.verify import Asked, verify_log

SECOND = 1_000_000
"""Microseconds."""
AUGUST = 1_787_000_000_000_000
"""Microseconds since 1970: a moment in August 2026."""
NEW_YEAR = 1_798_761_600_000_000
"""Microseconds since 1970: the moment at which 2026 ends."""


class SmallClock:
    """Microseconds since 1970; moves when `now` is set.

    Attributes:
        now: what it shows.
    """

    def __init__(self, now: int = AUGUST) -> None:
        """Begin at a time."""
        self.now = now

    def __call__(self) -> int:
        """Return the time."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.now += int(seconds * SECOND)


class SmallKeys:
    """The keys of a log, the same in every test."""

    def __init__(self, seed: int = 1) -> None:
        """Take what all keys come from."""
        self._seed = seed

    @property
    def root(self) -> Ed25519PrivateKey:
        """The root key."""
        return Ed25519PrivateKey.from_private_bytes(bytes([self._seed]) * 32)

    def shard(self, name: str) -> Ed25519PrivateKey:
        """Return a shard's key."""
        seed = bytes([self._seed]) * 26 + name.encode()
        return Ed25519PrivateKey.from_private_bytes(seed)


class SmallWriter:
    """A writer whose groups of entries are objects, as in a database.

    Attributes:
        name: its id.
        receipts: of all that it made durable.
    """

    def __init__(self, objects: Objects, clock: SmallClock, name: str) -> None:
        """Begin with the start."""
        self.name = name
        self.receipts: list[Receipt] = []
        self._objects = objects
        self._clock = clock
        self._chain = Chain(name)
        self._totals = Totals()
        self.write(Entry(kind=EntryKind.WRITER_START, fields={"origin": "log"}))

    def write(self, *entries: Entry) -> None:
        """Make entries durable, in one group."""
        name = segment_name(self.name, self._chain.size)
        if entries and not self._objects.create(name, b"".join(self.lines(entries))):
            raise EvidenceError(f"{name} is there already")

    def lines(self, entries: Sequence[Entry]) -> list[bytes]:
        """Return the lines of entries, which are then taken to be durable."""
        made = []
        for entry in entries:
            made.append(self._chain.append(entry, self._clock()))
            self._totals.add(entry.kind, entry.fields)
            self.receipts.append(self._chain.receipt)
        return made

    def ask(self, count: int = 1, rule: str = "kz.10") -> None:
        """Write a request that was refused, so many times, all in one group."""
        hit: Value = {"rule": rule, "action": "refuse"}
        fields: dict[str, Value] = {"act": "refuse", "dir": "request", "hits": [hit]}
        req = f"{self.name}.{self._chain.size}"
        self.write(*[Entry(kind=EntryKind.REQUEST, req=req, fields=fields)] * count)

    def beat(self) -> None:
        """Say how many entries there were."""
        self._tell(EntryKind.WRITER_BEAT)

    def stop(self) -> None:
        """Say goodbye."""
        self._tell(EntryKind.WRITER_STOP)

    def _tell(self, kind: EntryKind) -> None:
        (totals,) = self._totals.parts()
        self.write(Entry(kind=kind, fields={"totals": totals}))


class PublishedObjects(MemoryObjects):
    """Keeps every checkpoint that was ever to be seen.

    Attributes:
        notes: the checkpoints, in order.
    """

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self.notes: list[bytes] = []

    def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
        """See `Objects.swap`."""
        done = super().swap(name, data, expected=expected)
        if done and name.endswith("/checkpoint"):
            self.notes.append(data)
        return done


class _AlwaysHeld(Lease):
    def hold(self, now: int) -> bool:  # noqa: ARG002 - whenever it is
        return True


class SmallLog:
    """A log with whatever writers and sequencers a test wants.

    Attributes:
        objects: where it is kept.
        clock: everybody's.
        writers: those that were made.
    """

    def __init__(self, objects: Objects | None = None, *, log: str = "log") -> None:
        """Begin without anything."""
        self.objects: Objects = PublishedObjects() if objects is None else objects
        self.clock = SmallClock()
        self.keys = SmallKeys()
        self.writers: list[SmallWriter] = []
        self._log = log

    @property
    def vkey(self) -> str:
        """The root key's public half, as a verifier wants it."""
        return str(verifier(self._log, self.keys.root.public_key()))

    def writer(self, name: str = "") -> SmallWriter:
        """Begin a writer."""
        writer = SmallWriter(self.objects, self.clock, name or f"w{len(self.writers)}")
        self.writers.append(writer)
        return writer

    def sequencer(self, objects: Objects | None = None, seal_every: float = 60.0) -> Sequencer:
        """Return a sequencer, over another way to the same objects if one is given."""
        return Sequencer(
            objects or self.objects,
            log=self._log,
            keys=self.keys,
            clock=self.clock,
            seal_every=seal_every,
        )

    def unguarded(self, objects: Objects | None = None, seal_every: float = 60.0) -> Sequencer:
        """Return a sequencer that thinks it leads, whoever else does."""
        sequencer = self.sequencer(objects, seal_every)
        sequencer._lease = _AlwaysHeld(self.objects, "no-lease", 1)  # noqa: SLF001 - that is the test
        return sequencer

    def settle(self) -> None:
        """Let another sequencer come, later, and bring everything to an end."""
        self.clock.advance(10)
        sequencer = self.sequencer()
        while not (stepped := sequencer.step()).leads or stepped.taken:
            pass
        sequencer.close()

    def entries(self, shard: str = "") -> list[dict[str, object]]:
        """Return all entries of the tree in their order, of all shards or of one."""
        read = read_entries(self.objects, 0, max(self.clock(), NEW_YEAR) + 10**14)
        return [orjson.loads(body) for name, _, body in read if shard in {"", name}]

    def receipts(self) -> list[tuple[str, int, str]]:
        """Return writer, number and leaf hash of every entry in the tree, in its order."""
        read = read_entries(self.objects, 0, max(self.clock(), NEW_YEAR) + 10**14)
        parsed = ((orjson.loads(body), body) for _, _, body in read)
        return [(record["w"], record["n"], leaf_hash(body).hex()) for record, body in parsed]

    def of_kind(self, kind: str) -> list[dict[str, object]]:
        """Return the entries of one kind."""
        return [entry for entry in self.entries() if entry["t"] == kind]

    def size(self, shard: str = "2026h2") -> int:
        """Return how many entries a shard's checkpoint covers."""
        return size_of(self.objects, shard)

    def keep(self, name: str, data: bytes) -> None:
        """Put an object there, whatever was there before: as somebody does who may not."""
        self.objects.delete([name])
        self.objects.create(name, data)

    def waiting(self) -> list[str]:
        """Return the names of the write-ahead logs."""
        return list(self.objects.names("wal/"))

    def problems(self) -> list[str]:
        """Return what is wrong with the log, and with all checkpoints of it that were ever seen.

        Anything that the product's own verifier finds, and entries of the writers that aren't in
        the tree exactly once, as they were acknowledged; entries that wait are wrong here, too.
        """
        notes = self.objects.notes if isinstance(self.objects, PublishedObjects) else []
        sizes = [(note.split(b"\n")[0], int(note.split(b"\n")[1])) for note in notes]
        copies = [(f"copy {n}", note) for n, note in enumerate(notes)]
        report = verify_log(self.objects, self.vkey, Asked(anchors=copies))
        found = Counter(self.receipts())
        places = Counter((writer, n) for writer, n, _ in found.elements())
        receipts = [receipt for writer in self.writers for receipt in writer.receipts]
        return [
            *map(str, report.problems),
            *(f"{one} is lost" for one in receipts if found[one.writer, one.n, one.leaf] != 1),
            *(f"{place} is there {count} times" for place, count in places.items() if count > 1),
            *(["the log went back"] if sizes != sorted(sizes) else []),
            *([f"{report.waiting} entries wait"] if report.waiting else []),
        ]
