from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.disclose.marks.zipped import Archive
from guardrail.disclose.visible.office.opened import at
from guardrail.disclose.visible.office.parts import Parts
from guardrail.disclose.visible.office.scanned import local, scanned

Make = Callable[..., bytes]
SETTINGS = (
    '<o:document-settings xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:c="urn:oasis:names:tc:opendocument:xmlns:config:1.0"><o:settings>{}</o:settings>'
    "</o:document-settings>"
)
SET = '<c:config-item-set c:name="ooo:view-settings">{}</c:config-item-set>'
MAP = '<c:config-item-map-indexed c:name="Views">{}</c:config-item-map-indexed>'
ENTRY = "<c:config-item-map-entry>{}</c:config-item-map-entry>"
HELD = {
    "nothing": "",
    "a set": SET.format('<c:config-item c:name="VisibleAreaTop">0</c:config-item>'),
    "an empty map": SET.format(MAP.format("")),
    "an entry": SET.format(MAP.format(ENTRY.format(""))),
    "another sheet": SET.format(
        MAP.format(ENTRY.format('<c:config-item c:name="ActiveTable">x</c:config-item>'))
    ),
    "an empty name": SET.format(MAP.format(ENTRY.format('<c:config-item c:name="ActiveTable"/>'))),
}


def opened(parts: Parts) -> list[tuple[list[str], str]]:
    """Return where the sheet is named that a document opens at, and its name."""
    found = []
    for one in scanned(parts.read("settings.xml"), deepest=9):
        if "ActiveTable" in one.attributes.values():
            above, way = one.parent, []
            while above is not None:
                way.append(local(above).removeprefix("config-item-"))
                above = above.parent
            found.append((way[::-1], one.text))
    return found


@pytest.mark.parametrize("name", HELD)
def test_a_document_opens_at_a_sheet_whatever_it_says_by_now(odf: Make, name: str) -> None:
    parts = Parts(Archive(odf("spreadsheet", "", settings=SETTINGS.format(HELD[name]))))
    at(parts, "A & B")
    way = ["document-settings", "settings", "set", "map-indexed", "map-entry"]
    assert opened(parts) == [(way, "A & B")]


def test_settings_that_arent_there_are_made_and_listed(odf: Make) -> None:
    listed = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts = Parts(Archive(odf("spreadsheet", "", manifest=listed)))
    at(parts, "A")
    assert [text for _, text in opened(parts)] == ["A"]
    assert b'xmlns:ooo="http://openoffice.org/2004/office"' in parts.read("settings.xml")
    assert b'full-path="settings.xml"' in parts.read("META-INF/manifest.xml")
    bare = Parts(Archive(odf("spreadsheet", "")))
    at(bare, "A")
    assert set(bare.changed) == {"settings.xml"}
