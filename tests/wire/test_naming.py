"""Names of channels have gaps that events fill."""

from __future__ import annotations

import pytest

from guardrail.wire.naming import channel_name


def test_gaps_are_filled_in_order() -> None:
    name = channel_name("choices[*].tool_calls[*].name")
    assert name.stars == 2
    assert name.filled([1, 5]) == "choices[1].tool_calls[5].name"
    assert channel_name("plain").filled([]) == "plain"


def test_a_gap_in_braces_is_a_path() -> None:
    name = channel_name("output[{output_index}].{part.type}[*]")
    assert name.gaps == (("output_index",), ("part", "type"), ())
    assert name.stars == 1
    assert name.filled([2, "text", 0]) == "output[2].text[0]"


@pytest.mark.parametrize(
    ("channel", "answer"),
    [
        ("choices[0].content", "choices[0]"),
        ("choices[12].tool_calls[1].name", "choices[12]"),
        ("choices[3]", "choices[3]"),
        ("choice[3].content", None),
        ("error.message", None),
    ],
)
def test_what_is_named_below_a_name_begins_with_it(channel: str, answer: str | None) -> None:
    match = channel_name("choices[*]").pattern().match(channel)
    assert (match[0] if match else None) == answer
