"""Where the tokens of a JSON document lie in its bytes. Needed only where something is edited.

Works on documents that `parse` has accepted. One regular expression finds the tokens; a stack, not
recursion, keeps the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import orjson

from guardrail.facts import Place

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]++', re.DOTALL)

Target = tuple[Place, bool]
"""A place, and whether the member's name is meant, not its value."""

Span = tuple[int, int]


@dataclass(slots=True)
class _Node:
    """A place that is wanted or leads to one that is."""

    value: Target | None = None
    key: Target | None = None
    below: dict[str | int, _Node] = field(default_factory=dict)


@dataclass(slots=True)
class _Frame:
    """An open object or array; `node` is None where nothing in it is wanted."""

    node: _Node | None
    is_object: bool
    index: int = 0

    def child(self, part: str | int) -> _Node | None:
        return None if self.node is None else self.node.below.get(part)


def locate(body: bytes, targets: Iterable[Target]) -> dict[Target, Span]:
    """Return the byte span of the token at each target; one that isn't there is left out.

    A string's span includes its quotation marks.
    """
    wanted = set(targets)
    locator = _Locator(_tree(wanted))
    for match in _TOKEN.finditer(body):
        locator.take(match[0], match.span())
        if len(locator.spans) == len(wanted):
            break
    return locator.spans


def opening(body: bytes, place: Place) -> int:
    """Return where the object at `place` begins.

    Raises:
        ValueError: there is none.
    """
    if not place:
        return body.index(b"{")
    finder = _Opening(_tree([(place, False)]))
    for match in _TOKEN.finditer(body):
        finder.take(match[0], match.span())
        if finder.spans:
            return finder.spans[place, False][0]
    raise ValueError("no object is at this place")


def _tree(targets: Iterable[Target]) -> _Node:
    root = _Node()
    for target in targets:
        place, key = target
        node = root
        for part in place:
            node = node.below.setdefault(part, _Node())
        if key:
            node.key = target
        else:
            node.value = target
    return root


class _Locator:
    """Follows the tokens; `spans` fills up on the way."""

    def __init__(self, root: _Node) -> None:
        self.spans: dict[Target, Span] = {}
        self._frames = [_Frame(node=None, is_object=False)]
        self._next: _Node | None = root
        """The place of the value that comes next."""
        self._name_next = False

    def take(self, token: bytes, span: Span) -> None:
        frame = self._frames[-1]
        match token:
            case b"{" | b"[":
                self._open(is_object=token == b"{")
            case b"}" | b"]":
                self._frames.pop()
                self._name_next = False
            case b",":
                self._name_next = frame.is_object
                if not frame.is_object:
                    frame.index += 1
                    self._next = frame.child(frame.index)
            case b":":
                self._name_next = False
            case _ if self._name_next:
                self._name(frame, token, span)
            case _:
                self._value(span)

    def _open(self, *, is_object: bool) -> None:
        frame = _Frame(node=self._next, is_object=is_object)
        self._frames.append(frame)
        self._name_next = is_object
        if not is_object:
            self._next = frame.child(0)

    def _name(self, frame: _Frame, token: bytes, span: Span) -> None:
        self._next = None
        if frame.node is not None and frame.node.below:
            self._next = frame.child(orjson.loads(token))
            if self._next is not None and self._next.key is not None:
                self.spans[self._next.key] = span

    def _value(self, span: Span) -> None:
        if self._next is not None and self._next.value is not None:
            self.spans[self._next.value] = span


class _Opening(_Locator):
    """Takes note of where a wanted object begins; for `_Locator` only scalars are values."""

    def take(self, token: bytes, span: Span) -> None:
        if token == b"{":
            self._value(span)
        super().take(token, span)
