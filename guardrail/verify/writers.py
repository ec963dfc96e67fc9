"""Writers: each counts, chains, beats, and ends; seals say how far each has come."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from guardrail.verify.entries import Entry, rows_of, text_of
from guardrail.verify.findings import Findings
from guardrail.verify.known import ACTIONS, KINDS
from guardrail.verify.totals import Sum, names_of

SECOND = 1_000_000  # entries tell time in microseconds
SILENCE = 30 * SECOND  # writers beat every ten seconds
PATIENCE = 15 * 60 * SECOND  # after which a request without an end is an orphan
JITTER = SECOND  # threads of a process may come to the log in another order than to the clock
OPEN_LIMIT = 200_000  # requests that are remembered until they end
STRANGE_LIMIT = 100  # kinds and actions that are told of though nobody here knows them
_CLOSING = {"reply", "stream.close", "error"}
_SEQUENCERS = {"log.open", "log.seal", "key.rotate"}
_LET_THROUGH = {"allow", "mask", "pseudonymise"}


@dataclass(slots=True)
class _Writer:
    n: int
    leaf: str
    ts: int
    sum: Sum
    lost: int
    sequencer: bool
    stopped: bool = False
    last: int = 0
    """Its last entry's time; `ts` is the latest of all."""


class Writers:
    """Takes the entries of a log in their order, across shards."""

    def __init__(self, findings: Findings, *, whole: bool) -> None:
        self.known: dict[str, _Writer] = {}
        self.lost = 0  # entries that couldn't be read: a writer may have gone on in these
        self.newest = 0
        self.orphans: list[Entry] = []
        self._findings = findings
        self.whole = whole  # whether the history begins here
        self._open: dict[str, Entry] = {}
        self._to_the_end = True  # whether an end that isn't seen didn't come
        self._seal = Sum(exact=whole)
        self._sealed: dict[str, tuple[int, str] | None] = {}
        self._lost_at_seal = 0
        self._strange: Counter[str] = Counter()

    def open_shard(self, *, exact: bool) -> None:
        """Begin to count anew: seals speak of their own shard."""
        self._to_the_end = exact
        self._seal = Sum(exact=exact)
        self._lost_at_seal = self.lost

    def take(self, where: str, entry: Entry) -> None:
        """Hold the next entry against all before it."""
        writer = self.known.get(entry.writer)
        fault = self._fault(writer, entry)
        if writer is None:
            begins = entry.n == 0
            writer = _Writer(0, "", entry.ts, Sum(exact=begins), self.lost, sequencer=False)
            writer.sequencer = begins and text_of(entry, "mode") == "sequencer"
            writer.sequencer |= entry.kind in _SEQUENCERS  # of a part of a log the start isn't seen
            self.known[entry.writer] = writer
        if fault:
            self._findings.problem(where, fault, entry)
        if entry.n != writer.n:
            writer.sum.exact = False
        self._times(where, writer, entry)
        names = names_of(entry)
        self._wonder(entry)
        if entry.kind == "log.seal":
            self._check_seal(where, writer, entry)
        else:
            self._sealed.clear()
            self._seal.count(names)
            if entry.kind in {"writer.beat", "writer.stop"} and not writer.sum.right(entry):
                what = "its totals aren't those of its writer's entries so far"
                self._findings.problem(where, what, entry)
        writer.sum.count(names)
        writer.n, writer.leaf, writer.lost = entry.n + 1, entry.leaf, self.lost
        writer.last = entry.ts
        writer.stopped = entry.kind == "writer.stop" and not entry.record.get("more")
        self._follow(entry)

    @property
    def since_seal(self) -> Sum:
        """What was counted since the last seal."""
        return self._seal

    def missed(self, writer: _Writer | None) -> int:
        """Return how many of a writer's entries may have been among those that can't be read."""
        return self.lost - (writer.lost if writer else 0)

    def _fault(self, writer: _Writer | None, entry: Entry) -> str:
        due, prev = (writer.n, writer.leaf) if writer else (0, "")
        if entry.n != due:
            excused = self.missed(writer) >= entry.n - due or not (self.whole or writer)
            return "" if entry.n > due and excused else f"its writer's entry {due} was to come here"
        if entry.prev != prev:
            return "it doesn't follow on its writer's entry before"
        if writer and writer.stopped:
            return "it comes after its writer had stopped"
        if (entry.kind == "writer.start") != (entry.n == 0):
            return "a writer begins with its start, and but once"
        return ""

    def _times(self, where: str, writer: _Writer, entry: Entry) -> None:
        if entry.ts < writer.ts - JITTER:
            self._findings.note(
                where, "its time is before that of its writer's entry before", entry
            )
        elif entry.ts > writer.ts + SILENCE and not writer.sequencer:
            silence = (entry.ts - writer.ts) // SECOND
            self._findings.note(where, f"its writer was silent for {silence} seconds before", entry)
        writer.ts = max(entry.ts, writer.ts)
        self.newest = max(entry.ts, self.newest)

    def _check_seal(self, where: str, writer: _Writer, entry: Entry) -> None:
        if self.lost != self._lost_at_seal:
            self._seal.exact, self._lost_at_seal = False, self.lost
        if not self._seal.right(entry):
            what = "its totals aren't those of the entries since the last seal"
            self._findings.problem(where, what, entry)
        before = (writer.n, writer.leaf) if entry.n == writer.n else None
        self._sealed.setdefault(entry.writer, before)  # of the first part, where there are several
        for head in rows_of(entry.record.get("heads")):
            name = str(head.get("w"))
            stands, sure = self._stands(name)
            if sure and stands != (head.get("n"), head.get("leaf")):
                what = f"it seals another end of writer {name} than the log holds"
                self._findings.problem(where, what, entry)
        if not entry.record.get("more"):
            self._seal = Sum(exact=True)
            self._sealed.clear()

    def _stands(self, name: str) -> tuple[tuple[int, str] | None, bool]:
        """Return how far a writer has come, and whether that is sure."""
        known = self.known.get(name)
        if name in self._sealed:
            return self._sealed[name], self._sealed[name] is not None
        if known is None:
            return None, self.whole and not self.lost
        return (known.n, known.leaf), known.lost == self.lost

    def _follow(self, entry: Entry) -> None:
        """Remember requests that were let through until they come to an end."""
        request = text_of(entry, "req")
        if entry.kind == "request" and text_of(entry, "act") in _LET_THROUGH:
            self._open[request] = entry._replace(record={})
            if len(self._open) > OPEN_LIMIT:
                self.orphans.append(self._open.pop(next(iter(self._open))))
        elif entry.kind in _CLOSING:
            self._open.pop(request, None)

    def _wonder(self, entry: Entry) -> None:
        """Note what this verifier doesn't know: its place is checked, and its meaning can't be."""
        hits = rows_of(entry.record.get("hits"))
        acts = {text_of(entry, "act"), *(str(hit.get("action")) for hit in hits)} - {""}
        strange = [f"action {act[:40]!r}" for act in acts - ACTIONS]
        if entry.kind not in KINDS:
            strange.append(f"kind {entry.kind[:40]!r}")
        for one in strange:
            if one in self._strange or len(self._strange) < STRANGE_LIMIT:
                self._strange[one] += 1

    def finish(self) -> None:
        """Tell of requests that never came to an end, and of writers that fell silent."""
        for what, count in sorted(self._strange.items()):
            self._findings.note("log", f"{count} entries have the {what}, of a newer version")
        gone = [
            name for name, one in self.known.items()
            if not (one.stopped or one.sequencer) and one.ts < self.newest - SILENCE
        ]  # fmt: skip
        ended = {*gone, *(name for name, one in self.known.items() if one.stopped)}
        ended = ended if self._to_the_end else set()
        late = self.newest - PATIENCE
        waiting = [one for one in self._open.values() if one.writer not in ended and one.ts >= late]
        self.orphans += [one for one in self._open.values() if one.writer in ended or one.ts < late]
        if self.orphans:
            what = f"orphan: {len(self.orphans)} requests were let through and never ended"
            self._findings.note("log", f"{what}: {_some(self.orphans)}", self.orphans[0])
        if waiting and self._to_the_end:
            what = f"{len(waiting)} requests were under way when the log ends: {_some(waiting)}"
            self._findings.note("log", what)
        if gone:
            what = f"{len(gone)} writers fell silent without a stop: {', '.join(gone[:5])}"
            self._findings.note("log", what)


def _some(entries: list[Entry]) -> str:
    return ", ".join(f"{one.writer}-{one.n}" for one in entries[:5])
