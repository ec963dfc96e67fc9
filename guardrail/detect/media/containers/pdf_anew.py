"""PDF documents written anew with some pictures and attached files replaced (ISO 32000-1).

Whatever the catalogue doesn't reach stays behind, so nothing of an earlier state of the document is
left; and so do metadata, the thumbnails of pages, and what programs keep for themselves. Signatures
hold no longer. What PDFium makes of the result is for the caller to see: this is another reader.
"""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Callable, Iterator

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from guardrail.detect.media.budget import Budget, Uninspectable
from guardrail.detect.media.containers.part import Room
from guardrail.detect.media.containers.pdf import pages
from guardrail.detect.media.layouts import jpeg

Change = Callable[[bytes], bytes | None]

CANNOT = "cannot_redact"
_OBJECTS = 50_000
_TINY = 32 * 32
"""Pixels: nobody is seen on less."""
_LEFT_OUT = ("/Metadata", "/PieceInfo", "/Thumb", "/Alternates")
_LOOKS = frozenset({"/Type", "/Subtype", "/Name", "/Width", "/Height", "/Interpolate", "/SMask",
                    "/OC", "/StructParent"})  # fmt: skip
"""What stays of a picture's dictionary when its pixels become red, green and blue."""
_JPEG, _JPEG_2000 = "/DCTDecode", "/JPXDecode"
_GREY = frozenset({"1", "L", "LA", "I;16", "I", "F"})
_QUALITY = 90
_FORMATS = ("JPEG", "PNG", "JPEG2000")


def rewritten(data: bytes, change: Change, budget: Budget) -> bytes:
    """Return a document whose pictures and attached files went through `change`.

    Args:
        data: the document.
        change: takes a picture (JPEG and JPEG 2000 as they stand there, others as PNG) or an
            attached file; returns what stands in its place, None where it stays.
        budget: bounds on bytes, parts and growth.

    Raises:
        Uninspectable: ``cannot_redact``: it is encrypted, broken, or holds a picture that can't be
            read here, as JBIG2, or replaced; ``too_many_objects``, ``too_many_parts``,
            ``too_many_pixels``, ``too_many_unpacked_bytes``; what `change` raises.
    """
    room = Room(data, budget)
    # What it logs holds pieces of documents.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    try:
        written = _rewritten(data, _Rewriter(change, room, budget))
    except Uninspectable:
        raise
    except Exception as error:
        # pypdf and Pillow raise whatever they meet with.
        raise Uninspectable(CANNOT) from error
    if pages(written) != pages(data):  # PDFium reads another document than pypdf
        raise Uninspectable(CANNOT)
    return written


def _rewritten(data: bytes, rewriter: _Rewriter) -> bytes:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        raise Uninspectable(CANNOT)
    attached: list[PdfObject] = []
    pictures: list[StreamObject] = []
    for item in _reached(reader.trailer["/Root"]):
        if not isinstance(item, DictionaryObject):
            continue
        for key in _LEFT_OUT:
            item.pop(key, None)
        if isinstance(files := _at(item, "/EF"), DictionaryObject):
            attached += (files[key] for key in files)
        if isinstance(item, StreamObject) and str(_at(item, "/Subtype")) == "/Image":
            pictures.append(item)
    for picture in pictures:
        rewriter.picture(picture)
    for file in {id(one): one for one in attached}.values():
        rewriter.file(file)
    writer = PdfWriter(clone_from=reader)
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _reached(root: PdfObject) -> Iterator[PdfObject]:
    """Yield every object that the catalogue reaches, each once.

    What is taken out of a dictionary while it is looked at isn't followed.
    """
    waiting: list[PdfObject] = [root]
    known: set[tuple[int, int]] = set()
    count = 0
    while waiting:
        item: PdfObject | None = waiting.pop()
        if isinstance(item, IndirectObject):
            if (item.idnum, item.generation) in known:
                continue
            known.add((item.idnum, item.generation))
            item = item.get_object()
        count += 1
        if count > _OBJECTS:
            raise Uninspectable("too_many_objects")
        if item is None:
            continue
        yield item
        if isinstance(item, DictionaryObject):
            waiting += (one for one in item.values() if _is_followed(one))
        elif isinstance(item, ArrayObject):
            waiting += (one for one in item if _is_followed(one))


def _is_followed(item: object) -> bool:
    return isinstance(item, IndirectObject | DictionaryObject | ArrayObject)


def _at(item: DictionaryObject, key: str) -> PdfObject | None:
    """Return a value itself where a dictionary only refers to it; `get` doesn't."""
    value: PdfObject | None = item.get(key)
    return value.get_object() if isinstance(value, IndirectObject) else value


class _Rewriter:
    """Replaces the contents of streams."""

    def __init__(self, change: Change, room: Room, budget: Budget) -> None:
        self._change = change
        self._room = room
        self._budget = budget

    def file(self, item: PdfObject) -> None:
        """Put an attached file through the change."""
        if not isinstance(item, StreamObject):
            raise Uninspectable(CANNOT)
        content = item.get_data()
        self._room.unpack(len(content), len(content))
        new = self._change(self._room.part("", content).data)
        if new is None:
            return
        for key in ("/Params", "/DecodeParms"):  # its size and digest are another's now
            item.pop(key, None)
        item[NameObject("/Filter")] = NameObject("/FlateDecode")
        StreamObject.set_data(item, zlib.compress(new))

    def picture(self, item: StreamObject) -> None:
        """Put a picture through the change."""
        width, height = (_whole(item, side) for side in ("/Width", "/Height"))
        if width * height > self._budget.pixels:
            raise Uninspectable("too_many_pixels")
        filters = _filters(item)
        if filters[-1:] == [_JPEG]:
            self._jpeg(item, _without_remarks(item.get_data()))
        elif width * height >= _TINY:
            self._room.unpack(width * height * 4, width * height * 4)
            picture = item.get_data() if filters[-1:] == [_JPEG_2000] else _png(item)
            new = self._change(self._room.part("", picture).data)
            if new is not None:
                _set_pixels(item, new, grey=_bands(picture) == 1)

    def _jpeg(self, item: StreamObject, picture: bytes) -> None:
        self._room.unpack(len(picture), len(picture))
        new = self._change(self._room.part("", picture).data)
        kept = picture if new is None else _in_bands_of(picture, new)
        if _bands(kept) != _bands(picture):
            _set_colours(item, "/DeviceRGB")
        item.pop("/DecodeParms", None)
        item[NameObject("/Filter")] = NameObject(_JPEG)
        StreamObject.set_data(item, kept)


def _whole(item: StreamObject, key: str) -> int:
    value = _at(item, key)
    if not isinstance(value, NumberObject) or value < 1:
        raise Uninspectable(CANNOT)
    return int(value)


def _filters(item: StreamObject) -> list[str]:
    named = _at(item, "/Filter")
    if isinstance(named, ArrayObject):
        return [str(one) for one in named]
    return [] if named is None else [str(named)]


def _without_remarks(picture: bytes) -> bytes:
    """Return a JPEG without EXIF, XMP and comments: readers of PDF don't turn it by EXIF either."""
    return jpeg.SOI + b"".join(
        picture[one.start : one.end]
        for one in jpeg.segments(picture)
        if one.marker not in {jpeg.APP1, jpeg.APP13, jpeg.COMMENT}
    )


def _png(item: StreamObject) -> bytes:
    """Return a picture that isn't JPEG: grey where it has no colour, as a mask mustn't get any."""
    shown = item.decode_as_image()
    out = io.BytesIO()
    shown.convert("L" if shown.mode in _GREY else "RGB").save(out, "PNG", compress_level=1)
    return out.getvalue()


def _set_pixels(item: StreamObject, picture: bytes, *, grey: bool) -> None:
    if _at(item, "/ImageMask"):  # a stencil: one bit, in whatever colour is set
        raise Uninspectable(CANNOT)
    pixels = _opened(picture).convert("L" if grey else "RGB")
    _set_colours(item, "/DeviceGray" if grey else "/DeviceRGB")
    item[NameObject("/Width")] = NumberObject(pixels.width)
    item[NameObject("/Height")] = NumberObject(pixels.height)
    item[NameObject("/Filter")] = NameObject("/FlateDecode")
    StreamObject.set_data(item, zlib.compress(pixels.tobytes(), 6))


def _set_colours(item: StreamObject, space: str) -> None:
    """Say that a picture's pixels are eight bits of each of a device's colours, and no more."""
    for key in [key for key in item if key not in _LOOKS]:
        del item[key]
    item[NameObject("/ColorSpace")] = NameObject(space)
    item[NameObject("/BitsPerComponent")] = NumberObject(8)


def _in_bands_of(old: bytes, new: bytes) -> bytes:
    """Return a JPEG that is grey where the old one was: it may be a mask."""
    if _bands(old) > 1 or _bands(new) == 1:
        return new
    out = io.BytesIO()
    _opened(new).convert("L").save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _bands(picture: bytes) -> int:
    return len(_opened(picture).getbands())


def _opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture), formats=_FORMATS)
