"""Patterns of many words: one automaton's worth of branches instead of one branch a word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby


def either(words: Iterable[str]) -> str:
    """Return a pattern that matches the longest of `words` at a place."""
    return _branches(sorted(set(words)))


def _branches(words: list[str]) -> str:
    parts: list[str] = []
    for first, group in groupby((word for word in words if word), lambda word: word[0]):
        parts.append(re.escape(first) + _branches([word[1:] for word in group]))
    if not parts:
        return ""
    if len(parts) == 1 and "" not in words:
        return parts[0]
    return f"(?:{'|'.join(parts)})" + "?" * ("" in words)


def ranges(characters: Iterable[str]) -> str:
    """Return the inside of a class of `characters`, none of them special there, as ranges."""
    codes = set(map(ord, characters))
    firsts = sorted(code for code in codes if code - 1 not in codes)
    lasts = sorted(code for code in codes if code + 1 not in codes)
    return "".join(f"{chr(one)}-{chr(two)}" for one, two in zip(firsts, lasts, strict=True))


def prefixes(words: Iterable[str]) -> set[str]:
    """Return all beginnings of `words`, whole words too."""
    return {word[:end] for word in words for end in range(1, len(word) + 1)}


def backwards(words: Iterable[str]) -> list[str]:
    """Return `words` read from their ends."""
    return [word[::-1] for word in words]
