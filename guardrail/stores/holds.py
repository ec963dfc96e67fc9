"""Legal holds, in the object `holds` of where evidence is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from guardrail.errors import BadInput, EvidenceError
from guardrail.evidence.entry import Entry
from guardrail.evidence.holds import HOLDS, Cover, Hold, decoded, encoded
from guardrail.evidence.objects import Objects

Record = Callable[[Entry], object]
"""Puts an entry on record; returns once it is durable, and raises where it can't be."""
NamesOf = Callable[[str], Sequence[str]]
"""Returns what evidence calls a person, given the stable pseudonym."""

_ATTEMPTS = 20


class Holds:
    """The holds in force. Several processes may change them at once."""

    def __init__(self, objects: Objects) -> None:
        """Take where evidence is kept."""
        self._objects = objects

    def all(self) -> tuple[Hold, ...]:
        """Return the holds in force, the oldest first.

        Raises:
            EvidenceError: they can't be read: nothing may be deleted then.
        """
        data = self._objects.read(HOLDS)
        return () if data is None else decoded(data)

    def cover(self, names_of: NamesOf) -> Cover:
        """Return what the holds in force cover together.

        Raises:
            EvidenceError: they can't be read: nothing may be deleted then.
        """
        holds = self.all()
        subjects = {hold.subject for hold in holds if hold.subject}
        return Cover(holds, {one: names_of(one) for one in subjects})

    def add(self, hold: Hold, record: Record, *, name: str = "") -> None:
        """Put a hold in force, and then on record: where only the first came about, it holds.

        Args:
            hold: in force from now on.
            record: puts it on record.
            name: the person's pseudonym in evidence, where it is of one.

        Raises:
            EvidenceError: it can't be kept, or can't be put on record; it may be in force.
        """
        self._change(lambda held: (*held, hold))
        record(hold.entry("held", name))

    def lift(self, hold_id: str, record: Record, name_of: Callable[[str], str]) -> Hold:
        """Put on record that a hold ends, and then end it.

        Args:
            hold_id: the hold's.
            record: puts that on record.
            name_of: returns a person's pseudonym in evidence, given the stable one.

        Raises:
            BadInput: there is no such hold.
            EvidenceError: it can't be put on record or ended; it may be in force still.
        """
        hold = next((one for one in self.all() if one.id == hold_id), None)
        if hold is None:
            raise BadInput("no such hold", fix="guardrail evidence hold list")
        record(hold.entry("lifted", name_of(hold.subject) if hold.subject else ""))
        self._change(lambda held: tuple(one for one in held if one.id != hold_id))
        return hold

    def _change(self, change: Callable[[tuple[Hold, ...]], Sequence[Hold]]) -> None:
        for _ in range(_ATTEMPTS):
            before = self._objects.read(HOLDS)
            held = () if before is None else decoded(before)
            if self._objects.swap(HOLDS, encoded(change(held)), expected=before):
                return
        raise EvidenceError("others change the holds all the time: try again")
