"""What a disguised text says in plain, with the way back for each character."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from guardrail.detect.text.normalise import fold

Unit = tuple[int, int, str]
"""Where disguised characters start and end in the text, and what they stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """A plain text; each of its characters knows what it was read from."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original span of a non-empty one, whole escapes and words."""
        return self.starts[start], self.ends[end - 1]


def reveal(text: str, left: int, right: int, units: Iterable[Unit]) -> Revealed:
    """Return ``text[left:right]`` with `units` replaced, folded like any text.

    Args:
        text: the text in disguise.
        left: where to begin.
        right: where to stop.
        units: by position, all within; neighbours may share characters, as base64's do.
    """
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = left
    for first, last, plain in units:
        if first > position:
            parts.append(text[position:first])
            starts += range(position, first)
            ends += range(position + 1, first + 1)
        position = max(position, last)
        parts.append(plain)
        starts += [first] * len(plain)
        ends += [last] * len(plain)
    parts.append(text[position:right])
    starts += range(position, right)
    ends += range(position + 1, right + 1)
    return _folded("".join(parts), starts, ends)


def _folded(text: str, starts: list[int], ends: list[int]) -> Revealed:
    view = fold(text)
    if view.cuts:
        kept = [view.origin(place) for place in range(len(view.text))]
        starts, ends = [starts[place] for place in kept], [ends[place] for place in kept]
    return Revealed(text=view.text, starts=starts, ends=ends)
