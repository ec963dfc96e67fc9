"""Tokens are found where they lie, in any spelling of a document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrail.facts import Place
from guardrail.wire.tokens import Target, locate, opening

Json = Any

TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=6),
    lambda below: (
        st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=4), below, max_size=4)
    ),
    max_leaves=10,
)


def _targets(tree: Json, place: Place = ()) -> Iterator[tuple[Target, Json]]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield ((*place, name), True), name
            yield from _targets(value, (*place, name))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _targets(value, (*place, index))
    else:
        yield (place, False), tree


@given(tree=TREES, ascii_only=st.booleans(), indent=st.sampled_from([None, 1]), data=st.data())
def test_every_token_is_found(
    *, tree: Json, ascii_only: bool, indent: int | None, data: st.DataObject
) -> None:
    body = json.dumps(tree, ensure_ascii=ascii_only, indent=indent).encode()
    every = dict(_targets(tree))
    wanted = data.draw(
        st.sets(st.sampled_from(sorted(every, key=repr))) if every else st.just(set())
    )
    spans = locate(body, wanted)
    assert spans.keys() == wanted
    for target, (start, end) in spans.items():
        assert orjson.loads(body[start:end]) == every[target]


def test_a_place_that_is_not_there_is_left_out() -> None:
    body = b'{"a": [1, {"b": 2}], "c": {}}'
    missing: list[Target] = [(("a", 2), False), (("x",), True), (("c", "d"), False), ((), False)]
    assert locate(body, [*missing, (("a", 1, "b"), False)]) == {(("a", 1, "b"), False): (16, 17)}


def _objects(tree: Json, place: Place = ()) -> Iterator[tuple[Place, Json]]:
    if isinstance(tree, dict):
        yield place, tree
    below = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for part, value in below:
        if isinstance(value, dict | list):
            yield from _objects(value, (*place, part))


@given(tree=TREES.filter(lambda tree: isinstance(tree, dict)), indent=st.sampled_from([None, 1]))
def test_every_object_is_found_where_it_begins(tree: Json, indent: int | None) -> None:
    body = json.dumps(tree, indent=indent).encode()
    for place, value in _objects(tree):
        at = opening(body, place)
        found, _ = json.JSONDecoder().raw_decode(body[at:].decode())
        assert found == value


@pytest.mark.parametrize("place", [("b",), ("a", "c"), ("a", 0), ("a", "b", "c")])
def test_an_object_that_isnt_there_begins_nowhere(place: Place) -> None:
    with pytest.raises(ValueError, match="no object"):
        opening(b'{"a": {"b": [1, {}]}}', place)
