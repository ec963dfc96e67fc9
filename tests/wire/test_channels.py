"""Channels are named by what items say of themselves."""

from __future__ import annotations

import pytest

from guardrail.facts import Place
from guardrail.wire.channels import filled, places_at
from guardrail.wire.shape import Pattern


def test_stars_are_filled_in_order() -> None:
    assert filled("choices[*].tool_calls[*].name", [1, 5]) == "choices[1].tool_calls[5].name"
    assert filled("plain", []) == "plain"


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
