"""Server-sent events (WHATWG HTML, 9.2 "Server-sent events"): bytes in, whole events out.

Sans-IO. The events' bytes, joined, are the bytes that came in, however those were cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE_END = re.compile(rb"\r\n?|\n")
_EVENT_END = re.compile(rb"(?>\r\n?|\n)(?>\r\n?|\n)")
_LONGEST_END = 4
_BOM = b"\xef\xbb\xbf"


_PLAIN = re.compile(rb"[A-Za-z0-9 ._:/,=+-]{0,128}")
_DATE = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,6})?")
_NUMBERISH = re.compile(rb"[0-9](?:[-./: ]?[0-9]){6}")
_LABEL = re.compile(
    rb"(?:\xef\xbb\xbf)?: ?guardrail-(?:disclosure|label) [^\r\n]*+(?:(?>\r\n?|\n)(?>\r\n?|\n))?"
)
"""What a guard before this one said; its labels are of what it saw."""
_UNSEEN = frozenset({b"", b"event", b"id", b"retry"})
"""Fields that clients don't show as text; the empty name is a comment's."""


def is_plain(raw: bytes) -> bool:
    """Tell whether an event's lines, but for ``data``, are names, pings and dates, and no text."""
    for line in _LINE_END.split(raw.removeprefix(_BOM)):
        name, _, value = line.partition(b":")
        if name == b"data":
            continue
        if name not in _UNSEEN or not _PLAIN.fullmatch(value):
            return False
        if _NUMBERISH.search(_DATE.sub(b"", value)):
            return False
    return True


class EventSplitter:
    """Cuts a byte stream at its blank lines. One object a stream."""

    def __init__(self) -> None:
        """Start at the beginning of a stream."""
        self._rest = bytearray()
        self._searched = 0

    @property
    def waiting(self) -> int:
        """How many bytes of an unfinished event are held."""
        return len(self._rest)

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the events that are whole now, each with the blank line that ends it."""
        self._rest += chunk
        events = []
        done = 0
        for match in _EVENT_END.finditer(self._rest, self._searched):
            end = match.end()
            if end == len(self._rest) and self._rest.endswith(b"\r"):
                break  # a line feed may follow that belongs to this line end
            events.append(bytes(self._rest[done:end]))
            done = end
        del self._rest[:done]
        self._searched = max(0, len(self._rest) - _LONGEST_END)
        return events

    def close(self) -> bytes:
        """Return what came after the last whole event."""
        rest = bytes(self._rest)
        self._rest.clear()
        return rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an event; `start` and `end` are where its value lies in the event's bytes."""

    field: bytes
    begin: int
    """Where the line begins."""
    start: int
    end: int
    stop: int
    """Where the line ends, its line end included."""


def lines_of(raw: bytes) -> list[Line]:
    """Return an event's field lines; comments, blank lines and the byte-order mark are left out."""
    lines = []
    at = len(_BOM) if raw.startswith(_BOM) else 0
    while at < len(raw):
        match = _LINE_END.search(raw, at)
        end, stop = match.span() if match else (len(raw), len(raw))
        colon = raw.find(b":", at, end)
        if colon < 0:
            colon = end
        start = min(colon + 1, end)
        if raw[start : min(start + 1, end)] == b" ":
            start += 1
        if colon > at:
            lines.append(Line(field=raw[at:colon], begin=at, start=start, end=end, stop=stop))
        at = stop
    return lines


class ServerSentEvents:
    """The framing ``text/event-stream``."""

    def splitter(self) -> EventSplitter:
        """Return what cuts a stream."""
        return EventSplitter()

    def is_plain(self, raw: bytes) -> bool:
        """Tell whether all of an event but its data has no room for free text."""
        return is_plain(raw)

    def name_of(self, raw: bytes) -> str:
        """Return the last ``event`` field; empty where there is none."""
        names = [raw[line.start : line.end] for line in lines_of(raw) if line.field == b"event"]
        return names[-1].decode("ascii", "replace") if names else ""

    def data_of(self, raw: bytes) -> bytes:
        """Return an event's ``data`` lines, joined with line feeds."""
        return b"\n".join(raw[line.start : line.end] for line in _data_lines(raw))

    def span_of(self, raw: bytes) -> tuple[int, int] | None:
        """Return where the data lies, where it lies there in one piece."""
        lines = _data_lines(raw)
        return (lines[0].start, lines[0].end) if len(lines) == 1 else None

    def with_data(self, raw: bytes, data: bytes) -> bytes:
        """Return the event with other data, in one line; all other bytes stay."""
        first, *others = _data_lines(raw)
        if not others:
            return raw[: first.start] + data + raw[first.end :]
        # A line feed in JSON stands between tokens only, so a space does as well.
        pieces = [raw[: first.begin], b"data: ", data.replace(b"\n", b" ")]
        done = first.end
        for line in others:
            pieces.append(raw[done : line.begin])
            done = line.stop
        return b"".join((*pieces, raw[done:]))

    def event(self, data: bytes, name: str = "") -> bytes:
        """Return a new event with one data line, of the type `name` if any."""
        head = b"event: " + name.encode() + b"\n" if name else b""
        return head + b"data: " + data + b"\n\n"

    def gap(self, rest: bytes) -> bytes:
        """Return what the last event of a stream lacks of its end."""
        if not rest:
            return b""
        return b"\n" if rest.endswith((b"\n", b"\r")) else b"\n\n"

    def ends(self, raw: bytes) -> bool:  # noqa: ARG002 - a framing's method
        """Tell that no event without data ends a stream."""
        return False

    def comment(self, text: bytes) -> bytes:
        """Return a line that begins with a colon: readers pass over it (9.2.6)."""
        return b": " + text + b"\n\n"

    def is_label(self, raw: bytes) -> bool:
        """Tell whether an event is a comment in which a guard labels the stream."""
        return _LABEL.fullmatch(raw) is not None

    def last(self, events: bytes, *, begun: bool) -> bytes:  # noqa: ARG002 - a framing's method
        """Return events as the last of a stream."""
        return events


def _data_lines(raw: bytes) -> list[Line]:
    return [line for line in lines_of(raw) if line.field == b"data"]
