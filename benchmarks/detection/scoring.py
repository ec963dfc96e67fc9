r"""How findings are judged. Offsets are code points, ends exclusive; all shares are 0 to 1.

- Word token: a longest run of letters, digits and ``_`` (``\w+``); dots, hyphens, spaces are none.
- Entity F1: an entity is right if it touches exactly the word tokens that a gold one touches; so a
  final dot or a quotation mark doesn't matter, a missing surname does. Pooled over all texts.
- Character F2: precision and recall over characters that aren't white space, recall weighed double:
  5PR / (4P + R). Pooled over all texts.
- Character recall: the recall of that.
- Touched: the share of gold entities of which a finding covers at least one character.
- Found (identifiers): every letter and digit of it lies in findings of its entity.
- Right (identifiers): at least half of a finding's letters and digits lie in gold of its entity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_TOKEN = re.compile(r"\w+")


class Mark(NamedTuple):
    """A gold span or a finding."""

    start: int
    end: int
    label: str
    """An entity, or for gold several of which any is right, joined by ``|``."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, what is in it, and what was found."""

    text: str
    gold: tuple[Mark, ...]
    found: tuple[Mark, ...]


def share(part: int, whole: int) -> float:
    """Return a part of a whole; NaN for nothing of nothing."""
    return part / whole if whole else float("nan")


def f_beta(precision: float, recall: float, beta: float) -> float:
    """Return the weighed harmonic mean; 0 where nothing is right."""
    if not precision > 0 or not recall > 0:
        return 0.0
    square = beta * beta
    return (1 + square) * precision * recall / (square * precision + recall)


def tokens_of(text: str, marks: Iterable[Mark]) -> list[frozenset[int]]:
    """Return for each mark the starts of the word tokens that it touches."""
    tokens = [match.span() for match in _TOKEN.finditer(text)]
    return [
        frozenset(start for start, end in tokens if start < mark.end and end > mark.start)
        for mark in marks
    ]


def places_of(text: str, marks: Iterable[Mark], *, words_only: bool = False) -> set[int]:
    """Return the places of all characters in marks; no white space, or letters and digits only."""
    return {
        place
        for mark in marks
        for place in range(mark.start, min(mark.end, len(text)))
        if (text[place].isalnum() if words_only else not text[place].isspace())
    }


def accepts(gold: Mark, label: str) -> bool:
    return label in gold.label.split("|")


def named(marks: Sequence[Mark], labels: frozenset[str]) -> tuple[Mark, ...]:
    """Return the marks that any of `labels` is right for."""
    return tuple(mark for mark in marks if labels & set(mark.label.split("|")))


def entity_scores(texts: Iterable[Judged], label: str) -> tuple[float, float, float]:
    """Return entity precision, recall and F1."""
    right = found = wanted = 0
    only = frozenset({label})
    for one in texts:
        gold = set(tokens_of(one.text, named(one.gold, only))) - {frozenset()}
        made = set(tokens_of(one.text, named(one.found, only)))
        right, found, wanted = right + len(gold & made), found + len(made), wanted + len(gold)
    precision, recall = share(right, found), share(right, wanted)
    return precision, recall, f_beta(precision, recall, 1)


def character_scores(texts: Iterable[Judged], label: str) -> tuple[float, float, float]:
    """Return character precision, recall and F2."""
    right = found = wanted = 0
    only = frozenset({label})
    for one in texts:
        gold = places_of(one.text, named(one.gold, only))
        made = places_of(one.text, named(one.found, only))
        right, found, wanted = right + len(gold & made), found + len(made), wanted + len(gold)
    precision, recall = share(right, found), share(right, wanted)
    return precision, recall, f_beta(precision, recall, 2)


def touched(texts: Iterable[Judged], labels: frozenset[str] | None = None) -> tuple[int, int]:
    """Return how many gold entities of `labels` (of all) a right finding touches, of how many."""
    hit = total = 0
    for one in texts:
        for gold in named(one.gold, labels) if labels else one.gold:
            total += 1
            hit += any(
                accepts(gold, made.label) and made.start < gold.end and made.end > gold.start
                for made in one.found
            )
    return hit, total


def found_share(
    texts: Iterable[Judged], labels: frozenset[str], least: float = 1.0
) -> tuple[int, int]:
    """Return how many gold values have `least` of their letters and digits in right findings."""
    hit = total = 0
    for one in texts:
        for gold in named(one.gold, labels):
            wanted = places_of(one.text, [gold], words_only=True)
            right = [made for made in one.found if accepts(gold, made.label)]
            hit += len(wanted & places_of(one.text, right)) >= least * len(wanted)
            total += 1
    return hit, total


def character_share(texts: Iterable[Judged], labels: frozenset[str]) -> tuple[int, int]:
    """Return how many characters of gold of `labels` lie in right findings, of how many."""
    hit = total = 0
    for one in texts:
        gold = places_of(one.text, named(one.gold, labels))
        hit += len(gold & places_of(one.text, named(one.found, labels)))
        total += len(gold)
    return hit, total


def right_share(texts: Iterable[Judged], labels: frozenset[str]) -> tuple[int, int]:
    """Return how many findings of `labels` lie at least half in gold of their own, of how many."""
    hit = total = 0
    for one in texts:
        for made in named(one.found, labels):
            own = places_of(one.text, [made], words_only=True)
            gold = [each for each in one.gold if accepts(each, made.label)]
            hit += 2 * len(own & places_of(one.text, gold)) >= len(own)
            total += 1
    return hit, total


def caught(texts: Iterable[Judged]) -> tuple[int, int]:
    """Return how many texts have half of their gold's characters in findings of whatever entity."""
    hit = total = 0
    for one in texts:
        gold = places_of(one.text, one.gold)
        hit += 2 * len(gold & places_of(one.text, one.found)) >= len(gold)
        total += 1
    return hit, total


def noisy(texts: Iterable[Judged]) -> tuple[int, int]:
    """Return how many texts have any finding, of how many."""
    each = [bool(one.found) for one in texts]
    return sum(each), len(each)
