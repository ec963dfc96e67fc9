"""Channels are named by what items say of themselves."""

from __future__ import annotations

import pytest

from guardrail.facts import Place
from guardrail.wire.channels import ChannelNames, places_at
from guardrail.wire.naming import channel_name
from guardrail.wire.shape import Pattern, compile_shape


def test_gaps_are_filled_with_what_an_event_says_and_the_indices_in_their_order() -> None:
    name = channel_name("output[{at}].content[*].{part.id}")
    tree = {"at": 3, "part": {"id": "text"}}
    assert ChannelNames("index").fillings(name, tree, [7]) == [3, 7, "text"]
    assert ChannelNames("index").fillings(name, {}, [7]) == [0, 7, 0]


def test_a_free_name_never_stands_in_a_channel() -> None:
    names = ChannelNames("index")
    name = channel_name("{id}")
    assert names.fillings(name, {"id": "Айгерим Серікқызы"}, ()) == ["*0"]
    assert names.fillings(name, {"id": "call_1"}, ()) == ["call_1"]
    assert names.fillings(name, {"id": "Айгерим Серікқызы"}, ()) == ["*0"]


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ((), [()]),
        (("a", "*", "b"), [("a", 0, "b"), ("a", 2, "b")]),
        (("*", "*"), [("a", 0), ("a", 1), ("a", 2), ("c", "d")]),
        (("a", "b"), []),
        (("x", "*"), []),
        (("c", "d", "e"), []),
    ],
)
def test_a_pattern_leads_to_all_its_places(path: Pattern, places: list[Place]) -> None:
    tree = {"a": [{"b": 1}, {}, {"b": None}], "c": {"d": 1}}
    assert list(places_at(tree, path)) == places


def test_items_may_be_told_apart_by_their_ids() -> None:
    shape = compile_shape([(("out", "*"), "numbered")])
    tree = {"out": [{"id": "b"}, {"id": "two words"}, {"id": 7}, {}]}
    for ids, expected in ((True, ["b", "*0", 7, 3]), (False, [0, 1, 7, 3])):
        names = ChannelNames("id", ids=ids)
        found = [names.labels(shape, tree, ("out", at))[1] for at in range(4)]
        assert found == expected
        assert names.free == int(ids)
