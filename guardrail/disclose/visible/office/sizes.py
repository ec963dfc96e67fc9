"""Where words stand at the foot of a slide, and how large."""

from __future__ import annotations

from dataclasses import dataclass

from guardrail.disclose.visible.office.lines import SEPARATOR, Line

_SIZE = 9.0
"""Points of the letters, at least; 2 % of a slide's shorter side where that is more: as on PDF."""
_SHARE = 0.02
_ADVANCE = 0.66
"""Of the letters' size, for a letter: somewhat more than the mean of Arial's bold ones."""
_LINE = 1.3
_MARGIN = 0.8
_WIDEST = 0.96
"""Of the slide."""
_LEAST = 1.0
"""Points: what formats have as their smallest letters."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box of text. All lengths are in points."""

    place: tuple[float, float, float, float]
    """Left, top, width and height."""
    size: float
    """Of the letters."""
    margin: float
    rows: tuple[tuple[tuple[str, str], ...], ...]
    """Lines of it, each of texts and their languages."""


def box_of(wide: float, high: float, lines: tuple[Line, ...]) -> Box:
    """Return the box for words at the foot of a slide, on the left.

    Args:
        wide: Of the slide, in points.
        high: Of the slide, in points.
        lines: The words; they stand on one line where that is wide enough.
    """
    size = max(_SIZE, _SHARE * min(wide, high))
    one = tuple((SEPARATOR * bool(at) + line.text, line.language) for at, line in enumerate(lines))
    rows = (one,) if _letters((one,)) * _ADVANCE * size < _WIDEST * wide else _apart(lines)
    widest = _letters(rows)
    size = max(_LEAST, min(size, _WIDEST * wide / (_ADVANCE * (widest + 1))))
    margin = _MARGIN * size
    across = min(wide, _ADVANCE * size * widest + margin)
    down = min(high, _LINE * size * len(rows) + margin / 2)
    return Box((0.0, high - down, across, down), size, margin, rows)


def _apart(lines: tuple[Line, ...]) -> tuple[tuple[tuple[str, str], ...], ...]:
    return tuple(((line.text, line.language),) for line in lines)


def _letters(rows: tuple[tuple[tuple[str, str], ...], ...]) -> int:
    return max(sum(len(text) for text, _ in row) for row in rows)
