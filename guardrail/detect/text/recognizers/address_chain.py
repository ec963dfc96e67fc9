"""Chains of parts that may be an address, parsed by the grammar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers.address_grammar import FIRST, JOINT, NEXT
from guardrail.detect.text.recognizers.address_lexer import Lexed
from guardrail.detect.text.unsettled import unsettled

LONGEST = 200
"""Code points of an address at most."""

_PARTS = 16
"""Parts of an address at most."""

_UNSETTLED = {one: unsettled(one.pattern) for one in (FIRST, JOINT, NEXT)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
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
    latest = lexed.starts[position] + LONGEST
    pattern, between = FIRST, ""
    while len(parts) < _PARTS:
        if lexed.edge and _UNSETTLED[pattern].match(lexed.classes, position):
            return Chain(parts, settled=False)
        match = pattern.match(lexed.classes, position)
        if match is None:
            break
        kind = match.lastgroup or ""
        if lexed.ends[match.end() - 1] > latest or not _may_follow(parts, kind, between):
            break
        if parts and match[0][0] in "wyzt" and _TWO_SMALL.search(parts[-1].classes):
            break
        kind = "street" if kind == "more" else kind
        parts.append(Part(kind=kind, classes=match[0], first=match.start(), end=match.end()))
        if lexed.edge and _UNSETTLED[JOINT].match(lexed.classes, match.end()):
            return Chain(parts, settled=False)
        joint = JOINT.match(lexed.classes, match.end())
        if joint is None:
            break
        position, between, pattern = joint.end(), joint[0], NEXT
    return Chain(parts, settled=True)


_TWO_SMALL = lazily("[wyztb][ -][wyztb](?:-N)?$")
"""A name of two words in small letters: a third one is no part of an address any more."""
_NUMBERABLE = frozenset({"street", "micro", "unit", "number", "named"})
"""Parts that a bare number may follow."""
_STREETS = frozenset({"street", "micro", "english", "named"})


def _may_follow(parts: list[Part], kind: str, joint: str) -> bool:
    """Tell whether a part may follow: a second street behind a house begins another address."""
    kinds = {part.kind for part in parts}
    if kind == "number":
        return parts[-1].kind in _NUMBERABLE
    if kind == "guess":
        return "english" in kinds and "guess" not in kinds and ("," in joint or "\n" in joint)
    if kind == "named":
        return not kinds & _STREETS
    if kind in {"street", "more", "english"}:
        return not (kinds & _STREETS and kinds & {"number", "english", "named"})
    return True
