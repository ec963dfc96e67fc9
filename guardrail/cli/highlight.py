"""A text on a terminal, with what was found in it in colour."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from guardrail.facts import Finding

STYLES = {
    "personal": "black on bright_yellow",
    "special": "black on bright_magenta",
    "biometric": "black on bright_cyan",
    "secret": "white on red",
    "prohibited": "white on magenta",
}
"""By category. The entity stands in words, too: colour alone tells nothing to some."""

_PATTERN = 24
"""Characters of a pattern that are shown; all of it stands in what isn't for a terminal."""

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def highlighted(text: str, findings: Sequence[Finding]) -> Group:
    """Return the text with its findings marked, and below it how many there are of what."""
    shown = Text()
    done = 0
    for finding in findings:
        style = STYLES[finding.category.value]
        shown.append(_harmless(text[done : finding.start]))
        shown.append(_harmless(text[finding.start : finding.end]), style=style)
        shown.append(f"[{finding.entity}]", style="dim")
        done = finding.end
    shown.append(_harmless(text[done:]))
    return Group(shown, _legend(findings))


def _legend(findings: Sequence[Finding]) -> Table | Text:
    if not findings:
        return Text("nothing found", style="dim")
    table = Table.grid(padding=(0, 2))
    counted = Counter((finding.category.value, finding.entity) for finding in findings)
    for (category, entity), number in sorted(counted.items()):
        table.add_row(Text(f" {category} ", style=STYLES[category]), entity, str(number))
    return table


def explained(found: Sequence[tuple[Finding, str]]) -> Table:
    """Return a table of findings, with why each is one and the pattern that it is of."""
    table = Table(box=None, pad_edge=False)
    for head in ("place", "entity", "score", "recognizer", "why", "pattern"):
        table.add_column(head, no_wrap=head != "why", overflow="fold")
    for one, pattern in found:
        place = f"{one.start}-{one.end}"
        short = pattern if len(pattern) <= _PATTERN else f"{pattern[: _PATTERN - 1]}…"
        cells = (place, one.entity, f"{one.score:.2f}", one.recognizer, one.reason, short)
        table.add_row(*map(Text, cells))
    return table


def _harmless(text: str) -> str:
    """Return `text` without what would command the terminal or turn the reading about."""
    return _UNSEEN.sub(lambda one: f"\\x{ord(one[0]):02x}", text)
