"""A label on every page of a PDF, as text: it can be read aloud, found and copied.

PDFium writes the whole file anew. Signatures over the old file are then void, and forms keep their
fields; encrypted files aren't touched.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from io import BytesIO
from types import ModuleType

from guardrail.disclose.visible.letters import check_letters, font_bytes
from guardrail.disclose.visible.unlabelled import Bounds, Labelled, Unlabelled
from guardrail.errors import ConfigError

_SIZE = 9.0
"""Points of the letters, at least; 2 % of a page's shorter side where that is more."""
_SHARE = 0.02
_MARGIN = 0.8
"""Of the letters' size."""
_LINE = 1.25
_ADVANCE = 0.72
"""Of the letters' size, for a letter: DejaVu Sans Bold's mean, by which a line is made to fit."""
_TRUETYPE = 2


@dataclass(frozen=True, slots=True)
class _Pdfium:
    raw: ModuleType
    document: object
    font: object


def stamp(
    data: bytes,
    words: str,
    *,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> Labelled:
    """Write `words` at the foot of every page of a PDF.

    Args:
        data: The whole file.
        words: One or more lines: in Kazakhstan Kazakh and Russian.
        bounds: Of size.

    Raises:
        Unlabelled: ``too_large``, ``unreadable``, ``encrypted``, ``too_many_pages``,
            ``no_letters``, ``unwritable``.
    """
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if not lines:
        raise Unlabelled("no_letters")
    check_letters("\n".join(lines))
    if len(data) > bounds.encoded_bytes:
        raise Unlabelled("too_large")
    lib, raw = _library()
    try:
        document = lib.PdfDocument(data)
    except lib.PdfiumError:
        raise Unlabelled("unreadable") from None
    try:
        if raw.FPDF_GetSecurityHandlerRevision(document) != -1:
            raise Unlabelled("encrypted")
        if not 0 < len(document) <= bounds.pages:
            raise Unlabelled("too_many_pages" if len(document) else "unreadable")
        _stamp_pages(_Pdfium(raw, document, _font(raw, document)), lines, len(document))
        target = BytesIO()
        document.save(target)
    except lib.PdfiumError:
        raise Unlabelled("unwritable") from None
    finally:
        document.close()
    return Labelled(data=target.getvalue(), mime="application/pdf", words="\n".join(lines))


def _stamp_pages(pdfium: _Pdfium, lines: list[str], count: int) -> None:
    raw = pdfium.raw
    for number in range(count):
        page = raw.FPDF_LoadPage(pdfium.document, number)
        if not page:
            raise Unlabelled("unreadable")
        try:
            _stamp_page(pdfium, page, lines)
        finally:
            raw.FPDF_ClosePage(page)


def _stamp_page(pdfium: _Pdfium, page: object, lines: list[str]) -> None:
    raw = pdfium.raw
    left, bottom, right, top = _box(raw, page)
    turn = raw.FPDFPage_GetRotation(page) % 4
    across, down = (right - left, top - bottom) if turn % 2 == 0 else (top - bottom, right - left)
    size = max(_SIZE, _SHARE * min(across, down))
    size = min(size, across * 0.9 / (_ADVANCE * max(map(len, lines))))
    margin = _MARGIN * size
    wide = _ADVANCE * size * max(map(len, lines)) + margin
    high = _LINE * size * len(lines) + margin
    # The upright page's coordinates, turned into the page's own.
    matrix = {
        0: (1.0, 0.0, 0.0, 1.0, left, bottom),
        1: (0.0, 1.0, -1.0, 0.0, right, bottom),
        2: (-1.0, 0.0, 0.0, -1.0, right, top),
        3: (0.0, -1.0, 1.0, 0.0, left, top),
    }[turn]
    ground = raw.FPDFPageObj_CreateNewRect(margin / 2, margin / 2, wide, high)
    _colour(raw, ground, 255)
    raw.FPDFPath_SetDrawMode(ground, raw.FPDF_FILLMODE_ALTERNATE, 0)
    _insert(raw, page, ground, matrix)
    for below, line in zip(reversed(range(len(lines))), lines, strict=True):
        text = raw.FPDFPageObj_CreateTextObj(pdfium.document, pdfium.font, size)
        spelled = (line + "\0").encode("utf-16-le")
        units = (ctypes.c_ushort * (len(spelled) // 2)).from_buffer_copy(spelled)
        if not text or not raw.FPDFText_SetText(text, units):
            raise Unlabelled("unwritable")
        _colour(raw, text, 0)
        raw.FPDFPageObj_Transform(text, 1, 0, 0, 1, margin, margin + below * _LINE * size)
        _insert(raw, page, text, matrix)
    if not raw.FPDFPage_GenerateContent(page):
        raise Unlabelled("unwritable")


def _insert(raw: ModuleType, page: object, thing: object, matrix: tuple[float, ...]) -> None:
    raw.FPDFPageObj_Transform(thing, *matrix)
    raw.FPDFPage_InsertObject(page, thing)


def _colour(raw: ModuleType, thing: object, shade: int) -> None:
    if not thing or not raw.FPDFPageObj_SetFillColor(thing, shade, shade, shade, 255):
        raise Unlabelled("unwritable")


def _box(raw: ModuleType, page: object) -> tuple[float, float, float, float]:
    """Return the part of the page that is shown: left, bottom, right, top in points."""
    found = [ctypes.c_float() for _ in range(4)]
    for read in (raw.FPDFPage_GetCropBox, raw.FPDFPage_GetMediaBox):
        if read(page, *map(ctypes.byref, found)):
            left, bottom, right, top = (one.value for one in found)
            left, right = sorted((left, right))
            bottom, top = sorted((bottom, top))
            if right - left > 1 and top - bottom > 1:
                return left, bottom, right, top
    return 0.0, 0.0, raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)


def _font(raw: ModuleType, document: object) -> object:
    file = font_bytes()
    units = (ctypes.c_uint8 * len(file)).from_buffer_copy(file)
    found = raw.FPDFText_LoadFont(document, units, len(file), _TRUETYPE, 1)
    if not found:
        raise Unlabelled("unwritable")
    return found


def _library() -> tuple[ModuleType, ModuleType]:
    try:
        import pypdfium2  # noqa: PLC0415 - 8 MB that only labels of documents need
        import pypdfium2.raw  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError(
            "Labelling PDF needs pypdfium2, which isn't installed.",
            code="labels_not_installed",
            fix="pip install 'guardrail-gateway[labels]'",
        ) from error
    return pypdfium2, pypdfium2.raw
