"""What reads and writes a stream's events, as a streamed reply needs it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from guardrail.facts import Refusal
from guardrail.wire import NOTHING_CHANGED, EventLabels, StreamEvent


class Codec(Protocol):
    """Reads a stream's bytes as events, and writes events: see `guardrail.wire.StreamCodec`."""

    def feed(self, chunk: bytes) -> Sequence[StreamEvent]:
        """Return the events that are whole with `chunk`."""
        ...

    def close(self) -> Sequence[StreamEvent]:
        """Return what is left at the end."""
        ...

    def rewrite(
        self,
        event: StreamEvent,
        texts: Mapping[int, str],
        media: Mapping[int, str] = NOTHING_CHANGED,
    ) -> bytes:
        """Return the event with new texts for some deltas, and for some media."""
        ...

    def carry(self, event: StreamEvent, delta: int, text: str) -> bytes:
        """Return a new event in the likeness of `event` for one delta's text."""
        ...

    def comment(self, text: bytes) -> bytes:
        """Return an event that readers pass over; nothing where the stream has none."""
        ...

    @property
    def labels(self) -> EventLabels | None:
        """What puts labels into events; None where the format has no place for them there."""
        ...

    def refuse(
        self,
        like: StreamEvent | None,
        refusal: Refusal,
        parts: Iterable[int | str] = (),
        *,
        begun: bool = True,
    ) -> bytes:
        """Return the stream's proper end after a refusal, for the parts still open."""
        ...

    @property
    def repeats(self) -> bool:
        """Whether events may repeat what others brought."""
        ...

    @property
    def gap(self) -> bytes:
        """What the last event lacks of its end, once the stream is closed."""
        ...
