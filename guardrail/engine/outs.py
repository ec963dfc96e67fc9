"""What comes of a step of a streamed reply."""

from __future__ import annotations

from dataclasses import dataclass

from guardrail.evidence import Entry

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Out:
    """One step: make `entries` durable, then release `data`; with `end` the stream is over."""

    data: bytes = b""
    entries: tuple[Entry, ...] = ()
    end: bool = False
    lead: bytes = b""
    """What ends the event before, where it lacks its end: nothing may run into that one."""

    def commented(self, comment: bytes) -> bytes:
        """Return `data` with a comment before it, as `ReplyStream.comment` makes one.

        Before it, since some readers stop at the event that ends a stream.
        """
        if not comment:
            return self.data
        # A mark of the byte order is one at the very start only.
        lead = self.lead or (_BOM if self.data.startswith(_BOM) else b"")
        return b"".join((lead, comment, self.data.removeprefix(lead)))
