"""Fills a template's slots and says where the names came to stand.

A slot is ``{kind}`` or ``{kind:case}``; ``{=kind:case}`` speaks of the person of the slot before
it. One of several wordings stands between single angle quotation marks, with bars. ``[он|она]``
follows the gender of the person named last, or next where none was named yet. Words of the
template's own are labelled in double square brackets: label, at sign, words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from types import MappingProxyType
from typing import TypedDict

from training.names import values
from training.names.mentions import SHAPES, mention
from training.names.people import Person, draw
from training.names.things import THINGS, thing

_CHOICE = re.compile(r"\u2039([^\u2039\u203a]*)\u203a")
_GENDERED = re.compile(r"\[[^\[\]]*\]")


class Span(TypedDict):
    """A labelled piece of a text, offsets in code points."""

    start: int
    end: int
    label: str


_SLOT = re.compile(
    r"\{(=?)([a-z_]+)(?::([a-z]+))?\}|\[([^\[\]|{}]*)\|([^\[\]|{}]*)\]"
    r"|\u27e6([A-Z]+)@([^\u27e6\u27e7]+)\u27e7"
)


@dataclass(slots=True, kw_only=True)
class _Page:
    rng: Random
    lang: str
    text: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    length: int = 0
    person: Person | None = None

    def write(self, piece: str, label: str = "") -> None:
        if piece.startswith(".") and self.spans and self._ends_with_stop():
            piece = piece[1:]
        if label and piece:
            self.spans.append(
                {"start": self.length, "end": self.length + len(piece), "label": label}
            )
        self.text.append(piece)
        self.length += len(piece)

    def _ends_with_stop(self) -> bool:
        return self.spans[-1]["end"] == self.length and self.text[-1].endswith(".")

    def someone(self, *, same: bool) -> Person:
        if self.person is None or not same:
            self.person = draw(self.rng, self.lang)
        return self.person


def worded(template: str, rng: Random) -> str:
    """The template with one wording chosen wherever it offers several."""

    def chosen(match: re.Match[str]) -> str:
        guarded = _GENDERED.sub(lambda inner: inner[0].replace("|", "\0"), match[1])
        return rng.choice(guarded.split("|")).replace("\0", "|")

    return _CHOICE.sub(chosen, template)


def fill(template: str, lang: str, rng: Random) -> tuple[str, list[Span]]:
    """The text that a template makes, with its labelled spans in order."""
    page = _Page(rng=rng, lang=lang)
    template = worded(template, rng)
    position = 0
    foretold = False
    for match in _SLOT.finditer(template):
        page.write(template[position : match.start()])
        position = match.end()
        same, kind, case, male, female, label, words = match.groups()
        if label:
            page.write(words, label)
        elif kind is None:
            foretold = foretold or page.person is None
            page.write(male if page.someone(same=True).gender == "m" else female)
        elif kind in SHAPES:
            person = page.someone(same=bool(same) or foretold)
            foretold = False
            page.write(mention(person, kind, case or "nom", lang, rng), "PERSON")
        else:
            _write_other(page, kind, case or "nom")
    page.write(template[position:])
    return "".join(page.text), page.spans


def _write_other(page: _Page, kind: str, case: str) -> None:
    if kind in THINGS:
        text, label = thing(kind, case, page.lang, page.rng)
        page.write(text, label)
    else:
        page.write(_VALUES[kind](page.rng))


_VALUES: Mapping[str, Callable[[Random], str]] = MappingProxyType(values.KINDS)
