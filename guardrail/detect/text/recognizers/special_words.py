"""Word lists turned into patterns: one to find terms, one to gate on, one for what may become one.

A list is written as words between spaces. ``*`` is an ending of up to eight letters, ``+`` a
Kazakh ending of the first person (қазақ+: қазақпын, қазақпыз), ``_`` the space within a phrase.
Spelling is folded, so a list needs Kazakh words once: with or without their own letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from guardrail.detect.text.lazily import lazily

_FOLDS = tuple(zip("әғқңөұүһіё", "агкноуухие", strict=True))
_SPELT: dict[str, str] = {}
for _own, _plain in _FOLDS:
    _SPELT[_plain] = _SPELT.get(_plain, "") + _own

_ENDINGS = {"*": r"\w{0,8}", "+": "[мпб][ыи][нз]", "_": " "}
_BEGUN = {"*": r"\w{0,8}", "+": r"\w{0,3}", "_": " "}
_LENGTHS = {"*": 8, "+": 3}
_MARKS = re.compile(r"[*+_]")
_ENDS = re.compile(r"[*+]_?")

_SHORT = 6
"""Letters below which the gate asks for a whole word: «рак» is in «характер» too."""

_FREQUENT = 3
"""Letters up to which the first word of a phrase is looked for with the beginning of the second."""

BEHIND = 24
"""Code points behind a term that its verdict may rest on: words, spaces and hyphens only."""


def plain(text: str) -> str:
    """Return `text` in lower case, Kazakh letters and ё as their Russian look-alikes.

    Every code point stays one, so offsets are the same.
    """
    low = text.replace("İ", "I").lower()
    if low.isascii():
        return low
    for own, typed in _FOLDS:
        if own in low:  # replacing what is there beats a table look-up of every letter
            low = low.replace(own, typed)
    return low


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a word list becomes."""

    pattern: str
    """For plain text; without boundaries."""
    trigger: str
    """For any text: a literal part of every term."""
    longest: int
    """Code points of the longest term."""
    starts: tuple[str, ...] = ()
    """One or two letters that every term starts with; none where a pattern has no such."""
    finder: str = ""
    """For plain text, RE2's: how terms begin. No other term begins inside of what it matches but
    at its start. Empty where terms may start with anything."""
    told: str = ""
    """RE2's: what must stand in the text for these terms to be looked for at all."""
    growing: re.Pattern[str] | None = None
    """For plain text: what ends within a term, behind its first word. None if no term has more
    words than one."""


def terms(*lists: str) -> Terms:
    """Return the patterns of the words in `lists`."""
    entries = sorted({plain(entry) for words in lists for entry in words.split()})
    longest = max(sum(_LENGTHS.get(one, 1) for one in entry) for entry in entries)
    phrases = [entry for entry in entries if "_" in entry]
    return Terms(
        pattern=_tree([tuple(_ENDINGS.get(one) or re.escape(one) for one in e) for e in entries]),
        trigger=_trigger(entries),
        longest=longest,
        starts=tuple(sorted({entry[:2].replace("_", " ") for entry in entries})),
        finder=tree(_shortest(map(_beginning, entries))),
        growing=lazily(partial(_growing, phrases)) if phrases else None,
    )


def _growing(phrases: Sequence[str]) -> str:
    parts = [tuple(_BEGUN.get(one) or re.escape(one) for one in phrase) for phrase in phrases]
    return _tree(parts, partly=True)


def _trigger(entries: Sequence[str]) -> str:
    """Return the pattern of a literal part of every entry, however spelt."""
    short = {entry for entry in entries if len(entry) < _SHORT and not _MARKS.search(entry)}
    parts = {
        max(_ENDS.split(entry), key=len).strip("_").replace("_", " ")
        for entry in entries
        if entry not in short
    }
    triggers = [_tree([tuple(map(_spelt, part)) for part in _shortest(parts)])] if parts else []
    if short:
        words = _tree([tuple(map(_spelt, word)) for word in sorted(short)])
        triggers.append(rf"(?:^|\PL){words}(?:\PL|$)")
    return either(triggers)


def _beginning(entry: str) -> str:
    """Return how an entry begins: its first word, and of the second a part if the first is short.

    Prepositions are everywhere; what they stand before is rare.
    """
    first, _, second = entry.partition("_")
    if len(first) > _FREQUENT or not second or _MARKS.search(first):
        return _MARKS.split(first)[0]
    return f"{first} {_MARKS.split(second)[0][:4]}"


def tree(words: Iterable[str]) -> str:
    """Return the pattern of plain `words`, common beginnings once."""
    return _tree([tuple(map(re.escape, word)) for word in words])


def begun(*words: str) -> str:
    """Return the pattern of any beginning of plain `words`, the empty one and the whole too."""
    return f"(?:{_tree([tuple(map(re.escape, word)) for word in words], partly=True)})?"


def _shortest(words: Iterable[str]) -> list[str]:
    """Return those of `words` that begin with no other of them."""
    kept: list[str] = []
    for word in sorted(words):
        if not kept or not word.startswith(kept[-1]):
            kept.append(word)
    return kept


def told_by(words: Terms, label: str) -> Terms:
    """Return `words`, frequent ones, gated on the `label` that must stand before them."""
    return replace(words, trigger=label, told=label)


def either(patterns: Iterable[str]) -> str:
    """Return the pattern that matches what any of `patterns` does."""
    return f"(?:{'|'.join(dict.fromkeys(patterns))})"


def _spelt(letter: str) -> str:
    """Return the character class of all that folds to `letter`."""
    ways = letter + _SPELT.get(letter, "")
    ways += ways.upper()
    return f"[{ways}]" if letter.isalpha() else re.escape(letter)


def _tree(entries: Sequence[tuple[str, ...]], *, partly: bool = False) -> str:
    """Return a pattern of `entries`, common beginnings once: Python's `re` finds its way faster.

    Args:
        entries: what follows on what.
        partly: whether an entry may end anywhere behind its first part.
    """
    if len(entries) == 1 and not partly:
        return "".join(entries[0])
    branches: dict[str, list[tuple[str, ...]]] = {}
    for entry in entries:
        if entry:
            branches.setdefault(entry[0], []).append(entry[1:])
    joined = []
    for first, rest in branches.items():
        behind = _tree(rest, partly=partly)
        joined.append(f"{first}(?:{behind})?" if partly and behind else first + behind)
    if not joined:
        return ""
    whole = joined[0] if len(joined) == 1 and () not in entries else f"(?:{'|'.join(joined)})"
    return f"{whole}?" if () in entries and not partly else whole
