"""Places are shown to people without what may be personal."""

from __future__ import annotations

import pytest

from guardrail.facts import Place
from guardrail.wire.places import PLAIN_NAME, place_text, value_at


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ((), ""),
        (("messages", 2, "content"), "messages[2].content"),
        ((0, 1), "[0][1]"),
        (("metadata", "Айгерим"), "metadata.*"),
        (("metadata", "iin_990101300123"), "metadata.*"),
        (("a", "", 3, "b"), "a.*[3].b"),
    ],
)
def test_a_place_is_written_with_plain_names_only(place: Place, text: str) -> None:
    assert place_text(place) == text


@pytest.mark.parametrize("name", ["a", "_x", "$ref", "tool_calls", "x-y.z", "a" * 64, "a123456b7"])
def test_an_identifier_is_a_plain_name(name: str) -> None:
    assert PLAIN_NAME.match(name)


@pytest.mark.parametrize(
    "name", ["", "1a", "a b", "имя", "a" * 65, "a1234567", "a\n", "a\nb", "a@b.kz", "-a"]
)
def test_free_text_is_no_plain_name(name: str) -> None:
    assert not PLAIN_NAME.match(name)


def test_a_value_is_found_at_its_place_or_not_at_all() -> None:
    tree = {"a": [{"b": 1}]}
    assert value_at(tree, ("a", 0, "b")) == 1
    assert value_at(tree, ()) is tree
    for place in [("a", 1), ("a", "0"), ("x",), ("a", 0, "b", "c"), (0,)]:
        assert value_at(tree, place) is None  # type: ignore[arg-type]  # places of all kinds
