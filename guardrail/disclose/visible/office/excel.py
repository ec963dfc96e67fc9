"""Excel: a sheet that is seen on opening, and a line at the foot of pages (ECMA-376, part 1, 18.3).

The sheet is the last and the active one. Formulas name other sheets and their places among the rest
(``SHEET``), names that belong to a sheet do, and programs read the first one: for all of them the
workbook is as it was.
"""

from __future__ import annotations

import posixpath

from guardrail.disclose.marks.octets import Edit, patched
from guardrail.disclose.marks.trees import Element, escaped
from guardrail.disclose.visible.office.lines import FONT, SEPARATOR, Line, joined
from guardrail.disclose.visible.office.names import is_called, sheet_name
from guardrail.disclose.visible.office.package import Package, Relation
from guardrail.disclose.visible.office.scanned import (
    local,
    namespace,
    retagged,
    says,
    scanned,
    within,
)
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_SHEETS = frozenset({"worksheet", "chartsheet", "dialogsheet"})
_FEET = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")
"""In the order that they stand in."""
_BEHIND = frozenset(
    {
        *("rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors"),
        *("smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture"),
        *("oleObjects", "controls", "webPublishItems", "tableParts", "extLst", "AlternateContent"),
    }
)
"""What stands behind the feet of pages in a sheet."""
_LONGEST = 255
"""Characters of a foot: Excel repairs files that have more."""
_WIDE = 90
"""Characters that stand side by side at the foot of a page."""
_TRUE = frozenset({"1", "true"})
_SHARED = "sharedStrings"


def say(package: Package, texts: tuple[tuple[Line, ...], ...], name: str, bounds: Bounds) -> None:
    """Add a sheet with the words, and write them at the foot of other sheets' pages.

    Pages whose foot and head are both taken keep them.

    Args:
        package: The file.
        texts: The words, the longest first: the sheet has those, feet the first that fit.
        name: Of the sheet, cut to what Excel takes.
        bounds: How many sheets there may be.

    Raises:
        Unmarkable: As `scanned` and `Archive`.
        Unlabelled: ``no_pages``, ``too_many_pages``, ``unreadable``, ``too_much_unpacked``,
            ``unsupported_format``.
    """
    held = package.read(package.main)
    found = scanned(held, deepest=2)
    sheets = next((one for one in found if local(one) == "sheets" and one.depth == 1), None)
    if sheets is None:
        raise Unlabelled("unsupported_format")
    listed = within(found, sheets)
    if not 0 < len(listed) <= bounds.pages:
        raise Unlabelled("too_many_pages" if listed else "no_pages")
    parts = [one for one in package.relations(package.main) if one.kind in _SHEETS]
    own = _own(package, listed, parts, name, texts[0])
    foot = _foot(texts)
    for part in parts:
        if own is None or part.id != own:
            _settle(package, part.target, foot, is_left=own is None)
    if own is None:
        names = [one.attributes.get("name", "") for one in listed]
        windows = sum(local(one) == "workbookView" for one in found)
        whole = _sheet(namespace(found[0]), texts[0], max(1, windows))
        added = _added(package, listed, sheet_name(name, names), whole)
        edits = [sheets.appended(added), *_active(held, found, sheets, len(listed))]
        package.change(package.main, patched(held, edits))


def _own(
    package: Package,
    listed: list[Element],
    parts: list[Relation],
    name: str,
    lines: tuple[Line, ...],
) -> str | None:
    """Return the relationship of the sheet that says it already."""
    said = [line.text for line in lines]
    places = {one.id: one.target for one in parts}
    # Where another program has written it anew, its words stand among those of all sheets.
    shared = [one.target for one in package.relations(package.main) if one.kind == _SHARED][:1]
    for one in listed:
        place = places.get(one.attributes.get(f"{package.kinds} id", ""))
        is_seen = one.attributes.get("state", "visible") == "visible"
        is_own = is_seen and is_called(one.attributes.get("name", ""), name)
        if place and is_own and any(says(package.read(each), said) for each in (place, *shared)):
            return one.attributes[f"{package.kinds} id"]
    return None


def _added(package: Package, listed: list[Element], name: str, whole: bytes) -> bytes:
    """Add the sheet, and return its place in the workbook."""
    folder = posixpath.join(posixpath.dirname(package.main), "worksheets")
    part = package.free(posixpath.join(folder, "sheet_ai"), ".xml")
    own = package.add(part, whole, _SHEET, to=package.main, kind="worksheet")
    taken = [one.attributes.get("sheetId", "") for one in listed]
    number = max([0, *(int(one) for one in taken if one.isdecimal() and len(one) < 6)]) + 1
    names = f'xmlns="{namespace(listed[0])}" xmlns:r="{package.kinds}"'
    head = f'<sheet {names} name="'.encode() + escaped(name)
    return head + f'" sheetId="{number}" r:id="{own}"/>'.encode()


def _active(held: bytes, found: list[Element], sheets: Element, place: int) -> list[Edit]:
    """Return the edits that open the workbook at the sheet at a place."""
    views = [one for one in found if local(one) == "workbookView"]
    if views:
        return [retagged(held, one, {"activeTab": str(place)}) for one in views]
    given = next((one for one in found if local(one) == "bookViews"), None)
    cells = namespace(found[0])
    view = f'<workbookView xmlns="{cells}" activeTab="{place}"/>'.encode()
    if given is not None:
        return [given.appended(view)]
    whole = f'<bookViews xmlns="{cells}">'.encode() + view + b"</bookViews>"
    return [(sheets.start, sheets.start, whole)]


def _sheet(cells: str, lines: tuple[Line, ...], windows: int) -> bytes:
    """Return the sheet, as it is seen in each window of a workbook."""
    views = "".join(
        f'<sheetView showGridLines="0" tabSelected="1" workbookViewId="{number}"/>'
        for number in range(windows)
    )
    head = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{cells}"><sheetViews>{views}</sheetViews><cols>'
        '<col min="1" max="1" width="110" customWidth="1"/></cols><sheetData>'
    )
    rows = b"".join(_row(number, line) for number, line in enumerate(lines, 1))
    return head.encode() + rows + b"</sheetData></worksheet>"


def _row(number: int, line: Line) -> bytes:
    head = f'<row r="{number}" ht="24" customHeight="1"><c r="A{number}" t="inlineStr"><is><r>'
    look = f'<rPr><b/><sz val="14"/><color rgb="FF000000"/><rFont val="{FONT}"/></rPr>'
    text = b'<t xml:space="preserve">' + escaped(line.text) + b"</t>"
    return (head + look).encode() + text + b"</r></is></c></row>"


def _foot(texts: tuple[tuple[Line, ...], ...]) -> str:
    """Return the first words that fit the foot of a page, as Excel writes them; or nothing."""
    for lines in texts:
        told = joined(lines)
        if len(told) > _WIDE:
            told = told.replace(SEPARATOR, "\n")
        # A space keeps the size apart from a number that the words may begin with.
        coded = f'&C&"{FONT},Bold"&9 ' + told.replace("&", "&&")
        if len(coded) <= _LONGEST:
            return coded
    return ""


def _settle(package: Package, part: str, foot: str, *, is_left: bool) -> None:
    """Write a foot into a sheet, and let it be no longer the one that is seen on opening."""
    held = package.read(part)
    found = scanned(held, {"sheetView", *_FEET}, deepest=1)
    edits = _feet(found, foot) if foot else []
    for one in found if is_left else ():
        if local(one) == "sheetView" and one.attributes.get("tabSelected") in _TRUE:
            edits.append(retagged(held, one, {"tabSelected": "0"}))
    if edits:
        package.change(part, patched(held, edits))


def _feet(found: list[Element], foot: str) -> list[Edit]:
    top = within(found, found[0])
    given = next((one for one in top if local(one) == "headerFooter"), None)
    cells = namespace(found[0])
    if given is None:
        whole = f'<headerFooter xmlns="{cells}">'.encode() + _line(cells, "oddFooter", foot)
        whole += b"</headerFooter>"
        behind = next((one.start for one in top if local(one) in _BEHIND), None)
        return [found[0].appended(whole) if behind is None else (behind, behind, whole)]
    edits = []
    lines = {local(one): one for one in within(found, given)}
    for pages, when in (("odd", ""), ("even", "differentOddEven"), ("first", "differentFirst")):
        if when and given.attributes.get(when) not in _TRUE:
            continue
        ends = [lines.get(f"{pages}{end}") for end in ("Footer", "Header")]
        if any(one is not None and foot in one.text for one in ends):
            continue
        edits += _free_foot(given, lines, pages, cells, foot)
    return edits


def _free_foot(
    given: Element, lines: dict[str, Element], pages: str, cells: str, foot: str
) -> list[Edit]:
    """Return the edit for the foot of some pages, or for their head, or none."""
    for end in (f"{pages}Footer", f"{pages}Header"):
        own = lines.get(end)
        if own is not None and own.text.strip():
            continue
        new = _line(cells, end, foot)
        if own is not None:
            return [(own.start, own.end, new)]
        behind = _FEET[_FEET.index(end) + 1 :]
        after = [one.start for name, one in lines.items() if name in behind]
        return [(min(after), min(after), new) if after else given.appended(new)]
    return []


def _line(cells: str, end: str, foot: str) -> bytes:
    text = escaped(foot).replace(b"\n", b"&#10;")
    return f'<{end} xmlns="{cells}">'.encode() + text + f"</{end}>".encode()
