"""What a caller gets for an entry: enough to show later that it was promised, and to find it.

A receipt isn't signed: it is worth what the answer that it came with is worth. Whoever keeps both
can show that an entry is missing; whoever has the log finds the entry by writer and number.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from guardrail.errors import EvidenceError
from guardrail.evidence.canonical import INTEGER_LIMIT

_WRITER = r"[a-z0-9][a-z0-9._-]{0,95}"
_ID = re.compile(rf"({_WRITER})-(0|[1-9][0-9]{{0,15}})")
_HEADER = re.compile(
    rf"([^\s+;,\x00-\x1f\x7f]{{1,256}});w=({_WRITER});n=(0|[1-9][0-9]{{0,15}});h=([0-9a-f]{{64}})"
)
_NAMED = re.compile(r"\s*:?\s*guardrail-receipt(?::|\s)\s*", re.IGNORECASE)


class Receipt(NamedTuple):
    """Where an entry stands and what it is."""

    writer: str
    n: int
    """The entry's number at its writer, from 0."""
    leaf: str
    """The leaf hash in hex: SHA-256(0x00 || the entry's JSON)."""

    def __str__(self) -> str:
        """Give the entry's id: ``<writer>-<n>``."""
        return f"{self.writer}-{self.n}"

    def header(self, origin: str) -> str:
        """Return the receipt as one item of ``Guardrail-Receipt``, for the log called `origin`."""
        return f"{origin};w={self.writer};n={self.n};h={self.leaf}"


def parse_id(text: str) -> tuple[str, int]:
    """Return the writer and the number that an id names.

    Raises:
        EvidenceError: it is no id.
    """
    match = _ID.fullmatch(text)
    if match is None or int(match[2]) > INTEGER_LIMIT:
        raise _bad("the id of an entry has the form <writer>-<number>")
    return match[1], int(match[2])


def parse_receipts(header: str) -> tuple[tuple[str, Receipt], ...]:
    """Read a whole ``Guardrail-Receipt`` field, or the comment with a receipt at a stream's end.

    Either may come with its name and its colon, as it was found.

    Returns:
        Log's name and receipt, in order.

    Raises:
        EvidenceError: an item isn't a receipt.
    """
    return tuple(_parsed(item.strip()) for item in _nameless(header).split(","))


def _nameless(text: str) -> str:
    match = _NAMED.match(text)
    return text[match.end() :] if match else text


def _parsed(item: str) -> tuple[str, Receipt]:
    match = _HEADER.fullmatch(item)
    if match is None or int(match[3]) > INTEGER_LIMIT:
        raise _bad("a receipt has the form <log>;w=<writer>;n=<number>;h=<leaf hash>")
    return match[1], Receipt(writer=match[2], n=int(match[3]), leaf=match[4])


def _bad(message: str) -> EvidenceError:
    return EvidenceError(message, code="evidence_receipt_invalid", status=400)
