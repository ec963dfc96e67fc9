"""A page of a report or a document as blocks, before it is HTML, PDF or Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words, and their language where it isn't the page's."""

    text: str
    lang: str = ""


Words: TypeAlias = "str | Said"


def text_of(words: Words) -> str:
    """Return the bare text."""
    return words.text if isinstance(words, Said) else words


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph."""

    words: Words
    label: str = ""
    """Stands before it in bold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list."""

    items: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; the first cell of a row is its heading."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A plot: a bar for each label. `about` says in words what it shows."""

    title: str
    about: str
    bars: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What the product can't know: to be filled by a person."""

    words: Words
    by: str
    """Who is to fill it."""


Block: TypeAlias = "Paragraph | Items | Table | Bars | Gap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part with a heading."""

    id: str
    title: Words
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One report or document."""

    lang: str
    title: str
    about: tuple[str, ...]
    """Lines below the title."""
    sections: tuple[Section, ...]
    contents: str = ""
    """Heading of the table of contents; none where empty."""
    gap: str = ""
    """The words before who fills a gap, as ``To be filled by``."""

    @property
    def gaps(self) -> int:
        """How many gaps are left."""
        return sum(map(_gaps, self.sections))


def _gaps(section: Section) -> int:
    own = sum(isinstance(block, Gap) for block in section.blocks)
    return own + sum(map(_gaps, section.sections))
