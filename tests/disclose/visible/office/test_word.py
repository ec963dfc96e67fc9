from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.disclose.marks.zipped import Archive
from guardrail.disclose.visible.office.lines import lines_of
from guardrail.disclose.visible.office.package import Package
from guardrail.disclose.visible.office.scanned import local, says, scanned
from guardrail.disclose.visible.office.word import say
from guardrail.disclose.visible.unlabelled import Unlabelled

Make = Callable[..., bytes]
WORDS = lines_of("Жасанды интеллект жасаған\nСоздано искусственным интеллектом")
TEXTS = [line.text for line in WORDS]
REFERENCE = '<w:headerReference w:type="default" r:id="header1"/>'


def labelled(data: bytes) -> Package:
    package = Package(Archive(data))
    say(package, WORDS)
    return Package(Archive(package.written()))


def heads(package: Package) -> dict[str, str]:
    """Return the first section's kinds of pages and the parts that are their heads."""
    places = {one.id: one.target for one in package.relations(package.main)}
    found = scanned(package.read(package.main), {"sectPr", "headerReference"})
    first = next(one for one in found if local(one) == "sectPr")
    return {
        one.attributes[next(key for key in one.attributes if key.endswith(" type"))]: places[
            one.attributes[f"{package.kinds} id"]
        ]
        for one in found
        if one.parent is first
    }


@pytest.mark.parametrize("body", ["<w:p/><w:sectPr/>", "<w:p/>", "<w:sectPr><w:pgSz/></w:sectPr>"])
def test_every_kind_of_page_has_a_head_that_says_it(docx: Make, body: str) -> None:
    package = labelled(docx(body))
    given = heads(package)
    assert sorted(given) == ["default", "even", "first"]
    for part in given.values():
        assert says(package.read(part), TEXTS)
        assert b'w:lang w:val="kk-KZ"' in package.read(part)


def test_heads_that_are_there_keep_their_words_and_say_it_first(docx: Make) -> None:
    body = f"<w:p><w:pPr><w:sectPr>{REFERENCE}</w:sectPr></w:pPr></w:p><w:sectPr/>"
    package = labelled(docx(body, old="<w:p>OLD</w:p>", other="<w:p/>"))
    assert heads(package)["default"] == "word/old.xml"
    for part in ("word/old.xml", "word/other.xml"):
        assert says(package.read(part), TEXTS)
    assert package.read("word/old.xml").endswith(b"<w:p>OLD</w:p></w:hdr>")


def test_what_a_section_was_before_a_change_is_no_section(docx: Make) -> None:
    change = "<w:sectPr><w:sectPrChange><w:sectPr/></w:sectPrChange></w:sectPr>"
    package = labelled(docx(change))
    assert package.read(package.main).endswith(
        b"<w:sectPrChange><w:sectPr/></w:sectPrChange></w:sectPr></w:body></w:document>"
    )


def test_said_once_it_isnt_said_again(docx: Make) -> None:
    package = labelled(docx())
    again = Package(Archive(package.written()))
    say(again, WORDS)
    assert not again.changed


def test_a_part_that_isnt_a_document_is_told(zip_of: Make, docx: Make) -> None:
    entries = Archive(docx())
    held = {name: (entries.read(name) or b"").decode() for name in entries.names}
    with pytest.raises(Unlabelled, match="unsupported_format"):
        labelled(zip_of({**held, "word/document.xml": "<w/>"}))
