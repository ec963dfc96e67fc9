"""Chains of parts that may be an address, parsed by the grammar."""

from __future__ import annotations

from typing import NamedTuple

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers.address_grammar import FIRST, JOINT, NEXT
from guardrail.detect.text.recognizers.address_lexer import Lexed, Step
from guardrail.detect.text.unsettled import unsettled

LONGEST = 200
"""Code points of an address at most."""

_PARTS = 16
"""Parts of an address at most."""

_GRAMMAR = {
    name: (one, unsettled(one.pattern))
    for name, one in (("first", FIRST), ("joint", JOINT), ("next", NEXT))
}
"""What is asked at a token, and what tells that the answer rests on what follows the edge."""


class Part(NamedTuple):
    """A street, a house, a town, or what else an address is made of."""

    kind: str
    classes: str
    first: int
    """Number of its first token."""
    end: int
    """Number of the first token behind it."""


class Chain(NamedTuple):
    """Parts that stand behind each other."""

    parts: list[Part]
    """As far as they are known; none where the grammar begins nothing."""
    settled: bool
    """Whether that stays so whatever follows the edge, where the tokens end in one."""


def chain(lexed: Lexed, position: int) -> Chain:
    """Return the longest chain from token `position` on, of bounded length."""
    parts: list[Part] = []
    kinds: set[str] = set()
    latest = lexed.starts[position] + LONGEST
    asked, between = "first", ""
    while len(parts) < _PARTS:
        match, settled = _step(lexed, asked, position)
        if not settled:
            return Chain(parts, settled=False)
        if match is None:
            break
        kind = match.lastgroup or ""
        if lexed.ends[match.end() - 1] > latest or not _may_follow(parts, kinds, kind, between):
            break
        if parts and match[0][0] in "wyzt" and _TWO_SMALL.search(parts[-1].classes):
            break
        kind = "street" if kind == "more" else kind
        parts.append(Part(kind=kind, classes=match[0], first=match.start(), end=match.end()))
        kinds.add(kind)
        joint, settled = _step(lexed, "joint", match.end())
        if not settled:
            return Chain(parts, settled=False)
        if joint is None:
            break
        position, between, asked = joint.end(), joint[0], "next"
    return Chain(parts, settled=True)


def _step(lexed: Lexed, asked: str, position: int) -> Step:
    """Return what the grammar says at a token; chains that meet there ask once."""
    step = lexed.asked.get((asked, position))
    if step is None:
        pattern, open_ = _GRAMMAR[asked]
        settled = not (lexed.edge and open_.match(lexed.classes, position))
        match = pattern.match(lexed.classes, position) if settled else None
        step = lexed.asked[asked, position] = Step(match, settled)
    return step


_TWO_SMALL = lazily("[wyztb][ -][wyztb](?:-N)?$")
"""A name of two words in small letters: a third one is no part of an address any more."""
_NUMBERABLE = frozenset({"street", "micro", "unit", "number", "named"})
"""Parts that a bare number may follow."""
_STREETS = frozenset({"street", "micro", "english", "named"})
_NUMBERED = frozenset({"number", "english", "named"})


def _may_follow(parts: list[Part], kinds: set[str], kind: str, joint: str) -> bool:
    """Tell whether a part may follow: a second street behind a house begins another address."""
    if kind == "number":
        return parts[-1].kind in _NUMBERABLE
    if kind == "guess":
        return "english" in kinds and "guess" not in kinds and ("," in joint or "\n" in joint)
    if kind == "named":
        return kinds.isdisjoint(_STREETS)
    if kind in {"street", "more", "english"}:
        return kinds.isdisjoint(_STREETS) or kinds.isdisjoint(_NUMBERED)
    return True
