"""The messages of a WebSocket as events: one text message is one event, with nothing around it.

Inside the guard a message ends with a byte that no UTF-8 has (RFC 6455 section 8.1: text messages
are UTF-8), so that a stream's codec can read and write them as it does with any other framing.
"""

from __future__ import annotations

import orjson

from guardrail.wire.ndjson import JsonLines, LineSplitter, Splitter

END = b"\xff"


def framed(message: str) -> bytes:
    """Return a text message as an event's bytes."""
    return message.encode() + END


def messages(events: bytes) -> list[str]:
    """Return the text messages that events' bytes are."""
    return [message.decode() for message in events.split(END)[:-1]]


class JsonFrames(JsonLines):
    """Each message is a JSON document."""

    def splitter(self) -> Splitter:
        """Return what cuts a stream."""
        return LineSplitter(END)

    def _span(self, raw: bytes) -> tuple[int, int]:
        return super()._span(raw.removesuffix(END))

    def event(self, data: bytes, name: str = "") -> bytes:  # noqa: ARG002 - a message has no name
        """Return a new event."""
        return data + END

    def gap(self, rest: bytes) -> bytes:
        """Return what the last event of a stream lacks of its end."""
        return END if rest else b""


class AnyFrames(JsonFrames):
    """A message is a JSON document, or plain text, which is read as a JSON string."""

    def data_of(self, raw: bytes) -> bytes:
        """Return the data, as JSON."""
        if _is_json(raw):
            return super().data_of(raw)
        text = raw.removesuffix(END).decode()
        return orjson.dumps(text) if text else b""

    def span_of(self, raw: bytes) -> tuple[int, int] | None:
        """Return where the data lies, where it lies there as it is."""
        return super().span_of(raw) if _is_json(raw) else None

    def with_data(self, raw: bytes, data: bytes) -> bytes:
        """Return the event with other data; all else stays."""
        if _is_json(raw):
            return super().with_data(raw, data)
        return str(orjson.loads(data)).encode() + END


def _is_json(raw: bytes) -> bool:
    """Tell whether a message is JSON or claims to be. Bare numbers may be pieces of one: text.

    What claims to be and can't be read is refused: another reader might read something in it.
    """
    data = raw.removesuffix(END).strip(b"\xef\xbb\xbf \t\r\n")
    if data[:1] in {b"{", b"["} or b"\\u" in data:
        return True
    if data[:1] != b'"':
        return False
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True
