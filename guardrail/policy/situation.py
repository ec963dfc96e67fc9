"""What the law packs are asked about, and what the operator may choose within them."""

from __future__ import annotations

from dataclasses import dataclass

from guardrail.facts import Action, Direction, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One message as the rules see it. Holds no text."""

    direction: Direction
    standings: tuple[Standing, ...] = ()
    """What was found in it, each with what consent says."""
    opaque: tuple[str, ...] = ()
    """The media in it that the guard can't look into, as ``image``."""
    remote: tuple[str, ...] = ()
    """The media that it only points at, by an address or an id: they are never fetched."""
    materials: frozenset[str] = frozenset()
    """What its media show, as ``FACE``."""
    purposes: frozenset[str] = frozenset()
    """The uses that it asks for, as ``EMOTION_INFERENCE``; for a reply, those of its request."""
    contexts: frozenset[str] = frozenset()
    """Where the system is used, as the operator says: ``work``, ``education``…"""
    first_turn: bool = False
    """True where the person gets their first answer."""
    synthetic: bool = False
    """True for a reply that imitates a person or an event that didn't happen, and for media of
    which the guard can't say (Law 230-VIII art. 1)."""
    ai_reply: bool = False
    """True where an AI made the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the operator chose where a pack leaves a choice; None takes the pack's default.

    A choice only selects among what a rule offers, so it can never loosen a pack.
    """

    personal_data: Action | None = None
    """What becomes of personal data without consent in a request."""
    reply_personal_data: Action | None = None
    """The same for replies. There is nobody to restore a placeholder for, so `PSEUDONYMISE` counts
    as `MASK`."""
    opaque: Action | None = None
    """What becomes of a message with media that can't be looked into. `ALLOW` lets it pass
    unexamined, and the decision carries a hit that says so."""
    remote: Action | None = None
    """The same for media that a message only points at."""
    suspected_use: Action | None = None
    """What becomes of a message that may ask for a prohibited use, when that isn't sure."""
