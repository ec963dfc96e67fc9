"""JSON text lines (NDJSON, JSON Lines): one document a line. Sans-IO and exact, as `sse` is."""

from __future__ import annotations

from typing import Protocol

_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"


class Splitter(Protocol):
    """Cuts a byte stream into events. One object a stream."""

    @property
    def waiting(self) -> int:
        """How many bytes of an unfinished event are held."""
        ...

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the events that are whole now; joined, they are the bytes that came."""
        ...

    def close(self) -> bytes:
        """Return what came after the last whole event."""
        ...


class LineSplitter:
    """Cuts a byte stream behind its line feeds. One object a stream."""

    def __init__(self, end: bytes = b"\n") -> None:
        """Start at the beginning of a stream whose events end with the byte `end`."""
        self._end = end
        self._rest = bytearray()

    @property
    def waiting(self) -> int:
        """How many bytes of an unfinished line are held."""
        return len(self._rest)

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that are whole now, each with its line feed."""
        end = chunk.rfind(self._end) + 1
        if not end:
            self._rest += chunk
            return []
        whole = bytes(self._rest) + chunk[:end]
        self._rest = bytearray(chunk[end:])
        return [line + self._end for line in whole.split(self._end)[:-1]]

    def close(self) -> bytes:
        """Return what came after the last end."""
        rest = bytes(self._rest)
        self._rest.clear()
        return rest


class JsonLines:
    """The framing ``application/x-ndjson``: nothing stands around the data but white space."""

    def splitter(self) -> Splitter:
        """Return what cuts a stream."""
        return LineSplitter()

    def is_plain(self, raw: bytes) -> bool:  # noqa: ARG002 - a framing's method
        """Tell that nothing but white space stands around a line's data."""
        return True

    def name_of(self, raw: bytes) -> str:  # noqa: ARG002 - a framing's method
        """Return nothing: a line has no name."""
        return ""

    def data_of(self, raw: bytes) -> bytes:
        """Return the data."""
        start, end = self._span(raw)
        return raw[start:end]

    def span_of(self, raw: bytes) -> tuple[int, int] | None:
        """Return where the data lies, where it lies there in one piece."""
        return self._span(raw)

    def _span(self, raw: bytes) -> tuple[int, int]:
        lead = len(_BOM) if raw.startswith(_BOM) else 0
        body = raw[lead:]
        start = lead + len(body) - len(body.lstrip(_SPACE))
        return start, max(start, len(raw.rstrip(_SPACE)))

    def with_data(self, raw: bytes, data: bytes) -> bytes:
        """Return the event with other data; all else stays."""
        start, end = self._span(raw)
        return raw[:start] + data + raw[end:]

    def event(self, data: bytes, name: str = "") -> bytes:  # noqa: ARG002 - a line has no name
        """Return a new event."""
        return data + b"\n"

    def gap(self, rest: bytes) -> bytes:
        """Return what the last event of a stream lacks of its end."""
        return b"\n" if rest.strip(_SPACE) and not rest.endswith(b"\n") else b""

    def ends(self, raw: bytes) -> bool:  # noqa: ARG002 - a framing's method
        """Tell that no event without data ends a stream."""
        return False

    def comment(self, text: bytes) -> bytes:  # noqa: ARG002 - a framing's method
        """Return nothing: whatever stands here is read."""
        return b""

    def is_label(self, raw: bytes) -> bool:  # noqa: ARG002 - a framing's method
        """Tell that there are no comments."""
        return False

    def last(self, events: bytes, *, begun: bool) -> bytes:  # noqa: ARG002 - a framing's method
        """Return events as the last of a stream."""
        return events
