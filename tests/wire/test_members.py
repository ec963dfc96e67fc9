from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.wire.members import Member, Spot, put, spot_of

TOP = Member(at=("ai_disclosure",), beside=("choices",), unless=("error",))
META = Member(
    at=("result", "_meta", "ai_disclosure"),
    beside=("result", "content"),
    unless=("result", "isError"),
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(), below, max_size=3),
)


def labelled(document: object, member: Member) -> dict[str, Any] | None:
    """Return what a document is with the member, or None where there is no room for one."""
    spot = spot_of(document, member)
    if spot is None:
        return None
    told: dict[str, Any] = json.loads(put(json.dumps(document).encode(), spot, b'{"v":1}'))
    return told


@given(st.dictionaries(st.text(), PLAIN, max_size=4), PLAIN.filter(lambda one: one is not None))
def test_every_document_keeps_what_it_has(rest: dict[str, object], choices: object) -> None:
    document = {**rest, "choices": choices}
    document.pop("error", None)
    document.pop("ai_disclosure", None)
    assert labelled(document, TOP) == {**document, "ai_disclosure": {"v": 1}}


@given(st.dictionaries(st.text(), PLAIN, max_size=4), st.dictionaries(st.text(), PLAIN, max_size=3))
def test_every_document_takes_it_in_the_object_that_it_belongs_into(
    rest: dict[str, object], meta: dict[str, object]
) -> None:
    meta.pop("ai_disclosure", None)
    result = {**rest, "content": [], "_meta": meta}
    result.pop("isError", None)
    said = labelled({"id": 1, "other": [{"result": {"_meta": 1}}], "result": result}, META)
    assert said is not None
    assert said["result"] == {**result, "_meta": {**meta, "ai_disclosure": {"v": 1}}}


def test_objects_on_the_way_are_made() -> None:
    assert labelled({"id": 1, "result": {"content": [1]}}, META) == {
        "id": 1,
        "result": {"content": [1], "_meta": {"ai_disclosure": {"v": 1}}},
    }


def test_all_other_bytes_stay() -> None:
    body = b' {"a" : 1.0,\n"choices":[ ],"a\\u0062": "\\u00e4" }\n'
    spot = spot_of(json.loads(body), TOP)
    assert spot is not None
    assert put(body, spot, b"{}") == body.replace(b"{", b'{"ai_disclosure":{},', 1)


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        None,
        "choices",
        {"data": []},
        {"choices": None},
        {"choices": [], "error": {"code": "x"}},
        {"choices": [], "ai_disclosure": {"level": "none"}},
    ],
)
def test_what_is_no_answer_or_labelled_already_takes_none(document: object) -> None:
    assert spot_of(document, TOP) is None


@pytest.mark.parametrize("error", [None, False])
def test_an_error_that_isnt_one_is_in_no_ones_way(error: object) -> None:
    assert spot_of({"choices": [], "error": error}, TOP) is not None


@pytest.mark.parametrize(
    "result",
    [
        {"content": [], "_meta": None},
        {"content": [], "_meta": [1]},
        {"content": [], "_meta": {"ai_disclosure": 1}},
        {"content": [], "isError": True},
        {"tools": []},
    ],
)
def test_what_stands_in_its_way_stays(result: object) -> None:
    assert spot_of({"result": result}, META) is None


def test_an_error_isnt_given_the_result_that_it_lacks() -> None:
    assert spot_of({"id": 1, "error": {"code": -32000}}, META) is None


def test_an_object_that_isnt_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="no object"):
        put(b'{"a": {}}', Spot(inside=("b",), names=("c",), only=True), b"1")
