"""Making edits to texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from guardrail.facts import Edit, Segment


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with `edits` made; they don't overlap."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def edited(segments: Sequence[Segment], edits: Iterable[Edit]) -> dict[int, str]:
    """Return the new text of each segment that `edits` change, by segment index."""
    by_segment: dict[int, list[Edit]] = {}
    for edit in edits:
        by_segment.setdefault(edit.segment, []).append(edit)
    return {index: apply_edits(segments[index].text, own) for index, own in by_segment.items()}


def replacing(segments: Sequence[Segment], texts: dict[int, str]) -> tuple[Edit, ...]:
    """Return the edits that give segments their new texts, whole."""
    return tuple(
        Edit(segment=index, start=0, end=len(segments[index].text), text=text)
        for index, text in sorted(texts.items())
    )
