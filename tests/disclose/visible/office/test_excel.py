from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.disclose.marks.zipped import Archive
from guardrail.disclose.visible.office.excel import say
from guardrail.disclose.visible.office.lines import lines_of
from guardrail.disclose.visible.office.package import Package
from guardrail.disclose.visible.office.scanned import local, says, scanned
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled

Make = Callable[..., bytes]
LINES = lines_of("Жасанды интеллект жасаған\nСоздано искусственным интеллектом")
SHORT = lines_of("ЖИ\nИИ")
NAME = "ЖИ · ИИ"
FOOT = '&C&"Arial,Bold"&9 Жасанды интеллект жасаған · Создано искусственным интеллектом'


def labelled(data: bytes, first: str = "", bounds: Bounds = Bounds()) -> Package:  # noqa: B008
    package = Package(Archive(data))
    say(package, (lines_of(first) if first else LINES, SHORT), NAME, bounds)
    return Package(Archive(package.written()))


def feet(package: Package, number: int) -> dict[str, str]:
    names = {f"{pages}{end}" for pages in ("odd", "even", "first") for end in ("Header", "Footer")}
    held = package.read(f"xl/worksheets/s{number}.xml")
    return {local(one): one.text for one in scanned(held, names)}


def test_the_last_sheet_says_it_and_is_the_one_that_is_seen_on_opening(xlsx: Make) -> None:
    view = '<sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews>'
    book = '<bookViews><workbookView firstSheet="0"/><workbookView activeTab="1"/></bookViews>'
    names = (
        '<definedNames><definedName name="A" localSheetId="1">S2!A1</definedName></definedNames>'
    )
    package = labelled(xlsx(view + "<sheetData/>", "<sheetData/>", book=book, names=names))
    found = scanned(package.read(package.main), {"sheet", "workbookView"})
    assert [one.attributes["activeTab"] for one in found if local(one) == "workbookView"] == [
        "2",
        "2",
    ]
    sheets = [one.attributes for one in found if local(one) == "sheet"]
    assert [one["name"] for one in sheets] == ["S1", "S2", NAME]
    assert sheets[2]["sheetId"] == "5"
    assert names.encode() in package.read(package.main)
    (own,) = [one for one in package.relations(package.main) if one.id.startswith("rId")]
    assert says(package.read(own.target), [line.text for line in LINES])
    # One for each window.
    windows = [one.attributes for one in scanned(package.read(own.target), {"sheetView"})]
    assert [one["workbookViewId"] for one in windows] == ["0", "1"]
    assert {one["tabSelected"] for one in windows} == {"1"}
    assert b'tabSelected="0"' in package.read("xl/worksheets/s1.xml")


@pytest.mark.parametrize("book", ["", "<bookViews/>"])
def test_a_workbook_without_a_view_gets_one_before_its_sheets(xlsx: Make, book: str) -> None:
    package = labelled(xlsx("<sheetData/>", book=book))
    found = scanned(package.read(package.main), deepest=2)
    assert [local(one) for one in found][:4] == ["workbook", "bookViews", "workbookView", "sheets"]
    assert found[2].attributes["activeTab"] == "1"


def test_pages_say_it_at_their_foot_in_the_place_that_the_schema_has(xlsx: Make) -> None:
    package = labelled(xlsx("<sheetData/><pageSetup/><drawing/><extLst/>", "<sheetData/>"))
    assert feet(package, 1) == feet(package, 2) == {"oddFooter": FOOT}
    found = scanned(package.read("xl/worksheets/s1.xml"), deepest=1)
    assert [local(one) for one in found[1:]] == [
        *("sheetData", "pageSetup", "headerFooter", "drawing", "extLst"),
    ]


def test_a_foot_that_is_taken_stays_and_the_head_says_it(xlsx: Make) -> None:
    own = "<headerFooter><oddFooter>&amp;P</oddFooter></headerFooter>"
    both = "<headerFooter><oddHeader>a</oddHeader><oddFooter>b</oddFooter></headerFooter>"
    empty = "<headerFooter><oddFooter/></headerFooter>"
    package = labelled(xlsx(own, both, empty))
    assert feet(package, 1) == {"oddHeader": FOOT, "oddFooter": "&P"}
    assert feet(package, 2) == {"oddHeader": "a", "oddFooter": "b"}
    assert feet(package, 3) == {"oddFooter": FOOT}


def test_pages_of_their_own_kinds_say_it_too(xlsx: Make) -> None:
    both = '<headerFooter differentFirst="1" differentOddEven="true"><firstHeader>x</firstHeader>'
    package = labelled(xlsx(f"{both}</headerFooter>"))
    assert feet(package, 1) == {
        "oddFooter": FOOT,
        "evenFooter": FOOT,
        "firstFooter": FOOT,
        "firstHeader": "x",
    }
    found = scanned(package.read("xl/worksheets/s1.xml"), deepest=2)
    assert [local(one) for one in found[2:]] == [
        *("oddFooter", "evenFooter", "firstHeader", "firstFooter"),
    ]


def test_words_that_are_too_long_for_a_foot_give_way_to_shorter_ones(xlsx: Make) -> None:
    assert feet(labelled(xlsx(""), "ә" * 250), 1) == {"oddFooter": '&C&"Arial,Bold"&9 ЖИ · ИИ'}
    two = feet(labelled(xlsx(""), "ә" * 60 + "\n" + "R&D " * 10), 1)["oddFooter"]
    assert two.endswith("ә" * 60 + "\n" + ("R&&D " * 10).strip())


def test_said_once_it_isnt_said_again(xlsx: Make) -> None:
    again = Package(Archive(labelled(xlsx("<sheetData/>")).written()))
    say(again, (LINES, SHORT), NAME, Bounds())
    assert not again.changed


def test_a_sheet_that_is_only_called_so_says_nothing(xlsx: Make, zip_of: Make) -> None:
    archive = Archive(xlsx("<sheetData/>"))
    held = {name: (archive.read(name) or b"").decode() for name in archive.names}
    held["xl/workbook.xml"] = held["xl/workbook.xml"].replace("S1", NAME)
    package = labelled(zip_of(held))
    found = scanned(package.read(package.main), {"sheet"})
    assert [one.attributes["name"] for one in found] == [NAME, f"{NAME} (2)"]


def test_a_label_whose_words_another_program_keeps_elsewhere_is_known(
    xlsx: Make, zip_of: Make
) -> None:
    archive = Archive(xlsx("<sheetData/>"))
    held = {name: (archive.read(name) or b"").decode() for name in archive.names}
    held["xl/workbook.xml"] = held["xl/workbook.xml"].replace("S1", NAME)
    rels = "xl/_rels/workbook.xml.rels"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    more = f'<Relationship Id="s" Type="{kind}" Target="strings.xml"/></Relationships>'
    held[rels] = held[rels].replace("</Relationships>", more)
    held["xl/strings.xml"] = "".join(f"<t>{line.text}</t>" for line in LINES).join(("<s>", "</s>"))
    package = Package(Archive(zip_of(held)))
    say(package, (LINES, SHORT), NAME, Bounds())
    assert not package.changed


def test_a_label_that_is_hidden_isnt_one(xlsx: Make, zip_of: Make) -> None:
    archive = Archive(labelled(xlsx("<sheetData/>")).written())
    held = {name: (archive.read(name) or b"").decode() for name in archive.names}
    book = held["xl/workbook.xml"].replace('sheetId="3"', 'sheetId="3" state="hidden"')
    package = labelled(zip_of({**held, "xl/workbook.xml": book}))
    assert len(scanned(package.read(package.main), {"sheet"})) == 3


def test_what_is_not_labelled_is_told(xlsx: Make) -> None:
    with pytest.raises(Unlabelled, match="no_pages"):
        labelled(xlsx())
    with pytest.raises(Unlabelled, match="too_many_pages"):
        labelled(xlsx("", ""), bounds=Bounds(pages=1))
