"""Keeps the bodies of refused and held messages, encrypted, for a person to look at.

Off unless `evidence.details` says otherwise. What can't be kept doesn't stop anything: the message
is refused either way, and its entry says that its body isn't there.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson

from guardrail.engine import Enacted
from guardrail.errors import EvidenceError
from guardrail.evidence import Entry
from guardrail.evidence.details import Details

log = logging.getLogger("guardrail")

BODY_BYTES = 256 << 10
"""Of a body that are kept; the rest is cut off, and the head says so."""
OPENED_BYTES = BODY_BYTES + 4_096
"""What kept details take at most once they are opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A body that was kept."""

    direction: str
    """``request`` or ``reply``."""
    size: int
    """Bytes of the whole body."""
    body: bytes
    """Its beginning, `BODY_BYTES` at most."""

    @property
    def is_cut(self) -> bool:
        """Whether the body was longer."""
        return len(self.body) < self.size


class Keeper:
    """Keeps what was refused. Blocks: call it off the event loop."""

    def __init__(self, details: Details, clock: Callable[[], int]) -> None:
        """Take the store, and a clock in microseconds since 1970, UTC."""
        self._details = details
        self._clock = clock

    def detailed(self, enacted: Enacted) -> Enacted:
        """Keep the body of what was refused or held; its entry then says where it is."""
        if enacted.refusal is None:
            return enacted
        examined = enacted.decided.examined
        try:
            kept = self._details.put(
                packed(examined.direction.value, examined.body),
                subject=examined.case.query.subject or "",
                request=examined.case.request_id,
                made=self._clock(),
            )
            more: dict[str, object] = {"blob": kept.blob}
        except EvidenceError as error:
            log.warning("the body of a refused message couldn't be kept: %s", error.code)
            more = {"x_details": error.code}
        entry = enacted.entry
        with_it = Entry(kind=entry.kind, req=entry.req, fields={**entry.fields, **more})  # type: ignore[dict-item]
        return replace(enacted, entry=with_it)

    def close(self) -> None:
        """Give the store back."""
        self._details.close()


def packed(direction: str, body: bytes) -> bytes:
    """Return a body as it is kept: compressed, behind a line that tells what it is."""
    head = orjson.dumps({"dir": direction, "bytes": len(body)})
    return zlib.compress(head + b"\n" + body[:BODY_BYTES], 6)


def unpacked(data: bytes) -> Opened:
    """Return what `packed` wrote.

    Raises:
        EvidenceError: it isn't that.
    """
    try:
        inflating = zlib.decompressobj()
        plain = inflating.decompress(data, OPENED_BYTES)
        head, newline, body = plain.partition(b"\n")
        told = orjson.loads(head)
        if newline and inflating.eof:
            return Opened(direction=str(told["dir"]), size=int(told["bytes"]), body=body)
    except (zlib.error, ValueError, TypeError, KeyError):
        pass  # From nothing below: a parser's message may repeat what it read.
    raise EvidenceError("the details aren't a body", code="evidence_details_invalid")
