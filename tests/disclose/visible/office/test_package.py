from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.disclose.marks.zipped import Archive
from guardrail.disclose.visible.office.package import Package, Relation
from guardrail.disclose.visible.unlabelled import Unlabelled

Make = Callable[..., bytes]
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def test_parts_are_found_by_relationships_wherever_they_are(pptx: Make, xlsx: Make) -> None:
    package = Package(Archive(pptx("")))
    assert package.main == "ppt/presentation.xml"
    assert package.root() == "presentation"
    assert package.relations(package.main) == [Relation("slide1", "slide", "ppt/slides/s1.xml")]
    book = Package(Archive(xlsx("")))
    assert book.relations(book.main)[0].target == "xl/worksheets/s1.xml"


def test_a_new_part_is_found_by_type_and_relationship(docx: Make) -> None:
    package = Package(Archive(docx()))
    first = package.add("word/a.xml", b"<a/>", "x/y+xml", to=package.main, kind="header")
    second = package.add("word/b.xml", b"<b/>", "x/z+xml", to=package.main, kind="header")
    assert (first, second) == ("rId1", "rId2")
    after = Package(Archive(package.written()))
    assert after.relations(after.main) == [
        Relation("rId1", "header", "word/a.xml"),
        Relation("rId2", "header", "word/b.xml"),
    ]
    assert b'PartName="/word/b.xml" ContentType="x/z+xml"' in after.read("[Content_Types].xml")
    assert after.says_of_itself("x/z")
    assert not after.says_of_itself("macro")


def test_a_part_without_relationships_gets_them(docx: Make) -> None:
    package = Package(Archive(docx(h="")))
    package.add("word/a.xml", b"", "x/y", to="word/h.xml", kind="header")
    assert package.relations("word/h.xml") == [Relation("rId1", "header", "word/a.xml")]


def test_strict_documents_are_written_strictly(zip_of: Make) -> None:
    root = f'<Relationship Id="r" Type="{STRICT}/officeDocument" Target="/word/d.xml"/>'
    data = zip_of(
        {
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{root}</Relationships>',
            "word/d.xml": "<document/>",
        }
    )
    package = Package(Archive(data))
    assert package.kinds == STRICT
    assert package.drawing == "http://purl.oclc.org/ooxml/drawingml/main"


@pytest.mark.parametrize("target", ["", "gone.xml", "../../etc/passwd"])
def test_what_leads_nowhere_is_no_office_file(zip_of: Make, target: str) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    root = f'<Relationship Id="r" Type="{kind}" Target="{target}"/>'
    whole = f'<Relationships xmlns="{PACKAGE}">{root}</Relationships>'
    for data in (zip_of({"_rels/.rels": whole}), zip_of({"a": ""})):
        with pytest.raises(Unlabelled, match="unsupported_format"):
            Package(Archive(data))
