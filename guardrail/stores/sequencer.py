"""The sequencer: folds what writers have made durable into one tree, and signs how far it has come.

Any number of processes may try; a lease says who does. Safety doesn't rest on the lease: a step is
staged whole, then the shard's state moves by compare-and-swap, and only then are tiles written out,
so of two sequencers one wins, and a crash anywhere is made good by whoever comes next
(docs/adr/0004-one-log-of-tiles.md).
"""

from __future__ import annotations

import secrets
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import accumulate

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    COUNTED,
    Chain,
    Checkpoint,
    Come,
    Entry,
    EntryKind,
    Line,
    Named,
    ShardState,
    TileTree,
    Totals,
    Value,
    next_shard,
    origin_of,
    parse_line,
    previous_shard,
    read_state,
    restored,
    shard_of,
    sign_checkpoint,
    verifier,
)
from guardrail.evidence.objects import Objects
from guardrail.evidence.staging import STAGING, staged, staged_size, staging_name, unstaged
from guardrail.stores.following import incident, parsed, stops, unfit
from guardrail.stores.fresh import Fresh
from guardrail.stores.lease import Lease
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.shard_keys import Keys, claim
from guardrail.stores.stepped import Added, Stepped
from guardrail.stores.wal import Tail, closed_segments

LEASE = "lease"
LEASE_US = 5_000_000
"""How long a sequencer that died keeps others waiting, in microseconds."""
STEP_ENTRIES = 10_000
"""Entries taken into the tree at once: about 6 MB to stage."""
STEP_BYTES = 24 << 20
"""Bytes of entries taken into the tree at once: what is staged must fit into one object."""
HEADS_PER_SEAL = 30
"""At most 170 bytes each, so that a seal stays below the record's limit beside its totals."""
GIVEN_UP_US = 3_600_000_000
"""After this silence a writer that didn't say goodbye is taken to be dead. It must be longer than
`guardrail.stores.segments.SILENCE`, after which a writer gives itself up."""
WATCHED_US = 60_000_000
"""What the time between two steps counts for at most, when silence is measured: no jump of a clock,
and no time in which nobody sequenced, makes a writer seem dead whose file is still written to."""
FORGOTTEN_US = 86_400_000_000
"""After this silence a writer whose write-ahead log is gone needn't be known any more."""
SEQUENCER = "sequencer"
"""How the sequencer's own chain calls itself: no beats are to be expected of it."""
FIRST_SHARD = "2026h1"
"""No log is older, whatever a clock says."""
BELIEVED_US = 3_600_000_000
"""After so long, as watched, a clock is believed that jumped beyond the next half-year meanwhile.
Else one that jumps years ahead and back would close a half-year at each step in between. Who has
only begun to lead believes at once: a log may have slept for years."""
SHARDS_BACK = 40
"""Half-years that are looked back for a log that nobody wrote to for a while; and ahead, for a log
that was begun before the clock went back."""


Cosign = Callable[[Checkpoint, int], bytes]
"""Makes a further signature line of a checkpoint, given the time in Unix seconds."""


class _Lost(Exception):  # noqa: N818 - nothing failed: another sequencer was faster
    """The state had been moved by somebody else."""


@dataclass(slots=True)
class _Room:
    """What a step may still take."""

    entries: int = STEP_ENTRIES
    size: int = STEP_BYTES

    @property
    def full(self) -> bool:
        return self.entries <= 0 or self.size <= 0

    def taken(self, lines: Sequence[Line]) -> list[Line]:
        """Take lines up to the one with which there is no more room; return them."""
        sizes = list(accumulate([len(line.body) for line in lines[: max(self.entries, 0)]]))
        count = min(bisect_left(sizes, self.size) + 1, len(sizes)) if self.size > 0 else 0
        self.entries -= count
        self.size -= sizes[count - 1] if count else 0
        return list(lines[:count])

    def take(self, line: Line) -> None:
        """Take a line, however much room there is."""
        self.entries -= 1
        self.size -= len(line.body)


@dataclass(slots=True)
class _Shard:
    """The shard that is being written, as this sequencer knows it."""

    name: str
    state: ShardState
    kept: bytes | None
    """The state as the store holds it; None before it is made."""
    tree: TileTree
    partials: set[str] = field(default_factory=set)
    """Names of tiles and bundles that aren't whole, which this process wrote."""
    broken: set[str] = field(default_factory=set)
    """Writers of whom something didn't follow on."""


class Sequencer:
    """Takes entries into the tree, step by step. One thread at a time may use it."""

    def __init__(  # noqa: PLR0913 - what it serves, and how
        self,
        objects: Objects,
        *,
        log: str,
        keys: Keys,
        clock: Callable[[], int],
        seal_every: float = 60.0,
        cosign: Cosign | None = None,
        fresh: Fresh | None = None,
    ) -> None:
        """Take the store; nothing of it is touched before the first step.

        Args:
            objects: where the log is kept.
            log: its name.
            keys: what signs.
            clock: microseconds since 1970, UTC.
            seal_every: seconds between two entries with totals.
            cosign: makes a second signature of each checkpoint.
            fresh: what a writer in the same process made durable just now.
        """
        self._objects = objects
        self._log = log
        self._keys = keys
        self._clock = clock
        self._seal_us = int(seal_every * 1_000_000)
        self._cosign = cosign
        self._lease = Lease(objects, LEASE, LEASE_US)
        self._tail = Tail(objects)
        self._fresh = fresh
        self._shard: _Shard | None = None
        self._chain: Chain | None = None
        self._room = _Room()
        self._unread: EvidenceError | None = None
        self._added: list[Added] = []
        self._stepped = 0  # when; microseconds
        self._watched = 0  # for how long; microseconds
        self._ahead = BELIEVED_US  # for how long the clock has been far ahead, as watched
        self._heard: dict[str, int] = {}  # when there last was news of a writer, as watched

    def step(self) -> Stepped:
        """Take what is new into the tree and publish the checkpoint over it.

        Raises:
            EvidenceError: the store failed, or what it holds is damaged; the next step begins anew.
        """
        now = self._clock()
        passed = min(max(now - self._stepped, 0), WATCHED_US)
        self._watched += passed
        self._ahead += passed
        self._stepped = now
        if not self._lease.hold(now):
            self._forget()
            return Stepped(leads=False)
        try:
            shard = self._shard or self._taken_over(now)
            if self._is_over(shard.name, now):
                shard = self._rotated(shard, now)
            taken = self._grown(shard, self._gathered(shard, now), now)
        except _Lost:
            self._forget()
            return Stepped(leads=False)
        except BaseException:
            self._forget()
            with suppress(EvidenceError):
                self._lease.release()  # what failed here may come about elsewhere
            raise
        added, self._added = self._added, []
        size = shard.state.size
        return Stepped(
            leads=True,
            taken=taken,
            size=size,
            more=self._room.full,
            unread=self._unread,
            added=added,
        )

    def _is_over(self, name: str, now: int) -> bool:
        """Tell whether a half-year is over: by the next one, or by a clock that stays ahead."""
        there = shard_of(now)
        if there <= next_shard(name):
            self._ahead = 0
        return there > name and (self._ahead == 0 or self._ahead >= BELIEVED_US)

    def close(self) -> None:
        """Take in what is left, say goodbye, and let others have the lease.

        Raises:
            EvidenceError: the store failed; the next sequencer makes it good.
        """
        try:
            while self.step().more:
                pass
            with suppress(_Lost):
                self._say_goodbye()
        finally:
            self._forget()
            self._lease.release()

    def _say_goodbye(self) -> None:
        shard, now = self._shard, self._clock()
        if shard is None:
            return
        if self._chain is not None:
            seals = self._seals(shard, now) if shard.state.totals.records else []
            stop = self._own(Entry(kind=EntryKind.WRITER_STOP), now)
            self._commit(shard, [*seals, *stop], now)
        self._gathered(shard, now)  # what is in the tree now can go

    def waiting(self) -> int:
        """Count the entries that are durable and not in the tree: reads them all.

        Raises:
            EvidenceError: the store failed.
        """
        _, kept = self._newest(self._clock())
        writers = read_state(kept).writers if kept else {}
        tail = Tail(self._objects)
        count = 0
        for writer, segments in tail.segments().items():
            come = writers.get(writer, Come(n=0, leaf="", ts=0))
            first = int(segments[0].rpartition("/")[2])
            count += max(0, first + sum(1 for _ in tail.lines(writer, segments, 0)) - come.n)
        return count

    def _forget(self) -> None:
        self._shard = self._chain = None
        self._added = []
        self._tail.forget()
        self._heard.clear()
        self._ahead = BELIEVED_US

    def _taken_over(self, now: int) -> _Shard:
        """Go on from where the log stands, whoever brought it there."""
        name, kept = self._newest(now)
        if kept is None:
            return self._opened(name, ShardState(), now)
        state = read_state(kept)
        claim(self._objects, self._keys, log=self._log, shard=name)
        made = self._write_out(name, state)
        if state.closed:
            return self._opened(next_shard(name), state, now)
        try:
            tree = restored(state.size, lambda part: self._objects.read(f"{name}/{part}"))
        except EvidenceError:
            if self._objects.read(f"{name}/state") != kept:
                raise _Lost from None  # who has moved on took away what whole tiles replaced
            raise
        if tree.root().hex() != state.root:
            raise EvidenceError(
                f"the tiles of {name} don't give the root that was signed",
                code="evidence_unreadable",
            )
        self._shard = shard = _Shard(name, state, kept, tree)
        shard.partials = self._partials_beside(name, made)
        self._tidy(shard, made, self._left_over(name, state))
        return shard

    def _newest(self, now: int) -> tuple[str, bytes | None]:
        """Return the shard that is to be gone on with, and its state; None for a new log."""
        first = max(shard_of(now), FIRST_SHARD)
        for to in (previous_shard, next_shard):
            name = first
            for _ in range(SHARDS_BACK):
                kept = self._objects.read(f"{name}/state")
                if kept is not None:
                    return self._last_of(name, kept)
                name = to(name)
        return first, None

    def _last_of(self, name: str, kept: bytes) -> tuple[str, bytes]:
        while read_state(kept).closed:  # a clock that went back finds a closed one first
            after = self._objects.read(f"{next_shard(name)}/state")
            if after is None:
                break
            name, kept = next_shard(name), after
        return name, kept

    def _opened(self, name: str, before: ShardState, now: int) -> _Shard:
        """Begin a shard, after another one or as the log's first."""
        origin = origin_of(self._log, name)
        claim(self._objects, self._keys, log=self._log, shard=name)
        state = ShardState(writers=dict(before.writers), sealed_at=now)
        shard = _Shard(name, state, None, TileTree())
        fields: dict[str, Value] = {"origin": origin}
        if before.size:
            parent = previous_shard(name)
            fields |= {"parent": origin_of(self._log, parent), "size": before.size}
            fields["root"] = before.root
            # It is written out, and would hold entries for longer than their bundles are kept.
            self._objects.delete([f"{parent}/{before.staged}", *self._left_over(parent, before)])
        opening = self._own(Entry(kind=EntryKind.LOG_OPEN, fields=fields), now)
        self._commit(shard, opening, now)
        self._shard = shard
        return shard

    def _rotated(self, shard: _Shard, now: int) -> _Shard:
        """Close a shard at the half-year's end: its last entry names the next one's key."""
        if taken := self._gathered(shard, now):
            self._commit(shard, taken, now)
        after = next_shard(shard.name)
        origin = origin_of(self._log, after)
        key = verifier(origin, self._keys.shard(after).public_key())
        rotate = Entry(kind=EntryKind.KEY_ROTATE, fields={"origin": origin, "vkey": str(key)})
        last = [*self._seals(shard, now), *self._own(rotate, now)]
        self._commit(shard, last, now, closing=True)
        return self._opened(after, shard.state, now)

    def _gathered(self, shard: _Shard, now: int) -> list[Line]:
        """Return what is new of all writers, each entry following on its writer's last.

        Write-ahead logs go once the tree holds all of them: by the state, which is durable, and
        never by what is only about to be taken in.
        """
        taken: list[Line] = []
        incidents: list[Line] = []
        done: list[str] = []
        self._room, self._unread = _Room(), None
        writers, found = shard.state.writers, self._tail.segments()
        for writer, segments in found.items():
            come = writers.get(writer, Come(n=0, leaf="", ts=now))
            new, fault = ([], "") if come.broken else self._following(segments, writer, come)
            taken += new
            if fault:
                shard.broken.add(writer)
                last = replace(come, n=new[-1].n + 1, leaf=new[-1].leaf.hex()) if new else come
                incidents += self._own(incident(fault, writer, last), now)
            ended = not new and not fault and self._ended(writer, come)
            self._heard[writer] = self._watched if new else self._heard.get(writer, self._watched)
            done += closed_segments(segments, come.n, ended=ended)
        self._forget_gone(shard.state, found.keys(), now)
        if done:
            self._objects.delete(done)
        return [*taken, *incidents]

    def _following(self, segments: list[str], writer: str, come: Come) -> tuple[list[Line], str]:
        """Return a writer's new entries up to one that doesn't follow on, and why it doesn't.

        What can't be read, or is for a newer version, waits where it is, however long that takes;
        nobody else waits with it.
        """
        new: list[Line] = []
        room, fault = self._room, ""
        n, leaf, stopped = come.n, come.leaf, come.stopped
        try:
            lines = self._lines(writer, segments, n)
            if isinstance(lines, tuple):
                return self._taken_whole(lines, writer, come)
            for line in lines:
                if room.full:
                    break
                fault = unfit(line, writer, n, leaf, stopped=stopped)
                if line is None or fault:
                    break
                if line.n < n:
                    continue  # it is in the tree already
                new.append(line)
                room.take(line)
                n, leaf, stopped = n + 1, line.leaf.hex(), stops(line)
        except EvidenceError as error:
            self._tail.forget(writer)
            self._heard[writer] = self._watched
            self._unread = error
        return new, fault

    def _taken_whole(
        self, lines: Sequence[Line], writer: str, come: Come
    ) -> tuple[list[Line], str]:
        """Return as many of this process's own entries as there is room for.

        Each was made behind the one before it, so that only the first needs looking at.
        """
        fault = unfit(lines[0], writer, come.n, come.leaf, stopped=come.stopped) if lines else ""
        return [] if fault else self._room.taken(lines), fault

    def _lines(self, writer: str, segments: list[str], n: int) -> Iterable[Line | None]:
        """Return a writer's lines from its entry `n` on; None for what is none.

        Returns:
            A tuple where they needn't be checked, as this process has made them.
        """
        fresh = self._fresh.since(writer, n) if self._fresh is not None else None
        if fresh is None:
            return map(parsed, self._tail.lines(writer, segments, n))
        self._tail.forget(writer)
        return fresh

    def _ended(self, writer: str, come: Come) -> bool:
        """Tell whether a writer of whom nothing is new won't write any more."""
        silent = self._watched - self._heard.get(writer, self._watched)
        return not come.broken and not self._room.full and (come.stopped or silent > GIVEN_UP_US)

    def _forget_gone(self, state: ShardState, found: Collection[str], now: int) -> None:
        """Forget writers who ended, whose write-ahead log is gone, and whose end was sealed."""
        for writer, come in list(state.writers.items()):
            over = come.stopped or now - come.ts > FORGOTTEN_US
            if over and writer not in found and come.ts < state.sealed_at:
                del state.writers[writer]
                self._tail.forget(writer)
                self._heard.pop(writer, None)

    def _grown(self, shard: _Shard, taken: Sequence[Line], now: int) -> int:
        state = shard.state
        state.sealed_at = min(state.sealed_at, now)  # the clock may have gone back
        due = now - state.sealed_at >= self._seal_us and (taken or state.totals.records)
        sealing = self._seals(shard, now, taken) if due else []
        if taken or sealing:
            self._commit(shard, [*taken, *sealing], now)
        return len(taken)

    def _seals(self, shard: _Shard, now: int, taken: Sequence[Line] = ()) -> list[Line]:
        """Return the entries with the totals since the last ones, and how far everybody is."""
        totals, heads = Totals(), dict[str, Value]()
        totals.records.update(shard.state.totals.records)
        totals.decisions.update(shard.state.totals.decisions)
        for writer, come in shard.state.writers.items():
            if come.n:
                heads[writer] = {"w": writer, "n": come.n, "leaf": come.leaf}
        # What begins this sequencer's own chain comes before its seal, and is counted in it.
        start = self._begun(now)
        totals.count_all(map(COUNTED, (*taken, *start)))
        for line in {line.writer: line for line in (*taken, *start)}.values():
            heads[line.writer] = {"w": line.writer, "n": line.n + 1, "leaf": line.leaf.hex()}
        said: list[dict[str, Value]] = [{"totals": part} for part in totals.parts()]
        rows = [heads[writer] for writer in sorted(heads)]
        for at in range(0, len(rows), HEADS_PER_SEAL):
            chunk: Value = rows[at : at + HEADS_PER_SEAL]
            index = at // HEADS_PER_SEAL
            said[index:] = [
                {**(said[index] if index < len(said) else {}), "heads": chunk},
                *said[index + 1 :],
            ]
        sealing = [{**part, "more": True} for part in said[:-1]] + said[-1:]
        made = [Entry(kind=EntryKind.LOG_SEAL, fields=fields) for fields in sealing]
        return [*start, *(line for entry in made for line in self._own(entry, now))]

    def _begun(self, now: int) -> list[Line]:
        """Begin this sequencer's own chain, if it hasn't begun."""
        if self._chain is not None:
            return []
        self._chain = Chain(f"s{now:014x}-{secrets.token_hex(4)}")
        fields: dict[str, Value] = {"mode": SEQUENCER, "origin": self._log}
        return self._own(Entry(kind=EntryKind.WRITER_START, fields=fields), now)

    def _own(self, entry: Entry, now: int) -> list[Line]:
        """Return an entry of the sequencer's own, behind what begins its chain."""
        begun = self._begun(now)
        assert self._chain is not None  # noqa: S101 - just begun
        return [*begun, parse_line(self._chain.append(entry, now))]

    def _commit(
        self, shard: _Shard, lines: Sequence[Line], now: int, *, closing: bool = False
    ) -> None:
        """Move the log on by some entries: staged, swapped, written out."""
        state = shard.state
        made = shard.tree.grow([line.body for line in lines], [line.leaf for line in lines])
        _count(state, lines, now)
        for writer in shard.broken:
            come = state.writers.get(writer, Come(n=0, leaf="", ts=now))
            state.writers[writer] = replace(come, broken=True)
        state.size, state.root = shard.tree.size, shard.tree.root().hex()
        before, state.checkpoint = state.checkpoint, self._signed(shard, now)
        staging = staged(made)
        old, state.staged = state.staged, staging_name(staging, state.size)
        state.closed = closing
        if not self._objects.create(f"{shard.name}/{state.staged}", staging):
            raise EvidenceError("two steps have one name", code="evidence_unreadable")
        kept = bytes(state)
        # Who loses leaves what it staged: the winner's may be the very same object.
        if not self._objects.swap(f"{shard.name}/state", kept, expected=shard.kept):
            raise _Lost
        shard.kept = kept
        self._added.append(Added(shard.name, state.size - len(lines), lines))
        self._put(shard.name, made)
        self._publish(shard.name, state.checkpoint, before)
        self._tidy(shard, made, [f"{shard.name}/{old}"] if old else [])

    def _signed(self, shard: _Shard, now: int) -> str:
        origin = origin_of(self._log, shard.name)
        size, root = shard.state.size, bytes.fromhex(shard.state.root)
        checkpoint = Checkpoint(origin=origin, size=size, root=root)
        note = sign_checkpoint(checkpoint, name=origin, signer=self._keys.shard(shard.name))
        if self._cosign is not None:
            note += self._cosign(checkpoint, now // 1_000_000)
        return note.decode()

    def _put(self, name: str, made: Named) -> None:
        named = {f"{name}/{part}": data for part, data in made.items()}
        if isinstance(self._objects, ObjectFolder):
            fine = self._objects.create_all(named)
        else:
            fine = all(self._objects.create(part, data) for part, data in named.items())
        if not fine:
            raise EvidenceError(
                f"a tile of {name} is there already and holds something else",
                code="evidence_unreadable",
            )

    def _publish(self, name: str, checkpoint: str, before: str = "") -> None:
        """Put the checkpoint where everybody reads it; a later one stays."""
        path, new = f"{name}/checkpoint", checkpoint.encode()
        if before and self._objects.swap(path, new, expected=before.encode()):
            return
        held = self._objects.read(path)
        while _size_in(held) < _size_in(new):
            if self._objects.swap(path, new, expected=held):
                return
            held = self._objects.read(path)

    def _tidy(self, shard: _Shard, made: Named, gone: Sequence[str]) -> None:
        """Delete staging objects, and tiles that a whole one has replaced."""
        whole = {part for part in made if ".p/" not in part}
        stale = {part for part in shard.partials if part.partition(".p/")[0] in whole}
        shard.partials = (shard.partials | (made.keys() - whole)) - stale
        if stale or gone:
            self._objects.delete([*gone, *(f"{shard.name}/{part}" for part in sorted(stale))])

    def _write_out(self, name: str, state: ShardState) -> Named:
        """Do again what a sequencer before may not have come to after its swap."""
        staging = self._objects.read(f"{name}/{state.staged}") if state.staged else None
        made = unstaged(staging) if staging is not None else {}
        self._put(name, made)
        if state.checkpoint:
            self._publish(name, state.checkpoint)
        return made

    def _partials_beside(self, name: str, made: Named) -> set[str]:
        """Return the names of all that isn't whole of the tiles of a step, whoever wrote it."""
        tiles = {part.partition(".p/")[0] for part in made}
        return {
            partial.removeprefix(f"{name}/")
            for tile in sorted(tiles)
            for partial in self._objects.names(f"{name}/{tile}.p/")
        }

    def _left_over(self, name: str, state: ShardState) -> list[str]:
        """Return what was staged for steps that nobody can make any more."""
        return [
            staging
            for staging in self._objects.names(f"{name}/{STAGING}")
            if staged_size(staging) <= state.size and staging != f"{name}/{state.staged}"
        ]


def _count(state: ShardState, lines: Sequence[Line], now: int) -> None:
    """Take entries into account: who has come how far, and the totals since the last seal."""
    sealed = [at for at, line in enumerate(lines, 1) if line.kind == EntryKind.LOG_SEAL]
    if sealed:
        state.totals, state.sealed_at = Totals(), now
    since = lines[sealed[-1] :] if sealed else lines
    state.totals.count_all(map(COUNTED, since))
    for line in {line.writer: line for line in lines}.values():
        state.writers[line.writer] = Come(
            n=line.n + 1, leaf=line.leaf.hex(), ts=line.ts, stopped=stops(line)
        )


def _size_in(checkpoint: bytes | None) -> int:
    """Return how much a checkpoint covers; less than any does where there is none, or no such."""
    try:
        return int((checkpoint or b"").split(b"\n", 2)[1])
    except (ValueError, IndexError):
        return -1
