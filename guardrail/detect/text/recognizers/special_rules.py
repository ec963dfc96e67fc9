"""What recognizers of special categories are made of: terms, and what must tie them to a person.

A finding is the term alone (диабет, мусульманин, судим): the head that ties it to somebody stands
before, within `LOOK_BEHIND`, or behind within the few words that `BACKWARD` keeps with the term.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.recognizer import TextRecognizer, Verdict
from guardrail.detect.text.recognizers.special_words import BEHIND, Terms, backward, either, plain
from guardrail.detect.text.recognizers.ties import Tie, before, is_supposed, is_tied


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

    def may_be_in(self, text: str) -> bool:
        """Tell whether `text` has what the gate asks for."""
        return re.search(self.terms.trigger, text) is not None

    def _from_behind(self, text: str, flat: str, end: int, stop: int) -> bool:
        if self.alone or (self.behind and self.behind.match(flat, end, stop)):
            return True
        return bool(self.behind_written and self.behind_written.match(text, end, stop))


_FREE_RIGHT = r"(?![\w@%])(?!-\w)"
_FOLLOWER = re.compile(rf"[\w \-]{{0,{BEHIND}}}")


class SpecialRecognizer(TextRecognizer):
    """Terms tied to a person. A subclass is an entity and its rules."""

    RULES: ClassVar[tuple[Rule, ...]]

    def __init_subclass__(cls) -> None:
        """Derive the patterns from the rules."""
        super().__init_subclass__()
        words = [rule.terms for rule in cls.RULES]
        cls.PATTERN = either(one.pattern for one in words)
        cls.TRIGGERS = (either(one.trigger for one in words),)
        cls.LONGEST = max(one.longest for one in words)
        firsts = [first for one in words for first in one.firsts]
        if firsts:
            cls.BACKWARD = backward(firsts, cls.LONGEST + BEHIND)

    def __init__(self) -> None:
        super().__init__()
        self._by_start: dict[str, list[_Compiled]] = {}
        self._anywhere: list[_Compiled] = []
        for rule in self.RULES:
            end = _FREE_RIGHT if rule.whole else ""
            one = (re.compile(f"(?:{rule.terms.pattern}){end}"), rule)
            for start in rule.terms.starts:
                self._by_start.setdefault(start, []).append(one)
            if not rule.terms.starts:
                self._anywhere.append(one)

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield the terms that are said of somebody; those of several rules may overlap."""
        flat = plain(text)
        anywhere = [one for one in self._anywhere if one[1].may_be_in(text)]
        for word in _WORD.finditer(flat, start):
            place = word.start()
            if place and (flat[place - 1] in _JOINS or flat[place - 1].isalnum()):
                continue
            rules = [
                *self._by_start.get(flat[place], ()),
                *self._by_start.get(flat[place : place + 2], ()),
                *anywhere,
            ]
            for pattern, rule in rules:
                match = pattern.match(flat, place)
                if match and rule.holds(text, flat, place, match.end()):
                    reason = "pattern" if rule.alone else "pattern, context"
                    yield self.result(
                        Verdict(start=place, end=match.end(), score=rule.score, reason=reason)
                    )
                    break


_Compiled = tuple[re.Pattern[str], Rule]
_WORD = re.compile(r"\w+")
_JOINS = "-/@.#\\"
