"""Selectors, compiled: one automaton that says for every place what stands there.

A path pattern is names joined by dots. ``*`` is any one member or array item, ``**`` any number of
them, none included. Where several rules cover a place, the first in the file decides. The automaton
is deterministic and complete, so that a walk over a document makes one dictionary look-up a value,
whatever the number of rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from guardrail.facts import Author, Kind
from guardrail.wire.naming import ChannelName

ANY = "*"
DEEP = "**"

Pattern = tuple[str, ...]


class Verdict(Enum):
    """What a rule says of the places it covers."""

    TEXT = "text"
    """Free text, with its author and kind."""
    OPAQUE = "opaque"
    """A medium that the guard can't read."""
    INERT = "inert"
    """No free text: an id, an enum, a number that counts something."""
    SEALED = "sealed"
    """Bytes that only the AI's provider can read, in base64: a signature, an encrypted thought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What stands at the places that some patterns cover."""

    verdict: Verdict
    author: Author | None = None
    """None: the speaker's, as the enclosing message names it."""
    kind: Kind = Kind.TEXT
    kinds: Mapping[Author, Kind] = field(default_factory=dict)
    """Other kinds for some authors."""
    codec: str = ""
    medium: str = ""
    base64: bool = False
    """True where an opaque rule means base64 alone: what isn't is text."""
    whole: bool = False
    """True where an opaque rule takes whole objects and arrays, unread."""
    channel: ChannelName | None = None
    """In streams: what the piece of text goes on with; None where it stands for itself."""
    stars: tuple[int, ...] = ()
    """Where in the pattern each ``*`` stands."""
    json: bool = False
    """In streams: the channel's pieces together are a JSON document."""
    repeats: bool = False
    """In streams: the whole text of a channel stands here once more."""
    events: frozenset[str] = frozenset()
    """In streams: the types of events that the rule is for; all where empty."""
    carry: object = None
    """In streams: the template of a new event for text that was held back; where it is None such an
    event is made in the likeness of the one that brought the text."""


@dataclass(slots=True, eq=False)
class State:
    """A place, as far as the rules tell places apart."""

    rule: Rule | None = None
    speaks: bool = False
    """True where an object names its speaker."""
    numbered: bool = False
    """True where an array item carries its own index."""
    kept: bool = False
    """True for what an event made in another's likeness takes over."""
    cleared: bool = False
    """True for what is null there."""
    onward: dict[str, State] = field(default_factory=dict)
    rest: State = field(init=False)
    """Where every name that isn't in `onward` and every array item leads."""


Marks = Sequence[tuple[Pattern, Rule | str]]
"""Patterns with what they mean: a rule, or the name of a flag of `State`."""

_Positions = frozenset[tuple[int, int]]


def compile_shape(marks: Marks) -> State:
    """Return the start state of the automaton (subset construction) for `marks`."""
    patterns = [pattern for pattern, _ in marks]
    start = _closed(patterns, ((number, 0) for number in range(len(patterns))))
    states: dict[_Positions, State] = {start: _state(marks, start)}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        names = {patterns[number][at] for number, at in here if at < len(patterns[number])}
        for name in (ANY, *sorted(names - {ANY, DEEP})):
            there = _closed(patterns, _steps(patterns, here, name))
            if there not in states:
                states[there] = _state(marks, there)
                waiting.append(there)
            if name == ANY:
                states[here].rest = states[there]
            else:
                states[here].onward[name] = states[there]
    return states[start]


def _state(marks: Marks, here: _Positions) -> State:
    state = State()
    for number in sorted(number for number, at in here if at == len(marks[number][0])):
        meaning = marks[number][1]
        if isinstance(meaning, str):
            setattr(state, meaning, True)
        elif state.rule is None:
            state.rule = meaning
    return state


def _steps(patterns: Sequence[Pattern], here: _Positions, name: str) -> Iterable[tuple[int, int]]:
    for number, at in here:
        if at == len(patterns[number]):
            continue
        part = patterns[number][at]
        if part == DEEP:
            yield number, at
        elif part in {ANY, name}:
            yield number, at + 1


def _closed(patterns: Sequence[Pattern], steps: Iterable[tuple[int, int]]) -> _Positions:
    closed = set()
    for number, at in steps:
        position = at
        closed.add((number, position))
        while position < len(patterns[number]) and patterns[number][position] == DEEP:
            position += 1
            closed.add((number, position))
    return frozenset(closed)
