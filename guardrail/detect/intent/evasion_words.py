"""Reads how people ask for a duty to be evaded: ``data/evasions.txt``, which says its own form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_PART = re.compile("⟨(\\w+)⟩")
_NAMED = re.compile(r"([A-Z_]+) = (.+)")
_PATTERN = re.compile(r"([a-z_]+): (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Expressions by name, and patterns by what they ask for."""

    named: Mapping[str, str]
    patterns: Mapping[str, Sequence[str]]


@cache
def said() -> Said:
    """Return what the file says, its parts put in."""
    file = files("guardrail.detect.intent") / "data" / "evasions.txt"
    named: dict[str, str] = {}
    patterns: dict[str, list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if match := _NAMED.fullmatch(line):
            named[match[1]] = _whole(match[2], named)
        elif match := _PATTERN.fullmatch(line):
            patterns.setdefault(match[1], []).append(_whole(match[2], named))
    return Said(named=named, patterns=patterns)


def _whole(expression: str, named: Mapping[str, str]) -> str:
    return _PART.sub(
        lambda part: _gap(part[1]) if part[1].isdigit() else named[part[1]], expression
    )


def _gap(most: str) -> str:
    """Return what stands between two words: up to `most` others, each of few letters.

    So a pattern looks no farther than a line, and reading is linear in the text.
    """
    return rf"\W{{1,3}}(?:\w{{1,20}}\W{{1,3}}){{0,{most}}}?"
