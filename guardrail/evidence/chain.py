"""One writer's chain: entries in, lines of its write-ahead log out; and how a line is read again.

That log is text, one entry a line: ``<leaf hash in hex> <canonical JSON>``. The leaf hash is
SHA-256(0x00 || JSON), as RFC 6962 has it, so any tool can check a line without parsing it. Each
entry names its writer (``w``), its number (``n``, without gaps from 0) and the leaf hash of the one
before (``prev``, empty for the first), which is always ``writer.start``.
"""

from __future__ import annotations

from binascii import hexlify
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, cast

import orjson

from guardrail.errors import EvidenceError
from guardrail.evidence.canonical import INTEGER_LIMIT, RECORD_LIMIT, encode
from guardrail.evidence.entry import SCHEMA_VERSION, Entry
from guardrail.evidence.receipt import Receipt
from guardrail.evidence.totals import Rule, counted
from guardrail.evidence.tree import LEAF, leaf_hash

_tuple = tuple.__new__

HASH_CHARS = 64
LINE_LIMIT = HASH_CHARS + 1 + RECORD_LIMIT + 1
"""Bytes of a line with its newline."""


class Chain:
    """A writer's state: its id, its next number, the last leaf hash."""

    __slots__ = ("_spelt", "prev", "size", "writer")

    def __init__(self, writer: str) -> None:
        self.writer = writer
        self._spelt = encode(writer).decode()
        self.prev = ""
        self.size = 0

    @property
    def receipt(self) -> Receipt:
        """The receipt for the last entry."""
        return Receipt(writer=self.writer, n=self.size - 1, leaf=self.prev)

    def append(self, entry: Entry, ts: int) -> bytes:
        """Return the line for `entry`, as it is written; see `line`."""
        return self.line(entry, ts).text

    def line(self, entry: Entry, ts: int) -> Line:
        """Return the line for `entry`, made at `ts` microseconds since 1970 (UTC).

        Raises:
            EvidenceError: `ts` is out of range.
        """
        (line,) = self.extend([entry], ts, [], [])
        return line

    def extend(
        self, entries: Sequence[Entry], ts: int, text: list[bytes], receipts: list[Receipt]
    ) -> list[Line]:
        """Return the lines for entries that were made at one time; see `line`.

        Args:
            entries: in their order.
            ts: microseconds since 1970, UTC.
            text: gets what is written of them, in pieces.
            receipts: gets theirs.

        Raises:
            EvidenceError: `ts` is out of range; nothing was appended.
        """
        if not 0 <= ts <= INTEGER_LIMIT:
            raise EvidenceError("the clock is out of range", code="evidence_clock", status=500)
        lines: list[Line] = []
        n, prev, writer, spelt, made = self.size, self.prev, self.writer, self._spelt, str(ts)
        for entry in entries:
            form, values, req = entry.form, entry.varying, entry.req
            pieces = form.pieces.copy()
            pieces[1::2] = form.order((*values, str(n), prev, made, spelt, req))
            body = "".join(pieces).encode()
            digest = LEAF.copy()
            digest.update(body)
            leaf = digest.digest()
            rules = form.rules
            if rules is None:
                rules = form.rules = counted(form.fields)
            sub = values[form.sub] if form.sub >= 0 else ""
            # As `Line(…)` does it, in a third of the time.
            row = (leaf, body, form.kind, writer, n, prev, ts, req, sub, form.more, rules)
            lines.append(_tuple(Line, row))
            stated = hexlify(leaf)
            text += (stated, b" ", body, b"\n")
            prev = stated.decode()
            receipts.append(_tuple(Receipt, (writer, n, prev)))
            n += 1
        self.size, self.prev = n, prev
        return lines


class Line(NamedTuple):
    """A line that was read: its hash fits its JSON, and the JSON is a record of version 1.

    It keeps the JSON as bytes and what is asked of every line; thousands of records as objects cost
    more to keep (the collector goes over them again and again) than to read.
    """

    leaf: bytes
    body: bytes
    """The canonical JSON: what goes into the tree."""
    kind: str
    writer: str
    n: int
    prev: str
    ts: int
    req: str
    """The request's id; empty where there is none."""
    sub: str
    """The person's pseudonym; empty where there is none."""
    more: bool
    """Whether the next entry goes on with this one."""
    rules: tuple[Rule, ...]
    """What totals count of it."""

    @property
    def text(self) -> bytes:
        """As it stands in a write-ahead log, with its newline."""
        return b"%b %b\n" % (hexlify(self.leaf), self.body)

    @property
    def record(self) -> Mapping[str, object]:
        """All that it says, read anew."""
        record: Mapping[str, object] = orjson.loads(self.body)
        return record


COUNTED = cast("Callable[[Line], tuple[str, tuple[Rule, ...]]]", attrgetter("kind", "rules"))
"""Returns what `Totals.count_all` takes of a line."""


def parse_line(data: bytes) -> Line:
    """Read a line with or without its newline.

    Raises:
        EvidenceError: it isn't ``<hash> <JSON>``, the hash doesn't fit, or the JSON isn't a record.
            Its code is ``evidence_newer`` where a later version of the schema may understand it.
    """
    stated, space, body = data.removesuffix(b"\n").partition(b" ")
    if not space or len(stated) != HASH_CHARS or len(data) > LINE_LIMIT:
        raise _unreadable("not a line of evidence")
    leaf = leaf_hash(body)
    if hexlify(leaf) != stated:
        raise _unreadable("the hash doesn't fit the entry")
    try:
        record: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _unreadable("the entry isn't JSON") from error
    if type(record) is not dict or orjson.dumps(record, option=orjson.OPT_SORT_KEYS) != body:
        raise _unreadable("the entry isn't in its canonical form")
    return _line(leaf, body, record)


def _line(leaf: bytes, body: bytes, record: Mapping[str, object]) -> Line:
    # Not a `match`: of a mapping that takes three times as long, and each entry comes through here.
    get = record.get
    kind, w, n, prev, ts = get("t"), get("w"), get("n"), get("prev"), get("ts")
    req, sub = get("req", ""), get("sub", "")
    if (
        isinstance(kind, str)
        and isinstance(w, str)
        and isinstance(prev, str)
        and isinstance(req, str)
        and isinstance(sub, str)
        and isinstance(n, int)
        and isinstance(ts, int)
        and get("v") == SCHEMA_VERSION
    ):
        rules, more = counted(record), "more" in record and bool(record["more"])
        return Line(leaf, body, kind, w, n, prev, ts, req, sub, more, rules)
    version = get("v")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise EvidenceError(
            f"an entry has version {version}", code="evidence_newer", status=500, fix="upgrade"
        )
    raise _unreadable("the entry isn't a record of version 1")


def _unreadable(message: str) -> EvidenceError:
    return EvidenceError(message, code="evidence_line_invalid", status=500)
