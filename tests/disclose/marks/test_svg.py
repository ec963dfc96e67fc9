from __future__ import annotations

import pytest

from guardrail.disclose.marks import Claim, Layer, Unmarkable, svg
from guardrail.disclose.marks.trees import elements

NAMES = b'xmlns="http://www.w3.org/2000/svg"'


@pytest.mark.parametrize(
    "data",
    [
        b"<svg " + NAMES + b"/>",
        b'<?xml version="1.0" encoding="iso-8859-1"?><svg ' + NAMES + b"><g/></svg>",
        b"<svg " + NAMES + b"><metadata><a/></metadata><g/></svg>",
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><g/></s:svg>',
        b'<!DOCTYPE svg PUBLIC "a" "b"><svg ' + NAMES + b"><metadata/></svg>",
    ],
)
def test_the_label_stands_in_the_metadata_of_any_drawing(said: Claim, data: bytes) -> None:
    marked = svg.write(data, said)
    assert [one.level for one in svg.read(marked)] == ["ai-generated"] * 2
    assert [one.name for one in elements(marked)].count("http://www.w3.org/2000/svg metadata") == 1
    assert svg.write(marked, said) == marked


def test_a_manifest_is_reported() -> None:
    manifest = b'<c:manifest xmlns:c="http://c2pa.org/manifest">x</c:manifest>'
    data = b"<svg " + NAMES + b"><metadata>" + manifest + b"</metadata></svg>"
    assert [one.layer for one in svg.read(data)] == [Layer.SIGNED]


@pytest.mark.parametrize("data", [b"<html/>", b"<svg/>", b"<svg"])
def test_what_isnt_a_drawing_isnt_marked(said: Claim, data: bytes) -> None:
    with pytest.raises(Unmarkable, match=r"broken_svg|broken_xml"):
        svg.write(data, said)
