"""Bodies that hold their values in stretches of bytes, side by side: how these are edited."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from guardrail.facts import Edit, Place, Segment
from guardrail.wire.patch import Replaced, below, changes_of, spans_in

Span = tuple[int, int]
Patch = Callable[[bytes, Sequence[Segment], Sequence[Edit]], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A stretch that holds one text."""

    place: Place
    span: Span
    text: str
    spell: Callable[[str], bytes]
    """How another text is spelt there."""
    key: bool = False
    """True where it is the name of the member at `place`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """A stretch that holds a document of its own."""

    place: Place
    span: Span
    patch: Patch


def replacements(
    body: bytes,
    slots: Iterable[Slot],
    inner: Iterable[Inner],
    segments: Sequence[Segment],
    edits: Sequence[Edit],
) -> list[Replaced]:
    """Return what stands where once `edits` are made, in the body's order.

    Raises:
        ValueError: an edit leads nowhere in `body`, or doesn't fit its text.
    """
    changes = changes_of(segments, edits)
    made: list[Replaced] = []
    done: set[tuple[Place, bool]] = set()
    for slot in slots:
        target = slot.place, slot.key
        if target in changes:
            done.add(target)
            text = edited(slot.text, spans_in(slot.text, changes[target]))
            made.append((*slot.span, slot.spell(text)))
    documents = {one.place: one for one in inner}
    for place, (targets, own, moved) in below(changes, documents).items():
        done |= targets
        start, end = documents[place].span
        made.append((start, end, documents[place].patch(body[start:end], own, moved)))
    if len(done) < len(changes):
        raise ValueError("an edit's place is not in this document")
    return sorted(made)


def edited(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """Return a text with other words in some spans, which rise and don't overlap."""
    pieces, done = [], 0
    for start, end, new in spans:
        pieces += [text[done:start], new]
        done = end
    return "".join((*pieces, text[done:]))


def tree_of(fields: Iterable[tuple[str, object]]) -> dict[str, object]:
    """Return named fields as an object: a value, or a list where a name has more than one."""
    values: dict[str, list[object]] = defaultdict(list)
    for name, value in fields:
        values[name].append(value)
    return {name: found if len(found) > 1 else found[0] for name, found in values.items()}


def places_of(names: Sequence[str]) -> list[Place]:
    """Return where each field stands in the tree that `tree_of` makes, by the fields' names."""
    counts = Counter(names)
    met: Counter[str] = Counter()
    places: list[Place] = []
    for name in names:
        places.append((name, met[name]) if counts[name] > 1 else (name,))
        met[name] += 1
    return places
