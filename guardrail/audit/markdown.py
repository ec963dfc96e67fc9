"""Pages as Markdown: what people fill in and keep under version control."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrail.audit.page import (
    Bars,
    Block,
    Gap,
    Items,
    Page,
    Paragraph,
    Section,
    Table,
    Words,
    text_of,
)

_MARKS = re.compile(r"([\\`*_\[\]<>|#])")


def markdown(page: Page) -> bytes:
    """Return `page` as Markdown (CommonMark with tables)."""
    lines = [f"# {_plain(page.title)}", "", *(f"{_plain(line)}  " for line in page.about if line)]
    for section in page.sections:
        lines += _section(page, section, 2)
    return ("\n".join(lines).rstrip() + "\n").encode()


def _section(page: Page, section: Section, level: int) -> Iterator[str]:
    yield from ("", f"{'#' * level} {_plain(section.title)}")
    for block in section.blocks:
        yield ""
        yield from _block(page, block)
    for inner in section.sections:
        yield from _section(page, inner, level + 1)


def _block(page: Page, block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield (f"**{_plain(block.label)}:** " if block.label else "") + _plain(block.words)
        case Items():
            yield from (f"- {_plain(item)}" for item in block.items)
        case Table():
            yield from (f"**{_plain(block.caption)}**", "")
            yield from _rows([block.heads, ("---",) * len(block.heads), *block.rows])
        case Bars():
            yield from (f"**{_plain(block.title)}.** {_plain(block.about)}", "")
            yield from (f"- {_plain(label)}: {count}" for label, count in block.bars)
        case Gap():
            yield f"> ☐ **{_plain(page.gap)}: {_plain(block.by)}.** {_plain(block.words)}"


def _rows(rows: list[tuple[Words, ...]]) -> Iterator[str]:
    for number, row in enumerate(rows):
        cells = row if number == 1 else tuple(map(_plain, row))
        yield "| " + " | ".join(map(text_of, cells)) + " |"


def _plain(words: Words) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text_of(words).split()))
