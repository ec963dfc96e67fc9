"""Where a stream says of its origin what its format doesn't know of: members of some of its events.

For streams whose framing has no comments, and for formats whose clients trip over them. All else in
such an event stays byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import orjson

from guardrail.facts import Place
from guardrail.wire.channels import places_at
from guardrail.wire.framing import Framing
from guardrail.wire.members import Member, put, spot_of
from guardrail.wire.places import value_at
from guardrail.wire.shape import Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLabel:
    """One sort of event that may hold a label, as a wire spec has it."""

    at: Place
    """The member's place. Objects on the way that aren't there are made."""
    of: frozenset[str] = frozenset()
    """The types of such events; any where it is empty."""
    given: Pattern = ()
    """What has a value in such an event, other than null, false and an empty one."""
    or_given: tuple[Pattern, ...] = ()
    """Others of which one with a value does as well."""
    own: bool = False
    """Whether its label is signed over the texts that this very event tells once more: those of one
    answer of a session, say, which has no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSpec:
    """Which events of a format's streams hold labels."""

    first: EventLabel
    """The first of these events says what the stream is."""
    last: EventLabel | None = None
    """Each of these events has the signature over what left so far: the last one counts."""


class EventLabels:
    """Finds those events, and puts labels into them. Holds nothing of any stream."""

    def __init__(
        self, spec: LabelSpec, framing: Framing, kind_of: Callable[[object, str], str]
    ) -> None:
        """Take which events they are.

        Args:
            spec: as the format has it.
            framing: how the stream is cut into events.
            kind_of: returns an event's type, by what was parsed and the framing's name of it.
        """
        self._spec = spec
        self._framing = framing
        self._kind_of = kind_of

    @property
    def own(self) -> bool:
        """Whether the signed label is of its own event's texts alone."""
        return self._spec.last is not None and self._spec.last.own

    def is_first(self, tree: object, name: str) -> bool:
        """Tell whether a parsed event is one that may say what the stream is."""
        return self._fits(self._spec.first, tree, name)

    def is_last(self, tree: object, name: str) -> bool:
        """Tell whether a parsed event is one that has the signature."""
        return self._spec.last is not None and self._fits(self._spec.last, tree, name)

    def put(self, events: bytes, tree: object, value: bytes, *, last: bool) -> bytes:
        """Return events with a label in the last one of them; unchanged where it has one already.

        Args:
            events: new or rewritten ones, whole.
            tree: the last one, parsed; texts in it may be others by now.
            value: the label, as JSON.
            last: whether it is the signed one.
        """
        label = self._spec.last if last and self._spec.last is not None else self._spec.first
        spot = spot_of(tree, Member(at=label.at, beside=()))
        if spot is None:
            return events
        pieces, at = self._pieces(events)
        raw = pieces[at]
        pieces[at] = self._framing.with_data(raw, put(self._framing.data_of(raw), spot, value))
        return b"".join(pieces)

    def told(self, events: bytes, places: Sequence[Place]) -> list[str]:
        """Return the texts at some places of the last of some events, as they stand there."""
        pieces, at = self._pieces(events)
        tree = orjson.loads(self._framing.data_of(pieces[at]))
        return [text for place in places if isinstance(text := value_at(tree, place), str) and text]

    def closing(self, events: bytes) -> tuple[bytes, object, bytes] | None:
        """Return the last of some events that has the signature: up to it, parsed, and behind it.

        None where none of them has. They are the guard's own, at a stream's end.
        """
        pieces, _ = self._pieces(events)
        for at in range(len(pieces) - 1, -1, -1):
            tree = _parsed(self._framing.data_of(pieces[at]))
            if isinstance(tree, dict) and self.is_last(tree, self._framing.name_of(pieces[at])):
                return b"".join(pieces[: at + 1]), tree, b"".join(pieces[at + 1 :])
        return None

    def label_in(self, tree: object, name: str) -> object:
        """Return the signed label that a parsed event has, or None."""
        if self._spec.last is None or not self.is_last(tree, name):
            return None
        return value_at(tree, self._spec.last.at)

    def _fits(self, label: EventLabel, tree: object, name: str) -> bool:
        if not isinstance(tree, dict) or (label.of and self._kind_of(tree, name) not in label.of):
            return False
        if not label.given:
            return True
        given = (label.given, *label.or_given)
        return any(value_at(tree, place) for one in given for place in places_at(tree, one))

    def _pieces(self, events: bytes) -> tuple[list[bytes], int]:
        """Return events one by one, and which of them is the last that has data."""
        splitter = self._framing.splitter()
        pieces = [*splitter.feed(events), splitter.close()]
        filled = (at for at in range(len(pieces) - 1, -1, -1) if self._framing.data_of(pieces[at]))
        return pieces, next(filled, 0)


def _parsed(data: bytes) -> object:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None  # as the end of a stream that is no JSON
