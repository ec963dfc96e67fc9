"""OpenDocument (ISO/IEC 26300): words at the head of pages, on a sheet of their own, on slides."""

from __future__ import annotations

from dataclasses import dataclass

from guardrail.disclose.marks.octets import Edit, patched
from guardrail.disclose.marks.trees import Element, escaped
from guardrail.disclose.visible.office import opened
from guardrail.disclose.visible.office.lines import Line, joined
from guardrail.disclose.visible.office.names import is_called, sheet_name
from guardrail.disclose.visible.office.odf_styles import Looks, looks_of, page_sizes
from guardrail.disclose.visible.office.parts import Parts
from guardrail.disclose.visible.office.scanned import (
    grouped,
    local,
    namespace,
    saying,
    says,
    scanned,
    within,
)
from guardrail.disclose.visible.office.sizes import Box, box_of
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled

MANIFEST = opened.MANIFEST
_CONTENT, _STYLES = "content.xml", "styles.xml"
_DRAW = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
_SVG = "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_PRELUDE = frozenset(
    {
        *("forms", "tracked-changes", "variable-decls", "sequence-decls", "user-field-decls"),
        *("dde-connection-decls", "alphabetical-index-auto-mark-file", "calculation-settings"),
        *("content-validations", "label-ranges"),
    }
)
"""What stands before a text's first paragraph."""
_BEHIND_SHAPES = frozenset({"notes", "animations", "par", "seq", "iterate", "transitionFilter"})
_HEADS = ("header", "header-left", "header-first")
_REGIONS = ("region-left", "region-center", "region-right")
_WITHIN = 3
"""How deep heads stand in styles, and sheets and slides in content."""
_POINTS = 28.3465
"""In a centimetre."""


@dataclass(frozen=True, slots=True)
class _Body:
    held: bytes
    found: list[Element]
    inside: Element
    """What the body holds: a text, sheets, slides."""


def say(parts: Parts, texts: tuple[tuple[Line, ...], ...], name: str, bounds: Bounds) -> None:
    """Write the words where people see them: by what the document is.

    Args:
        parts: Of the document.
        texts: The words, the longest first.
        name: Of a sheet.
        bounds: How many slides or sheets there may be.

    Raises:
        Unmarkable: As `scanned` and `Archive`.
        Unlabelled: ``no_pages``, ``too_many_pages``, ``hidden_header``, ``unreadable``,
            ``too_much_unpacked``, ``unsupported_format``.
    """
    held = parts.read(_CONTENT)
    found = scanned(held, {"style", "table", "page"}, deepest=2)
    inside = next((one for one in found if one.depth == 2 and one.parent is not None
                   and local(one.parent) == "body"), None)  # fmt: skip
    body = _Body(held, found, inside or found[0])
    kind = local(body.inside)
    if kind == "text":
        if not _heads(parts, texts[0], all_pages=True):
            _first(parts, body, texts[0])
    elif kind == "spreadsheet":
        _sheet(parts, body, texts[0], name, bounds)
        _heads(parts, texts[0], all_pages=False)
    elif kind in {"presentation", "drawing"}:
        _slides(parts, body, texts[0], bounds)
    else:
        raise Unlabelled("unsupported_format")


def _heads(parts: Parts, lines: tuple[Line, ...], *, all_pages: bool) -> bool:
    """Write a line at the head of every page; tell whether pages have a place for one."""
    held = parts.get(_STYLES)
    if held is None:
        return False
    found = scanned(held, {"style", *_HEADS, *_REGIONS}, deepest=2)
    masters = [one for one in found if local(one) == "master-page" and one.depth == _WITHIN - 1]
    if not masters:
        return False
    looks = looks_of(found, lines)
    done = saying(held, _HEADS, _WITHIN, [line.text for line in lines])
    inner = grouped(found)
    edits = []
    for master in masters:
        given = [one for one in inner.get(master.start, ()) if local(one) in _HEADS]
        if not any(local(one) == "header" for one in given):
            edits.append(master.prepended(_header(namespace(master), looks)))
        for one in given:
            if _is_hidden(one):
                edits += _uncovered(one, looks, is_needed=all_pages)
            elif one.start not in done:
                place = inner.get(one.start, [one])[0]
                edits.append(place.prepended(looks.paragraph()))
    if edits:
        parts.change(_STYLES, patched(held, [looks.edit, *edits]))
    return True


def _header(style: str, looks: Looks) -> bytes:
    head = f'<style:header xmlns:style="{style}">'.encode()
    return head + looks.paragraph() + b"</style:header>"


def _is_hidden(one: Element) -> bool:
    names = one.attributes
    return any(names[key] == "false" for key in names if key.endswith(" display"))


def _uncovered(one: Element, looks: Looks, *, is_needed: bool) -> list[Edit]:
    """Return the edit that lets pages show a head that they don't."""
    if local(one) != "header":
        # Such pages have the head of all the others.
        return []
    if one.inside == one.stop:
        return [(one.start, one.end, _header(namespace(one), looks))]
    if is_needed:
        # To show it would show what else is in it.
        raise Unlabelled("hidden_header")
    return []


def _first(parts: Parts, body: _Body, lines: tuple[Line, ...]) -> None:
    """Write a first paragraph."""
    if says(body.held, [line.text for line in lines]):
        return
    found = scanned(body.held, {"style"}, deepest=_WITHIN)
    looks = looks_of(found, lines)
    inner = [one for one in found if one.parent and one.parent.start == body.inside.start]
    after = next((one.start for one in inner if local(one) not in _PRELUDE), None)
    new = looks.paragraph()
    edit = body.inside.appended(new) if after is None else (after, after, new)
    parts.change(_CONTENT, patched(body.held, [looks.edit, edit]))


def _sheet(parts: Parts, body: _Body, lines: tuple[Line, ...], name: str, bounds: Bounds) -> None:
    """Add the last sheet, and let the document open at it."""
    tables = [one for one in within(body.found, body.inside) if local(one) == "table"]
    if not 0 < len(tables) <= bounds.pages:
        raise Unlabelled("too_many_pages" if tables else "no_pages")
    names = [one.attributes.get(f"{_TABLE} name", "") for one in tables]
    done = saying(body.held, {"table"}, _WITHIN, [line.text for line in lines])
    for table, held in zip(tables, names, strict=True):
        if is_called(held, name) and table.start in done:
            return
    looks = looks_of(body.found, lines, size=14)
    own = sheet_name(name, names)
    rows = b"".join(
        b'<table:table-row><table:table-cell office:value-type="string">'
        + looks.paragraph((line,))
        + b"</table:table-cell></table:table-row>"
        for line in lines
    )
    head = f'<table:table xmlns:table="{_TABLE}" xmlns:office="{_OFFICE}" table:name="'.encode()
    new = head + escaped(own) + b'"><table:table-column/>' + rows + b"</table:table>"
    edit = (tables[-1].end, tables[-1].end, new)
    parts.change(_CONTENT, patched(body.held, [looks.edit, edit]))
    opened.at(parts, own)


def _slides(parts: Parts, body: _Body, lines: tuple[Line, ...], bounds: Bounds) -> None:
    pages = [one for one in within(body.found, body.inside) if local(one) == "page"]
    if not 0 < len(pages) <= bounds.pages:
        raise Unlabelled("too_many_pages" if pages else "no_pages")
    sizes = page_sizes(parts.get(_STYLES))
    found = scanned(body.held, {"style", "page", *_BEHIND_SHAPES}, deepest=2)
    done = saying(body.held, {"page"}, _WITHIN, [line.text for line in lines])
    inner = grouped(found)
    edits = []
    made: dict[float, Looks] = {}
    for page in [one for one in found if local(one) == "page" and one.depth == _WITHIN]:
        if page.start in done:
            continue
        box = box_of(*sizes.get(page.attributes.get(f"{_DRAW} master-page-name", "")), lines)
        if box.size not in made:
            after = len(made)
            made[box.size] = looks_of(found, lines, size=box.size, after=after, is_shape=True)
        new = _frame(box, made[box.size], lines)
        behind = [one.start for one in inner.get(page.start, ()) if one.depth == _WITHIN + 1]
        edits.append((behind[0], behind[0], new) if behind else page.appended(new))
    if edits:
        styles = [looks.edit for looks in made.values()]
        parts.change(_CONTENT, patched(body.held, [*styles, *edits]))


def _frame(box: Box, looks: Looks, lines: tuple[Line, ...]) -> bytes:
    left, top, wide, high = (f"{one / _POINTS:.3f}cm" for one in box.place)
    told = escaped(joined(lines))
    head = (
        f'<draw:frame xmlns:draw="{_DRAW}" xmlns:svg="{_SVG}" draw:style-name="{looks.shape}" '
        f'draw:name="AI label" svg:x="{left}" svg:y="{top}" svg:width="{wide}" '
        f'svg:height="{high}"><draw:text-box>'
    )
    rows = b"".join(looks.written(row) for row in box.rows)
    told = b"<svg:desc>" + told + b"</svg:desc>"
    return head.encode() + rows + b"</draw:text-box>" + told + b"</draw:frame>"
