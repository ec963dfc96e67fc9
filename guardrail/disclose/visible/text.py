"""A line of words before a text: the label that everybody can read, screen readers too."""

from __future__ import annotations

import re

_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(?:.*\r?\n){0,400}?---[ \t]*(?:\r?\n|\Z)")
"""Markdown's front matter: it must stay first."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~])")


def labelled(text: str, words: str, *, markdown: bool = False) -> str:
    """Return `text` with `words` before it, unless they are there already.

    Args:
        text: The whole text.
        words: One or more lines: in Kazakhstan Kazakh and Russian.
        markdown: Write them as a quotation, behind front matter.
    """
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if not lines:
        return text
    front = found[0] if markdown and (found := _FRONT.match(text)) else ""
    written = list(map(_quoted, lines)) if markdown else lines
    label = "\n".join(written) + "\n\n"
    rest = text[len(front) :]
    if rest.startswith(label):
        return text
    gap = "" if not front or front.endswith("\n") else "\n"
    return front + gap + label + rest


def _quoted(line: str) -> str:
    return "> " + _SPECIAL.sub(r"\\\1", line) + "  "
