"""What was decided on a streamed reply so far, and what evidence says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from guardrail.engine.case import Case
from guardrail.engine.guard import Guard
from guardrail.evidence import Entry, EntryKind
from guardrail.facts import (
    Action,
    Decision,
    Direction,
    Edit,
    Finding,
    Refusal,
    Segment,
    Standing,
    strictest,
)


class RefusedError(Exception):
    """Leaves the work on an event from any depth: nothing of it goes out."""

    def __init__(self, refusal: Refusal) -> None:
        """Take what the caller is told."""
        super().__init__(refusal.code)
        self.refusal = refusal


class StreamRecord:
    """The decisions on one streamed reply, weighed as its texts and media come."""

    def __init__(self, guard: Guard, case: Case, now: datetime) -> None:
        """Judge the reply as such, before anything of it is known."""
        self._guard = guard
        self._case = case
        self._weighed: list[tuple[Decision, tuple[Standing, ...]]] = []
        self.decision = guard.judge_reply(case, (), now)
        """The decision on the reply as such."""
        self.action = Action.ALLOW
        """The strictest action so far."""
        self.refused_by: Decision | None = None
        """The decision that ended the stream; None for a fault."""
        self.events = 0
        self.findings = 0

    def weigh(
        self, segments: Sequence[Segment], findings: Sequence[Finding], now: datetime
    ) -> Sequence[Edit]:
        """Decide on findings in a text; return the edits to it.

        Raises:
            RefusedError: it may not leave.
        """
        guard, case = self._guard, self._case
        standings = guard.weigher.text(case, segments, findings, now)
        decision = guard.judge_reply(case, standings, now)
        self.findings += len(findings)
        self.judged(decision, standings)
        return case.masker.edits(segments, findings, decision.actions, direction=Direction.REPLY)

    def judged(self, decision: Decision, standings: tuple[Standing, ...]) -> None:
        """Take note of a decision.

        Raises:
            RefusedError: it ends the stream.
        """
        self.action = strictest(self.action, decision.action)
        self._weighed.append((decision, standings))
        refusal = self._guard.refusal(self._case, decision)
        if refusal is not None:
            self.refused_by = decision
            raise RefusedError(refusal)

    def opening(self) -> Entry:
        """Return the entry that must be durable before the first byte leaves."""
        return self._guard.entry(EntryKind.STREAM_OPEN, self._case, self.decision)

    def new(self) -> tuple[Entry, ...]:
        """Return the entries of what was decided since the last call."""
        weighed, self._weighed = self._weighed, []
        return tuple(
            self._guard.entry(EntryKind.STREAM_FINDING, self._case, decision, standings)
            for decision, standings in weighed
        )

    def closing(
        self, how: str, **more: str | int | dict[str, int] | list[str]
    ) -> tuple[Entry, ...]:
        """Return the entries of what was decided since the last call, and the last one.

        Args:
            how: how the stream ended.
            **more: further fields of the last one.
        """
        close = self._guard.entry(
            EntryKind.STREAM_CLOSE,
            self._case,
            self.decision,
            (),
            code=how,
            events=self.events,
            findings=self.findings,
            **more,
        )
        return (*self.new(), close)
