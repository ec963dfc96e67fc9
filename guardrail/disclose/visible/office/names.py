"""Names of sheets, as spreadsheets take them."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_USUAL = "AI"
_NUMBERED = re.compile(r" \([0-9]{1,6}\)\Z")


def sheet_name(words: str, taken: Iterable[str]) -> str:
    """Return a name for a sheet.

    Args:
        words: What it says; cut to 31 characters, and without those that names mustn't have.
        taken: Names of other sheets; they are told apart without regard to case.
    """
    name = _FORBIDDEN.sub(" ", words)[:_LONGEST].strip(" '") or _USUAL
    others = {one.lower() for one in taken}
    number, made = 2, name
    while made.lower() in others:
        ending = f" ({number})"
        number, made = number + 1, name[: _LONGEST - len(ending)] + ending
    return made


def is_called(name: str, words: str) -> bool:
    """Tell whether a sheet has a name that `sheet_name` gives for some words, numbered or not."""
    wanted, stem = sheet_name(words, ()).lower(), _NUMBERED.sub("", name).lower()
    return wanted in {stem, name.lower()} or (len(name) == _LONGEST and wanted.startswith(stem))
