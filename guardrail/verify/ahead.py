"""Write-ahead logs: what writers have made durable and no checkpoint covers yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from guardrail.verify.entries import WRITER, Entry, read_entry
from guardrail.verify.findings import Findings, read_object
from guardrail.verify.report import Files, Wrong
from guardrail.verify.tree import UNREAD, leaf_hash
from guardrail.verify.writers import Writers

_WAL = re.compile(rf"wal/({WRITER.pattern})/(\d{{16}})")


@dataclass(slots=True)
class _Run:
    """Lines of one writer that follow on each other: their leaf hashes."""

    where: str
    first: int
    prev: str = ""
    hashes: bytearray = field(default_factory=bytearray)

    @property
    def end(self) -> int:
        return self.first + len(self.hashes) // 32

    def follows(self, leaf: str) -> bool:
        return self.prev == leaf or not any(self.hashes[:32]) or leaf == UNREAD.hex()

    @property
    def last(self) -> bytes:
        return bytes(self.hashes[-32:])


class Ahead:
    """All lines of the write-ahead logs, by their hashes."""

    def __init__(self, files: Files | None, findings: Findings) -> None:
        self._runs: dict[str, list[_Run]] = {}
        self._findings = findings
        self.told: list[tuple[str, Entry]] = []  # what waiting entries say of the log itself
        for name in sorted(files.names("wal/")) if files else ():
            match = _WAL.fullmatch(name)
            if match is None:
                findings.problem(name, "it isn't part of a log")
            elif files and (data := read_object(files, name, findings)) is not None:
                self._take(name, match[1], int(match[2]), data)

    def _take(self, name: str, writer: str, first: int, data: bytes) -> None:
        runs = self._runs.setdefault(writer, [])
        if not runs or runs[-1].end != first:
            runs.append(_Run(name, first))
        *lines, torn = data.split(b"\n")
        for number, line in enumerate(lines, 1):
            where = f"{name} line {number}"
            try:
                entry = read_entry(line[65:], leaf_hash(line[65:]))
                if line[:65] != entry.leaf.encode() + b" " or entry.writer != writer:
                    raise Wrong("it isn't the entry that its hash and its place say")  # noqa: TRY301
            except Wrong as error:
                self._findings.problem(where, str(error))
                runs[-1].hashes.extend(UNREAD)
            else:
                self._line(where, runs, entry)
        if torn and torn[:64] == leaf_hash(torn[65:-1]).hex().encode():
            self._findings.problem(name, "the end of its last line was changed")
        elif torn:
            self._findings.note(name, "its last line has no end: a crash, or it is being written")

    def _line(self, where: str, runs: list[_Run], entry: Entry) -> None:
        run = runs[-1]
        if entry.n != run.end:
            self._findings.problem(where, f"its writer's entry {run.end} was to come here", entry)
            runs.append(run := _Run(where, entry.n))
        elif run.hashes and run.last != UNREAD and run.last.hex() != entry.prev:
            self._findings.problem(where, "it doesn't follow on the line before", entry)
        run.prev = run.prev if run.hashes else entry.prev
        run.hashes.extend(bytes.fromhex(entry.leaf))
        if entry.kind in {"writer.start", "erasure"}:
            self.told.append((where, entry))

    def leaf(self, writer: str, n: int) -> str:
        """Return the leaf hash of a line; empty where there is none that could be read."""
        for run in self._runs.get(writer, ()):
            if run.first <= n < run.end:
                found = bytes(run.hashes[32 * (n - run.first) :][:32])
                return "" if found == UNREAD else found.hex()
        return ""

    def waiting(self, writers: Writers) -> int:
        """Return how many lines the tree doesn't hold yet, once they are seen to go on from it."""
        count = 0
        for name, runs in self._runs.items():
            known = writers.known.get(name)
            due, leaf = (known.n, known.leaf) if known else (0, "")
            missed = 1 << 53 if not known and not writers.whole else writers.missed(known)
            for run in runs:
                if run.first > due + missed:
                    what = f"its entries {due} to {run.first - 1} are neither here nor in the log"
                    self._findings.problem(run.where, what)
                elif run.first == due < run.end and not missed and not run.follows(leaf):
                    self._findings.problem(run.where, "it doesn't go on from what the log holds")
                count += max(0, run.end - max(due, run.first))
                due, leaf = max((due, leaf), (run.end, run.last.hex()))
        return count
