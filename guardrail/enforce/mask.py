"""Turn findings that mustn't pass into edits; Presidio-anonymizer operators do the masking.

Each finding has its own action and numbers follow the order of reading, so operators are called
for each finding: Presidio's engine takes one operator an entity and works from the text's end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import TypeVar

from guardrail.enforce.operators import Labels, operator
from guardrail.facts import (
    STRICTNESS,
    Action,
    Direction,
    Edit,
    Finding,
    Segment,
)

Key = TypeVar("Key")
Value = TypeVar("Value")

_OPERATORS = {Action.MASK: operator("numbered"), Action.PSEUDONYMISE: operator("keyed")}


class Masker:
    """Writes one exchange's labels; one value has one label from the request to the stream's end.

    A pseudonym can't be guessed without the key, and only those of this exchange are put back, or
    of its conversation where the provider keeps that. A caller who types one that he has seen gets,
    at most, a value that his own requests held. A number label (`<KZ_IIN_1>`) is never put back, so
    one that the caller types is but text.
    """

    def __init__(self, *, key: bytes, scope: str) -> None:
        """Take the key of pseudonyms and the tenant and conversation within which they agree."""
        self._labels = Labels(key=key, scope=scope)
        self._issued: dict[str, str] = {}

    @property
    def issued(self) -> Mapping[str, str]:
        """Pseudonym → the value's first spelling, of requests only. Memory only."""
        return MappingProxyType(self._issued)

    def recall(self, issued: Mapping[str, str]) -> None:
        """Take pseudonyms that earlier turns of the conversation issued: they are put back, too."""
        for label, value in issued.items():
            self._issued.setdefault(label, value)

    def forget(self, keep: int) -> None:
        """Forget the labels given longest ago, but for the last `keep` of each kind.

        A value whose label is forgotten gets its pseudonym anew when it comes again, or another
        number; the pseudonym isn't put back until then.
        """
        _drop_oldest(self._issued, keep)
        _drop_oldest(self._labels.numbers, keep)
        _drop_oldest(self._labels.owners, keep)

    def edits(
        self,
        segments: Sequence[Segment],
        findings: Sequence[Finding],
        actions: Sequence[Action],
        *,
        direction: Direction = Direction.REQUEST,
    ) -> tuple[Edit, ...]:
        """Return edits in reading order, none overlapping another, for masks and pseudonyms.

        Findings that overlap are hidden together, by the stricter action. A reply's pseudonyms
        aren't issued: what the guard hides from the caller is never put back.
        """
        done = []
        for segment, start, end, entity, action in _spans(findings, actions):
            value = segments[segment].text[start:end]
            parameters = {"entity_type": entity, "labels": self._labels}
            label = _OPERATORS[action].operate(value, parameters)
            if action is Action.PSEUDONYMISE and direction is Direction.REQUEST:
                self._issued.setdefault(label, value)
            done.append(Edit(segment=segment, start=start, end=end, text=label))
        return tuple(done)


def _drop_oldest(known: dict[Key, Value], keep: int) -> None:
    for oldest in list(islice(known, max(0, len(known) - keep))):
        del known[oldest]


_Span = tuple[int, int, int, str, Action]


def _spans(findings: Sequence[Finding], actions: Sequence[Action]) -> Iterator[_Span]:
    """Yield what is to be hidden in reading order, overlapping spans as one."""
    held: _Span | None = None
    for one in sorted(
        (f.segment, f.start, f.end, f.entity, action)
        for f, action in zip(findings, actions, strict=True)
        if action in _OPERATORS
    ):
        if held is not None and held[0] == one[0] and one[1] < held[2]:
            action = max(held[4], one[4], key=STRICTNESS.__getitem__)
            held = (*held[:2], max(held[2], one[2]), held[3], action)
            continue
        if held is not None:
            yield held
        held = one
    if held is not None:
        yield held
