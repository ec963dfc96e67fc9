from __future__ import annotations

import pytest

from guardrail.disclose.marks import Unmarkable
from guardrail.disclose.marks.octets import patched
from guardrail.disclose.marks.trees import elements, escaped, with_attribute

DATA = b'<a xmlns="u" xmlns:p="v"><p:b p:x="1>2" y=\'"\'>te&amp;xt<c/>more</p:b ></a>'


def test_elements_know_their_places_names_and_texts() -> None:
    a, b, c = elements(DATA)
    assert [one.name for one in (a, b, c)] == ["u a", "v b", "u c"]
    assert DATA[b.start : b.inside] == b'<p:b p:x="1>2" y=\'"\'>'
    assert DATA[b.inside : b.stop] == b"te&amp;xt<c/>more"
    assert (DATA[c.start : c.end], c.is_bare, b.is_bare) == (b"<c/>", True, False)
    assert (b.text, b.attributes, b.prefixed["v x"]) == (
        "te&xtmore",
        {"v x": "1>2", "y": '"'},
        "p:x",
    )
    assert (b.parent, c.depth, DATA[a.stop : a.end]) == (a, 2, b"</a>")


def test_contents_are_put_first_and_last_and_into_bare_elements() -> None:
    a, _, c = elements(DATA)
    assert patched(DATA, [a.appended(b"<z/>")]).endswith(b"<z/></a>")
    assert b'xmlns:p="v"><z/><p:b' in patched(DATA, [a.prepended(b"<z/>")])
    for edit in (c.appended(b"z"), c.prepended(b"z")):
        assert b"<c>z</c>more" in patched(DATA, [edit])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "broken_xml"),
        (b"<a>", "broken_xml"),
        (b"<a/><b/>", "broken_xml"),
        (b"<a>\xff</a>", "broken_xml"),
        ("<a/>".encode("utf-16"), "broken_xml"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "xml_entities"),
        (b"<a>" * 300 + b"</a>" * 300, "too_many_parts"),
        (b"<a>" + bytes(17 << 20), "too_large"),
    ],
)
def test_what_isnt_sound_xml_isnt_read(data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        elements(data)


def test_a_document_type_without_entities_is_read() -> None:
    assert elements(b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/y.dtd"><svg/>')


def test_texts_are_escaped_to_ascii() -> None:
    assert escaped('<"қ"&>') == b"&lt;&quot;&#1179;&quot;&amp;&gt;"


def test_one_attribute_of_a_tag_gets_another_value() -> None:
    tag = b"<a b:cd = '1' b:c=\"2\\g<1>\"/>"
    assert with_attribute(tag, b"b:c", b"\\1") == b"<a b:cd = '1' b:c=\"\\1\"/>"
