"""An edit changes its string; every other byte stays."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.facts import Edit, Segment
from guardrail.testing.wires import shipped_wires
from guardrail.wire.patch import patch

Json = Any

WIRES = shipped_wires()
GENERIC, OPENAI = WIRES.named("generic-json"), WIRES.named("openai-chat")
OPERATION = GENERIC.operation("POST", "/")
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=4), below, max_size=4)
    ),
    max_leaves=10,
)


def _replaced(tree: Json, segment: Segment, text: str) -> Json:
    """Do to the parsed tree what the patch does to the bytes."""
    if not segment.place:
        return text
    root = holder = orjson.loads(orjson.dumps(tree))
    for part in segment.place[:-1]:
        holder = holder[part]
    last = segment.place[-1]
    if not segment.key:
        holder[last] = text
        return root
    renamed = [(text if name == last else name, value) for name, value in holder.items()]
    holder.clear()
    holder.update(renamed)
    return root


@given(
    tree=TREES,
    ascii_only=st.booleans(),
    indent=st.sampled_from([None, 2]),
    text=st.text(max_size=8),
    data=st.data(),
)
def test_one_new_text_changes_one_token_and_nothing_else(
    *, tree: Json, ascii_only: bool, indent: int | None, text: str, data: st.DataObject
) -> None:
    body = json.dumps(tree, ensure_ascii=ascii_only, indent=indent).encode()
    segments = GENERIC.read_request(OPERATION, body).segments
    assert GENERIC.patch(body, segments, []) is body
    if not segments:
        return
    index = data.draw(st.integers(0, len(segments) - 1))
    edit = Edit(segment=index, start=0, end=len(segments[index].text), text=text)
    patched = GENERIC.patch(body, segments, [edit])
    if not (segments[index].key and text in _siblings(tree, segments[index])):
        assert orjson.loads(patched) == _replaced(tree, segments[index], text)
    token = orjson.dumps(text)
    cuts = [at for at in range(len(body) + 1) if patched.startswith(body[:at] + token)]
    assert any(body.endswith(patched[at + len(token) :]) for at in cuts), "bytes around it stay"


def _siblings(tree: Json, segment: Segment) -> set[str]:
    for part in segment.place[:-1]:
        tree = tree[part]
    return set(tree) - {segment.place[-1]}


@given(
    st.text(max_size=20), st.lists(st.tuples(st.integers(0, 20), st.text(max_size=3)), max_size=4)
)
def test_several_edits_to_one_text_are_made_in_any_order(
    text: str, cuts: list[tuple[int, str]]
) -> None:
    places = sorted({at for at, _ in cuts if at <= len(text)})
    edits = [
        Edit(segment=0, start=start, end=end, text=new)
        for (start, end), (_, new) in zip(pairwise(places), cuts, strict=False)
    ]
    expected = text
    for edit in sorted(edits, key=lambda edit: -edit.start):
        expected = expected[: edit.start] + edit.text + expected[edit.end :]
    body = orjson.dumps([text])
    segments = [Segment(place=(0,), text=text)]
    assert orjson.loads(patch(body, segments, edits)) == [expected]
    assert orjson.loads(patch(body, segments, edits[::-1])) == [expected]


def test_an_insertion_goes_before_what_stands_at_its_place() -> None:
    segments = [Segment(place=("a",), text="bcd")]
    edits = [Edit(segment=0, start=0, end=1, text="B"), Edit(segment=0, start=0, end=0, text="A")]
    assert patch(b'{ "a" :"bcd" }', segments, edits) == b'{ "a" :"ABcd" }'


def test_a_number_becomes_a_string_where_it_is_edited() -> None:
    body = b'{"iin": 990101300123, "x": 1.50}'
    segments = GENERIC.read_request(OPERATION, body).segments
    edit = Edit(segment=0, start=0, end=12, text="<KZ_IIN_1>")
    assert GENERIC.patch(body, segments, [edit]) == b'{"iin": "<KZ_IIN_1>", "x": 1.50}'


def _called(arguments: str) -> bytes:
    call = {"function": {"name": "f", "arguments": arguments}}
    return json.dumps({"choices": [{"message": {"tool_calls": [call]}}]}).encode()


def _arguments(body: bytes) -> str:
    return str(
        orjson.loads(body)["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
    )


def _all_replaced(arguments: str, news: dict[str, str]) -> str:
    body = _called(arguments)
    segments = OPENAI.read_reply(body).segments
    edits = [
        Edit(segment=index, start=0, end=len(segment.text), text=news[segment.text])
        for index, segment in enumerate(segments)
        if segment.text in news
    ]
    return _arguments(OPENAI.patch(body, segments, edits))


def test_a_document_in_a_string_is_patched_inside() -> None:
    inner = '{"to" : ["Айгерим", 77011234567], "Нурлановна А.": "\\u0410"}'
    news = {"Айгерим": "<1>", "77011234567": "<2>", "Нурлановна А.": "<3>"}
    assert _all_replaced(inner, news) == '{"to" : ["<1>", "<2>"], "<3>": "\\u0410"}'
    assert _all_replaced(inner, {}) == inner


def test_a_string_that_holds_no_document_is_patched_as_text() -> None:
    assert _all_replaced("plain {", {"plain {": "new"}) == "new"


def test_an_edit_leaves_the_rest_of_its_string_as_it_was_spelt() -> None:
    body = b'{"a": "\\u0410\\/b \\ud83d\\ude00 900101300017 \\u0041\\n"}'
    segments = GENERIC.read_request(OPERATION, body).segments
    start = segments[0].text.index("900")
    edit = Edit(segment=0, start=start, end=start + 12, text='"1"')
    assert GENERIC.patch(body, segments, [edit]) == (
        b'{"a": "\\u0410\\/b \\ud83d\\ude00 \\"1\\" \\u0041\\n"}'
    )


@pytest.mark.parametrize(
    ("place", "text", "spans"),
    [
        (("b",), "x", [(0, 1)]),
        (("a", 0), "x", [(0, 1)]),
        (("a",), "another text", [(0, 1)]),
        (("a",), "text", [(0, 5)]),
        (("a",), "text", [(2, 1)]),
        (("a",), "text", [(0, 2), (1, 3)]),
        (("a",), "text", [(-1, 2)]),
    ],
)
def test_an_edit_that_does_not_fit_is_never_passed_over(
    place: tuple[str | int, ...], text: str, spans: list[tuple[int, int]]
) -> None:
    edits = [Edit(segment=0, start=start, end=end, text="") for start, end in spans]
    with pytest.raises(ValueError, match="edit"):
        patch(b'{"a": "text"}', [Segment(place=place, text=text)], edits)
