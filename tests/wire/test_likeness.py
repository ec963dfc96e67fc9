"""A likeness has its like's frame and one text."""

from __future__ import annotations

from guardrail.wire.channels import ChannelNames
from guardrail.wire.likeness import likeness
from guardrail.wire.shape import compile_shape

SHAPE = compile_shape(
    [(("id",), "kept"), (("list", "*"), "numbered"), (("list", "*", "end"), "cleared")]
)
NAMES = ChannelNames("index")


def test_only_what_the_shape_keeps_is_taken_over() -> None:
    tree = {"secret": "x", "id": 7, "list": [{}, {"text": "old", "end": "stop", "other": "y"}]}
    assert likeness(tree, ("list", 1, "text"), "new", SHAPE, NAMES) == {
        "id": 7,
        "list": [{"end": None, "text": "new", "index": 1}],
    }


def test_a_text_in_an_array_or_alone_stands_alone() -> None:
    assert likeness([["a", "b"]], (0, 1), "c", SHAPE, NAMES) == [["c"]]
    assert likeness("a", (), "b", SHAPE, NAMES) == "b"
