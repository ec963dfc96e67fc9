"""Prohibited uses that a reply shows by the keys of its data: ``"emotion": "anger"``.

A key is cut into tokens at case, ``_``, ``-`` and dots. Its tokens tell the use (`key_uses.csv`);
some count only where another token stands in the same key or a key beside it in the same object.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from guardrail.detect.intent.words import folded
from guardrail.facts import Author, Category, Finding, Kind, Place, Segment, Tier

RECOGNIZER = "ReplyKeys@1"

_ESCAPE = r"\\{1,8}+u[0-9a-fA-F]{4}"
_STEPS = rf"(?:[^\"\\\n]{{0,80}}+{_ESCAPE}){{0,80}}+[^\"\\\n]{{0,80}}+"
KEY = re.compile(rf'"({_STEPS})\\{{0,8}}+"\s*:')
"""A key of JSON that stands inside a text, as in a fenced block, or in a string of JSON: there a
backslash stands before its quotation marks. Its letters may be escapes."""

KEY_BEGUN = re.compile(rf'"{_STEPS}(?:\\{{1,8}}+(?:u[0-9a-fA-F]{{0,3}})?+)?+(?:"\s*)?\Z')
"""What may still become a key."""

LONGEST_KEY = 600
"""Characters of a key as it is spelt. What is longer shows nothing."""

_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")

MOST_KEYS = 5000
"""Keys that are looked at in one reply."""

AROUND = 12
"""Keys on either side that count as beside one, in JSON inside a text."""

_SUSPECT, _CERTAIN = 0.6, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    use: str
    tokens: frozenset[str]
    beside: frozenset[str]
    """One of these must stand in the key or beside it; nothing is asked for where it is empty."""
    unless: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key, as its words, and where it stands."""

    tokens: frozenset[str]
    segment: int
    start: int
    end: int


@cache
def _rules() -> Mapping[str, tuple[_Rule, ...]]:
    """Return the rules by each of their tokens' first in order."""
    file = files("guardrail.detect.intent") / "data" / "key_uses.csv"
    found: dict[str, list[_Rule]] = {}
    for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
        sets = {name: _set(row[name]) for name in ("tokens", "beside", "unless")}
        rule = _Rule(use=row["use"], **sets)
        found.setdefault(min(rule.tokens), []).append(rule)
    return {token: tuple(rules) for token, rules in found.items()}


def _set(words: str) -> frozenset[str]:
    return frozenset(folded(words).split())


@cache
def persons() -> frozenset[str]:
    """Return the tokens of keys that are of a person."""
    file = files("guardrail.detect.intent") / "data" / "key_persons.txt"
    return _set(file.read_text(encoding="utf-8"))


def uses_in_reply(
    segments: Sequence[Segment], documents: Sequence[Segment] = (), tree: object = None
) -> tuple[Finding, ...]:
    """Return the uses that keys of a reply show, one finding each: the surest.

    Args:
        segments: its texts.
        documents: the JSON documents that tools' arguments are, whole, as they are spelt. Findings
            count them behind `segments`.
        tree: the parsed reply, or event of one: numbers among arguments are no segments.
    """
    best: dict[str, Finding] = {}
    for group in _groups((*segments, *documents), len(segments), tree):
        for at, use, tier in uses_beside([key.tokens for key in group]):
            if use not in best or tier is Tier.CERTAIN is not best[use].tier:
                best[use] = finding_of(group[at], use, tier)
    return tuple(best.values())


def uses_beside(keys: Sequence[frozenset[str]]) -> Iterator[tuple[int, str, Tier]]:
    """Yield the uses that keys beside each other show: each key's place among them, use, surety."""
    beside = frozenset(token for key in keys for token in key)
    near_person = not persons().isdisjoint(beside)
    for at, key in enumerate(keys):
        for use, required in _uses_of(key, beside):
            yield at, use, Tier.CERTAIN if near_person or required else Tier.SUSPECT


def could_show(key: frozenset[str]) -> frozenset[str]:
    """Return the uses that a key may show, whatever stands beside it."""
    return frozenset(
        rule.use for token in key for rule in _rules().get(token, ()) if rule.tokens <= key
    )


def _uses_of(key: frozenset[str], beside: frozenset[str]) -> Iterator[tuple[str, bool]]:
    rules = _rules()
    for token in key:
        for rule in rules.get(token, ()):
            around = key | beside
            if not rule.tokens <= key or not rule.unless.isdisjoint(around):
                continue
            if not rule.beside or not rule.beside.isdisjoint(around - rule.tokens):
                yield rule.use, bool(rule.beside)


def _groups(segments: Sequence[Segment], documents: int, tree: object) -> Iterator[Sequence[Key]]:
    """Yield keys that stand beside each other; segments from `documents` on are documents."""
    left = MOST_KEYS
    held: dict[Place, list[Key]] = {}
    of_arguments: dict[Place, int] = {}
    for number, segment in enumerate(segments):
        if left <= 0 or segment.author in {Author.USER, Author.SYSTEM}:
            continue
        is_argument = segment.kind is Kind.TOOL_ARGUMENTS and number < documents
        if is_argument and segment.inside is not None:
            continue  # its document is read as a whole
        if segment.key or is_argument:
            keys = [*_placed(number, segment)]
            held.setdefault(segment.place[:-1], []).extend(keys)
            if is_argument:
                of_arguments.setdefault(segment.place[:-1], number)
            left -= len(keys)
        if not segment.key:
            keys = [*_written(number, segment.text, left)]
            for at in range(0, len(keys), AROUND):
                yield keys[max(0, at - AROUND) : at + 2 * AROUND]
            left -= len(keys)
    for place, number in of_arguments.items():
        held[place] += _beside(tree, place, number, left)
    yield from held.values()


def _beside(tree: object, place: Place, number: int, most: int) -> list[Key]:
    """Return the keys of the object at a place whose values are no texts: numbers, and data."""
    for step in place:
        try:
            tree = tree[step]  # type: ignore[index]  # what it can't be is caught
        except (KeyError, IndexError, TypeError):
            return []
    if not isinstance(tree, dict):
        return []
    names = [name for name, value in tree.items() if not isinstance(value, str)][: max(most, 0)]
    return [Key(tokens=tokens_of(name), segment=number, start=0, end=0) for name in names]


def _placed(number: int, segment: Segment) -> Iterator[Key]:
    name = (
        segment.text
        if segment.key
        else next((step for step in reversed(segment.place) if isinstance(step, str)), "")
    )
    yield Key(tokens=tokens_of(name), segment=number, start=0, end=len(segment.text))


def _written(number: int, text: str, most: int) -> Iterator[Key]:
    if '"' not in text:
        return
    for count, match in enumerate(keys_in(text)):
        if count >= most:
            return
        yield Key(
            tokens=tokens_of(match[1]), segment=number, start=match.start(1), end=match.end(1)
        )


def keys_in(text: str, at: int = 0) -> Iterator[re.Match[str]]:
    """Yield the keys of data in a text from a place on; the first group is the key as spelt."""
    return (found for found in KEY.finditer(text, at) if len(found[1]) <= LONGEST_KEY)


def tokens_of(key: str) -> frozenset[str]:
    """Return the words of a key, in lower case: ``matchScore`` is ``match`` and ``score``."""
    if "\\" in key:
        key = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), key)
    return frozenset(_TOKEN.findall(folded(key)))


def finding_of(key: Key, use: str, tier: Tier) -> Finding:
    """Return the finding that a key shows a use."""
    return Finding(
        segment=key.segment,
        start=key.start,
        end=key.end,
        entity=use,
        category=Category.PROHIBITED,
        score=_CERTAIN if tier is Tier.CERTAIN else _SUSPECT,
        recognizer=RECOGNIZER,
        reason="key",
        tier=tier,
    )
