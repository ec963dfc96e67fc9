"""A stream that is one JSON array of its events, as Gemini's without ``alt=sse``.

Sans-IO and exact, as `sse` is. A document that is no array, an error say, is one event.
"""

from __future__ import annotations

import re

from guardrail.wire.ndjson import JsonLines, Splitter

_OUTSIDE = re.compile(rb'["{}\[\]]')
_INSIDE = re.compile(rb'["\\]')
_AROUND = re.compile(rb"(?:\xef\xbb\xbf)?[\s\[,]*\]?\s*\Z")


class ItemSplitter:
    """Cuts a byte stream behind the items of its array. One object a stream."""

    def __init__(self) -> None:
        """Start at the beginning of a stream."""
        self._rest = bytearray()
        self._at = 0
        self._depth = 0
        self._in_string = False
        self._is_array = False

    @property
    def waiting(self) -> int:
        """How many bytes of an unfinished item are held."""
        return len(self._rest)

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the items that are whole now, each with what stands before it."""
        self._rest += chunk
        items = []
        done = 0
        while (end := self._next()) is not None:
            items.append(bytes(self._rest[done:end]))
            done = end
        del self._rest[:done]
        self._at -= done
        return items

    def close(self) -> bytes:
        """Return what came after the last item."""
        rest = bytes(self._rest)
        self._rest.clear()
        return rest

    def _next(self) -> int | None:
        """Go on to the end of an item; None where it hasn't come yet."""
        while True:
            sign = (_INSIDE if self._in_string else _OUTSIDE).search(self._rest, self._at)
            if sign is None:
                self._at = len(self._rest)
                return None
            if sign[0] == b"\\":
                if sign.end() == len(self._rest):
                    self._at = sign.start()  # what is escaped hasn't come yet
                    return None
                self._at = sign.end() + 1
                continue
            self._at = sign.end()
            if sign[0] == b'"':
                self._in_string = not self._in_string
            elif sign[0] in b"{[":
                self._is_array = self._is_array or (self._depth == 0 and sign[0] == b"[")
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth <= self._is_array:
                    return self._at


class JsonArray(JsonLines):
    """Each item of the array is an event."""

    def splitter(self) -> Splitter:
        """Return what cuts a stream."""
        return ItemSplitter()

    def is_plain(self, raw: bytes) -> bool:
        """Tell whether an item has nothing but brackets, commas and white space around it."""
        start, end = self._span(raw)
        return _AROUND.match(raw[:start]) is not None and not raw[end:].strip()

    def _span(self, raw: bytes) -> tuple[int, int]:
        start, end = raw.find(b"{"), len(raw.rstrip())
        return (start, end) if start >= 0 else (end, end)

    def event(self, data: bytes, name: str = "") -> bytes:  # noqa: ARG002 - an item has no name
        """Return a new event, which isn't the first."""
        return b",\n" + data

    def gap(self, rest: bytes) -> bytes:  # noqa: ARG002 - a framing's method
        """Return nothing: items need no end of their own."""
        return b""

    def ends(self, raw: bytes) -> bool:
        """Tell whether the array ends with what has no data."""
        return raw.strip() == b"]"

    def last(self, events: bytes, *, begun: bool) -> bytes:
        """Return events as the last of a stream: the array ends behind them."""
        return (events if begun else b"[" + events.lstrip(b",\n")) + b"]"
