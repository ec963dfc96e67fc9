"""PowerPoint: a text box at the foot of every slide (ECMA-376, part 1, 19.3)."""

from __future__ import annotations

from guardrail.disclose.marks.octets import patched
from guardrail.disclose.marks.trees import escaped
from guardrail.disclose.visible.office.lines import FONT, Line, joined
from guardrail.disclose.visible.office.package import Package
from guardrail.disclose.visible.office.scanned import local, namespace, says, scanned, within
from guardrail.disclose.visible.office.sizes import Box, box_of
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled

_POINT = 12_700
"""In the units of DrawingML."""
_USUAL = (9_144_000, 6_858_000)
_NAME = "AI label"
_MOST_ID = 2_147_483_647


def say(package: Package, lines: tuple[Line, ...], bounds: Bounds) -> None:
    """Write a text box at the foot of every slide.

    Args:
        package: The file.
        lines: The words.
        bounds: How many slides there may be.

    Raises:
        Unmarkable: As `scanned` and `Archive`.
        Unlabelled: ``no_pages``, ``too_many_pages``, ``unreadable``, ``too_much_unpacked``,
            ``unsupported_format``.
    """
    slides = [one.target for one in package.relations(package.main) if one.kind == "slide"]
    if not 0 < len(slides) <= bounds.pages:
        raise Unlabelled("too_many_pages" if slides else "no_pages")
    box = box_of(*_size(package), lines)
    for part in slides:
        _slide(package, part, box, lines)


def _size(package: Package) -> tuple[float, float]:
    """Return how wide and high slides are, in points."""
    for one in scanned(package.read(package.main), {"sldSz"}):
        try:
            wide, high = (int(one.attributes.get(key, "")) for key in ("cx", "cy"))
        except ValueError:
            continue
        if 0 < wide < _MOST_ID and 0 < high < _MOST_ID:
            return wide / _POINT, high / _POINT
    return _USUAL[0] / _POINT, _USUAL[1] / _POINT


def _slide(package: Package, part: str, box: Box, lines: tuple[Line, ...]) -> None:
    held = package.read(part)
    if says(held, [line.text for line in lines]):
        return
    found = scanned(held, {"cNvPr"}, deepest=3)
    tree = next((one for one in found if local(one) == "spTree" and one.depth == 2), None)
    if tree is None:
        raise Unlabelled("unsupported_format")
    ids = [one.attributes.get("id", "") for one in found if local(one) == "cNvPr"]
    taken = {int(one) for one in ids if one.isdecimal() and len(one) < 11}
    number = max(taken, default=1) + 1
    if number > _MOST_ID:
        number = next(count for count in range(2, len(taken) + 3) if count not in taken)
    shape = _shape(package.drawing, namespace(found[0]), number, box, lines)
    more = next((one for one in within(found, tree) if local(one) == "extLst"), None)
    edit = tree.appended(shape) if more is None else (more.start, more.start, shape)
    package.change(part, patched(held, [edit]))


def _shape(drawing: str, slides: str, number: int, box: Box, lines: tuple[Line, ...]) -> bytes:
    left, top, wide, high = (round(one * _POINT) for one in box.place)
    told = escaped(joined(lines)).decode()
    place = f'<a:off x="{left}" y="{top}"/><a:ext cx="{wide}" cy="{high}"/>'
    inset = round(box.margin / 2 * _POINT)
    head = (
        f'<p:sp xmlns:p="{slides}" xmlns:a="{drawing}"><p:nvSpPr>'
        f'<p:cNvPr id="{number}" name="{_NAME}" descr="{told}"/><p:cNvSpPr txBox="1"/><p:nvPr/>'
        f"</p:nvSpPr><p:spPr><a:xfrm>{place}</a:xfrm>"
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></p:spPr><p:txBody>'
        f'<a:bodyPr wrap="none" lIns="{inset}" tIns="0" rIns="{inset}" bIns="0" anchor="ctr">'
        "<a:noAutofit/></a:bodyPr>"
    )
    written = b"".join(
        b"<a:p>" + b"".join(_run(text, language, box.size) for text, language in row) + b"</a:p>"
        for row in box.rows
    )
    return head.encode() + written + b"</p:txBody></p:sp>"


def _run(text: str, language: str, size: float) -> bytes:
    look = (
        f'<a:rPr lang="{language}" sz="{round(size * 100)}" b="1">'
        '<a:solidFill><a:srgbClr val="000000"/></a:solidFill>'
        f'<a:latin typeface="{FONT}"/><a:cs typeface="{FONT}"/></a:rPr>'
    )
    return f"<a:r>{look}<a:t>".encode() + escaped(text) + b"</a:t></a:r>"
