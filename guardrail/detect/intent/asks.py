"""Which parts of a request ask for something: people's words, system prompts, tools.

What the assistant said, what tools returned and metadata ask for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guardrail.facts import Author, Kind, Place, Segment

_WRITERS = frozenset({Author.USER, Author.SYSTEM, Author.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A text that may ask for something."""

    text: str
    segment: int
    """The segment that it stands in; of several the first."""
    end: int
    """Code points of that segment."""
    joined: bool = False
    """Whether the text is put together from several segments: its offsets then tell nothing."""


def asks_of(segments: Sequence[Segment]) -> Iterator[Ask]:
    """Yield what asks for something in the segments of one request."""
    tools: dict[Place, list[int]] = {}
    for number, segment in enumerate(segments):
        if segment.kind is Kind.TOOL_DEFINITION:
            tools.setdefault(_tool(segment.place), []).append(number)
        elif _is_said(segment) and segment.text:
            yield Ask(text=segment.text, segment=number, end=len(segment.text))
    for numbers in tools.values():
        texts = (segments[number].text for number in numbers)
        first = numbers[0]
        yield Ask(text=" : ".join(texts), segment=first, end=len(segments[first].text), joined=True)


def _is_said(segment: Segment) -> bool:
    if segment.key:
        return False
    if segment.kind is Kind.TEXT:
        return segment.author in _WRITERS
    return segment.kind is Kind.TOOL_ARGUMENTS and segment.author is not Author.TOOL


def _tool(place: Place) -> Place:
    """Return where the tool is that something at `place` is of: up to the first index."""
    for depth, step in enumerate(place):
        if isinstance(step, int):
            return place[: depth + 1]
    return place[:1]
