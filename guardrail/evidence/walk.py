"""One pass over one segment: what each line must be after the lines above it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from guardrail.errors import EvidenceError
from guardrail.evidence.chain import HASH_CHARS, Line, parse_line
from guardrail.evidence.checkpoint import Checkpoint
from guardrail.evidence.entry import EntryKind
from guardrail.evidence.report import Problem
from guardrail.evidence.tree import EMPTY_ROOT, Tree, leaf_hash

REMARKS_LIMIT = 100
"""Problems (and notes) kept for each segment; further ones are only counted."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """Takes a segment's lines in order and gathers what is wrong with them.

    After a broken line the next one is taken at its word, so that one damage is one problem.
    """

    writer: str
    seen: Mapping[int, frozenset[str]]
    """Leaf hashes that later writers saw as the last one, by the number of entries then."""
    sealed_size: int = 0
    """The checkpoint's size; 0 without a checkpoint."""
    sealed_root: bytes = EMPTY_ROOT
    """The root at that size, once the walk has come there."""
    only_started: bool = True
    """Whether nothing but the writer's start has come."""
    stopped: bool = False
    tree: Tree = field(default_factory=Tree)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    omitted: int = 0
    _n: int | None = 0
    _prev: str | None = ""
    _ts: int = 0
    _torn: bytes = b""

    def take(self, data: bytes) -> None:
        """Check the next line, its newline included. One without newline should be the last."""
        if self._torn:
            self._blame("a line without an end", ahead=1)
            self._torn = b""
        if data.endswith(b"\n"):
            self._check(data)
        else:
            self._torn = data

    def finish(self, *, torn: frozenset[str]) -> None:
        """Check the end. `torn` are the SHA-256 of unfinished lines that later writers saw."""
        if self._torn and hashlib.sha256(self._torn).hexdigest() in torn:
            self._note(
                "an unfinished last line, left by a crash and seen by a later start", ahead=1
            )
        elif self._torn:
            self._blame("an unfinished last line", ahead=1)
        size, most = self.tree.size, max(self.seen, default=0)
        if not (size or self.sealed_size or most):
            self._blame("it holds no entry")
        if size < most:
            self._blame(f"it ends after {size} entries; a later writer saw {most}")
        if self.stopped and self.sealed_size < size:
            self._blame("its writer had stopped, but its end isn't sealed")

    def compare(self, checkpoint: Checkpoint) -> None:
        """Check what was walked against the checkpoint whose size was `sealed_size`."""
        if self.tree.size < checkpoint.size:
            self._blame(f"it ends after {self.tree.size} of {checkpoint.size} sealed entries")
        elif self.sealed_root != checkpoint.root:
            self._blame(
                f"its first {checkpoint.size} entries aren't those that were sealed", line=0
            )

    def blame_checkpoint(self, what: str) -> None:
        """Say what is wrong with the segment's checkpoint."""
        self._keep(self.problems, Problem(segment=f"{self.writer}.checkpoint", what=what))

    def _check(self, data: bytes) -> None:
        try:
            line = parse_line(data)
        except EvidenceError as error:
            self._append(leaf_hash(data[HASH_CHARS + 1 : -1]))
            self._blame(str(error))
            self._n = self._prev = None
            return
        self._append(line.leaf)
        for what in self._faults(line):
            self._blame(what, n=line.n)
        if line.ts < self._ts:
            self._note("its time is before the time of the entry above", n=line.n)
        self._n, self._prev, self._ts = line.n + 1, line.leaf.hex(), line.ts
        self.only_started = self.only_started and line.kind == EntryKind.WRITER_START
        self.stopped = line.kind == EntryKind.WRITER_STOP

    def _append(self, leaf: bytes) -> None:
        self.tree.append(leaf)
        if self.tree.size == self.sealed_size:
            self.sealed_root = self.tree.root()
        if any(leaf.hex() != seen for seen in self.seen.get(self.tree.size, ())):
            self._blame("it isn't the entry that a later writer saw here")

    def _faults(self, line: Line) -> Iterable[str]:
        starts = line.kind == EntryKind.WRITER_START
        if line.writer != self.writer:
            yield "it belongs to another writer"
        if self._n is not None and line.n != self._n:
            yield f"entry {self._n} was to come here"
        if self._prev is not None and line.prev != self._prev:
            yield "it doesn't follow on the entry above"
        if self.stopped:
            yield "it comes after its writer had stopped"
        if starts and not self.only_started:
            yield "a writer starts but once"
        if not starts and self.tree.size == 1:
            yield "a segment begins with its writer's start"

    def _blame(self, what: str, *, n: int | None = None, ahead: int = 0, line: int = -1) -> None:
        self._keep(
            self.problems, self._here(what, n, line if line >= 0 else self.tree.size + ahead)
        )

    def _note(self, what: str, *, n: int | None = None, ahead: int = 0) -> None:
        self._keep(self.notes, self._here(what, n, self.tree.size + ahead))

    def _here(self, what: str, n: int | None, line: int) -> Problem:
        return Problem(segment=f"{self.writer}.log", line=line, n=n, what=what)

    def _keep(self, remarks: list[Problem], problem: Problem) -> None:
        if len(remarks) < REMARKS_LIMIT:
            remarks.append(problem)
        else:
            self.omitted += 1
