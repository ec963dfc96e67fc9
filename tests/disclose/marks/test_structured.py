from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.marks import Claim, Unmarkable, read_sidecar, sidecar, structured

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=9,
)


@pytest.mark.parametrize("data", [b"{}", b' { "a" : 1.50, "\xd0\xb0":[ ]}\n'])
def test_all_other_bytes_stay(said: Claim, data: bytes) -> None:
    marked = structured.write(data, said)
    own = json.dumps(said.members(), ensure_ascii=False, separators=(",", ":")).encode()
    comma = b"," if len(data) > 2 else b""
    assert marked == data.replace(b"{", b'{"ai_disclosure":' + own + comma, 1)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), VALUES, st.integers(0, 4))
def test_whatever_else_an_object_holds_it_holds_afterwards(
    said: Claim, held: dict[str, object], value: object, place: int
) -> None:
    members = list(held.items())
    members.insert(place, ("ai_disclosure", value))
    for one in (held, dict(members)):
        data = json.dumps(one, indent=place or None).encode()
        after = json.loads(structured.write(data, said))
        assert after.pop("ai_disclosure") == said.members()
        assert after == held


def test_another_member_that_says_ai_stays(said: Claim) -> None:
    for level in ('"ai-assisted"', '{"level":"ai-autonomous","more":[1]}'):
        data = b'{"a":1,"ai_disclosure": ' + level.encode() + b"}"
        assert structured.write(data, said) == data


def test_a_member_twice_is_replaced_twice(said: Claim) -> None:
    data = b'{"ai_disclosure":null,"b":{"ai_disclosure":1},"\\u0061i_disclosure": [2] }'
    marked = structured.write(data, said)
    assert marked.count(b'"level":"ai-generated"') == 2
    assert b'{"ai_disclosure":1}' in marked


def test_what_the_member_says_is_read() -> None:
    data = b'{"ai_disclosure":{"level":"ai-assisted","model":"m","provider":"p","id":"i"}}'
    (found,) = structured.read(data)
    assert (found.level, found.model, found.producer, found.id) == ("ai-assisted", "m", "p", "i")
    (odd,) = structured.read(b'{"ai_disclosure":{"level":1,"dst":"trainedAlgorithmicMedia"}}')
    assert (odd.valid, odd.level) == (False, "ai-generated")


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "not_json"), (b"{", "not_json"), (b"[]", "not_an_object"), (b"1", "not_an_object")],
)
def test_what_isnt_an_object_isnt_marked(said: Claim, data: bytes, reason: str) -> None:
    with pytest.raises(Unmarkable, match=reason):
        structured.write(data, said)


def test_a_sidecar_is_of_its_content_only(said: Claim) -> None:
    beside = sidecar(b"content", said)
    own, aigc = read_sidecar(beside, b"content")
    assert (own.valid, own.level, own.id) == (True, "ai-generated", said.label.id)
    assert (aigc.valid, aigc.producer) == (True, "Example%20LLP")
    other, *_ = read_sidecar(beside, b"another")
    assert (other.valid, other.level) == (False, "")
    (bare,) = read_sidecar(b"{}", b"")
    assert bare.valid is False
    with pytest.raises(Unmarkable, match="not_an_object"):
        read_sidecar(b"[]", b"")
