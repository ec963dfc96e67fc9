"""What evidence costs: processor time for each request, from the entry to the tree and the index.

A request makes two entries: of a chat request and its labelled reply, as the guard really makes
them, with an id of its own. Each row is processor time of the whole process, kernel and all threads
included, in microseconds for a request, and as multiples of the least that it could take: writing
and hashing the two entries' JSON once. The ratios can be compared between machines.

    python -m benchmarks.evidence
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import json
import secrets
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import orjson
import uvloop
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.labels import bodies, guard_of
from guardrail.disclose import LabelSigner
from guardrail.evidence import Chain, Entry, Value
from guardrail.facts import RawReply, RawRequest
from guardrail.shells.recording import Recording
from guardrail.stores.evidence_index import EvidenceIndex
from guardrail.stores.fresh import Fresh
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.segments import SegmentLog
from guardrail.stores.sequencer import Sequencer
from guardrail.stores.signing_key import LogKeys

LOG = "cost"
CALLERS = 50
ROUNDS = 5
GOAL = 50.0
"""Microseconds of processor time for a request, from its entries to the tree and the index."""


def now_us() -> int:
    """Return the time: microseconds since 1970, UTC."""
    return time.time_ns() // 1_000


def typical() -> tuple[Entry, Entry]:
    """Return the entries of a chat request and its reply."""
    guard = guard_of(LabelSigner(Ed25519PrivateKey.generate(), "kid"))
    path, request, stated, reply = bodies("Бүгін Алматыда күн ашық. ")["openai-chat"]
    now = datetime.now(UTC)
    raw = RawRequest(
        method="POST",
        path=path,
        headers=((b"content-type", b"application/json"),),
        body=json.dumps(request).encode(),
    )
    route = guard.route("POST", path)
    request_id = f"req_{secrets.token_hex(16)}"
    asked = guard.examine(raw, route, request_id=request_id, label_id="urn:uuid:1", now=now)
    enacted = guard.enact(guard.decide(asked, (), now))
    told = RawReply(status=200, headers=((b"content-type", stated.encode()),), body=reply)
    case = enacted.decided.examined.case
    replied = guard.decide(guard.examine_reply(case, told), (), now)
    return enacted.entry, guard.enact(replied, now=int(time.time())).entry


def spent(work: Callable[[], object]) -> float:
    """Return the seconds of processor time that something takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


@dataclass
class Bench:
    """The entries of a request, and a log to write them to."""

    pair: tuple[Entry, Entry]
    directory: Path
    requests: int

    def least(self) -> None:
        """Write and hash the JSON of two entries."""
        for entry in self.pair:
            data = orjson.dumps(dict(entry.fields), option=orjson.OPT_SORT_KEYS)
            hashlib.sha256(data).digest()

    def make(self) -> None:
        """Make two entries out of plain fields."""
        for entry in self.pair:
            self.made(entry, entry.req)

    def made(self, entry: Entry, request_id: str) -> Entry:
        """Make an entry like another one, of another request."""
        fields: dict[str, Value] = dict(entry.fields)
        return Entry(kind=entry.kind, req=request_id, fields=fields)

    def chain(self, chain: Chain) -> None:
        """Make two lines."""
        for entry in self.pair:
            chain.append(entry, 1)

    def ids(self) -> list[str]:
        """Return the ids of requests: the index sorts them."""
        return [f"req_{secrets.token_hex(16)}" for _ in range(self.requests)]

    def write(self, log: SegmentLog, callers: int, ids: Sequence[str]) -> None:
        """Put requests on record, so many at a time; each waits for its two entries in turn."""
        recording, left = Recording(log), iter(ids)

        async def call() -> None:
            for request_id in left:
                for entry in self.pair:
                    await recording.append([self.made(entry, request_id)])

        async def all_of_them() -> None:
            async with asyncio.TaskGroup() as group:
                for _ in range(callers):
                    group.create_task(call())

        uvloop.run(all_of_them())

    def written(self, name: str, callers: int) -> tuple[float, float, ObjectFolder]:
        """Return processor seconds, entries for each sync, and the store."""
        objects = ObjectFolder(self.directory / name)
        log = SegmentLog(objects, log=LOG, clock=now_us)
        ids = self.ids()
        seconds = spent(lambda: self.write(log, callers, ids))
        group = log.entries / log.syncs
        log.close()
        return seconds, group, objects

    def together(self, callers: int, rounds: int) -> tuple[float, float, float]:
        """Return the processor seconds of making and writing, of sequencing, and of indexing.

        All is done by one process. After each round there is a step, as there is one each second
        in a guard.
        """
        objects = ObjectFolder(self.directory / "together")
        log = SegmentLog(objects, log=LOG, clock=now_us)
        sequencer = self.sequencer(objects, log.fresh)
        index = EvidenceIndex(self.directory / "together.sqlite")
        part = Bench(self.pair, self.directory, self.requests // rounds)
        written = stepped = followed = 0.0
        self.step(sequencer, index)
        for ids in [part.ids() for _ in range(rounds)]:
            written += spent(partial(part.write, log, callers, ids))
            took = self.step(sequencer, index)
            stepped, followed = stepped + took[0], followed + took[1]
        log.close()
        sequencer.close()
        index.close()
        return written, stepped, followed

    def apart(self, objects: ObjectFolder) -> float:
        """Return the processor seconds of a sequencer that reads what another process wrote."""
        sequencer = self.sequencer(objects)
        return spent(sequencer.close)

    def sequencer(self, objects: ObjectFolder, fresh: Fresh | None = None) -> Sequencer:
        """Return a sequencer."""
        keys = LogKeys(self.directory / "keys", log=LOG)
        return Sequencer(objects, log=LOG, keys=keys, clock=now_us, fresh=fresh)

    def step(self, sequencer: Sequencer, index: EvidenceIndex) -> tuple[float, float]:
        """Return the processor seconds of a step of the sequencer, and of the index's."""
        began = time.process_time()
        did = sequencer.step()
        came = time.process_time()
        for added in did.added:
            index.add(added.shard, added.first, added.lines)
        return came - began, time.process_time() - came


def row(name: str, us: float, least: float, more: str = "") -> None:
    """Print one line of figures."""
    print(f"{name:44}{us:8.1f}{us / least:8.1f}  {more}")


def repeated(work: Callable[[], object], count: int) -> float:
    """Return the microseconds of processor time that each of many takes: the best of three runs."""

    def all_of_them() -> None:
        for _ in range(count):
            work()

    return min(spent(all_of_them) for _ in range(3)) / count * 1e6


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what each part costs, and all together."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=20_000)
    asked = parser.parse_args(arguments)
    pair = typical()
    gc.collect()
    gc.freeze()  # as the server does
    gc.set_threshold(50_000, 10, 10)  # as the command line does
    with tempfile.TemporaryDirectory(prefix="guardrail-evidence-") as directory:
        bench = Bench(pair, Path(directory), asked.requests)
        least = repeated(bench.least, asked.requests)
        chain = Chain("w" * 24)
        sizes = [len(chain.append(entry, now_us())) for entry in pair]
        print(f"{asked.requests} requests, entries of {sizes[0]} and {sizes[1]} bytes")
        print(f"{'':44}{'us':>8}{'ratio':>8}")
        row("the least: JSON and a hash", least, least)
        row("making two entries", repeated(bench.make, asked.requests), least)
        row("their lines", repeated(lambda: bench.chain(chain), 5000), least)
        alone = Bench(pair, Path(directory), asked.requests // 10)
        seconds, group, _ = alone.written("alone", 1)
        each = seconds / alone.requests * 1e6
        row("making and writing them, 1 caller", each, least, f"{group:.1f} entries a sync")
        seconds, group, objects = bench.written("many", CALLERS)
        each = seconds / bench.requests * 1e6
        row(
            f"making and writing them, {CALLERS} callers",
            each,
            least,
            f"{group:.1f} entries a sync",
        )
        apart = bench.apart(objects) / bench.requests * 1e6
        row("the sequencer, of what others wrote", apart, least)
        parts = bench.together(CALLERS, ROUNDS)
        each, folded, indexed = (one / bench.requests * 1e6 for one in parts)
        print(f"all in one process, a step each {bench.requests // ROUNDS} requests")
        row("  the sequencer", folded, least)
        row("  the index", indexed, least)
        row("on the request's way", each, least)
        row("behind it", folded + indexed, least)
        row("in all", each + folded + indexed, least, f"goal {GOAL:.0f} us")


if __name__ == "__main__":
    main()
