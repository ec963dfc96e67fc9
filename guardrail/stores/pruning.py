"""Retention: deletes whole bundles of entries that are old enough, old details, and old keys.

Hashes stay, so every proof still verifies (C2SP tlog-tiles, pruning). What goes is put on record
first, then the shard's `minimum-index` says so, and then it is deleted. A crash in between is made
good by the next run, which finds what is left. Nothing that a legal hold covers is touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

import orjson

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    TILE_WIDTH,
    Entry,
    EntryKind,
    bundle_name,
    entries_in,
    origin_of,
    read_state,
)
from guardrail.evidence.details import Detail, Details
from guardrail.evidence.holds import Cover
from guardrail.evidence.objects import Objects
from guardrail.evidence.shard import SECOND
from guardrail.stores.epoch_keys import EpochKeys
from guardrail.stores.evidence_reader import MINIMUM, minimum_index, size_of
from guardrail.stores.holds import Holds, Record

DAY_US = 86_400 * SECOND
AT_A_TIME = 64
"""Objects that are deleted before it is asked again whether to go on."""

_SHARD = re.compile(r"(\d{4}h[12])/checkpoint")
_TILE = re.compile(r"tile/(entries|\d+)/((?:x\d{3}/)*\d{3})(\.p/\d{1,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortened:
    """What of one shard goes."""

    shard: str
    below: int
    """The first entry that is kept from now on, but for held ones before it."""
    bundles: tuple[str, ...] = ()
    """Objects with entries that are deleted, by their whole names."""
    entries: int = 0
    """How many entries these hold."""
    held: int = 0
    """How many bundles are old enough and stay, since a hold covers something in them."""
    partials: tuple[str, ...] = ()
    """Objects that others have replaced, by their whole names."""
    moved: bool = False
    """Whether `below` isn't yet what the shard says of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run deletes, or would."""

    until: int
    """What was made before this time is old enough; microseconds since 1970, UTC."""
    shards: tuple[Shortened, ...] = ()
    details: tuple[Detail, ...] = ()
    epochs: tuple[str, ...] = ()
    """Half-years whose keys of pseudonyms go."""
    held_details: int = 0
    """How many details are old enough and stay, since a hold covers them."""

    @property
    def entries(self) -> int:
        """How many entries go."""
        return sum(one.entries for one in self.shards)

    @property
    def held(self) -> int:
        """How many bundles stay since a hold covers something in them."""
        return sum(one.held for one in self.shards)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """How long things are kept."""

    days: int
    """Entries; see `guardrail.policy.retention_days`."""
    details_days: int = 30
    """Details."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All that a run looks through, and where it puts on record what goes."""

    objects: Objects
    log: str
    """The log's name."""
    record: Record
    """Puts an entry on record; returns once it is durable, and raises where it can't be."""
    keys: EpochKeys
    details: Details | None = None
    """None where none were ever kept."""
    forget: Callable[[str, int], object] = field(default=lambda _shard, _below: None)
    """Takes a shard's entries below an index out of what was derived from the log."""


class Stopped(Exception):  # noqa: N818 - nothing is wrong: there is another run
    """A run was to end before it was done."""


class Pruner:
    """Prunes one log. Several may run at once: what one has deleted the other doesn't find."""

    def __init__(
        self, kept: Kept, ages: Ages, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        """Take what is kept, and for how long.

        Args:
            kept: what is looked through.
            ages: for how long.
            stopping: tells, between bundles, whether a run is to end where it is.
        """
        self._kept = kept
        self._ages = ages
        self._stopping = stopping

    def plan(self, now: int, *, log: bool = True) -> Plan:
        """Return what a run at a time (microseconds since 1970, UTC) would delete; see `run`.

        Raises:
            EvidenceError: something can't be read; nothing may be deleted then.
            Stopped: it was to end.
        """
        kept, until = self._kept, now - self._ages.days * DAY_US
        cover = Holds(kept.objects).cover(lambda one: [*kept.keys.names_of(one).values()])
        old = () if kept.details is None else kept.details.before(self._details_until(now))
        theirs = _details_of(cover, kept.details)
        return Plan(
            until=until,
            shards=tuple(
                self._shortened(shard, until, cover) for shard in (self._shards() if log else ())
            ),
            details=tuple(one for one in old if not cover.detail(one, theirs)),
            held_details=sum(cover.detail(one, theirs) for one in old),
            epochs=tuple(self._epochs(until, cover)),
        )

    def run(self, now: int, *, log: bool = True) -> Plan:
        """Put on record what is old enough, and delete it.

        Args:
            now: microseconds since 1970, UTC.
            log: whether entries are deleted, too. Guards that share a log have details and keys of
                their own, and each must see to these itself.

        Returns:
            what was deleted.

        Raises:
            EvidenceError: something can't be read, put on record or deleted; the next run goes on.
            Stopped: it was to end; likewise.
        """
        plan = self.plan(now, log=log)
        self._go_on()
        for entry in self._entries(plan, now):
            self._kept.record(entry)
        for shard in plan.shards:
            if shard.moved:
                self._move(shard)
            self._delete((*shard.partials, *shard.bundles))
            if shard.bundles:
                self._kept.forget(shard.shard, shard.below)
        self._go_on()
        if self._kept.details is not None and plan.details:
            self._kept.details.destroy([one.id for one in plan.details])
        for epoch in plan.epochs:
            self._kept.keys.destroy(epoch)
        return plan

    def _go_on(self) -> None:
        if self._stopping():
            raise Stopped

    def _delete(self, names: Sequence[str]) -> None:
        # Bundles are the last: while one is left, the next run does for the shard what is behind.
        left = iter(names)
        while some := tuple(islice(left, AT_A_TIME)):
            self._go_on()
            self._kept.objects.delete(some)

    def _entries(self, plan: Plan, now: int) -> Iterator[Entry]:
        """Return what is put on record before anything is deleted.

        All shards are told of whenever one changes: what was said of them before may be among what
        goes now.
        """
        if any(one.moved or one.bundles for one in plan.shards):
            for one in plan.shards:
                if one.below:
                    origin = origin_of(self._kept.log, one.shard)
                    yield _erasure(
                        "retention",
                        origin=origin,
                        size=one.below,
                        count=one.entries,
                        until=plan.until,
                    )
        if plan.details:
            yield _erasure("details", count=len(plan.details), until=self._details_until(now))
        for epoch in plan.epochs:
            yield _erasure("epoch", epoch=epoch)

    def _details_until(self, now: int) -> int:
        return now - self._ages.details_days * DAY_US

    def _shards(self) -> Iterator[str]:
        for name in self._kept.objects.names(""):
            if found := _SHARD.fullmatch(name):
                yield found[1]

    def _shortened(self, shard: str, until: int, cover: Cover) -> Shortened:
        bundles, older, partials = _sorted_out(self._kept.objects.names(f"{shard}/"), f"{shard}/")
        before = below = minimum_index(self._kept.objects, shard)
        going: list[str] = []
        count = held = 0
        # The last bundle always stays: in it a shard's end is told, and the next one's key.
        last = max([*bundles, *(number for number, _ in older)], default=0)
        for number in sorted(bundles - {last}):
            self._go_on()
            name = f"{shard}/{bundle_name(number)}"
            records = records_in(self._kept.objects, name)
            behind = TILE_WIDTH * number < before
            if not behind and any(_made(one) >= until for one in records):
                break
            below = max(below, TILE_WIDTH * (number + 1))
            if any(map(cover.record, records)):
                held += 1
                continue
            going.append(name)
            count += len(records)
        left = [name for number, name in older if number in bundles or TILE_WIDTH * number < below]
        return Shortened(
            shard=shard,
            below=below,
            bundles=tuple(going),
            entries=count,
            held=held,
            partials=(*partials, *left, *self._staged(shard, until)),
            moved=below > before,
        )

    def _staged(self, shard: str, until: int) -> Iterator[str]:
        """Return what the last step of a shard left behind, once all of the shard is old enough."""
        data = self._kept.objects.read(f"{shard}/state")
        if epoch_times(shard)[1] <= until and data is not None:
            state = read_state(data)
            # A step that was staged and not written out yet would be lost.
            if state.closed and state.size == size_of(self._kept.objects, shard):
                yield from self._kept.objects.names(f"{shard}/staging/")

    def _move(self, shard: Shortened) -> None:
        name = f"{shard.shard}/{MINIMUM}"
        while True:
            data = self._kept.objects.read(name)
            if data is not None and int(data) >= shard.below:
                return
            if self._kept.objects.swap(name, b"%d\n" % shard.below, expected=data):
                return

    def _epochs(self, until: int, cover: Cover) -> Iterator[str]:
        for epoch in self._kept.keys.epochs():
            begins, ends = epoch_times(epoch)
            if ends <= until and not cover.overlaps(begins, ends):
                yield epoch


_UNREADABLE = "evidence_unreadable"


def records_in(objects: Objects, name: str) -> list[Mapping[str, object]]:
    """Return the records of a bundle, by its whole name; none where somebody deleted it meanwhile.

    Raises:
        EvidenceError: it can't be read, or isn't a bundle of records.
    """
    data = objects.read(name)
    try:
        return [] if data is None else [orjson.loads(one) for one in entries_in(data)]
    except ValueError:
        raise EvidenceError(f"{name} isn't a bundle of records", code=_UNREADABLE) from None


def epoch_times(epoch: str) -> tuple[int, int]:
    """Return when a half-year begins and when it is over, in microseconds since 1970, UTC."""
    year, half = int(epoch[:4]), epoch[-1]
    begins = datetime(year, 1 if half == "1" else 7, 1, tzinfo=UTC)
    ends = datetime(year, 7, 1, tzinfo=UTC) if half == "1" else datetime(year + 1, 1, 1, tzinfo=UTC)
    return int(begins.timestamp()) * SECOND, int(ends.timestamp()) * SECOND


def _details_of(cover: Cover, details: Details | None) -> frozenset[str]:
    """Return the ids of the details of everybody whom a hold is of."""
    found = details.of_subject if details is not None else lambda _: ()
    return frozenset(one.id for subject in cover.subjects for one in found(subject))


def _sorted_out(
    names: Iterator[str], prefix: str
) -> tuple[frozenset[int], Sequence[tuple[int, str]], Sequence[str]]:
    """Sort a shard's objects.

    Returns:
        numbers of whole bundles; of bundles that aren't whole number and name; and the names of
        tiles that a whole one has replaced.
    """
    whole: set[tuple[str, int]] = set()
    parts: list[tuple[str, int, str]] = []
    for name in names:
        if found := _TILE.fullmatch(name.removeprefix(prefix)):
            level, number = found[1], int(re.sub("[x/]", "", found[2]))
            if found[3]:
                parts.append((level, number, name))
            else:
                whole.add((level, number))
    bundles = frozenset(number for level, number in whole if level == "entries")
    older = [(number, name) for level, number, name in parts if level == "entries"]
    tiles = [name for level, at, name in parts if level != "entries" and (level, at) in whole]
    return bundles, older, tiles


def _made(record: Mapping[str, object]) -> int:
    ts = record.get("ts")
    if not isinstance(ts, int):
        raise EvidenceError("an entry doesn't tell its time", code=_UNREADABLE)
    return ts


def _erasure(reason: str, **fields: str | int) -> Entry:
    return Entry(kind=EntryKind.ERASURE, fields={"reason": reason, **fields})
