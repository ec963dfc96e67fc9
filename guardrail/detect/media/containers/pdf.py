"""PDF documents (ISO 32000-1), read by PDFium: pictures on pages, and attached files.

PDFium isn't safe for threads, and was written in C++: this runs in a sandboxed worker only.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from pypdfium2 import raw

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.part import FAILURES, Part, Room

_PAGES = 64
_OBJECTS = 20_000
"""Objects of all pages that are walked over."""
_NESTING = 5
_SIDE = 1600
"""Pixels of the longer side of a page that is drawn."""
_ENCODED = ({"DCTDecode"}, {"JPXDecode"})
_SHOWN = {raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_POPUP, raw.FPDF_ANNOT_WIDGET}
"""Annotations without a picture of their own."""
_FAILURES = (*FAILURES, pypdfium2.PdfiumError)
_PASSWORD = raw.FPDF_ERR_PASSWORD


def parts(data: bytes, budget: Budget) -> Iterator[Part]:
    """Yield the pictures of a document and the files attached to it.

    A picture is yielded as it stands in the file where that is JPEG or JPEG 2000, else as PNG. A
    page that holds more than one is drawn as well: scanners cut a page into strips. So is a page
    with annotations that have a look of their own.

    Raises:
        Uninspectable: ``too_many_bytes``, ``encrypted``, ``too_many_pages``, ``too_many_objects``,
            ``too_many_parts``, ``too_many_pixels``, ``too_many_unpacked_bytes``, ``broken``.
    """
    room = Room(data, budget)
    document = _opened(data)
    try:
        if len(document) > _PAGES:
            raise Uninspectable("too_many_pages")
        yield from _attached(document, room)
        yield from _pages(document, room, budget)
    except _FAILURES as error:
        raise Uninspectable("broken") from error
    finally:
        document.close()


def pages(data: bytes) -> int:
    """Return how many pages a document has.

    Raises:
        Uninspectable: ``encrypted`` or ``broken``.
    """
    document = _opened(data)
    try:
        return len(document)
    finally:
        document.close()


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _PASSWORD or "assword" in str(error)
        raise Uninspectable("encrypted" if locked else "broken") from error
    except FAILURES as error:
        raise Uninspectable("broken") from error


def _attached(document: pypdfium2.PdfDocument, room: Room) -> Iterator[Part]:
    for index in range(document.count_attachments()):
        if index >= _PAGES:
            raise Uninspectable("too_many_parts")
        content = bytes(document.get_attachment(index).get_data())
        room.unpack(len(content), len(content))
        yield room.part(f"attachment {index + 1}", content)


def _pages(document: pypdfium2.PdfDocument, room: Room, budget: Budget) -> Iterator[Part]:
    walked = 0
    for index in range(len(document)):
        page, name = document[index], f"page {index + 1}"
        pictures = 0
        for item in page.get_objects(max_depth=_NESTING):
            walked += 1
            if walked > _OBJECTS:
                raise Uninspectable("too_many_objects")
            if item.type == raw.FPDF_PAGEOBJ_IMAGE:
                pictures += 1
                content = _picture(item, room, budget)
                if content:
                    yield room.part(f"{name} image {pictures}", content)
        if pictures > 1 or _has_stamps(page):
            yield room.part(name, _drawn(page, room))
        page.close()


def _picture(item: pypdfium2.PdfImage, room: Room, budget: Budget) -> bytes:
    width, height = item.get_px_size()
    if width * height > budget.pixels:
        raise Uninspectable("too_many_pixels")
    if set(item.get_filters(skip_simple=True)) in _ENCODED:
        content = bytes(item.get_data(decode_simple=True))
        room.unpack(len(content), len(content))
        return content
    room.unpack(width * height * 4, width * height * 4)
    try:
        return _png(item.get_bitmap(render=False))
    except pypdfium2.PdfiumError:
        return b"" if width * height < _TINY else _undrawn()


_TINY = 32 * 32
"""Pixels: nobody is seen on less."""


def _undrawn() -> bytes:
    raise Uninspectable("broken")


def _has_stamps(page: pypdfium2.PdfPage) -> bool:
    """Tell whether a page has annotations that may show a picture."""
    count = min(raw.FPDFPage_GetAnnotCount(page), _OBJECTS)
    for index in range(count):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        if kind not in _SHOWN:
            return True
    return False


def _drawn(page: pypdfium2.PdfPage, room: Room) -> bytes:
    scale = _SIDE / max(*page.get_size(), 1.0)
    room.unpack(_SIDE * _SIDE * 3, _SIDE * _SIDE * 3)
    return _png(page.render(scale=scale, may_draw_forms=False))


def _png(bitmap: pypdfium2.PdfBitmap) -> bytes:
    """Return a bitmap as PNG, hardly compressed (ISO/IEC 15948)."""
    pixels: NDArray[np.uint8] = bitmap.to_numpy()
    if pixels.ndim == 3 and pixels.shape[2] >= 3:
        pixels = pixels[:, :, 2::-1]
    elif pixels.ndim == 3:
        pixels = pixels[:, :, 0]
    height, width = pixels.shape[:2]
    rows = np.ascontiguousarray(pixels).reshape(height, -1)
    lines = np.zeros((height, rows.shape[1] + 1), np.uint8)
    lines[:, 1:] = rows
    colour = 2 if pixels.ndim == 3 else 0
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*chunk) for chunk in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    checked = name + body
    return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))
