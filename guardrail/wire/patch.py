"""Edits to bytes: only the edited tokens change, everything else stays byte for byte.

A guard that parses and dumps again would reorder, respell and renumber what it doesn't understand,
and break signatures and caches of those who do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import orjson

from guardrail.facts import Edit, Place, Segment
from guardrail.wire.read import scalar_text
from guardrail.wire.spelling import raw_of, replaced, spelt
from guardrail.wire.tokens import Target, locate

Change = list[tuple[Segment, list[Edit]]]
"""The edits to one token, by the segment of each: there are several where it holds a document."""
Changes = dict[Target, Change]
Replaced = tuple[int, int, bytes]
"""From where to where, and what stands there now."""


def patch(body: bytes, segments: Sequence[Segment], edits: Sequence[Edit]) -> bytes:
    """Return `body` with `edits` made to `segments`, which were read in this very body.

    Raises:
        ValueError: an edit leads nowhere in `body`, overlaps another, or lies outside its text:
            the caller's own mistake, never passed over.
    """
    if not edits:
        return body
    changes = changes_of(segments, edits)
    spans = locate(body, changes)
    if len(spans) < len(changes):
        raise ValueError("an edit's place is not in this document")
    return joined(
        body,
        (
            (start, end, _retold(body[start:end], changes[target]))
            for target, (start, end) in sorted(spans.items(), key=lambda item: item[1])
        ),
    )


def joined(body: bytes, made: Iterable[Replaced]) -> bytes:
    """Return a body with other bytes in some stretches, which rise; all else stays."""
    pieces, done = [], 0
    for start, end, new in made:
        pieces += [body[done:start], new]
        done = end
    return b"".join((*pieces, body[done:]))


def changes_of(segments: Sequence[Segment], edits: Iterable[Edit]) -> Changes:
    """Group the edits by segment, and the segments by token."""
    by_segment: dict[int, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_segment[edit.segment].append(edit)
    changes: Changes = defaultdict(list)
    for index, own in by_segment.items():
        segment = segments[index]
        is_name = segment.key and segment.inside is None
        changes[segment.place, is_name].append((segment, own))
    return changes


def below(
    changes: Changes, heads: Collection[Place]
) -> dict[Place, tuple[set[Target], list[Segment], list[Edit]]]:
    """Return the changes below each of `heads`, as those of a document of its own.

    With each come the targets here, and the segments and edits as they are there.
    """
    found: dict[Place, tuple[set[Target], list[Segment], list[Edit]]] = {}
    longest = max(map(len, heads), default=0)
    for (place, is_name), change in changes.items():
        # The name of a member is no part of its value.
        reach = min(longest, len(place) - is_name)
        head = next((place[:at] for at in range(reach + 1) if place[:at] in heads), None)
        if head is None:
            continue
        targets, segments, edits = found.setdefault(head, (set(), [], []))
        targets.add((place, is_name))
        for segment, own in change:
            edits += [replace(edit, segment=len(segments)) for edit in own]
            segments.append(replace(segment, place=place[len(head) :]))
    return found


def spans_in(text: str, change: Change) -> list[tuple[int, int, str]]:
    """Return what a change puts where in a token's text.

    Raises:
        ValueError: it is the change of another text.
    """
    first, edits = change[0]
    if first.inside is None:
        if text != first.text or len(change) > 1:
            raise ValueError("an edit's segment was not read in this document")
        return _spans(edits, len(text))
    inner = [replace(segment, place=segment.inside or (), inside=None) for segment, _ in change]
    moved = [replace(edit, segment=at) for at, (_, own) in enumerate(change) for edit in own]
    return [(0, len(text), patch(text.encode(), inner, moved).decode())]


def _retold(token: bytes, change: Change) -> bytes:
    value = orjson.loads(token)
    text = scalar_text(value)
    spans = spans_in(text, change)
    whole = [span[:2] for span in spans] == [(0, len(text))]
    kept = isinstance(value, str) and change[0][0].inside is None and not whole
    units = spelt(token.decode()[1:-1])[0] if kept else [(text, text)]
    return b'"' + raw_of(replaced(units, spans)).encode() + b'"'


def _spans(edits: list[Edit], length: int) -> list[tuple[int, int, str]]:
    done = 0
    spans = []
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if not done <= edit.start <= edit.end <= length:
            raise ValueError("an edit overlaps another or lies outside its text")
        spans.append((edit.start, edit.end, edit.text))
        done = edit.end
    return spans
