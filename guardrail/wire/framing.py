"""How a streamed reply is cut into events: by its media type, whatever the format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from guardrail.wire.aws_event_stream import AwsEventStream
from guardrail.wire.json_array import JsonArray
from guardrail.wire.ndjson import JsonLines, Splitter
from guardrail.wire.sse import ServerSentEvents


class Framing(Protocol):
    """Reads and writes the bytes around an event's data. Holds nothing."""

    def splitter(self) -> Splitter:
        """Return what cuts a stream."""
        ...

    def is_plain(self, raw: bytes) -> bool:
        """Tell whether all of an event but its data has no room for free text."""
        ...

    def name_of(self, raw: bytes) -> str:
        """Return what the framing calls the event; empty where it has no name."""
        ...

    def data_of(self, raw: bytes) -> bytes:
        """Return an event's data; empty where it has none."""
        ...

    def span_of(self, raw: bytes) -> tuple[int, int] | None:
        """Return where the data lies in `raw`, where it lies there in one piece as it is."""
        ...

    def with_data(self, raw: bytes, data: bytes) -> bytes:
        """Return the event with other data; all else stays."""
        ...

    def event(self, data: bytes, name: str = "") -> bytes:
        """Return a new event."""
        ...

    def gap(self, rest: bytes) -> bytes:
        """Return what a stream's last event lacks of its end, so that another may follow."""
        ...

    def ends(self, raw: bytes) -> bool:
        """Tell whether a stream ends with an event that has no data."""
        ...

    def comment(self, text: bytes) -> bytes:
        """Return an event that every reader passes over; nothing where the framing has none."""
        ...

    def is_label(self, raw: bytes) -> bool:
        """Tell whether an event is a comment in which a guard labels the stream."""
        ...

    def last(self, events: bytes, *, begun: bool) -> bytes:
        """Return new events as the last of a stream of which some have left, where `begun`."""
        ...


SSE: Framing = ServerSentEvents()

FRAMINGS: Mapping[str, Framing] = {
    "text/event-stream": SSE,
    "application/x-ndjson": JsonLines(),
    "application/ndjson": JsonLines(),
    "application/jsonl": JsonLines(),
    "application/x-json-stream": JsonLines(),
    "application/stream+json": JsonLines(),
    "application/vnd.amazon.eventstream": AwsEventStream(),
}
"""Framings by media type. A reply of another type is whole."""


_ARRAY: Framing = JsonArray()


def framing_of(content_type: str, *, array: bool = False) -> Framing | None:
    """Return how a reply of a ``Content-Type`` is cut into events; None where it is whole.

    With `array` a JSON document is a stream, too: an array of events.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if array and media_type == "application/json":
        return _ARRAY
    return FRAMINGS.get(media_type)
