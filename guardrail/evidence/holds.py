"""Legal holds: what must not be deleted while somebody else's claim to it lasts.

A hold covers a request, a person, or a time. It is put on record, and kept in the object `holds`
beside the log, where pruning and erasure look it up.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

import orjson

from guardrail.errors import EvidenceError
from guardrail.evidence.details import Detail
from guardrail.evidence.entry import Entry, EntryKind, token

HOLDS = "holds"
"""The object's name."""
LIMIT = 10_000
"""Holds at once."""

_FORM = "guardrail holds 1"
_ID = re.compile(r"hold_[0-9a-f]{16}")
_FIELDS = frozenset({"id", "reason", "made", "request", "subject", "since", "until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold: of a request, of a person, or of a time.

    Raises:
        EvidenceError: it covers nothing, several things, or its reason is no plain word.
    """

    id: str
    """``hold_`` and 16 hex digits."""
    reason: str
    """What it is for, in one word, as a case's number: never anything about a person."""
    made: int
    """When it was put there, microseconds since 1970, UTC."""
    request: str = ""
    """The request's id."""
    subject: str = ""
    """The person's stable pseudonym."""
    since: int = 0
    """Microseconds since 1970, UTC."""
    until: int = 0
    """Likewise; the hold covers what is from `since` on and before `until`."""

    def __post_init__(self) -> None:
        """Check that it says one thing."""
        if not token(self.reason) or not self.reason or not _ID.fullmatch(self.id):
            raise _wrong("a hold has a reason of one word, as the number of a case")
        if sum((bool(self.request), bool(self.subject), self.until > 0)) != 1:
            raise _wrong("a hold is of one request, of one person, or of a time")
        if self.since > self.until or self.since < 0 or not token(self.request):
            raise _wrong("a hold's time ends before it begins, or its request has no id")

    def covers_time(self, ts: int) -> bool:
        """Tell whether it is of a time that `ts` (microseconds) falls in."""
        return self.since <= ts < self.until

    def overlaps(self, since: int, until: int) -> bool:
        """Tell whether it may cover anything of a time: what is of no time covers all times."""
        return not self.until or (self.since < until and since < self.until)

    def entry(self, state: str, name: str) -> Entry:
        """Return what is put on record of it.

        Args:
            state: ``held`` or ``lifted``.
            name: the person's pseudonym in evidence, where it is of one.
        """
        told = {"record": self.id, "reason": self.reason, "state": state, "sub": name}
        times = {"since": self.since, "until": self.until} if self.until else {}
        fields = {key: value for key, value in told.items() if value} | times
        return Entry(kind=EntryKind.HOLD, req=self.request, fields=fields)


class Cover:
    """What several holds cover together."""

    def __init__(self, holds: Sequence[Hold], names: Mapping[str, Collection[str]]) -> None:
        """Take the holds.

        Args:
            holds: all that are in force.
            names: of each stable pseudonym among them, those that evidence holds of the person.
        """
        self._times = [hold for hold in holds if hold.until]
        self._requests = frozenset(hold.request for hold in holds if hold.request)
        self._subjects = frozenset(hold.subject for hold in holds if hold.subject)
        self._names = frozenset(name for one in self._subjects for name in names.get(one, ()))
        self._holds = tuple(holds)

    def __bool__(self) -> bool:
        """Tell whether there is any hold."""
        return bool(self._holds)

    @property
    def ids(self) -> frozenset[str]:
        """The holds' ids."""
        return frozenset(hold.id for hold in self._holds)

    @property
    def subjects(self) -> frozenset[str]:
        """Whom holds are of, by stable pseudonyms."""
        return self._subjects

    def record(self, record: Mapping[str, object]) -> bool:
        """Tell whether a record of evidence, as it was read, may not be deleted."""
        return (
            record.get("req") in self._requests
            or record.get("sub") in self._names
            or record.get("author") in self._names
            or self._at(record.get("ts"))
        )

    def detail(self, detail: Detail, subjects: Collection[str]) -> bool:
        """Tell whether details may not be destroyed.

        Args:
            detail: what is known of them.
            subjects: ids of all details of those whom holds are of.
        """
        return detail.id in subjects or detail.request in self._requests or self._at(detail.made)

    def overlaps(self, since: int, until: int) -> bool:
        """Tell whether any hold may cover something of a time (microseconds)."""
        return any(hold.overlaps(since, until) for hold in self._holds)

    def of(self, subject: str) -> tuple[Hold, ...]:
        """Return the holds that are of a person."""
        return tuple(hold for hold in self._holds if hold.subject == subject)

    def _at(self, ts: object) -> bool:
        return isinstance(ts, int) and any(hold.covers_time(ts) for hold in self._times)


def encoded(holds: Sequence[Hold]) -> bytes:
    """Return holds as the bytes of the object `HOLDS`.

    Raises:
        EvidenceError: there are too many.
    """
    if len(holds) > LIMIT:
        raise _wrong(f"there are {LIMIT} holds already: lift some, or hold a time")
    told = {"form": _FORM, "holds": [asdict(hold) for hold in holds]}
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def decoded(data: bytes) -> tuple[Hold, ...]:
    """Return the holds that `encoded` wrote.

    Raises:
        EvidenceError: it isn't that: nothing may be deleted then.
    """
    try:
        told = orjson.loads(data)
        if told["form"] == _FORM and all(set(one) == _FIELDS for one in told["holds"]):
            return tuple(Hold(**one) for one in told["holds"])
    except (ValueError, TypeError, KeyError):
        pass  # From nothing below: a parser's message may repeat what it read.
    raise EvidenceError(
        "the object `holds` isn't a list of holds: nothing is deleted until it is mended",
        code="evidence_unreadable",
    )


def _wrong(message: str) -> EvidenceError:
    return EvidenceError(message, code="evidence_record_invalid", status=500)
