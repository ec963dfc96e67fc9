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

KEY = re.compile(r'"([^"\\\n]{1,80})"\s*:')
"""A key of JSON that stands inside a text, as in a fenced block."""

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


def uses_in_reply(segments: Sequence[Segment]) -> tuple[Finding, ...]:
    """Return the uses that keys of a reply show, one finding each: the surest."""
    best: dict[str, Finding] = {}
    for group in _groups(segments):
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


def _groups(segments: Sequence[Segment]) -> Iterator[Sequence[Key]]:
    """Yield keys that stand beside each other."""
    left = MOST_KEYS
    held: dict[Place, list[Key]] = {}
    for number, segment in enumerate(segments):
        if left <= 0 or segment.author in {Author.USER, Author.SYSTEM}:
            continue
        if segment.key or segment.kind is Kind.TOOL_ARGUMENTS:
            keys = [*_placed(number, segment)]
            held.setdefault((segment.place, *(segment.inside or ()))[:-1], []).extend(keys)  # type: ignore[arg-type]
        else:
            keys = [*_written(number, segment.text, left)]
            for at in range(0, len(keys), AROUND):
                yield keys[max(0, at - AROUND) : at + 2 * AROUND]
        left -= len(keys)
    yield from held.values()


def _placed(number: int, segment: Segment) -> Iterator[Key]:
    place = segment.inside or segment.place
    name = (
        segment.text
        if segment.key
        else next((step for step in reversed(place) if isinstance(step, str)), "")
    )
    yield Key(tokens=tokens_of(name), segment=number, start=0, end=len(segment.text))


def _written(number: int, text: str, most: int) -> Iterator[Key]:
    if '"' not in text:
        return
    for count, match in enumerate(KEY.finditer(text)):
        if count >= most:
            return
        yield Key(
            tokens=tokens_of(match[1]), segment=number, start=match.start(1), end=match.end(1)
        )


def tokens_of(key: str) -> frozenset[str]:
    """Return the words of a key, in lower case: ``matchScore`` is ``match`` and ``score``."""
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
