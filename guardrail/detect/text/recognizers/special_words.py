"""Word lists turned into patterns: one to find terms, one to gate on, one to read backwards.

A list is written as words between spaces. ``*`` is an ending of up to eight letters, ``+`` a
Kazakh ending of the first person (қазақ+: қазақпын, қазақпыз), ``_`` the space within a phrase.
Spelling is folded, so a list needs Kazakh words once: with or without their own letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

_FOLD = str.maketrans("әғқңөұүһіё", "агкноуухие")
_SPELT: dict[str, str] = {}
for _own, _plain in zip("әғқңөұүһіё", "агкноуухие", strict=True):
    _SPELT[_plain] = _SPELT.get(_plain, "") + _own

_ENDINGS = {"*": r"\w{0,8}", "+": "[мпб][ыи][нз]", "_": " "}
_LENGTHS = {"*": 8, "+": 3}
_MARKS = re.compile(r"[*+_]")

_SHORT = 6
"""Letters below which the gate asks for a whole word: «рак» is in «характер» too."""

BEHIND = 24
"""Code points behind a term that its verdict may rest on: words, spaces and hyphens only."""


def plain(text: str) -> str:
    """Return `text` in lower case, Kazakh letters and ё as their Russian look-alikes.

    Every code point stays one, so offsets are the same.
    """
    return text.replace("İ", "I").lower().translate(_FOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a word list becomes."""

    pattern: str
    """For plain text; without boundaries."""
    trigger: str
    """For any text: a literal part of every term."""
    longest: int
    """Code points of the longest term."""
    firsts: tuple[str, ...] = ()
    """The beginnings of the terms' first words."""
    starts: tuple[str, ...] = ()
    """One or two letters that every term starts with; none where a pattern has no such."""


def terms(*lists: str) -> Terms:
    """Return the patterns of the words in `lists`."""
    entries = sorted({plain(entry) for words in lists for entry in words.split()})
    longest = max(sum(_LENGTHS.get(one, 1) for one in entry) for entry in entries)
    firsts = {_MARKS.split(entry)[0] for entry in entries}
    short = {entry for entry in entries if len(entry) < _SHORT and not _MARKS.search(entry)}
    parts = {max(_MARKS.split(entry), key=len) for entry in entries if entry not in short}
    fewest = [one for one in sorted(parts) if not any(two in one for two in parts - {one})]
    triggers = [_tree([tuple(map(_spelt, part)) for part in fewest])] if fewest else []
    if short:
        words = _tree([tuple(map(_spelt, word)) for word in sorted(short)])
        triggers.append(rf"(?:^|\PL){words}(?:\PL|$)")
    return Terms(
        pattern=_tree([tuple(_ENDINGS.get(one) or re.escape(one) for one in e) for e in entries]),
        trigger=either(triggers),
        firsts=tuple(sorted(firsts)),
        longest=longest,
        starts=tuple(sorted({entry[:2].replace("_", " ") for entry in entries})),
    )


def backward(firsts: Iterable[str], longest: int) -> str:
    """Return the pattern, for reversed text, of what may still become a term or settle one.

    One greedy run, so that the farthest of several terms decides what is held back.

    Args:
        firsts: beginnings of words, in plain text.
        longest: code points that terms and what is looked at behind them have at most.
    """
    tree = _tree([tuple(map(_spelt, word[::-1])) for word in sorted(set(firsts))])
    return rf"[\w \-]{{0,{longest}}}{tree}(?:\W|$)"


def told_by(words: Terms, label: str) -> Terms:
    """Return `words`, frequent ones, gated on the `label` that must stand before them."""
    return replace(words, trigger=label)


def either(patterns: Iterable[str]) -> str:
    """Return the pattern that matches what any of `patterns` does."""
    return f"(?:{'|'.join(dict.fromkeys(patterns))})"


def _spelt(letter: str) -> str:
    """Return the character class of all that folds to `letter`."""
    ways = letter + _SPELT.get(letter, "")
    ways += ways.upper()
    return f"[{ways}]" if letter.isalpha() else re.escape(letter)


def _tree(entries: Sequence[tuple[str, ...]]) -> str:
    """Return a pattern of `entries`, common beginnings once: Python's `re` finds its way faster."""
    branches: dict[str, list[tuple[str, ...]]] = {}
    for entry in entries:
        if entry:
            branches.setdefault(entry[0], []).append(entry[1:])
    joined = [first + _tree(rest) for first, rest in branches.items()]
    if not joined:
        return ""
    whole = joined[0] if len(joined) == 1 and () not in entries else f"(?:{'|'.join(joined)})"
    return f"{whole}?" if () in entries else whole
