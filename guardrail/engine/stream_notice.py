"""The notice of a streamed reply: before the first prose of each answer, and proof that it left.

What was given out for release may still be lost with a fault: then nobody claims that it left.
"""

from __future__ import annotations

from guardrail.engine.case import Case
from guardrail.engine.disclosure import FRAME, TEXT, Disclosure, Opening, Proof
from guardrail.engine.prose import Prose, closing, put
from guardrail.facts import Decision
from guardrail.wire import Delta
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
        self._prose: dict[str, Prose] = {}
        self._opening: Opening | None = None
        self._left = False
        self._released = False
        self._framed: Opening | None = None
        self._ids: tuple[str, ...] = ()
        self._adapter = case.route.adapter

    def before(self, delta: Delta, text: str, decision: Decision, *, final: bool) -> str:
        """Return an answer's text; where its first prose begins, with the notice before that.

        Up to three characters that may begin code wait for what follows them.

        Args:
            delta: which channel and answer of the stream's it is of.
            text: as it is about to leave.
            decision: on the reply. It is asked for now: in a session the request that is answered
                may have come after the start.
            final: whether it is the channel's last.
        """
        told = delta.answer in self._told
        prose = self._prose.pop(delta.channel, None)
        if prose is None:
            if not text or told or self._disclosure.opening(self._case, decision) is None:
                return text
            prose = Prose()
        elif told:
            return prose.held + text
        left, behind = prose.feed(text, final=final)
        if behind is None and not (final and prose.is_behind):
            if not final:
                self._prose[delta.channel] = prose
            return left
        opening = self._disclosure.opening(self._case, decision)
        if opening is None:
            return left + (behind or "")
        self._told[delta.answer] = None
        self._opening = opening
        return left + (closing(opening.text) if behind is None else opening.text + behind)

    def holds(self, channel: str) -> bool:
        """Tell whether the beginning of what may be code in a channel waits for more."""
        return channel in self._prose and bool(self._prose[channel].held)

    def again(self, before: str, text: str) -> str:
        """Return an answer's text, with the notice that another form of it has.

        Args:
            before: what has left of the answer in that form.
            text: what is said instead of it.
        """
        opening = self._opening
        has = opening is not None and opening.text.rstrip() in before
        return put(text, opening.text) if opening is not None and has else text

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
