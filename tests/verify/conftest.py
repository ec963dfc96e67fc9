"""Logs as the product makes them: writers' chains, folded into a tree by the real sequencer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.evidence import (
    TILE_WIDTH,
    Chain,
    Checkpoint,
    Entry,
    EntryKind,
    TileTree,
    Totals,
    bundle_name,
    entries_in,
    origin_of,
    sign_checkpoint,
    verifier,
)
from guardrail.stores.sequencer import Sequencer
from guardrail.testing.objects import MemoryObjects
from guardrail.verify import Report, verify_log

SECOND = 1_000_000
TURN = 1_798_761_600 * SECOND
"""The first microsecond of 2027: where the shard 2027h1 begins."""


class SeededKeys:
    """The keys of a log, made from a word."""

    def __init__(self, word: str) -> None:
        self.word = word

    def _key(self, name: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(
            hashlib.sha256(f"{self.word} {name}".encode()).digest()
        )

    @property
    def root(self) -> Ed25519PrivateKey:
        return self._key("root")

    def shard(self, name: str) -> Ed25519PrivateKey:
        return self._key(name)


class Writer:
    """A process that writes: each group of lines is an object of its write-ahead log."""

    def __init__(self, story: Story, name: str, **found: object) -> None:
        self.name = name
        self._story = story
        self._chain = Chain(name)
        self._totals = Totals()
        self._lines: list[bytes] = []
        self._first = 0
        self.say(EntryKind.WRITER_START, "", origin=story.origin, **found)

    def say(self, kind: EntryKind, req: str = "", **fields: object) -> str:
        """Put an entry on record; return its receipt."""
        entry = Entry(kind=kind, req=req, fields=fields)  # type: ignore[arg-type]
        self._lines.append(self._chain.append(entry, self._story.now))
        self._totals.add(kind, fields)
        return self._chain.receipt.header(self._story.origin)

    def answer(self, req: str, *, closed: bool = True) -> str:
        """Put a request on record that was let through, and its reply; return its receipt."""
        hits = [{"rule": "kz.pd.1", "article": "Art. 7", "action": "mask", "entities": {"iin": 1}}]
        receipt = self.say(EntryKind.REQUEST, req, act="mask", dir="request", hits=hits)
        if closed:
            self.say(EntryKind.REPLY, req, act="allow", dir="reply")
        return receipt

    def beat(self) -> None:
        self._say_totals(EntryKind.WRITER_BEAT)

    def stop(self) -> None:
        self._say_totals(EntryKind.WRITER_STOP)
        self.flush()

    def _say_totals(self, kind: EntryKind) -> None:
        said = list(self._totals.parts())
        for number, totals in enumerate(said, 1):
            more: dict[str, object] = {"more": True} if number < len(said) else {}
            self.say(kind, "", totals=totals, **more)

    def flush(self) -> None:
        """Make the lines durable."""
        if self._lines:
            name = f"wal/{self.name}/{self._first:016d}"
            assert self._story.objects.create(name, b"".join(self._lines))
            self._first, self._lines = self._chain.size, []


class Story:
    """A log that comes about as it is told."""

    def __init__(self, word: str = "one", log: str = "guardrail", seal_every: float = 60) -> None:
        self.objects = MemoryObjects()
        self.keys = SeededKeys(word)
        self.log = log
        self.now = TURN - 130 * SECOND
        self.writers: list[Writer] = []
        self.sequencer = Sequencer(
            self.objects, log=log, keys=self.keys, clock=lambda: self.now, seal_every=seal_every
        )

    def verified_with(self, *bodies: bytes) -> Report:
        """Verify a small log with further entries, which the log's own key signed."""
        self.writer("w").answer("r")
        self.tick()
        self.forge("2026h2", [*self.bodies("2026h2"), *bodies])
        return verify_log(self.objects, self.vkey)

    @property
    def shard(self) -> str:
        return "2026h2" if self.now < TURN else "2027h1"

    @property
    def origin(self) -> str:
        return origin_of(self.log, self.shard)

    @property
    def vkey(self) -> str:
        return str(verifier(self.log, self.keys.root.public_key()))

    def shard_vkey(self, shard: str) -> str:
        return str(verifier(origin_of(self.log, shard), self.keys.shard(shard).public_key()))

    def writer(self, name: str, **found: object) -> Writer:
        self.writers.append(Writer(self, name, **found))
        return self.writers[-1]

    def tick(self, seconds: float = 1) -> None:
        """Let time pass, and the sequencer take in what was made durable until then."""
        self.now += int(seconds * SECOND)
        for writer in self.writers:
            writer.flush()
        self.sequencer.step()

    def note(self, shard: str) -> bytes:
        return self.objects.held[f"{shard}/checkpoint"]

    def bodies(self, shard: str) -> list[bytes]:
        """Return the entries of a shard, from the bundles that its checkpoint covers."""
        size = int(self.note(shard).split(b"\n")[1])
        entries: list[bytes] = []
        for number in range(-(-size // TILE_WIDTH)):
            width = min(TILE_WIDTH, size - TILE_WIDTH * number)
            entries += entries_in(self.objects.held[f"{shard}/{bundle_name(number, width)}"])
        return entries

    def forge(self, shard: str, bodies: list[bytes]) -> None:
        """Put other entries in place of a shard's, and sign them with the log's own key."""
        held = self.objects.held
        for name in [name for name in held if name.startswith((f"{shard}/tile", f"{shard}/st"))]:
            del held[name]
        tree = TileTree()
        for name, data in tree.grow(bodies).items():
            held[f"{shard}/{name}"] = data
        origin = origin_of(self.log, shard)
        checkpoint = Checkpoint(origin=origin, size=tree.size, root=tree.root())
        held[f"{shard}/checkpoint"] = sign_checkpoint(
            checkpoint, name=origin, signer=self.keys.shard(shard)
        )

    def keep_anchor(self, shard: str) -> bytes:
        """Put the present checkpoint among a shard's anchors."""
        note = self.note(shard)
        self.objects.held[f"{shard}/anchors/{note.splitlines()[1].decode()}.note"] = note
        return note

    def saved(self, folder: Path) -> Path:
        """Write the log to a folder."""
        for name, data in self.objects.held.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return folder


def told(story: Story, exchanges: int = 150, *, waiting: bool = True) -> Story:
    """Tell a story of two writers and two shards; every tenth exchange a tick and a beat."""
    one, two = story.writer("w-one"), story.writer("w-two")
    for number in range(exchanges):
        (one, two)[number % 2].answer(f"req-{number}")
        if number % 10 == 9:
            one.beat()
            two.beat()
            story.tick(8)
    story.now = max(story.now, TURN)
    one.beat()
    two.beat()
    story.tick()
    for number in range(exchanges, exchanges + 20):
        one.answer(f"req-{number}")
    one.stop()
    story.tick()
    if waiting:
        two.answer("req-last")
        two.flush()
    return story


@pytest.fixture
def story() -> Story:
    """A new log in which nothing has happened."""
    return Story()


@pytest.fixture(scope="session")
def _finished() -> Story:
    return told(Story())


@pytest.fixture
def finished(_finished: Story) -> Iterator[Story]:
    """A log of two shards with some 400 entries, and two waiting; what a test does to it passes."""
    before = dict(_finished.objects.held)
    yield _finished
    _finished.objects.held.clear()
    _finished.objects.held.update(before)


Telling = Callable[..., Story]


@pytest.fixture
def tell() -> Telling:
    """Tell a whole story in another log."""
    return told


@pytest.fixture
def new_story() -> type[Story]:
    return Story


@pytest.fixture
def anchored(story: Story) -> Story:
    """A small log whose checkpoint of four entries was kept as an anchor; it went on since."""
    writer = story.writer("w")
    writer.answer("r-0")
    story.tick()
    story.keep_anchor("2026h2")
    writer.answer("r-1")
    story.tick()
    return story


@pytest.fixture
def anchor(anchored: Story) -> str:
    (name,) = [name for name in anchored.objects.held if "/anchors/" in name]
    return name
