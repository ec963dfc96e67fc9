"""Edits to bytes: only the edited tokens change, everything else stays byte for byte.

A guard that parses and dumps again would reorder, respell and renumber what it doesn't understand,
and break signatures and caches of those who do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import orjson

from guardrail.facts import Edit, Segment
from guardrail.wire.read import scalar_text
from guardrail.wire.tokens import Target, locate

_Changes = dict[Target, list[tuple[Segment, list[Edit]]]]


def patch(body: bytes, segments: Sequence[Segment], edits: Sequence[Edit]) -> bytes:
    """Return `body` with `edits` made to `segments`, which were read in this very body.

    Raises:
        ValueError: an edit leads nowhere in `body`, overlaps another, or lies outside its text:
            the caller's own mistake, never passed over.
    """
    if not edits:
        return body
    changes = _changes(segments, edits)
    spans = locate(body, changes)
    if len(spans) < len(changes):
        raise ValueError("an edit's place is not in this document")
    pieces: list[bytes] = []
    done = 0
    for target, (start, end) in sorted(spans.items(), key=lambda item: item[1]):
        pieces += (body[done:start], _retold(body[start:end], changes[target]))
        done = end
    return b"".join((*pieces, body[done:]))


def patch_document(text: str, segments: Sequence[Segment], texts: Mapping[int, str]) -> str:
    """Return what `read_document` read, with new texts for some of its segments by their index."""
    edits = [
        Edit(segment=index, start=0, end=len(segments[index].text), text=new)
        for index, new in texts.items()
    ]
    if not edits:
        return text
    own = [(segments[index], [edit]) for index, edit in zip(texts, edits, strict=True)]
    return _new_text(text, own)


def _changes(segments: Sequence[Segment], edits: Iterable[Edit]) -> _Changes:
    """Group the edits by segment, and the segments by token."""
    by_segment: dict[int, list[Edit]] = defaultdict(list)
    for edit in edits:
        by_segment[edit.segment].append(edit)
    changes: _Changes = defaultdict(list)
    for index, own in by_segment.items():
        segment = segments[index]
        is_name = segment.key and segment.inside is None
        changes[segment.place, is_name].append((segment, own))
    return changes


def _retold(token: bytes, changes: list[tuple[Segment, list[Edit]]]) -> bytes:
    return orjson.dumps(_new_text(scalar_text(orjson.loads(token)), changes))


def _new_text(text: str, changes: list[tuple[Segment, list[Edit]]]) -> str:
    first, edits = changes[0]
    if first.inside is None:
        if text != first.text or len(changes) > 1:
            raise ValueError("an edit's segment was not read in this document")
        return _edited(text, edits)
    inner = [replace(segment, place=segment.inside or (), inside=None) for segment, _ in changes]
    moved = [replace(edit, segment=index) for index, (_, own) in enumerate(changes) for edit in own]
    return patch(text.encode(), inner, moved).decode()


def _edited(text: str, edits: list[Edit]) -> str:
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if not done <= edit.start <= edit.end <= len(text):
            raise ValueError("an edit overlaps another or lies outside its text")
        pieces += (text[done : edit.start], edit.text)
        done = edit.end
    return "".join((*pieces, text[done:]))
