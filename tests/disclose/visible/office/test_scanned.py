from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks.found import Unmarkable
from guardrail.disclose.marks.octets import patched
from guardrail.disclose.visible.office.scanned import (
    grouped,
    local,
    namespace,
    retagged,
    saying,
    says,
    scanned,
    within,
)

DATA = b'<a xmlns="n" xmlns:q="m"><b><q:c x="1" q:y="2">t<d/></q:c></b><e/></a>'


def test_wanted_elements_are_found_with_their_places() -> None:
    root, inner = scanned(DATA, {"c"}, deepest=0)
    assert (root.name, inner.name, inner.text) == ("n a", "m c", "t")
    assert inner.parent is root
    assert inner.depth == 2
    assert DATA[inner.inside : inner.stop] == b"t<d/>"
    assert (namespace(inner), local(inner)) == ("m", "c")
    found = scanned(DATA, deepest=1)
    assert [local(one) for one in within(found, found[0])] == ["b", "e"]
    assert grouped(found) == {0: found[1:]}
    assert found[-1].is_bare


def test_a_start_tag_gets_other_values_and_new_attributes() -> None:
    (one,) = scanned(DATA, {"c"})
    new = patched(DATA, [retagged(DATA, one, {"x": '"', "z": "3"})])
    (after,) = scanned(new, {"c"})
    assert after.attributes == {"x": '"', "m y": "2", "z": "3"}
    (bare,) = scanned(DATA, {"e"})
    assert patched(DATA, [retagged(DATA, bare, {"z": "3"})]).endswith(b'<e z="3"/></a>')


def test_words_are_found_in_however_many_pieces_they_are() -> None:
    held = "<a><p><r>Создано  </r><r>ИИ</r></p><p>AI</p></a>".encode()
    assert says(held, ["Создано ИИ", "AI"])
    assert not says(held, ["ЖИ"])
    assert saying(held, {"p"}, 1, ["AI"]) == {held.rindex(b"<p>")}
    assert saying(held, {"p"}, 2, ["AI"]) == set()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "broken_xml"),
        (b"<a>", "broken_xml"),
        ("<a/>".encode("utf-16"), "broken_xml"),
        (b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', "xml_entities"),
        (b"<a>" * 300 + b"</a>" * 300, "too_many_parts"),
    ],
)
def test_what_isnt_read_is_told(data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        scanned(data, {"a"})


def test_no_more_is_kept_than_there_is_room_for() -> None:
    with pytest.raises(Unmarkable, match="too_many_parts"):
        scanned(b"<a>" + b"<b/>" * 20_001 + b"</a>", {"b"})
    assert len(scanned(b"<a>" + b"<b/>" * 20_001 + b"</a>", deepest=0)) == 1


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    for one in (data, b"<a>" + data + b"</a>"):
        try:
            scanned(one, deepest=3)
            saying(one, {"a"}, 0, ["x"])
        except Unmarkable as verdict:
            assert verdict.reason in {"broken_xml", "xml_entities", "too_many_parts"}  # noqa: PT017
