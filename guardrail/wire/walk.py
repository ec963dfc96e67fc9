"""One walk over a parsed document: every leaf that may hold text, in the document's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from guardrail.facts import Author, Place
from guardrail.wire.places import is_plain_name
from guardrail.wire.shape import IS_TRUE, Rule, State

_UNKNOWN = Author.UNKNOWN
TYPE = "type"
"""The member that says what an object is."""
_LONG_NUMBER = 10**6
"""From seven digits a bare number may identify a person (an IIN has twelve, a passport eight)."""


Leaf = tuple[Rule | None, Place, object, Author, bool]
"""The rule that covers it; the place; a string, a long number or a whole opaque value; the speaker;
and whether it is the name of the member at that place. A bare tuple: there is one for each value of
each request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speakers:
    """How a message names who speaks: the objects are marked in the shape."""

    member: str = ""
    authors: Mapping[str, Author] = field(default_factory=dict)
    types: Mapping[str, Author] = field(default_factory=dict)
    """Who speaks in a message that names nobody, by its type."""
    default: Author = Author.UNKNOWN
    """Who speaks in any other."""

    def author(self, message: Mapping[str, object]) -> Author:
        """Return who speaks in `message`."""
        name = message.get(self.member)
        if name is None:
            kind = message.get(TYPE) if self.types else None
            return self.types.get(kind, self.default) if isinstance(kind, str) else self.default
        return self.authors.get(name, Author.UNKNOWN) if isinstance(name, str) else Author.UNKNOWN


_Items = Iterator[tuple[str, object]] | Iterator[tuple[int, object]]
_Frame = tuple[State, Place, _Items, Author]


def leaves(tree: object, shape: State, speakers: Speakers) -> Iterator[Leaf]:
    """Yield the leaves of `tree`; iterative, so depth costs memory only."""
    if not isinstance(tree, (dict, list)):
        if isinstance(tree, str) or is_long(tree):
            yield shape.rule, (), tree, _UNKNOWN, False
        return
    stack: list[_Frame] = [_frame(shape, (), tree, _UNKNOWN, speakers)]
    while stack:
        state, place, items, author = stack[-1]
        onward, rest = state.onward, state.rest
        for name, value in items:
            below = onward.get(name, rest)  # type: ignore[arg-type]  # an index is in no `onward`
            if below is rest and type(name) is str and not is_plain_name(name):
                yield below.rule, (*place, name), name, author, True
            rule = below.rule
            if isinstance(value, (dict, list)):
                enters = rule is None or not rule.whole
                if not enters or (rule is not None and rule.tokens and _has_numbers(value)):
                    yield rule, (*place, name), value, author, False
                if enters:
                    stack.append(_frame(below, (*place, name), value, author, speakers))
                    break
            elif type(value) is str or is_long(value):
                yield rule, (*place, name), value, author, False
        else:
            stack.pop()


def _frame(
    state: State,
    place: Place,
    value: dict[str, object] | list[object],
    author: Author,
    speakers: Speakers,
) -> _Frame:
    if isinstance(value, list):
        return state, place, iter(enumerate(value)), author
    if state.typed:
        state = _tested(state, value)
    if state.speaks:
        author = speakers.author(value)
    return state, place, iter(value.items()), author


def _tested(state: State, value: Mapping[str, object]) -> State:
    """Return what stands for `state` where `value` does."""
    kind = value.get(TYPE)
    if isinstance(kind, str) and kind in state.typed:
        return state.typed[kind]
    for test, there in state.typed.items():
        if test.endswith(IS_TRUE) and value.get(test.removesuffix(IS_TRUE)) is True:
            return there
    return state


def is_long(value: object) -> bool:
    """Tell whether a number has so many digits that it may identify a person."""
    return isinstance(value, (int, float)) and not -_LONG_NUMBER < value < _LONG_NUMBER


def _has_numbers(value: object) -> bool:
    return isinstance(value, list) and any(type(item) is int for item in value)
