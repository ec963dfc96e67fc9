"""What recognizers of special categories are made of: terms, and what must tie them to a person.

A finding is the term alone (диабет, мусульманин, судим): the head that ties it to somebody stands
before, within `LOOK_BEHIND`, or behind within the few words that `BACKWARD` keeps with the term.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import ClassVar

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import LOOK_BEHIND, TextRecognizer, Verdict
from guardrail.detect.text.recognizers.special_words import BEHIND, Terms, either, plain
from guardrail.detect.text.recognizers.ties import Tie, before, is_supposed, is_tied
from guardrail.detect.text.sought import occurs, spans
from guardrail.detect.text.stretches import signs


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Terms of one kind and what makes them a statement about somebody."""

    terms: Terms
    ties: tuple[Tie, ...] = ()
    """Any of them, before the term."""
    alone: bool = False
    """Whether the term itself says whose it is (соттылығым, мұсылманмын)."""
    behind: re.Pattern[str] | None = None
    """What ties the term from behind: matched at the term's end, on `BEHIND` code points."""
    behind_written: re.Pattern[str] | None = None
    """The same, on the text as it was written: for names."""
    requires: re.Pattern[str] | None = None
    """What must follow besides a tie before, on `BEHIND` code points."""
    unless: re.Pattern[str] | None = None
    """What must not follow the term, on `BEHIND` code points."""
    unless_sign: str = ""
    """Signs that must not stand right behind the term."""
    whole: bool = True
    """Whether terms are whole words; else they end where their pattern does."""
    score: float = 0.8

    def holds(self, text: str, flat: str, start: int, end: int) -> bool:
        """Tell whether the term from `start` to `end` is said of somebody.

        Args:
            text: as it was written.
            flat: its plain form.
            start: where the term starts.
            end: where it ends.
        """
        if flat[end : end + 1] in self.unless_sign and end < len(flat):
            return False
        follower = _FOLLOWER.match(flat, end)
        stop = follower.end() if follower else end
        if self.unless and self.unless.match(flat, end, stop):
            return False
        if self.requires and not self.requires.match(flat, end, stop):
            return False
        known = before(text, flat, start)
        if is_tied(known, self.ties):
            return True
        return self._from_behind(text, flat, end, stop) and not is_supposed(known.plain)

    def may_hold(self, text: str, flat: str, place: int) -> bool:
        """Tell whether a term at `place` could be said of somebody, whatever follows."""
        if self.alone or self.behind or self.behind_written:
            return True
        return is_tied(before(text, flat, place), self.ties)

    def looks_behind(self) -> bool:
        """Tell whether what follows the term counts."""
        return bool(self.behind or self.behind_written or self.requires or self.unless)

    def _from_behind(self, text: str, flat: str, end: int, stop: int) -> bool:
        if self.alone or (self.behind and self.behind.match(flat, end, stop)):
            return True
        return bool(self.behind_written and self.behind_written.match(text, end, stop))


_CASES = "п?[еа]н|[мбп]ен|[гк]е|[гк]а|[тдн]е|[тдн]а|[тдн]ен|[тдн]ан|[тдн]ин|[тдн]ын|[тдн]и|[тдн]ы"
_FREE_RIGHT = rf"(?![\w@%])(?!-(?!(?:{_CASES})(?!\w))\w)"
"""Behind a hyphen only Kazakh endings go with a term: ``СПИД-пен``."""
_FOLLOWER = re.compile(rf"[\w \-]{{0,{BEHIND}}}")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class _Compiled:
    pattern: re.Pattern[str]
    """Of the rule's terms, whole words."""
    rule: Rule


@dataclass(frozen=True, slots=True)
class _Group:
    """Rules that are looked at if a label stands in the text, or always."""

    told: re.Pattern[str] | None
    finder: re.Pattern[str] | None
    by_start: Mapping[str, Sequence[_Compiled]]
    """First one or two letters: rules with such terms."""
    anywhere: Sequence[_Compiled]
    """Rules whose terms may start with anything."""

    def at(self, flat: str, place: int) -> Iterator[_Compiled]:
        """Yield the rules with terms that start like what stands at `place`."""
        yield from self.by_start.get(flat[place : place + 2], ())
        yield from self.by_start.get(flat[place : place + 1], ())

    def places(self, flat: str, start: int) -> Iterator[int]:
        """Yield where terms may start, from `start` on."""
        if self.finder is None:
            return
        for found, _ in spans(self.finder, flat, max(0, start - 1)):
            place = found + (_LETTER.match(flat, found) is None)
            if place >= start:
                yield place


class SpecialRecognizer(TextRecognizer):
    """Terms tied to a person. A subclass is an entity and its rules."""

    RULES: ClassVar[tuple[Rule, ...]]
    BACKWARD = ""
    OPENS = True

    def __init_subclass__(cls) -> None:
        """Derive the patterns from the rules."""
        super().__init_subclass__()
        words = [rule.terms for rule in cls.RULES]
        cls.PATTERN = either(one.pattern for one in words)
        cls.TRIGGERS = (either(one.trigger for one in words),)
        cls.LONGEST = max(one.longest for one in words)

    @cached_property
    def _groups(self) -> Sequence[_Group]:
        """The rules, ready to be looked for; made when they first are."""
        labels = dict.fromkeys(rule.terms.told for rule in self.RULES)
        return [
            _group(label, [rule for rule in self.RULES if rule.terms.told == label])
            for label in labels
        ]

    @cached_property
    def _starting(self) -> Mapping[str, Sequence[_Compiled]]:
        """First one or two letters: rules that later words may matter to, of all groups."""
        found: dict[str, list[_Compiled]] = {}
        for group in self._groups:
            for start, rules in group.by_start.items():
                kept = [one for one in rules if one.rule.terms.growing or one.rule.looks_behind()]
                found.setdefault(start, []).extend(kept)
        return {
            start: [*rules, *(found.get(start[0], []) if len(start) > 1 else [])]
            for start, rules in found.items()
        }

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield the terms that are said of somebody; those of several rules may overlap."""
        flat = _flat(text)
        for group in self._groups:
            if group.told and not occurs(group.told, flat):
                continue
            for place in group.places(flat, start):
                yield from self._said(text, flat, place, group.at(flat, place))
            if group.anywhere:
                for place in _word_starts(flat, start):
                    yield from self._said(text, flat, place, group.anywhere)

    def _said(
        self, text: str, flat: str, place: int, rules: Iterable[_Compiled]
    ) -> Iterator[RecognizerResult]:
        for one in rules:
            match = one.pattern.match(flat, place)
            if match and one.rule.holds(text, flat, place, match.end()):
                reason = "pattern" if one.rule.alone else "pattern, context"
                yield self.result(
                    Verdict(start=place, end=match.end(), score=one.rule.score, reason=reason)
                )
                return

    def opens(self, text: str, start: int) -> int:
        """Return the first position that a term stands at, or may, on which later words count."""
        reach = self.LONGEST + BEHIND
        origin = max(0, len(text) - max(_TAIL, reach + LOOK_BEHIND))
        text = text[origin:]
        first = max(start - origin, len(text) - reach)
        flat, heads = _read(text)
        for place, head in heads[bisect_left(heads, (first, "")) :]:
            rules = self._starting.get(head) or self._starting.get(head[0])
            for one in rules or ():
                if _is_open(one, flat, place) and one.rule.may_hold(text, flat, place):
                    return origin + place
        return origin + len(text)


def _is_open(one: _Compiled, flat: str, place: int) -> bool:
    """Tell whether what follows could make a term at `place`, or matter to the one there."""
    growing = one.rule.terms.growing
    if growing and growing.fullmatch(flat, place):
        return True
    if not one.rule.looks_behind():
        return False
    match = one.pattern.match(flat, place)
    follower = match and _FOLLOWER.match(flat, match.end())
    if not match or not follower:
        return False
    return follower.end() == len(flat) and follower.end() - match.end() < BEHIND


def _group(label: str, rules: Iterable[Rule]) -> _Group:
    by_start: dict[str, list[_Compiled]] = {}
    anywhere = []
    finders = []
    for rule in rules:
        end = _FREE_RIGHT if rule.whole else ""
        one = _Compiled(lazily(f"(?:{rule.terms.pattern}){end}"), rule)
        for start in rule.terms.starts:
            by_start.setdefault(start, []).append(one)
        if rule.terms.starts:
            finders.append(rule.terms.finder or either(rule.terms.starts))
        else:
            anywhere.append(one)
    return _Group(
        signs(label) if label else None,
        signs(f"(?:^|{_FREE_LEFT}){either(finders)}") if finders else None,
        by_start,
        anywhere,
    )


@lru_cache(maxsize=2)
def _flat(text: str) -> str:
    """Return `text` made plain. The recognizers ask for the same one after the other."""
    return _SURROGATE.sub("\ufffd", plain(text))


_TAIL = 256
"""Code points before the edge that all recognizers read at once; most need fewer."""


@lru_cache(maxsize=2)
def _read(text: str) -> tuple[str, Sequence[tuple[int, str]]]:
    """Return `text` made plain, and where its words start, with two letters of each.

    The recognizers ask for the same one after the other.
    """
    flat = plain(text)
    return flat, [(place, flat[place : place + 2]) for place in _word_starts(flat, 0)]


def _word_starts(flat: str, start: int) -> Iterator[int]:
    """Yield where words of their own start, from `start` on."""
    for word in _WORD.finditer(flat, start):
        place = word.start()
        if not place or flat[place - 1] not in _JOINS:
            yield place


_LETTER = re.compile(r"\w")
_WORD = re.compile(r"(?<!\w)\w+")
_JOINS = "-/@.#\\"
_FREE_LEFT = r"[^\pL\pN_\-/@.#\\]"
