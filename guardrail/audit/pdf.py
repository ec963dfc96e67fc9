"""Pages as PDF, with letters that can be selected and searched, Kazakh ones among them.

Not tagged for screen readers: reportlab's free edition can't. The HTML of the same page is for
these.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    ListFlowable,
    LongTable,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Paragraph as Flowing

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

_REGULAR, _BOLD = "AuditSans", "AuditSans-Bold"
_MARGIN = 18 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_LINE, _BAR, _GROUND = HexColor(0x767676), HexColor(0x1F5F99), HexColor(0xFFF4CE)


def pdf(page: Page) -> bytes:
    """Return `page` as PDF, the same bytes each time.

    Raises:
        reportlab.platypus.doctemplate.LayoutError: a row doesn't fit a page.
    """
    _register()
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=page.title,
        author="guardrail",
        lang=page.lang,
        invariant=1,
    )
    document.build(list(_page(page)), onFirstPage=_numbered, onLaterPages=_numbered)
    return out.getvalue()


def _page(page: Page) -> Iterator[Flowable]:
    yield Flowing(escape(page.title), _style(16, bold=True))
    for line in filter(None, page.about):
        yield Flowing(escape(line), _style(9))
    for section in page.sections:
        yield from _section(page, section, 2)


def _section(page: Page, section: Section, level: int) -> Iterator[Flowable]:
    yield Flowing(_inline(section.title), _style(15 - level, bold=True))
    for block in section.blocks:
        yield from _block(page, block)
    for inner in section.sections:
        yield from _section(page, inner, level + 1)


def _block(page: Page, block: Block) -> Iterator[Flowable]:
    match block:
        case Paragraph():
            label = f"<b>{escape(block.label)}:</b> " if block.label else ""
            yield Flowing(label + _inline(block.words), _style(9))
        case Items():
            each = [Flowing(_inline(item), _style(9)) for item in block.items]
            yield ListFlowable(each, bulletType="bullet", start="•", bulletFontName=_REGULAR)
        case Table():
            yield Flowing(escape(block.caption), _style(9, bold=True))
            yield _table(block)
            yield Spacer(0, 3 * mm)
        case Bars():
            yield Flowing(escape(block.title), _style(9, bold=True))
            yield _drawing(block)
            yield Flowing(escape(block.about), _style(9))
        case Gap():
            said = f"<b>{escape(page.gap)}: {escape(block.by)}.</b> {_inline(block.words)}"
            yield Flowing(said, _style(9, ground=True))


def _table(table: Table) -> Flowable:
    heads = [Flowing(_inline(head), _style(7.5, bold=True)) for head in table.heads]
    rows = [[Flowing(_inline(cell), _style(7.5)) for cell in row] for row in table.rows]
    made = LongTable([heads, *rows], colWidths=_widths(table), repeatRows=1, splitInRow=1)
    grid = ("GRID", (0, 0), (-1, -1), 0.4, _LINE)
    made.setStyle(TableStyle([grid, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return made


def _widths(table: Table) -> list[float]:
    """Share the width by what stands in the columns; the heads' words stay whole."""
    columns = list(zip(table.heads, *table.rows, strict=True))
    wanted = [min(60.0, max(len(text_of(cell)) for cell in column)) for column in columns]
    least = [max(map(len, head.split())) * 1.3 + 3 for head in table.heads]
    wanted = [max(pair) for pair in zip(wanted, least, strict=True)]
    return [_WIDTH * want / sum(wanted) for want in wanted]


def _drawing(plot: Bars) -> Drawing:
    row, label = 12, 90
    most = max((count for _, count in plot.bars), default=0) or 1
    drawing = Drawing(_WIDTH, row * len(plot.bars) + 2)
    for number, (name, count) in enumerate(reversed(plot.bars)):
        bottom = number * row
        width = max(1, (_WIDTH - label - 50) * count / most)
        drawing.add(String(0, bottom + 3, name, fontName=_REGULAR, fontSize=7, fillColor=black))
        drawing.add(Rect(label, bottom + 1, width, row - 3, fillColor=_BAR, strokeColor=None))
        said = String(label + width + 4, bottom + 3, str(count), fontName=_REGULAR, fontSize=7)
        drawing.add(said)
    return drawing


def _inline(words: Words) -> str:
    return escape(text_of(words))


@cache
def _style(size: float, *, bold: bool = False, ground: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}{bold}{ground}",
        fontName=_BOLD if bold else _REGULAR,
        fontSize=size,
        leading=size * 1.35,
        spaceBefore=size * 0.4 if not bold or size < 10 else size,
        spaceAfter=size * 0.3,
        splitLongWords=1,
        keepWithNext=int(bold and size > 8),
        backColor=_GROUND if ground else None,
    )


def _numbered(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(_REGULAR, 7)
    canvas.drawRightString(A4[0] - _MARGIN, 10 * mm, str(document.page))


@cache
def _register() -> None:
    folder = files("guardrail.audit").joinpath("font")
    for name, file in ((_REGULAR, "DejaVuSans.ttf"), (_BOLD, "DejaVuSans-Bold.ttf")):
        registerFont(TTFont(name, BytesIO(folder.joinpath(file).read_bytes())))
    registerFontFamily(_REGULAR, normal=_REGULAR, bold=_BOLD, italic=_REGULAR, boldItalic=_BOLD)
