"""Files of office programs, as small as they may be."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import pytest

Make = Callable[..., bytes]
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CELLS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
TEXT = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns"
ODF_NAMES = " ".join(
    f'xmlns:{name}="{ODF}:{whole}:1.0"'
    for name, whole in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
        "presentation": "presentation",
    }.items()
)


def zipped(entries: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, content, how)
    return out.getvalue()


def related(targets: Mapping[str, str], kinds: str = KINDS) -> str:
    """Return relationships: kinds and numbers as ``slide1`` → what they lead to."""
    whole = "".join(
        f'<Relationship Id="{name}" Type="{kinds}/{name.rstrip("0123456789")}" Target="{target}"/>'
        for name, target in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{whole}</Relationships>'


def package(main: str, parts: Mapping[str, str], targets: Mapping[str, str]) -> bytes:
    """Return an Office file whose main part is the first of `parts`."""
    folder, _, name = main.rpartition("/")
    given = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>',
        "_rels/.rels": related({"officeDocument1": main}),
        f"{folder}/_rels/{name}.rels": related(targets),
    }
    return zipped({**given, **parts})


@pytest.fixture
def zip_of() -> Make:
    return zipped


@pytest.fixture
def docx() -> Make:
    def make(body: str = "<w:p/><w:sectPr/>", **heads: str) -> bytes:
        names = f'xmlns:w="{TEXT}" xmlns:r="{KINDS}"'
        parts = {
            "word/document.xml": f"<w:document {names}><w:body>{body}</w:body></w:document>",
            **{
                f"word/{name}.xml": f"<w:hdr {names}>{held}</w:hdr>" for name, held in heads.items()
            },
        }
        targets = {f"header{number}": f"{name}.xml" for number, name in enumerate(heads, 1)}
        return package("word/document.xml", parts, targets)

    return make


@pytest.fixture
def xlsx() -> Make:
    def make(*sheets: str, book: str = "", names: str = "") -> bytes:
        listed = "".join(
            f'<sheet name="S{number}" sheetId="{number * 2}" r:id="worksheet{number}"/>'
            for number in range(1, len(sheets) + 1)
        )
        head = f'<workbook xmlns="{CELLS}" xmlns:r="{KINDS}">{book}'
        parts = {"xl/workbook.xml": f"{head}<sheets>{listed}</sheets>{names}</workbook>"}
        for number, held in enumerate(sheets, 1):
            parts[f"xl/worksheets/s{number}.xml"] = f'<worksheet xmlns="{CELLS}">{held}</worksheet>'
        targets = {
            f"worksheet{number}": f"/xl/worksheets/s{number}.xml"
            for number in range(1, len(sheets) + 1)
        }
        return package("xl/workbook.xml", parts, targets)

    return make


@pytest.fixture
def pptx() -> Make:
    def make(*slides: str, size: str = '<p:sldSz cx="9144000" cy="6858000"/>') -> bytes:
        names = f'xmlns:p="{SLIDES}" xmlns:a="{DRAWING}"'
        parts = {"ppt/presentation.xml": f"<p:presentation {names}>{size}</p:presentation>"}
        for number, held in enumerate(slides, 1):
            whole = f"<p:cSld><p:spTree>{held}</p:spTree></p:cSld>"
            parts[f"ppt/slides/s{number}.xml"] = f"<p:sld {names}>{whole}</p:sld>"
        targets = {
            f"slide{number}": f"slides/s{number}.xml" for number in range(1, len(slides) + 1)
        }
        return package("ppt/presentation.xml", parts, targets)

    return make


@pytest.fixture
def odf() -> Make:
    def make(kind: str, held: str, masters: str | None = None, **more: str) -> bytes:
        body = f"<office:body><office:{kind}>{held}</office:{kind}></office:body>"
        content = f"<office:document-content {ODF_NAMES}>{body}</office:document-content>"
        parts = {"mimetype": f"application/vnd.oasis.opendocument.{kind}", "content.xml": content}
        if masters is not None:
            whole = f"<office:master-styles>{masters}</office:master-styles>"
            layout = (
                '<office:automatic-styles><style:page-layout style:name="L">'
                '<style:page-layout-properties fo:page-width="10in" fo:page-height="5in"/>'
                "</style:page-layout></office:automatic-styles>"
            )
            parts["styles.xml"] = (
                f"<office:document-styles {ODF_NAMES}>{layout}{whole}</office:document-styles>"
            )
        names = {"settings": "settings.xml", "manifest": "META-INF/manifest.xml"}
        return zipped({**parts, **{names.get(key, key): more[key] for key in more}})

    return make
