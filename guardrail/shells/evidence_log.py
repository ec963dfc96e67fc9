"""Puts the evidence log of one process together: its writer, and a try at being the sequencer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import closing

from guardrail.errors import ConfigError, EvidenceError, GuardrailError
from guardrail.evidence import Entry, Objects, Totals, previous_shard, shard_of
from guardrail.evidence.cosignature import second_signature
from guardrail.settings import Settings
from guardrail.stores.evidence_home import open_objects
from guardrail.stores.evidence_index import EvidenceIndex
from guardrail.stores.fresh import Fresh
from guardrail.stores.segments import Pace, SegmentLog
from guardrail.stores.sequencer import LEASE_US, Sequencer
from guardrail.stores.sequencing import Sequencing
from guardrail.stores.shard_keys import check_shard
from guardrail.stores.signing_key import LogKeys
from guardrail.stores.state import State
from guardrail.stores.stepped import Stepped
from guardrail.telemetry import Metrics

log = logging.getLogger("guardrail")

PAUSE_SECONDS = 0.2
DEAD_SECONDS = LEASE_US / 1_000_000 + 1
"""So long after a guard was killed nobody thinks any more that it seals the log."""


def now_us() -> int:
    """Return the time: microseconds since 1970, UTC."""
    return time.time_ns() // 1_000


def log_keys(settings: Settings) -> LogKeys:
    """Return the keys of the log that `settings` name; none is made before it is used."""
    evidence = settings.evidence
    return LogKeys(State(settings.state).keys, log=evidence.origin, root=evidence.key)


def check_keys(settings: Settings, objects: Objects) -> str:
    """See that the log is signed with this guard's keys, where it has begun: others may share it.

    Returns:
        The half-year that it is of; empty for a log that hasn't begun, or not lately.

    Raises:
        ConfigError: it isn't.
        EvidenceError: the store failed.
    """
    evidence, keys = settings.evidence, log_keys(settings)
    shard = shard_of(now_us())
    for name in (shard, previous_shard(shard)):
        try:
            if check_shard(objects, keys, log=evidence.origin, shard=name):
                return name
        except EvidenceError as error:
            if error.code != "evidence_another_key":
                raise
            raise ConfigError(str(error), fix=error.fix) from None
    return ""


def open_writer(settings: Settings, objects: Objects, metrics: Metrics | None = None) -> SegmentLog:
    """Begin a writer of the log that `settings` name. After forking, not before."""

    def told(writer: str, totals: Totals, seconds: float) -> None:
        if metrics is not None:
            metrics.durable_entries(totals.records, totals.decisions)
            metrics.written(writer, totals.records.total())
            metrics.durable(seconds)

    evidence = settings.evidence
    return SegmentLog(
        objects,
        log=evidence.origin,
        clock=now_us,
        pace=Pace(beat_every=evidence.beat_seconds, waiting=evidence.wait_entries),
        told=told,
    )


def make_sequencer(settings: Settings, objects: Objects, fresh: Fresh | None = None) -> Sequencer:
    """Return a sequencer of the log that `settings` name; it has done nothing yet."""
    keys = log_keys(settings)
    return Sequencer(
        objects,
        log=settings.evidence.origin,
        keys=keys,
        clock=now_us,
        seal_every=settings.evidence.seal_seconds,
        cosign=second_signature(keys.shard) if settings.evidence.ml_dsa else None,
        fresh=fresh,
    )


def start_sequencing(
    settings: Settings, objects: Objects, metrics: Metrics, fresh: Fresh | None = None
) -> Sequencing:
    """Begin to keep the log in order, from a thread. After forking, not before.

    Args:
        settings: whose log.
        objects: where it is kept.
        metrics: hear of each step.
        fresh: what this process's own writer made durable just now.

    Raises:
        EvidenceError: the index can't be opened.
    """
    return Sequencing(
        make_sequencer(settings, objects, fresh),
        objects=objects,
        clock=now_us,
        index=EvidenceIndex(State(settings.state).evidence_index),
        told=counting(metrics),
        lagging=metrics.unsealed,
    )


def counting(metrics: Metrics) -> Callable[[Stepped], None]:
    """Return what tells metrics of each step of a sequencer."""

    def told(stepped: Stepped) -> None:
        if not stepped.more:  # all of it is in the tree; or another guard leads, and tells
            metrics.unsealed(0)
        if stepped.leads and stepped.taken:
            metrics.checkpoint(stepped.size, time.time())

    return told


def put_on_record(settings: Settings, entries: Sequence[Entry]) -> None:
    """Put entries on record from a process that does nothing else, and into the tree if may be.

    Raises:
        ConfigError, EvidenceError: they can't be put on record.
    """
    objects = open_objects(settings.evidence.store, State(settings.state))
    writer = open_writer(settings, objects)
    try:
        writer.append(entries).result()
    finally:
        writer.close()
        objects.close()
    settle(settings)


def settle(settings: Settings, *, quietly: bool = True, patience: float = 0.0) -> None:
    """Take what waits into the tree, unless a guard that runs does so anyway.

    Args:
        settings: whose log.
        quietly: whether a failure is logged alone.
        patience: seconds to wait while entries wait and another one is to take them in: it may have
            been killed, and its lease isn't over yet.

    Raises:
        ConfigError, EvidenceError: it failed, and `quietly` is False.
    """
    try:
        with closing(open_objects(settings.evidence.store, State(settings.state))) as objects:
            sequencer = make_sequencer(settings, objects)
            until = time.monotonic() + patience
            while time.monotonic() < until and not sequencer.step().leads and sequencer.waiting():
                time.sleep(PAUSE_SECONDS)
            sequencer.close()
    except GuardrailError as error:  # it is durable: the next sequencer takes it in
        if not quietly:
            raise
        log.warning("the evidence log couldn't be sealed: %s", error.code)
