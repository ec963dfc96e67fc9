"""The same text in other letters: lower case, no Kazakh letters, Latin. Spans move along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files

from benchmarks.detection.texts.fill import Span, Text

_FROM, _TO = "әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ"
FOLDED = dict(zip(_FROM, _TO, strict=True))
"""Kazakh's own letters, and what is typed where a keyboard lacks them."""


def _tables() -> dict[str, Mapping[str, str]]:
    text = files(__package__).joinpath("data", "latin.txt").read_text("utf-8")
    rows = [line.split() for line in text.splitlines() if not line.startswith("#")]
    source = rows[0][1:]
    return {
        name: {a: b.strip("-") for a, b in zip(source, targets, strict=True)}
        for name, *targets in rows[1:]
    }


_TABLES = _tables()
PASSPORT = _TABLES["passport"]
"""As in passports of Kazakhstan: Zhumabaev Kairat."""

ACUTE_2018 = _TABLES["acute2018"]
"""The alphabet of 2018 with acutes."""

UMLAUT_2021 = _TABLES["umlaut2021"]
"""The alphabet of 2021."""

CHAT = _TABLES["chat"]
"""As people type without thinking."""

Piece = Callable[[str], str]


def lower(text: Text) -> Text:
    return mapped(text, str.lower)


def upper(text: Text) -> Text:
    return mapped(text, str.upper)


def folded(text: Text) -> Text:
    """Return Kazakh as typed without Kazakh's own letters."""
    return mapped(text, lambda character: FOLDED.get(character, character))


def latin(text: Text, table: Mapping[str, str]) -> Text:
    def spelt(character: str) -> str:
        small = character.lower()
        made = table.get(small, character)
        return made if small == character else made.capitalize()

    return mapped(text, spelt)


def mapped(text: Text, each: Piece) -> Text:
    """Return `text` with every character replaced, and its spans at their new places."""
    pieces = [each(character) for character in text.text]
    places = [0]
    for piece in pieces:
        places.append(places[-1] + len(piece))
    spans = tuple(Span(places[one.start], places[one.end], one.label) for one in text.spans)
    return Text("".join(pieces), spans)
