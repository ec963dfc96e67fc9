from __future__ import annotations

import pytest

from guardrail.detect.intent.asks import asks_of
from guardrail.facts import Author, Kind, Segment


def test_the_parts_of_a_tool_are_one_text() -> None:
    segments = [
        Segment(place=("tools", 0, "function", "name"), text="a", kind=Kind.TOOL_DEFINITION),
        Segment(place=("tools", 0, "function", "description"), text="b", kind=Kind.TOOL_DEFINITION),
        Segment(place=("tools", 1, "function", "name"), text="c", kind=Kind.TOOL_DEFINITION),
    ]
    assert [(ask.text, ask.segment, ask.joined) for ask in asks_of(segments)] == [
        ("a : b", 0, True),
        ("c", 2, True),
    ]


@pytest.mark.parametrize("author", [Author.USER, Author.SYSTEM, Author.UNKNOWN])
def test_people_and_system_prompts_ask(author: Author) -> None:
    assert [ask.text for ask in asks_of([Segment(place=("x",), text="t", author=author)])] == ["t"]


@pytest.mark.parametrize(
    "segment",
    [
        Segment(place=("x",), text="t", author=Author.ASSISTANT),
        Segment(place=("x",), text="t", author=Author.TOOL, kind=Kind.TOOL_RESULT),
        Segment(place=("x",), text="t", author=Author.USER, kind=Kind.METADATA),
        Segment(place=("x",), text="t", author=Author.USER, key=True),
        Segment(place=("x",), text="", author=Author.USER),
    ],
)
def test_history_results_and_keys_ask_for_nothing(segment: Segment) -> None:
    assert not list(asks_of([segment]))


def test_what_a_tool_is_called_with_asks() -> None:
    segment = Segment(place=("x",), text="t", author=Author.ASSISTANT, kind=Kind.TOOL_ARGUMENTS)
    assert [ask.text for ask in asks_of([segment])] == ["t"]
