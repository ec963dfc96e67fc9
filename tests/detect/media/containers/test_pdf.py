from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pypdfium2
import pytest

from guardrail.detect.media.sniff import sniff

if TYPE_CHECKING:
    from tests.detect.media.containers.conftest import Look

PDF = "application/pdf"


def _stream(extra: str, content: bytes) -> bytes:
    return f"<< {extra} /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream"


def _document(*objects: bytes, trailer: str = "") -> bytes:
    """Return a document of these objects, numbered from 1; the first is its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\n".encode()
    return bytes(out + f"startxref\n{start}\n%%EOF\n".encode())


def _page(*pictures: bytes, marks: bytes = b"") -> bytes:
    names = " ".join(f"/I{index} {index + 5} 0 R" for index in range(len(pictures)))
    shown = " ".join(
        f"q 90 0 0 90 {index * 90} 0 cm /I{index} Do Q" for index in range(len(pictures))
    )
    return _document(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R "
        f"/Resources << /XObject << {names} >> >> ".encode()
        + marks
        + b" >>",
        _stream("", shown.encode()),
        *pictures,
    )


def _grey(side: int = 40) -> bytes:
    pixels = bytes((x * 6 + y) % 256 for y in range(side) for x in range(side))
    shape = f"/Width {side} /Height {side} /ColorSpace /DeviceGray /BitsPerComponent 8"
    return _stream(
        f"/Type /XObject /Subtype /Image {shape} /Filter /FlateDecode", zlib.compress(pixels)
    )


def _jpeg() -> tuple[bytes, bytes]:
    data = bytes(cv2.imencode(".jpg", np.full((40, 40, 3), 120, np.uint8))[1])
    shape = "/Width 40 /Height 40 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"
    return _stream(f"/Type /XObject /Subtype /Image {shape}", data), data


def test_a_jpeg_is_yielded_as_it_stands(look: Look) -> None:
    held, data = _jpeg()
    (part,) = look.parts(_page(held), PDF)
    assert (part.name, part.data) == ("page 1 image 1", data)


def test_raw_pixels_become_a_png(look: Look) -> None:
    (part,) = look.parts(_page(_grey()), PDF)
    pixels = cv2.imdecode(np.frombuffer(part.data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert sniff(part.data).mime == "image/png"
    assert pixels is not None
    assert pixels.shape == (40, 40)
    assert (int(pixels[0, 1]), int(pixels[1, 0])) == (6, 1)


def test_a_page_of_several_pictures_is_drawn_too(look: Look) -> None:
    data = _page(_grey(), _jpeg()[0])
    assert look.names(data, PDF) == ["page 1 image 1", "page 1 image 2", "page 1"]
    drawn = cv2.imdecode(np.frombuffer(look.parts(data, PDF)[2].data, np.uint8), cv2.IMREAD_COLOR)
    assert drawn is not None
    assert drawn.shape == (1600, 1600, 3)


def test_a_page_with_a_stamp_is_drawn(look: Look) -> None:
    stamp = b"/Annots [<< /Type /Annot /Subtype /Stamp /Rect [0 0 9 9] >>]"
    link = stamp.replace(b"Stamp", b"Link")
    assert look.names(_page(marks=stamp), PDF) == ["page 1"]
    assert look.names(_page(marks=link), PDF) == []


def test_attached_files_are_yielded(look: Look, picture: bytes) -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(100, 100)
    document.new_attachment("Айгүл.png").set_data(picture)
    out = io.BytesIO()
    document.save(out)
    document.close()
    (part,) = look.parts(out.getvalue(), PDF)
    assert (part.name, part.data) == ("attachment 1", picture)


def test_an_encrypted_document_is_a_verdict(look: Look) -> None:
    locked = (
        b"<< /Filter /Standard /V 1 /R 2 /P -44 /O <"
        + b"41" * 32
        + b"> /U <"
        + b"42" * 32
        + b"> >>"
    )
    data = _document(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>", locked,
        trailer="/Encrypt 3 0 R /ID [<41> <41>]",
    )  # fmt: skip
    assert look.reason(data, PDF) == "encrypted"


def test_pages_pictures_and_pixels_are_bounded(look: Look) -> None:
    document = pypdfium2.PdfDocument.new()
    for _ in range(65):
        document.new_page(10, 10)
    out = io.BytesIO()
    document.save(out)
    document.close()
    assert look.reason(out.getvalue(), PDF) == "too_many_pages"
    data = _page(_grey(), _grey())
    assert look.reason(data, PDF, replace(look.budget, parts=1)) == "too_many_parts"
    assert look.reason(data, PDF, replace(look.budget, pixels=99)) == "too_many_pixels"
    assert (
        look.reason(data, PDF, replace(look.budget, unpacked_bytes=99)) == "too_many_unpacked_bytes"
    )
    assert look.reason(data, PDF, replace(look.budget, encoded_bytes=9)) == "too_many_bytes"


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(99)], ids=["none", "head", "zeros"]
)
def test_what_isnt_a_document_is_a_verdict(data: bytes, look: Look) -> None:
    assert look.reason(data, PDF) == "broken"


def test_every_broken_document_is_a_verdict_or_has_parts(survives: Callable[..., None]) -> None:
    survives(_page(_grey(8)), PDF, 5)
