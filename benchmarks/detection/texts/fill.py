"""Templates with slots in ⟨…⟩, filled with made-up values whose places are kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.detection.texts.drawing import Drawing

SLOT = re.compile(r"⟨([a-z0-9_.]+)⟩")


class Span(NamedTuple):
    """Where something personal stands in a text, in code points, end exclusive."""

    start: int
    end: int
    label: str
    """An entity, or several of which any is right, joined by ``|``."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text and what is to be found in it."""

    text: str
    spans: tuple[Span, ...] = ()


Fill = Callable[[Drawing, str], Text]
"""Makes the value of a slot from its name."""


def fill(rng: Drawing, template: str, value: Fill) -> Text:
    r"""Return `template` with every slot filled; ``\n`` in it is a new line."""
    pieces: list[Text] = []
    position = 0
    for slot in SLOT.finditer(template):
        pieces += [
            Text(template[position : slot.start()].replace("\\n", "\n")),
            value(rng, slot[1]),
        ]
        position = slot.end()
    return joined([*pieces, Text(template[position:].replace("\\n", "\n"))], "")


def joined(texts: list[Text], between: str) -> Text:
    """Return the texts in one, with `between` between them."""
    parts: list[str] = []
    spans: list[Span] = []
    length = 0
    for number, one in enumerate(texts):
        if number:
            parts.append(between)
            length += len(between)
        parts.append(one.text)
        spans += [Span(s.start + length, s.end + length, s.label) for s in one.spans]
        length += len(one.text)
    return Text("".join(parts), tuple(spans))


def marked(text: str, label: str) -> Text:
    """Return `text`, all of it to be found."""
    return Text(text, (Span(0, len(text), label),))
