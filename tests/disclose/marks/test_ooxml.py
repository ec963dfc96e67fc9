from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.disclose.marks import Claim, Layer, Unmarkable, ooxml
from guardrail.disclose.marks.trees import elements
from guardrail.disclose.marks.zipped import Archive

Make = Callable[..., bytes]
PLACE = "docProps/custom.xml"
HELD = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:v="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="7" name="Mine">'
    "<v:lpwstr>x</v:lpwstr></property></Properties>"
)


def _entries(data: bytes) -> dict[str, str]:
    archive = Archive(data)
    return {name: (archive.read(name) or b"").decode() for name in archive.names}


def test_the_property_is_found_by_type_and_relationship(
    samples: dict[str, bytes], said: Claim
) -> None:
    entries = _entries(ooxml.write(samples["docx"], said))
    assert 'PartName="/docProps/custom.xml"' in entries["[Content_Types].xml"]
    assert 'Id="rId2"' in entries["_rels/.rels"]
    (own,) = (one for one in elements(entries[PLACE].encode()) if one.name.endswith(" property"))
    assert own.attributes == {
        "fmtid": "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}",
        "pid": "2",
        "name": "AIGC",
    }


def test_other_properties_stay_and_numbers_go_on(
    samples: dict[str, bytes], archive: Make, said: Claim
) -> None:
    relations = _entries(ooxml.write(samples["docx"], said))["_rels/.rels"]
    data = archive({**_entries(samples["docx"]), "_rels/.rels": relations, PLACE: HELD})
    marked = ooxml.write(data, said)
    entries = _entries(marked)
    assert entries[PLACE].startswith(HELD.removesuffix("</Properties>"))
    assert 'pid="8" name="AIGC"' in entries[PLACE]
    assert entries["_rels/.rels"] == relations
    assert [one.valid for one in ooxml.read(marked)] == [True]


def test_what_is_declared_already_isnt_declared_again(
    samples: dict[str, bytes], archive: Make, said: Claim
) -> None:
    entries = _entries(ooxml.write(samples["docx"], said))
    del entries[PLACE]
    after = _entries(ooxml.write(archive(entries), said))
    assert {name: after[name] for name in entries} == entries


def test_a_property_without_a_value_gets_one(
    samples: dict[str, bytes], archive: Make, said: Claim
) -> None:
    held = HELD.replace("Mine", "AIGC").replace("<v:lpwstr>x</v:lpwstr>", "<v:lpwstr/>")
    marked = ooxml.write(archive({**_entries(samples["docx"]), PLACE: held}), said)
    assert [one.valid for one in ooxml.read(marked)] == [True]


def test_manifests_are_reported_and_signatures_arent_broken(
    samples: dict[str, bytes], archive: Make, said: Claim
) -> None:
    entries = _entries(samples["docx"])
    data = archive({**entries, "META-INF/content_credential.c2pa": "x"})
    assert [one.layer for one in ooxml.read(data)] == [Layer.SIGNED]
    with pytest.raises(Unmarkable, match="document_signed"):
        ooxml.write(archive({**entries, "_xmlsignatures/sig1.xml": "x"}), said)


@pytest.mark.parametrize("name", ["[Content_Types].xml", "_rels/.rels"])
def test_without_its_tables_a_document_isnt_marked(
    samples: dict[str, bytes], archive: Make, said: Claim, name: str
) -> None:
    entries = _entries(samples["docx"])
    del entries[name]
    with pytest.raises(Unmarkable, match="broken_ooxml"):
        ooxml.write(archive(entries), said)
