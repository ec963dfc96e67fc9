"""Events that differ in one text alone: read without parsing them anew.

A model's events are alike byte for byte but for the piece of text that each brings. Once one of
them was read in full, the bytes before and after its text are a mould: what has the same bytes
around one JSON string has the same members, the same places, and nothing else to examine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from guardrail.wire.framing import Framing
from guardrail.wire.tokens import locate

if TYPE_CHECKING:
    from guardrail.wire.stream import StreamEvent

_STRING = re.compile(rb'"(?:[^"\\\x00-\x1f]++|\\[^\x00-\x1f])*+"')


@dataclass(frozen=True, slots=True)
class Mould:
    """The bytes around the one text of an event that was read in full."""

    before: bytes
    after: bytes
    event: StreamEvent

    def cast(self, raw: bytes, longest: int) -> StreamEvent | None:
        """Return the event that `raw` is, where it fits and its text has up to `longest` bytes."""
        start, end = len(self.before), len(raw) - len(self.after)
        if not (start < end and raw.startswith(self.before) and raw.endswith(self.after)):
            return None
        token = raw[start:end]
        if len(token) > longest or not _STRING.fullmatch(token):
            return None
        try:
            text = orjson.loads(token)
        except orjson.JSONDecodeError:
            return None  # the long way says what is wrong with it
        return self.event.brought(raw, text, (start, end))


def mould_of(event: StreamEvent, framing: Framing) -> Mould | None:
    """Return the mould of an event that brings one text and nothing else of note, or None."""
    if len(event.deltas) != 1 or event.opaque or event.ended or event.error or event.done:
        return None
    delta = event.deltas[0]
    if delta.key or delta.repeats:
        return None
    target = (delta.place, False)
    data = framing.span_of(event.raw)
    if data is None:
        return None
    span = locate(event.raw[data[0] : data[1]], [target]).get(target)
    if span is None:
        return None
    start, end = data[0] + span[0], data[0] + span[1]
    if event.raw[start:end][:1] != b'"':
        return None
    return Mould(before=event.raw[:start], after=event.raw[end:], event=event)
