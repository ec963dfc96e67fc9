"""Kills writers and sequencers of an evidence log at random moments, again and again, and counts.

Processes write under load, and two sequencers try to lead; any of them is killed with SIGKILL, or
stands still for a while, and another takes its place. In the end, every entry that was acknowledged
must be in the tree exactly once, and the verifier must find nothing wrong. SIGKILL loses no bytes
that the kernel has; what a loss of power does is what tests/stores/test_crash.py cuts off by hand.

    python -m benchmarks.crash --rounds 200
"""

from __future__ import annotations

import argparse
import os
import random
import selectors
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from benchmarks.load import quantile
from guardrail.errors import EvidenceError
from guardrail.evidence import Entry, EntryKind, leaf_hash, verifier
from guardrail.stores import sequencer as sequencer_module
from guardrail.stores import wal
from guardrail.stores.evidence_index import EvidenceIndex
from guardrail.stores.evidence_reader import read_entries, shards_between
from guardrail.stores.fresh import Fresh
from guardrail.stores.object_folder import ObjectFolder
from guardrail.stores.segments import Pace, SegmentLog
from guardrail.stores.sequencer import Sequencer
from guardrail.stores.sequencing import Sequencing
from guardrail.stores.signing_key import LogKeys
from guardrail.verify import verify_log

LOG = "crash"
WRITERS, SEQUENCERS = 3, 2
PATIENCE = 60.0
"""Seconds that recovery may take on the slowest machine; half a second is usual."""
ENTRY = Entry(
    kind=EntryKind.REQUEST,
    req="req_" + "c" * 32,
    fields={
        "act": "refuse",
        "dir": "request",
        "hits": [{"rule": "kz-94-v.10", "article": "94-V, 10", "action": "refuse"}],
        "status": 451,
    },
)


def now_us() -> int:
    """Return the time: microseconds since 1970, UTC."""
    return time.time_ns() // 1_000


@dataclass
class Child:
    """A process, and what it says over a pipe."""

    role: str
    pid: int
    pipe: int
    heard: bytes = b""


@dataclass
class Place:
    """Where a log is kept that is being maltreated."""

    directory: Path

    @property
    def objects(self) -> ObjectFolder:
        """The store."""
        return ObjectFolder(self.directory / "evidence")

    @property
    def keys(self) -> LogKeys:
        """What signs."""
        return LogKeys(self.directory / "keys", log=LOG)

    def sequencer(self, fresh: Fresh | None = None) -> Sequencer:
        """Return a sequencer that hasn't done anything."""
        return Sequencer(
            self.objects, log=LOG, keys=self.keys, clock=now_us, seal_every=0.3, fresh=fresh
        )

    def size(self) -> int:
        """Return how many entries the checkpoints cover."""
        now = now_us()
        return sum(size for _, size in shards_between(self.objects, now, now))


@dataclass
class Tally:
    """What happened."""

    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: list[tuple[str, int, str]] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    """Seconds from the last death of a sequencer to the next growth of the tree."""
    problems: list[str] = field(default_factory=list)
    verified_live: int = 0


def writes(place: Place, pipe: int, stopped: Callable[[], bool]) -> None:
    """Write entries as fast as may be, and say which were acknowledged.

    Every other one is a sequencer, too, as guards are, and takes its own entries as it made them.
    """
    pace = Pace(beat_every=0.05, retry_every=0.01)
    log = SegmentLog(place.objects, log=LOG, clock=now_us, pace=pace)
    thread = sequencing(place, log.fresh) if random.random() < 0.5 else None
    while not stopped():
        groups = [log.append([ENTRY] * random.randint(1, 4)) for _ in range(random.randint(1, 9))]
        for group in groups:
            said = "".join(f"{one.writer} {one.n} {one.leaf}\n" for one in group.result())
            os.write(pipe, said.encode())
    log.close()
    if thread is not None:
        thread.close()


def sequencing(place: Place, fresh: Fresh | None = None) -> Sequencing:
    """Begin to sequence."""
    return Sequencing(
        place.sequencer(fresh),
        objects=place.objects,
        clock=now_us,
        index=EvidenceIndex(place.directory / f"index-{random.randrange(SEQUENCERS)}"),
        every=0.005,
    )


def sequences(place: Place, pipe: int, stopped: Callable[[], bool]) -> None:
    """Step as fast as may be."""
    os.close(pipe)
    thread = sequencing(place)
    while not stopped():
        time.sleep(0.01)
    thread.close()


def child_of(place: Place, role: str) -> Child:
    """Fork a process: nothing of ours runs in threads here."""
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        os.set_blocking(read, False)
        return Child(role, pid, read)
    os.close(read)
    random.seed()
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    code = 1
    try:
        (writes if role == "writer" else sequences)(place, write, lambda: bool(stop))
        code = 0
    except EvidenceError as error:
        print(error, file=sys.stderr)
    finally:
        os._exit(code)


class Rounds:
    """The processes, and what they say."""

    def __init__(self, place: Place, tally: Tally) -> None:
        """Begin with all of them."""
        self.place, self.tally = place, tally
        roles = ["writer"] * WRITERS + ["sequencer"] * SEQUENCERS
        self.children = [child_of(place, role) for role in roles]
        self._waits = 0.0
        self._size = 0

    def listen(self, seconds: float) -> None:
        """Hear what is acknowledged for a while, and when the tree grows again."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            with selectors.DefaultSelector() as selector:
                for child in self.children:
                    if child.role == "writer":
                        selector.register(child.pipe, selectors.EVENT_READ, child)
                for key, _ in selector.select(min(left, 0.005)):
                    self._hear(key.data)
            if self._waits and self.place.size() > self._size:
                self.tally.recoveries.append(time.monotonic() - self._waits)
                self._waits = 0.0

    def recover(self) -> None:
        """Leave them alone until the tree grows again; that it must, and without any help."""
        until = time.monotonic() + PATIENCE
        while self._waits and time.monotonic() < until:
            self.listen(0.02)
        if self._waits:
            self.tally.problems.append(f"the tree didn't grow again in {PATIENCE:.0f} seconds")
            self._waits = 0.0

    def _hear(self, child: Child) -> bool:
        """Take what a process has said; tell whether it may say more."""
        try:
            data = os.read(child.pipe, 1 << 20)
        except BlockingIOError:
            return True
        *lines, child.heard = (child.heard + data).split(b"\n")
        for line in lines:
            writer, n, leaf = line.decode().split(" ")
            self.tally.acknowledged.append((writer, int(n), leaf))
        return bool(data)

    def hurt(self) -> None:
        """Kill some processes, or let one stand still for a while; others take their places."""
        if random.random() < 0.15:
            still = random.choice(self.children)
            os.kill(still.pid, signal.SIGSTOP)
            self.listen(random.uniform(0, 0.6))  # longer than the lease, now and then
            os.kill(still.pid, signal.SIGCONT)
            self.tally.kills[f"{still.role} stood still"] += 1
        count = random.choice([1, 1, 2, 3, len(self.children)])
        victims = random.sample(self.children, count)
        for child in victims:
            os.kill(child.pid, signal.SIGKILL)
            self.tally.kills[child.role] += 1
        self.tally.kills["all at once"] += count == len(self.children)
        if any(child.role == "sequencer" for child in victims):
            self._waits, self._size = time.monotonic(), self.place.size()
        for child in victims:
            self._bury(child)
        self.children = [child for child in self.children if child not in victims]
        self.children += [child_of(self.place, child.role) for child in victims]

    def end(self) -> None:
        """Let all say goodbye, the sequencers after the writers."""
        for role in ("writer", "sequencer"):
            ending = [child for child in self.children if child.role == role]
            for child in ending:
                os.kill(child.pid, signal.SIGTERM)
            for child in ending:
                if self._bury(child) != 0:
                    self.tally.problems.append(f"a {role} ended with an error")

    def _bury(self, child: Child) -> int:
        os.set_blocking(child.pipe, True)
        while self._hear(child):
            pass
        os.close(child.pipe)
        return os.waitstatus_to_exitcode(os.waitpid(child.pid, 0)[1])


def settle(place: Place) -> None:
    """Take in what is left, as the next start would."""
    last = place.sequencer()
    while not (stepped := last.step()).leads or stepped.taken:
        time.sleep(0.02)
    last.close()


def check(place: Place, tally: Tally) -> dict[str, int]:
    """Hold what was acknowledged against the tree, and verify the whole log."""
    found: Counter[tuple[str, int, str]] = Counter()
    kinds: Counter[str] = Counter()
    now = now_us()
    for _, _, body in read_entries(place.objects, now - 10**12, now + 10**12):
        record = orjson.loads(body)
        found[record["w"], record["n"], leaf_hash(body).hex()] += 1
        kinds[record["t"]] += 1
    lost = sum(found[one] != 1 for one in tally.acknowledged)
    twice = len(found) - len({key[:2] for key in found})
    report = verify_log(place.objects, vkey_of(place))
    tally.problems += [str(one) for one in report.problems]
    tally.problems += [f"{lost} acknowledged entries are lost or twice there"] if lost else []
    tally.problems += [f"{twice} numbers of writers stand for two entries"] if twice else []
    tally.problems += [f"{report.waiting} entries wait"] if report.waiting else []
    tally.problems += [f"{kinds['incident']} incidents"] if kinds["incident"] else []
    return {"entries": sum(found.values()), "writers": report.writers}


def vkey_of(place: Place) -> str:
    """Return the root's public key."""
    return str(verifier(LOG, place.keys.root.public_key()))


def run(rounds: int, place: Place) -> Tally:
    """Do it."""
    sequencer_module.LEASE_US = 300_000  # else each death of a sequencer takes five seconds
    wal.FILE_BYTES = 64 << 10  # many files a writer
    tally = Tally()
    _ = place.keys.root
    going = Rounds(place, tally)
    for number in range(1, rounds + 1):
        going.listen(random.uniform(0, 0.25))
        going.hurt()
        if number % 10 == 0:
            going.recover()
        if number % 50 == 0:  # while it is being written
            tally.problems += map(str, verify_log(place.objects, vkey_of(place)).problems)
            tally.verified_live += 1
    going.recover()
    going.end()
    settle(place)
    return tally


def main() -> None:
    """Print what happened; exit with 1 if anything was lost or looked wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    seed = random.randrange(1 << 32) if asked.seed is None else asked.seed
    random.seed(seed)
    with tempfile.TemporaryDirectory(prefix="guardrail-crash-") as directory:
        place = Place(Path(directory))
        began = time.monotonic()
        tally = run(asked.rounds, place)
        spent = time.monotonic() - began
        figures = check(place, tally)
        left = len(list(place.objects.names("wal/")))
    print(f"rounds {asked.rounds}, seed {seed}, {spent:.1f} s")
    print("killed: " + ", ".join(f"{what} {count}" for what, count in sorted(tally.kills.items())))
    print(f"acknowledged {len(tally.acknowledged)}")
    print(", ".join(f"{what} {count}" for what, count in figures.items()))
    print(f"write-ahead logs left of the dead: {left}")
    seen = tally.recoveries or [0.0]
    print(f"seconds to the next growth of the tree: p50 {quantile(seen, 0.5):.2f}, "
          f"most {max(seen):.2f}, {len(tally.recoveries)} times")  # fmt: skip
    print(f"verified while it was written: {tally.verified_live} times")
    print(f"problems: {len(tally.problems)}")
    for problem in tally.problems[:20]:
        print(f"  {problem}")
    sys.exit(bool(tally.problems))


if __name__ == "__main__":
    main()
