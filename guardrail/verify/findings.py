"""What is found on the way: it is kept up to a bound, and counted beyond it."""

from __future__ import annotations

from dataclasses import dataclass, field

from guardrail.verify.entries import Entry
from guardrail.verify.report import REMARKS_LIMIT, Files, Remark, Unreadable


@dataclass(slots=True)
class Findings:
    """Problems and notes, at most `REMARKS_LIMIT` of each."""

    problems: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    omitted: int = 0

    def problem(self, where: str, what: str, entry: Entry | None = None) -> None:
        """Tell of something wrong: of the object where it is, and of the entry."""
        self._keep(self.problems, where, what, entry)

    def note(self, where: str, what: str, entry: Entry | None = None) -> None:
        """Tell of something that is worth knowing and may be right."""
        self._keep(self.notes, where, what, entry)

    def _keep(self, kept: list[Remark], where: str, what: str, entry: Entry | None) -> None:
        if len(kept) >= REMARKS_LIMIT:
            self.omitted += 1
        elif entry is None:
            kept.append(Remark(where=where, what=what))
        else:
            at = entry.at
            kept.append(Remark(where=where, what=what, index=at, writer=entry.writer, n=entry.n))


def read_object(files: Files, name: str, findings: Findings) -> bytes | None:
    """Return an object, None where there is none; one that can't be read is a problem."""
    try:
        return files.read(name)
    except (Unreadable, OSError) as error:
        findings.problem(name, f"it can't be read ({error})")
        return None
