from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import docx as python_docx
import openpyxl
import pptx as python_pptx
import pytest

from guardrail.disclose.marks.zipped import Archive
from guardrail.disclose.visible.office.file import OOXML, OPENDOCUMENT, say
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled

Make = Callable[..., bytes]
WORDS = ("Жасанды интеллект жасаған\nСоздано искусственным интеллектом", "ЖИ\nИИ", "ЖИ · ИИ")
LINE = "Жасанды интеллект жасаған · Создано искусственным интеллектом"


def saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def with_parts(data: bytes, **parts: str) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        for name, held in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), held)
    return out.getvalue()


def test_a_foreign_reader_of_word_finds_it_at_the_head_of_every_section() -> None:
    before = python_docx.Document()
    before.sections[0].different_first_page_header_footer = True
    before.sections[0].header.paragraphs[0].text = "Own"
    before.add_paragraph("a")
    second = before.add_section().header
    second.is_linked_to_previous = False
    second.paragraphs[0].text = "Second"
    done = python_docx.Document(io.BytesIO(say(saved(before), OOXML, WORDS).data))
    own = [[one.text for one in section.header.paragraphs] for section in done.sections]
    assert own == [[LINE, "Own"], [LINE, "Second"]]
    for section in done.sections:
        assert section.first_page_header.paragraphs[0].text == LINE
        assert section.even_page_header.paragraphs[0].text == LINE
    assert [one.text for one in done.paragraphs] == [one.text for one in before.paragraphs]


def test_a_foreign_reader_of_excel_opens_it_at_a_sheet_that_says_so() -> None:
    before = openpyxl.Workbook()
    before.active.append([1, "=SHEET()"])
    before.active.print_area = "A1:B1"
    chart = openpyxl.chart.BarChart()
    chart.add_data(openpyxl.chart.Reference(before.active, min_col=1, min_row=1))
    before.create_chartsheet("Chart").add_chart(chart)
    done = openpyxl.load_workbook(io.BytesIO(say(saved(before), OOXML, WORDS).data))
    assert done.sheetnames == ["Sheet", "Chart", "ЖИ · ИИ"]
    assert done.active.title == "ЖИ · ИИ"
    assert [cell.value for cell in done.active["A"]] == WORDS[0].splitlines()
    assert done["Sheet"].oddFooter.center.text == LINE
    assert done["Sheet"]["B1"].value == "=SHEET()"
    assert done["Sheet"].print_area == before.active.print_area
    assert not done["Sheet"].sheet_view.tabSelected


def test_a_foreign_reader_of_powerpoint_finds_it_on_every_slide() -> None:
    before = python_pptx.Presentation()
    for layout in (0, 6):
        before.slides.add_slide(before.slide_layouts[layout])
    before.slides[0].shapes.title.text = "Title"
    done = python_pptx.Presentation(io.BytesIO(say(saved(before), OOXML, WORDS).data))
    assert done.slides[0].shapes.title.text == "Title"
    for slide in done.slides:
        shape = slide.shapes[-1]
        assert shape.text_frame.text == LINE
        assert shape.top + shape.height == done.slide_height
        assert 0 <= shape.left < shape.left + shape.width <= done.slide_width


def test_all_other_parts_stay_byte_for_byte(docx: Make, xlsx: Make, pptx: Make, odf: Make) -> None:
    samples = [
        (docx(), OOXML, {"word/document.xml", "word/_rels/document.xml.rels"}),
        (xlsx("", ""), OOXML, {"xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                               "xl/worksheets/s1.xml", "xl/worksheets/s2.xml"}),
        (pptx(""), OOXML, {"ppt/slides/s1.xml"}),
        (odf("text", ""), OPENDOCUMENT, {"content.xml"}),
    ]  # fmt: skip
    for data, medium, changed in samples:
        held = with_parts(data, media__a_dot_png="picture", custom_dot_xml="<a/>")
        made = say(held, medium, WORDS)
        before, after = Archive(held), Archive(made.data)
        differ = {name for name in before.names if before.read(name) != after.read(name)}
        assert differ - {"[Content_Types].xml"} == changed
        assert (made.mime, made.words) == (medium, WORDS[0])
        assert say(made.data, medium, WORDS).data == made.data


def test_what_is_signed_or_encrypted_or_has_macros_isnt_touched(
    docx: Make, odf: Make, zip_of: Make
) -> None:
    secret = '<m><encryption-data xmlns="m"/></m>'
    cases = [
        (with_parts(docx(), _xmlsignatures__sig1_dot_xml=""), OOXML, "document_signed"),
        (with_parts(docx(), word__vbaProject_dot_bin=""), OOXML, "has_macros"),
        (with_parts(odf("text", ""), Basic__a_dot_xml=""), OPENDOCUMENT, "has_macros"),
        (odf("text", "", manifest=secret), OPENDOCUMENT, "encrypted"),
    ]
    signature = {"META-INF/documentsignatures.xml": "<s/>"}
    cases.append((zip_of(signature), OPENDOCUMENT, "document_signed"))
    archive = Archive(docx())
    held = {name: (archive.read(name) or b"").decode() for name in archive.names}
    types = (
        '<Types xmlns="t"><Override ContentType="application/vnd.ms-word.macroEnabled"/></Types>'
    )
    cases.append((zip_of({**held, "[Content_Types].xml": types}), OOXML, "has_macros"))
    for data, medium, reason in cases:
        with pytest.raises(Unlabelled, match=reason):
            say(data, medium, WORDS)


def test_what_is_not_labelled_is_told(docx: Make, zip_of: Make) -> None:
    for data, medium, words, reason in (
        (b"", OOXML, WORDS, "broken_zip"),
        (docx(), OPENDOCUMENT, WORDS, "unreadable"),
        (docx(), OOXML, (), "no_letters"),
        (docx(), OOXML, (" ", ""), "no_letters"),
        (docx("<w:p>"), OOXML, WORDS, "broken_xml"),
        (zip_of({"a": ""}), OOXML, WORDS, "unsupported_format"),
    ):
        with pytest.raises(Unlabelled, match=reason):
            say(data, medium, words)
    with pytest.raises(Unlabelled, match="too_large"):
        say(docx(), OOXML, WORDS, bounds=Bounds(encoded_bytes=9))


@pytest.mark.no_cover
def test_every_broken_file_is_a_verdict(xlsx: Make, odf: Make) -> None:
    for data, medium in ((xlsx(""), OOXML), (odf("spreadsheet", "<table:table/>"), OPENDOCUMENT)):
        for at in range(0, len(data), 1 + len(data) // 150):
            for broken in (data[:at], data[:at] + bytes((data[at] ^ 0xFF,)) + data[at + 1 :]):
                try:
                    say(broken, medium, WORDS)
                except Unlabelled as verdict:
                    assert verdict.reason.replace("_", "").isalnum()  # noqa: PT017
