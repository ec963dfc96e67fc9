from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.disclose.marks.zipped import Archive
from guardrail.disclose.visible.office.lines import lines_of
from guardrail.disclose.visible.office.opendocument import say
from guardrail.disclose.visible.office.parts import Parts
from guardrail.disclose.visible.office.scanned import local, saying, says, scanned
from guardrail.disclose.visible.unlabelled import Bounds, Unlabelled

Make = Callable[..., bytes]
LINES = lines_of("Жасанды интеллект жасаған\nСоздано искусственным интеллектом")
TEXTS = [line.text for line in LINES]
NAME = "ЖИ · ИИ"
MASTER = '<style:master-page style:name="M" style:page-layout-name="L">{}</style:master-page>'


def labelled(data: bytes, bounds: Bounds = Bounds()) -> Parts:  # noqa: B008 - frozen
    parts = Parts(Archive(data))
    say(parts, (LINES,), NAME, bounds)
    done = Parts(Archive(parts.written()))
    again = Parts(Archive(parts.written()))
    say(again, (LINES,), NAME, bounds)
    assert not again.changed, "said twice"
    return done


def heads(parts: Parts) -> list[tuple[str, bool]]:
    """Return the heads of pages, and whether they say it."""
    held = parts.read("styles.xml")
    names = {"header", "header-left", "header-first"}
    done = saying(held, names, 3, TEXTS)
    return [(local(one), one.start in done) for one in scanned(held, names)]


def test_every_page_of_a_text_says_it_at_its_head(odf: Make) -> None:
    parts = labelled(odf("text", "<text:p>a</text:p>", MASTER.format("") * 2))
    assert heads(parts) == [("header", True)] * 2
    assert b"<text:p>a</text:p></office:text>" in parts.read("content.xml")
    assert b'fo:language="kk" fo:country="KZ"' in parts.read("styles.xml")


def test_heads_that_are_there_keep_their_words_and_say_it_first(odf: Make) -> None:
    own = "<style:header><text:p>OLD</text:p></style:header>"
    more = "<style:header-left><text:p>L</text:p></style:header-left>"
    more += '<style:header-first style:display="false"/>'
    parts = labelled(odf("text", "", MASTER.format(own + more)))
    assert heads(parts) == [("header", True), ("header-left", True), ("header-first", False)]
    assert b"<text:p>OLD</text:p></style:header>" in parts.read("styles.xml")


def test_a_head_that_is_off_is_switched_on_where_nothing_else_shows_by_that(odf: Make) -> None:
    hidden = '<style:header style:display="false">{}</style:header>'
    off = MASTER.format(hidden.format(""))
    assert heads(labelled(odf("text", "", off))) == [("header", True)]
    secret = MASTER.format(hidden.format("<text:p>x</text:p>"))
    with pytest.raises(Unlabelled, match="hidden_header"):
        labelled(odf("text", "", secret))
    # Sheets have one of their own that says it.
    assert heads(labelled(odf("spreadsheet", "<table:table/>", secret))) == [("header", False)]


@pytest.mark.parametrize("masters", [None, ""])
def test_a_text_without_pages_of_its_own_begins_with_it(odf: Make, masters: str | None) -> None:
    before = "<text:sequence-decls/>"
    held = labelled(odf("text", f"{before}<text:h>a</text:h>", masters)).read("content.xml")
    assert says(held, TEXTS)
    assert held.index(b"sequence-decls") < held.index(b"text:span") < held.index(b"<text:h>")
    assert says(labelled(odf("text", "", masters)).read("content.xml"), TEXTS)


def test_the_last_sheet_says_it_and_is_the_one_that_is_seen_on_opening(odf: Make) -> None:
    sheets = '<table:table table:name="жи · ИИ"/><table:table/><table:named-expressions/>'
    head = "<style:header><style:region-left><text:p/></style:region-left></style:header>"
    parts = labelled(odf("spreadsheet", sheets, MASTER.format(head)))
    held = parts.read("content.xml")
    tables = [one for one in scanned(held, {"table"}) if local(one) == "table"]
    assert len(tables) == 3
    assert saying(held, {"table"}, 3, TEXTS) == {tables[2].start}
    assert held[tables[2].end :].startswith(b"<table:named-expressions/>")
    assert [value for key, value in tables[2].attributes.items()] == [f"{NAME} (2)"]
    assert says(parts.read("settings.xml"), [f"{NAME} (2)"])
    assert heads(parts) == [("header", True)]
    assert b"<style:region-left><text:p xmlns" in parts.read("styles.xml")


def test_every_slide_says_it_at_its_foot_before_its_notes(odf: Make) -> None:
    pages = (
        '<draw:page draw:master-page-name="M"><draw:frame/><presentation:notes/></draw:page>'
        "<draw:page/>"
    )
    held = labelled(odf("presentation", pages, MASTER.format(""))).read("content.xml")
    assert len(saying(held, {"page"}, 3, TEXTS)) == 2
    assert b"</draw:frame><presentation:notes/></draw:page>" in held
    frames = [one.attributes for one in scanned(held, {"frame"})][1:]
    heights = []
    for frame in frames:
        place = {key.rpartition(" ")[2]: value for key, value in frame.items()}
        heights.append(float(place["y"][:-2]) + float(place["height"][:-2]))
    # 5 inches as the layout says, and the usual one.
    assert heights == [pytest.approx(12.7, abs=0.01), pytest.approx(21.0, abs=0.01)]
    names = [one.attributes[next(iter(one.attributes))] for one in scanned(held, {"style"})]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("kind", "held", "reason"),
    [
        ("chart", "", "unsupported_format"),
        ("spreadsheet", "", "no_pages"),
        ("presentation", "", "no_pages"),
        ("spreadsheet", "<table:table/><table:table/>", "too_many_pages"),
        ("drawing", "<draw:page/><draw:page/>", "too_many_pages"),
    ],
)
def test_what_is_not_labelled_is_told(odf: Make, kind: str, held: str, reason: str) -> None:
    with pytest.raises(Unlabelled, match=reason):
        labelled(odf(kind, held), Bounds(pages=1))
