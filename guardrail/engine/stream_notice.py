"""The notice of a streamed reply: before the first words of each answer, and proof that it left.

What was given out for release may still be lost with a fault: then nobody claims that it left.
"""

from __future__ import annotations

from guardrail.engine.case import Case
from guardrail.engine.disclosure import FRAME, TEXT, Disclosure, Opening, Proof
from guardrail.facts import Decision
from guardrail.wire.places import value_at

_WRITTEN = ("response.output_text.", "response.text.")
"""Events of a voice session's answers that nobody says aloud."""


class StreamNotice:
    """What people are told in one stream."""

    def __init__(self, disclosure: Disclosure, case: Case) -> None:
        """Take who tells, and the exchange."""
        self._disclosure = disclosure
        self._case = case
        self._told: dict[str, None] = {}
        self._opening: Opening | None = None
        self._left = False
        self._released = False
        self._framed: Opening | None = None
        self._ids: tuple[str, ...] = ()
        self._adapter = case.route.adapter

    def before(self, answer: str, text: str, decision: Decision) -> str:
        """Return an answer's text; where it is the first, with the notice before it.

        Args:
            answer: which of the stream's answers it is of.
            text: as it is about to leave.
            decision: on the reply. It is asked for now: in a session the request that is answered
                may have come after the start.
        """
        if not text or answer in self._told:
            return text
        opening = self._disclosure.opening(self._case, decision)
        if opening is None:
            return text
        self._told[answer] = None
        self._opening = opening
        return opening.text + text

    def again(self, before: str, text: str) -> str:
        """Return an answer's text, with the notice that another form of it began with.

        Args:
            before: what has left of the answer in that form.
            text: what is said instead of it.
        """
        opening = self._opening
        begins = opening is not None and bool(opening.text) and before.startswith(opening.text)
        return opening.text + text if opening is not None and begins else text

    def frame(self, decision: Decision) -> str:
        """Return the event that goes before all others; empty where none is wanted."""
        event = self._disclosure.frame(self._case, decision)
        if event:
            self._framed = self._disclosure.opening(self._case, decision)
        return event

    def seen(self, event: object) -> tuple[str, ...]:
        """Take note of what a parsed event says: whether a session's answer is written or spoken.

        Returns:
            What later requests call the reply by, where this event is the first to say so.
        """
        if self._case.speaks and str(value_at(event, ("type",))).startswith(_WRITTEN):
            self._case.speaks = False
        if self._ids:
            return ()
        self._ids = self._adapter.conversation_in(event)
        return self._ids

    def left(self) -> None:
        """Take note that what was said is given out for release."""
        self._left = self._opening is not None

    def released(self) -> None:
        """Take note that what was given out has been released."""
        self._released = self._left

    def lose(self) -> None:
        """Take note that what was given out since `released` wasn't released."""
        self._left = self._released

    def proof(self, decision: Decision) -> Proof:
        """Return what evidence says of how people were told."""
        opening, where = (self._opening, TEXT) if self._left else (self._framed, FRAME)
        return self._disclosure.proof(self._case, decision, opening, where)

    def remember(self, where: str, now: int) -> None:
        """Take note of a conversation whose notice stood somewhere; `now` is in Unix seconds."""
        self._disclosure.remember(self._case, self._ids, where, now)
