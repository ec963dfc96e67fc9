"""Harmless sentences around a request, from `around.csv`; no training sees them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

MOST = 6
"""Sentences around a request."""

OTHER = 0.25
"""How often they are in another language."""

_FILE = Path(__file__).with_name("around.csv")

_ENDS = ".!?…"


def harmless() -> Mapping[str, Sequence[str]]:
    """Return the harmless sentences of each language."""
    held: dict[str, list[str]] = {}
    with _FILE.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            held.setdefault(row["lang"], []).append(row["text"])
    return held


def surrounded(text: str, lang: str, held: Mapping[str, Sequence[str]], rng: Random) -> str:
    """Return `text` amid one to `MOST` of the sentences of `held`: before it, behind it, or both.

    Args:
        text: a request.
        lang: its language.
        held: as `harmless` returns it.
        rng: decides.
    """
    others = [one for one in held if one != lang]
    chosen = held[rng.choice(others) if lang not in held or rng.random() < OTHER else lang]
    around = rng.sample(chosen, rng.randint(1, MOST))
    before = rng.choice((0, len(around), rng.randint(0, len(around))))
    asked = text if text.rstrip()[-1:] in _ENDS else f"{text}."
    return " ".join([*around[:before], asked, *around[before:]])
