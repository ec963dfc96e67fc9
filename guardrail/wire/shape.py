"""Selectors, compiled: one automaton that says for every place what stands there.

A path pattern is names joined by dots. ``*`` is any one member or array item, ``**`` any number of
them, none included. A part with ``<a|b>`` behind it goes on in objects alone whose member ``type``
is one of these, with ``<a?>`` in those whose member ``a`` is true. Where several rules cover a
place, the first in the file decides. The automaton is deterministic and complete, so that a walk
over a document makes one dictionary look-up a value, whatever the number of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import partial

from guardrail.facts import Author, Kind
from guardrail.wire.naming import ChannelName

ANY = "*"
DEEP = "**"
OF_TYPE = "<"
"""What a part begins with that only holds the object's type, as ``<a|b>``."""
IS_TRUE = "?"
"""What follows a member's name where it must be true, as in ``<thought?>``."""

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
    """What an opaque rule is for. In a text rule: what stands there where it is encoded."""
    base64: bool = False
    """True where an opaque rule means base64 alone: what isn't is text."""
    whole: bool = False
    """True where an opaque rule takes whole objects and arrays, unread."""
    tokens: bool = False
    """True where a text may come as an array of numbers: tokens, which only its model can read."""
    channel: ChannelName | None = None
    """In streams: what the piece of text goes on with; None where it stands for itself."""
    stars: tuple[int, ...] = ()
    """Where in the pattern each ``*`` stands."""
    numbers: bool = False
    """True where an inert rule means any number: what counts or measures, such as nanoseconds."""
    json: bool = False
    """In streams: the channel's pieces together are a JSON document."""
    repeats: bool = False
    """In streams: the whole text of a channel stands here once more."""
    alone: bool = False
    """In streams: the text is whole in its event, and nothing goes on with it."""
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
    grow: Callable[[State], None] | None = None
    """Finds out where names lead, the first time that somebody goes on from here. A format has
    more places than anybody visits."""
    _typed: dict[str, State] = field(default_factory=dict)
    _onward: dict[str, State] = field(default_factory=dict)
    _rest: State | None = None

    @property
    def typed(self) -> dict[str, State]:
        """What stands for this place where an object of such a type does."""
        self._visit()
        return self._typed

    @property
    def onward(self) -> dict[str, State]:
        """Where names lead."""
        self._visit()
        return self._onward

    @property
    def rest(self) -> State:
        """Where every name that isn't in `onward` and every array item leads."""
        self._visit()
        return self if self._rest is None else self._rest

    def _visit(self) -> None:
        grow = self.grow  # once: another thread may have been here in between
        if grow is not None:
            grow(self)

    def lead(self, typed: dict[str, State], onward: dict[str, State], rest: State) -> None:
        """Take where names lead. Threads may do so at once: all of them say the same."""
        self._typed, self._onward, self._rest = typed, onward, rest
        self.grow = None


Marks = Sequence[tuple[Pattern, Rule | str]]
"""Patterns with what they mean: a rule, or the name of a flag of `State`."""

_Positions = frozenset[tuple[int, int]]


def compile_shape(marks: Marks) -> State:
    """Return the start state of the automaton (subset construction, as far as it is visited)."""
    patterns = [pattern for pattern, _ in marks]
    states: dict[_Positions, State] = {}

    def state(here: _Positions) -> State:
        known = states.get(here)
        if known is None:
            made = _state(marks, here)
            made.grow = partial(lead, here)
            known = states.setdefault(here, made)  # ready before any other thread sees it
        return known

    def lead(here: _Positions, grown: State) -> None:
        names = {patterns[number][at] for number, at in here if at < len(patterns[number])}
        tests = {name for name in names if name.startswith(OF_TYPE)}
        kinds = {kind for test in tests for kind in _types(test)}
        grown.lead(
            # In one order always: an object may pass several tests, and the first decides.
            {
                kind: state(_closed(patterns, _passed(patterns, here, kind)))
                for kind in sorted(kinds)
            },
            {
                name: state(_closed(patterns, _steps(patterns, here, name)))
                for name in names - tests - {ANY, DEEP}
            },
            state(_closed(patterns, _steps(patterns, here, ANY))),
        )

    return state(_closed(patterns, ((number, 0) for number in range(len(patterns)))))


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


def _types(test: str) -> list[str]:
    return test[1:-1].split("|")


def _passed(patterns: Sequence[Pattern], here: _Positions, kind: str) -> Iterable[tuple[int, int]]:
    """Yield where an object of a type leads: past the tests that it passes; others end."""
    for number, at in here:
        part = patterns[number][at] if at < len(patterns[number]) else ""
        if not part.startswith(OF_TYPE):
            yield number, at
        elif kind in _types(part):
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
