"""Making edits to texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from guardrail.facts import Edit

Span = tuple[int, int, str]
"""Code points `start` to `end` of a text, and what they become."""


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with `edits` made; they don't overlap."""
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def applied(text: str, spans: Iterable[Span]) -> str:
    """Return `text` with spans changed; they rise and don't overlap."""
    parts, done = [], 0
    for start, end, new in spans:
        parts += [text[done:start], new]
        done = end
    return "".join([*parts, text[done:]])


def by_segment(edits: Iterable[Edit]) -> dict[int, list[Edit]]:
    """Return edits by the segment that each is of, in reading order."""
    found: dict[int, list[Edit]] = {}
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        found.setdefault(edit.segment, []).append(edit)
    return found


def then(text: str, first: Sequence[Edit], spans: Iterable[Span]) -> list[Span]:
    """Return what to change in `text` to have `first` done, and then `spans` of the result.

    Both rise and don't overlap. What neither changes stays outside of all that is returned.
    """
    parts, done = [], 0
    for edit in first:
        parts += [_Part(text[done : edit.start], done), _Part(edit.text, edit.start, edit.end)]
        done = edit.end
    parts.append(_Part(text[done:], done))
    made: list[_Part] = []
    at = 0
    for start, end, new in spans:
        before, parts = _cut(parts, start - at)
        within, parts = _cut(parts, end - start)
        made += [*before, _Part(new, within[0].start, within[-1].end)]
        at = end
    changes: list[Span] = []
    for part in (*made, *parts):
        if not part.changed:
            continue
        if changes and changes[-1][1] == part.start:
            # What touches is one change: two at one place would have no order.
            begin, _, put = changes.pop()
            changes.append((begin, part.end, put + part.text))
        else:
            changes.append((part.start, part.end, part.text))
    return changes


class _Part:
    """A stretch of an edited text, and the stretch of the text that it stands for."""

    def __init__(self, text: str, start: int, end: int | None = None) -> None:
        self.text = text
        self.start = start
        self.end = start + len(text) if end is None else end
        self.changed = end is not None


def _cut(parts: Sequence[_Part], at: int) -> tuple[list[_Part], list[_Part]]:
    """Return the parts of the first `at` code points, and the others."""
    head: list[_Part] = []
    for number, part in enumerate(parts):
        if not at:
            return head, list(parts[number:])
        if at < len(part.text):
            left, right = part.text[:at], part.text[at:]
            if part.changed:
                two = _Part(left, part.start, part.end), _Part(right, part.end, part.end)
            else:
                two = _Part(left, part.start), _Part(right, part.start + at)
            return [*head, two[0]], [two[1], *parts[number + 1 :]]
        head.append(part)
        at -= len(part.text)
    return head, []
