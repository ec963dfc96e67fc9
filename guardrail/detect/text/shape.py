"""What can be said of an operator's expression before it is let near any text.

Presidio's expressions are Python's. Ours must run in RE2, which is linear whatever the text, and
have a greatest length, which is what a stream holds back. The expression is read with the parser of
Python's `re`, whose tree tells both, and where it asks for word boundaries.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from re import _constants as ops  # type: ignore[attr-defined]  # private, but the only parser
from re import _parser as parser  # type: ignore[attr-defined]  # there is for Python's syntax
from typing import TypeAlias

import re2

from guardrail.detect.text.options import re2_said
from guardrail.errors import ConfigError

LONGEST = 200
"""Code points that a value may have: a stream waits for as many."""

_PROGRAM = 4_000
"""Instructions of RE2 that an expression may compile to; the largest of our own has under 2,000."""

_FLAGS = re.IGNORECASE | re.MULTILINE | re.DOTALL
"""Presidio's own, for all its expressions."""

_ANY = r"[\s\S]"
_STARTS = 4
"""Characters of a match that a trigger asks for."""
_CODE = re.compile(r"\\U([0-9a-f]{8})")
_CATEGORIES = {
    ops.CATEGORY_DIGIT: r"\d",
    ops.CATEGORY_WORD: r"\w",
    ops.CATEGORY_SPACE: r"\s",
}
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT)

Node: TypeAlias = tuple[object, object]
Tree: TypeAlias = Sequence[Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An expression that can be used."""

    regex: str
    """For RE2: without the word boundaries at its ends; ``\\w`` is a Latin or Cyrillic letter."""
    longest: int
    """Code points of the longest match."""
    starts_at_word: bool
    """Whether a word must begin or end where it starts, as ``\\b`` asks."""
    ends_at_word: bool
    letters: str
    """The inside of any match, as a character class of Python's: what may still become one."""
    start: str
    """What any match begins with, for RE2: small enough to be among the triggers of all
    recognizers. One large expression there could use up the memory of them all."""


def shape_of(regex: str) -> Shape:
    """Return what an expression in Python's syntax comes to.

    Raises:
        ConfigError: it can't be used; says why, and what mends it.
    """
    tree = _parsed(regex)
    least, longest = tree.getwidth()
    if least == 0:
        raise ConfigError("it matches nothing at all, too", fix="let it need one character")
    if longest > LONGEST:
        raise ConfigError(
            f"a match may be longer than {LONGEST} characters",
            fix="bound the repeats: {1,20} in place of + or *",
        )
    starts, ends = _edge(tree, 0), _edge(tree, -1)
    _check_anchors(tree, edges=_count(tree, first=True) + _count(tree, first=False))
    plain = _for_re2(regex)
    _check_program(plain)
    return Shape(
        regex=plain,
        longest=int(longest),
        starts_at_word=starts,
        ends_at_word=ends,
        letters=_letters(tree),
        start=f"(?is:{''.join(_start(tree)[:_STARTS]) or '.'})",
    )


def _parsed(regex: str) -> parser.SubPattern:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return parser.parse(regex, _FLAGS)
    except (re.error, Warning, OverflowError, RecursionError) as error:
        raise ConfigError(f"it isn't a regular expression: {error}") from None


def _children(node: Node) -> Iterator[Tree]:
    kind, inside = node
    if kind in _REPEATS:
        yield inside[2]  # type: ignore[index]  # least, most, tree
    elif kind is ops.SUBPATTERN:
        yield inside[3]  # type: ignore[index]  # group, flags set, flags cleared, tree
    elif kind is ops.BRANCH:
        yield from inside[1]  # type: ignore[index]  # None, trees
    elif kind in {ops.ASSERT, ops.ASSERT_NOT}:
        raise ConfigError(
            "look-around can't be used",
            fix=r"use \b at the ends, and `context` for words that stand before",
        )
    elif kind in {ops.GROUPREF, ops.GROUPREF_EXISTS}:
        raise ConfigError("back-references can't be used", fix="write the alternatives out")
    elif kind in {ops.ATOMIC_GROUP, ops.POSSESSIVE_REPEAT}:
        raise ConfigError("possessive repeats can't be used", fix="use plain ones: {1,20}")


def _edge(tree: Tree, place: int) -> bool:
    """Tell whether every match has a word boundary at its beginning (0) or end (-1)."""
    if not len(tree):
        return False
    node = tree[place]
    if node == (ops.AT, ops.AT_BOUNDARY):
        return True
    if node[0] not in {ops.SUBPATTERN, ops.BRANCH}:
        return False
    return all(_edge(inner, place) for inner in _children(node))


def _count(tree: Tree, *, first: bool) -> int:
    """Return how many boundaries stand at the beginning, or the end, of all alternatives."""
    place = 0 if first else -1
    if not _edge(tree, place):
        return 0
    node = tree[place]
    return int(node[0] is ops.AT) or sum(_count(each, first=first) for each in _children(node))


def _check_anchors(tree: Tree, *, edges: int) -> None:
    anchors = list(_anchors(tree))
    if any(one is not ops.AT_BOUNDARY for one in anchors):
        raise ConfigError(r"^, $, \A, \Z and \B can't be used: a value may stand anywhere")
    if len(anchors) > edges:
        raise ConfigError(
            r"\b can be used at the beginning and at the end only",
            fix="put it at the same end of every alternative, or none",
        )


def _anchors(tree: Tree) -> Iterator[object]:
    for node in tree:
        if node[0] is ops.AT:
            yield node[1]
        for inner in _children(node):
            yield from _anchors(inner)


def _letters(tree: Tree) -> str:
    inside = set(_members(tree))
    return _ANY if _ANY in inside else f"[{''.join(sorted(inside))}]"


def _members(tree: Tree) -> Iterator[str]:
    for kind, inside in tree:
        if kind is ops.LITERAL:
            yield _escaped(inside)
        elif kind in {ops.ANY, ops.NOT_LITERAL}:
            yield _ANY
        elif kind is ops.IN:
            yield from _of_class(inside)  # type: ignore[arg-type]  # a class's items
        for inner in _children((kind, inside)):
            yield from _members(inner)


def _of_class(items: Iterable[tuple[object, object]]) -> Iterator[str]:
    for kind, value in items:
        if kind is ops.LITERAL:
            yield _escaped(value)
        elif kind is ops.RANGE:
            low, high = value  # type: ignore[misc]  # of two code points
            yield f"{_escaped(low)}-{_escaped(high)}"  # type: ignore[has-type]
        else:
            yield _CATEGORIES.get(value, _ANY) if kind is ops.CATEGORY else _ANY


def _start(tree: Tree) -> list[str]:
    """Return classes, for RE2, of the first characters of any match, as many as are sure."""
    known: list[str] = []
    for kind, inside in tree:
        if kind in {ops.LITERAL, ops.IN}:
            known.append(_class([(kind, inside)]))
        elif kind in _REPEATS:
            least, _, inner = inside  # type: ignore[misc]  # least, most, tree
            more: list[str] = _start(inner)[:1] if least else []  # type: ignore[has-type]
            return known + more
        elif kind is ops.SUBPATTERN:
            return known + _start(inside[3])  # type: ignore[index]  # group, flags, flags, tree
        elif kind is not ops.AT:
            return known
    return known


def _class(tree: Tree) -> str:
    members = set(_members(tree))
    if _ANY in members:
        return "."
    return f"[{''.join(sorted(map(_re2_member, members)))}]"


def _re2_member(member: str) -> str:
    return _CODE.sub(r"\\x{\1}", member).replace(r"\w", _WORD)


def _escaped(code: object) -> str:
    return f"\\U{code:08x}"


_PART = re.compile(r"\\.|\[\^?\]?|\]|\{,|[^\\\[\]{]+|.", re.DOTALL)
_WORD = "0-9A-Za-z_À-ÖØ-öø-ɏЀ-҂Ҋ-ԯ"
"""ASCII, Latin-1, Latin Extended-A and -B, Cyrillic and its supplement. All letters there are
would make a thousand steps of every ``\\w``."""
_WORDS = {r"\w": f"[{_WORD}]", r"\W": f"[^{_WORD}]", r"\b": ""}
"""Outside of a class: what RE2 would take for ASCII only, and boundaries, which are looked at
apart."""


def _for_re2(regex: str) -> str:
    """Return a valid expression as RE2 understands what Python does by it."""
    parts, in_class = [], False
    for part in _PART.findall(regex):
        if in_class:
            parts.append(f"\\{part}" if part.startswith("[") else part.replace(r"\w", _WORD))
            in_class = not part.endswith("]") or part.startswith("\\")
        elif part == "{,":
            raise ConfigError("{,n} can't be used", fix="write {0,n}")
        else:
            parts.append(_WORDS.get(part, part))
            in_class = part.startswith("[")
    return "".join(parts)


def _check_program(regex: str) -> None:
    options = re2.Options()
    options.log_errors = False
    try:
        size = re2.compile(f"(?is:{regex})", options).programsize
    except re2.error as error:
        raise ConfigError(f"RE2 doesn't take it: {re2_said(error)}") from None
    if size > _PROGRAM:
        raise ConfigError(
            f"it is too large: {size} steps, at most {_PROGRAM}", fix="split it into several"
        )
