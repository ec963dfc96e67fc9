"""What a verification says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong, or (in `Report.notes`) worth knowing, and where."""

    segment: str
    """File name: ``<writer>.log`` or ``<writer>.checkpoint``."""
    line: int = 0
    """From 1; 0 where no line is to blame."""
    n: int | None = None
    """The entry's number, where it could be read."""
    what: str

    def __str__(self) -> str:
        """Give it as one line for people."""
        line = f", line {self.line}" if self.line else ""
        entry = f" (entry {self.n})" if self.n is not None else ""
        return f"{self.segment}{line}{entry}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found in one segment or in a whole log."""

    segments: int = 0
    entries: int = 0
    sealed: int = 0
    """Entries that a valid checkpoint covers, their own or that of a writer who saw them."""
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    omitted: int = 0
    """Problems and notes that were too many to keep."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def unsealed(self) -> int:
        """Entries that no checkpoint covers yet."""
        return self.entries - self.sealed


def joined(reports: Sequence[Report]) -> Report:
    """Return the reports as one."""
    return Report(
        segments=sum(report.segments for report in reports),
        entries=sum(report.entries for report in reports),
        sealed=sum(report.sealed for report in reports),
        problems=tuple(problem for report in reports for problem in report.problems),
        notes=tuple(note for report in reports for note in report.notes),
        omitted=sum(report.omitted for report in reports),
    )
