"""Events that are alike: read without walking through them anew.

A model's events are the same byte for byte but for the pieces of text that they bring, and for what
counts, dates or pads them. Once one was read in full, the bytes around its texts are a mould: what
has the same bytes there has the same members, the same places, and nothing else to examine.

What else differs from event to event is learnt from those that miss a mould there alone. It may
differ only where a value says nothing but itself: no channel's name, no type, index or end hangs on
it, and the reader, asked for each new value, finds nothing in it to examine.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import orjson

from guardrail.facts import Place
from guardrail.wire.framing import Framing
from guardrail.wire.limits import Limits
from guardrail.wire.read import read_tree
from guardrail.wire.shape import Rule, State, Verdict
from guardrail.wire.spec import StreamSpec
from guardrail.wire.tokens import Span
from guardrail.wire.walk import TYPE, Speakers, leaves

if TYPE_CHECKING:
    from guardrail.wire.stream import Delta, Reading

MAX_BYTES = 4096
"""The largest event that is moulded. A token's has some 300 bytes; what is larger is mostly text,
or other than its neighbours."""

MAX_LOOSE = 8
"""Values that differ in one mould. Events that differ in more aren't alike."""

_VALUE = re.compile(rb'"(?:[^"\\\x00-\x1f]++|\\[^\x00-\x1f])*+"|[-+.0-9eE]++')
"""What could be a string or a number. Whether it is one the parser says: no bracket, comma or line
end is in it, so that it can't be more than one."""

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"(\s*+:)?|[^\s{}\[\]:,"]++', re.DOTALL)
"""A name or a value of a document that was parsed; only a name has the group."""

_NOBODY = Speakers()


class Slot(NamedTuple):
    """A value of an event that may be another in the next. A tuple: an event has many."""

    place: Place
    token: bytes
    rule: Rule | None
    delta: int | None
    """Which delta's text it is, if any."""
    liked: str | None
    """By which path a refusal takes it over, if any."""

    @property
    def is_plain_text(self) -> bool:
        """Whether any string there is one text, whatever it says."""
        rule = self.rule
        return (
            self.delta is not None
            and rule is not None
            and rule.verdict is Verdict.TEXT
            and not (rule.medium or rule.codec)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """An event, cut at its slots."""

    reading: Reading
    slots: tuple[Slot, ...]
    pieces: tuple[bytes, ...]
    """What stands around the slots: one more than these."""
    around: Span
    """How many bytes stand before and behind the data."""

    @property
    def likeness(self) -> tuple[object, ...]:
        """What events that are alike have in common."""
        return self.pieces, *(slot.delta for slot in self.slots)


class Cast(NamedTuple):
    """What an event that fits a mould says itself; all else is as in those like it.

    A tuple, as it is made for every event.
    """

    data: object
    deltas: tuple[Delta, ...]
    liked: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mould:
    """The bytes around what differs in events that are alike."""

    cut: Cut
    """One of them."""
    loose: Mapping[int, Slot]
    """Those of its slots that differ."""
    head: bytes
    tails: tuple[bytes, ...]
    """What stands behind each of them."""
    asked: tuple[tuple[str, Place], ...]
    """Of which of them another value could be something else: a name for each, …"""
    shape: State
    """… what stands there, by these names, …"""
    told: list[Place]
    """… and where the reader finds a text, if all is as it was."""

    def cast(self, raw: bytes, limits: Limits) -> Cast | None:
        """Return what an event says, where it fits and need not be read in full to know that."""
        spans = self._spans(raw)
        if spans is None:
            return None
        before, behind = self.cut.around
        try:
            data = orjson.loads(raw[before : len(raw) - behind])
        except orjson.JSONDecodeError:
            return None
        deltas, liked = [*self.cut.reading.deltas], self.cut.reading.liked
        for slot, span in zip(self.loose.values(), spans, strict=True):
            value = _value_in(data, slot.place)
            # Whether something ends may hang on whether there is anything at all.
            if not value:
                return None
            if slot.delta is not None:
                if not isinstance(value, str):
                    return None
                deltas[slot.delta] = deltas[slot.delta].saying(value, span)
            if slot.liked is not None:
                liked = {**liked, slot.liked: value}
        if self.asked:
            tree = {name: _value_in(data, place) for name, place in self.asked}
            found = read_tree(tree, self.shape, _NOBODY, limits)
            if found.opaque or [segment.place for segment in found.segments] != self.told:
                return None
        return Cast(data=data, deltas=tuple(deltas), liked=liked)

    def _spans(self, raw: bytes) -> list[Span] | None:
        """Return where the loose values lie, if all else is the same."""
        if not (raw.startswith(self.head) and raw.endswith(self.tails[-1])):
            return None
        spans = []
        at = len(self.head)
        for tail in self.tails:
            match = _VALUE.match(raw, at)
            if match is None or not raw.startswith(tail, match.end()):
                return None
            spans.append(match.span())
            at = match.end() + len(tail)
        return spans if at == len(raw) else None


def mould_of(cut: Cut, known: Mould | None) -> Mould | None:
    """Return the mould of an event and of those like it that a known one fits.

    None where they differ in too much, or none of their texts may.
    """
    old = cut.slots if known is None else known.cut.slots
    loose = {
        at: slot
        for at, slot in enumerate(cut.slots)
        if slot.delta is not None
        or slot.token != old[at].token
        or (known is not None and at in known.loose)
    }
    if len(loose) > MAX_LOOSE or all(slot.delta is None for slot in loose.values()):
        return None
    fixed = [cut.pieces[0]]
    for at, slot in enumerate(cut.slots):
        if at in loose:
            fixed.append(b"")
        else:
            fixed[-1] += slot.token
        fixed[-1] += cut.pieces[at + 1]
    asked = {str(at): slot for at, slot in loose.items() if not slot.is_plain_text}
    shape = State()
    shape.lead({}, {name: State(rule=slot.rule) for name, slot in asked.items()}, State())
    return Mould(
        cut=cut,
        loose=loose,
        head=fixed[0],
        tails=tuple(fixed[1:]),
        asked=tuple((name, slot.place) for name, slot in asked.items()),
        shape=shape,
        told=[(name,) for name, slot in asked.items() if slot.delta is not None],
    )


def cut(
    raw: bytes, reading: Reading, shape: State, spec: StreamSpec, framing: Framing
) -> Cut | None:
    """Return an event cut where the next may differ, or None where none will be like it."""
    texts = {
        delta.place: index
        for index, delta in enumerate(reading.deltas)
        if delta.text and not (delta.key or delta.repeats)
    }
    if reading.opaque or not texts or len(raw) > MAX_BYTES:
        return None
    span = framing.span_of(raw)
    # The data that ends a stream may be an event like any other.
    if span is None or spec.end.startswith(raw[span[0] : span[0] + 1]):
        return None
    told = {delta.place for delta in reading.deltas}
    liked = {place: path for path, place in spec.liked.items()}
    whole = {*told, *liked}
    # A short number has no rule here: nothing is ever made of one.
    rules = {
        place: rule for rule, place, _, _, key in leaves(reading.data, shape, _NOBODY) if not key
    }
    telling = _telling(spec, (rules.get(place) for place in told))
    slots, pieces, done = [], [], 0
    tokens = (match for match in _TOKEN.finditer(raw, *span) if match[1] is None)
    for (place, value), match in zip(_values(reading.data), tokens, strict=True):
        # Nothing, and what is true or false, may say what an object is, or that something ends.
        if not value or isinstance(value, bool):
            continue
        if place in telling or place[-1] in {TYPE, spec.number} or _is_below(place, whole):
            continue
        if place in texts:
            if not isinstance(value, str):
                continue
        # A list of numbers may be something else than one of strings.
        elif isinstance(place[-1], int) or place in told:
            continue
        slots.append(
            Slot(
                place=place,
                token=match[0],
                rule=rules.get(place),
                delta=texts.get(place),
                liked=liked.get(place),
            )
        )
        pieces.append(raw[done : match.start()])
        done = match.end()
    return Cut(
        reading=reading,
        slots=tuple(slots),
        pieces=(*pieces, raw[done:]),
        around=(span[0], len(raw) - span[1]),
    )


def _telling(spec: StreamSpec, rules: Iterable[Rule | None]) -> set[Place]:
    """Return the places whose values tell types, parts and channels from others.

    So do the members that carry an object's type or an item's index, wherever they stand.
    """
    names = [finish.channels for finish in spec.finish]
    names += [rule.channel for rule in rules if rule is not None and rule.channel is not None]
    return {(), spec.type, *(gap for name in names for gap in name.gaps)}


def _values(tree: object) -> Iterator[tuple[Place, object]]:
    """Yield the strings, numbers and the like in a document, in its order."""
    waiting: list[tuple[Place, object]] = [((), tree)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*place, name), below) for name, below in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [((*place, at), value[at]) for at in reversed(range(len(value)))]
        else:
            yield place, value


def _is_below(place: Place, others: Collection[Place]) -> bool:
    return any(place[:size] in others for size in range(len(place)))


def _value_in(tree: object, place: Place) -> object:
    for part in place:
        tree = tree[part]  # type: ignore[index]  # the mould has all that leads there
    return tree
