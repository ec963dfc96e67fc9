"""What a reply says that it took, read in what was parsed anyway.

An upstream may say anything: what isn't a whole number within bounds is no count, and a reason that
the wire spec doesn't list is none, since free text could stand there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guardrail.facts import NO_USAGE, Place, Usage
from guardrail.wire.shape import ANY, Pattern

MAX_TOKENS = 1 << 30
"""Tokens of one reply; those in use take a few million. More than that is no count."""
MAX_NAME = 256
"""Characters of a model's name; the longest in use, of a place in a cloud, have some 150."""
_NO_COUNTS = (None, None)
MAX_ANSWERS = 128
"""Answers of one reply that are asked for their end: as many as formats allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageSpec:
    """Where replies and events of a format say what they took."""

    at: tuple[Place, ...] = ()
    """The objects that have the counts: the first with a count in it is the one."""
    input: tuple[str, ...] = ()
    """Its members that together are what the model read, …"""
    output: tuple[str, ...] = ()
    """… and what it wrote."""
    model: tuple[Place, ...] = ()
    """Where events name the model that answers. Of whole replies `Side.model` tells it."""
    finish: tuple[Pattern, ...] = ()
    """Where it stands why an answer ended."""
    reasons: frozenset[str] = frozenset()
    """What may stand at `finish`."""
    adds: bool = False
    """Whether each event that has counts is of another reply, as in a session."""


def usage_in(tree: object, spec: UsageSpec, before: Usage = NO_USAGE) -> Usage:
    """Return what a reply took.

    Args:
        tree: a whole reply or an event, parsed.
        spec: where it says so.
        before: what the stream's events said before it. Their counts grow, so that the largest is
            that of the reply; of a session's replies they add up.
    """
    read, wrote = counts = _counts(tree, spec)
    model = before.model or _model(tree, spec)
    finished = _finished(tree, spec, before.finished)
    if counts == _NO_COUNTS and model == before.model and finished is before.finished:
        return before
    return Usage(
        input=_with(before.input, read, adds=spec.adds),
        output=_with(before.output, wrote, adds=spec.adds),
        model=model,
        finished=finished,
    )


def _counts(tree: object, spec: UsageSpec) -> tuple[int | None, int | None]:
    for place in spec.at:
        for told in _values_at(tree, place):
            counts = _sum(told, spec.input), _sum(told, spec.output)
            if counts != _NO_COUNTS:
                return counts
    return _NO_COUNTS


def _sum(told: object, names: tuple[str, ...]) -> int | None:
    """Return what some members come to; None where none is there, or one is no count."""
    if not isinstance(told, dict):
        return None
    counts = [value for name in names if (value := told.get(name)) is not None]
    if not counts or not all(type(count) is int and 0 <= count <= MAX_TOKENS for count in counts):
        return None
    total = sum(count for count in counts if isinstance(count, int))
    return total if total <= MAX_TOKENS else None


def _with(before: int | None, count: int | None, *, adds: bool) -> int | None:
    if before is None or count is None:
        return before if count is None else count
    return min(before + count, MAX_TOKENS) if adds else max(before, count)


def _model(tree: object, spec: UsageSpec) -> str:
    for place in spec.model:
        for name in _values_at(tree, place):
            if isinstance(name, str) and 0 < len(name) <= MAX_NAME:
                return name
    return ""


def _finished(tree: object, spec: UsageSpec, before: tuple[str, ...]) -> tuple[str, ...]:
    finished = before
    for pattern in spec.finish:
        for reason in _values_at(tree, pattern):
            if isinstance(reason, str) and reason in spec.reasons and reason not in finished:
                finished = (*finished, reason)
    return finished


def _values_at(tree: object, path: Sequence[str | int]) -> Sequence[object]:
    """Return what stands at a path; ``*`` is any item of a list.

    Every event of every stream is asked, mostly for what isn't there: so it is written to be quick.
    """
    found = [tree]
    for part in path:
        if part == ANY:
            found = [one for value in found if type(value) is list for one in value[:MAX_ANSWERS]]
        else:
            found = [value[part] for value in found if type(value) is dict and part in value]
        if not found:
            break
    return found
