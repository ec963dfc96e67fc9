"""Documents with pictures in them, as small as they may be: PDF and Office's formats."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

CONTENT_TYPES = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="jpeg" ContentType="image/jpeg"/>'
    b'<Override PartName="/docProps/thumbnail.jpeg" ContentType="image/jpeg"/></Types>'
)
RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/package/2006/relationships'
    b'/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/>'
    b'<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def stream(entries: str, content: bytes) -> bytes:
    """Return a stream of PDF: a dictionary's `entries`, and `content`."""
    return f"<< {entries} /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream"


def jpeg_object(picture: bytes, width: int, height: int, entries: str = "") -> bytes:
    """Return a picture of a PDF that holds a JPEG of three colours as it is."""
    shape = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8"
    space = "" if "/ColorSpace" in entries else "/ColorSpace /DeviceRGB"
    return stream(f"{shape} {space} /Filter /DCTDecode {entries}", picture)


def pixels_object(pixels: bytes, width: int, height: int, entries: str = "") -> bytes:
    """Return a picture of a PDF that holds pixels, deflated: three bytes or one of each."""
    space = "/DeviceRGB" if len(pixels) == 3 * width * height else "/DeviceGray"
    shape = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8"
    return stream(
        f"{shape} /ColorSpace {space} /Filter /FlateDecode {entries}", zlib.compress(pixels)
    )


def pdf(
    *pictures: bytes, extra: tuple[bytes, ...] = (), catalogue: str = "", page: str = ""
) -> bytes:
    """Return a PDF of one page with pictures beside each other.

    Args:
        pictures: objects, as `jpeg_object` gives them; the first is numbered 5.
        extra: more objects, numbered from behind those.
        catalogue: more entries of the document's catalogue.
        page: more entries of the page.
    """
    names = " ".join(f"/I{index} {index + 5} 0 R" for index in range(len(pictures)))
    shown = " ".join(
        f"q 300 0 0 300 {index * 300} 0 cm /I{index} Do Q" for index in range(len(pictures))
    )
    return numbered(
        f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {300 * max(1, len(pictures))} 300] "
        f"/Contents 4 0 R /Resources << /XObject << {names} >> >> {page} >>".encode(),
        stream("", shown.encode()),
        *pictures,
        *extra,
    )


def numbered(*objects: bytes) -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\n".encode()
    return bytes(out + f"startxref\n{start}\n%%EOF\n".encode())


def office(parts: Mapping[str, bytes]) -> bytes:
    """Return a document of Word with more `parts`, by their names."""
    whole = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELATIONS,
        "word/document.xml": b"<w:document>text</w:document>",
        **parts,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in whole.items():
            archive.writestr(name, content)
    return out.getvalue()
