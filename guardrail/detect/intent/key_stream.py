"""Prohibited uses that a text shows by the keys of data in it, while it arrives in pieces.

What a key shows hangs on those beside it, before and behind (`uses_in_reply`). So behind a key that
may show a use the text waits until enough keys have followed, or it ends: the value doesn't leave
before the verdict, and the verdict is that of the whole text. Time is linear.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from guardrail.detect.intent.reply_keys import (
    AROUND,
    KEY_BEGUN,
    LONGEST_KEY,
    MOST_KEYS,
    Key,
    could_show,
    finding_of,
    keys_in,
    tokens_of,
    uses_beside,
)
from guardrail.facts import Finding, Tier

MOST_CHARS = 1 << 20
"""Characters that wait for more keys. With more, those that came decide."""

_LONGEST = LONGEST_KEY + 16
"""Of an unfinished key, with one space for many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A use that a key shows."""

    name: str
    """The key. The finding's text."""
    finding: Finding


class KeyStream:
    """One text in pieces. Not for two threads at once."""

    def __init__(self) -> None:
        """Have read nothing yet."""
        self._edge = ""
        self._pieces: list[str] = []
        self.held = 0
        """Characters that wait."""
        self._came = 0
        """Characters so far."""
        self._keys: deque[str] = deque(maxlen=3 * AROUND)
        self._count = 0
        self._judged = 0
        """Groups of keys."""
        self._open: deque[tuple[int, int]] = deque()
        """Keys that may show a use: their number, and where they end in the text."""
        self._sure: set[str] = set()
        self._suspected: set[str] = set()

    def feed(self, text: str, *, final: bool = False) -> tuple[str, tuple[Shown, ...]]:
        """Take the next piece, the last where `final`; return what goes on, and what it shows."""
        shown = self._read(text)
        self._pieces.append(text)
        self._came += len(text)
        self.held += len(text)
        if final or self.held > MOST_CHARS:
            shown += self._rest()
        wanted = self._came - self._open[0][1] if self._open else 0
        if wanted >= self.held:
            return "", tuple(shown)
        whole = "".join(self._pieces)
        free = len(whole) - wanted
        self._pieces, self.held = [whole[free:]], wanted
        return whole[:free], tuple(shown)

    def _read(self, text: str) -> list[Shown]:
        shown: list[Shown] = []
        if not (self._edge or '"' in text) or self._count >= MOST_KEYS:
            return shown
        whole = self._edge + text
        before = self._came - len(self._edge)
        at = 0
        for match in keys_in(whole):
            at = match.end()
            if self._count >= MOST_KEYS:
                break
            if could_show(tokens_of(match[1])) - self._sure:
                self._open.append((self._count, before + at))
            self._keys.append(match[1])
            self._count += 1
            shown += self._judge()
        found = KEY_BEGUN.search(whole, max(at, len(whole.rstrip()) - _LONGEST))
        self._edge = whole[found.start() :] if found else ""
        if self._edge.count('"') > 1 and self._edge[-1].isspace():
            self._edge = self._edge.rstrip() + " "  # however many follow, one says the same
        return shown

    def _judge(self) -> list[Shown]:
        """Judge a group whose last key has come."""
        if self._count < (self._judged + 2) * AROUND:
            return []
        return self._group()

    def _rest(self) -> list[Shown]:
        """Judge all groups that keys have come of."""
        shown: list[Shown] = []
        while self._judged * AROUND < self._count:
            shown += self._group()
        self._open.clear()
        return shown

    def _group(self) -> list[Shown]:
        first = self._count - len(self._keys)
        begin = max(0, (self._judged - 1) * AROUND) - first
        names = [*self._keys][max(0, begin) : begin + (3 if self._judged else 2) * AROUND]
        self._judged += 1
        shown = []
        if self._open:
            keys = [tokens_of(name) for name in names]
            for at, use, tier in uses_beside(keys):
                if use in self._sure or (tier is not Tier.CERTAIN and use in self._suspected):
                    continue
                (self._sure if tier is Tier.CERTAIN else self._suspected).add(use)
                key = Key(tokens=keys[at], segment=0, start=0, end=len(names[at]))
                shown.append(Shown(name=names[at], finding=finding_of(key, use, tier)))
        # A key is judged for good with the group behind its own.
        while self._open and self._open[0][0] // AROUND + 2 <= self._judged:
            self._open.popleft()
        return shown
