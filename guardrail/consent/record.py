"""What a person agreed to, as a value.

A record is never changed: an event makes its next version, which carries all events before it.
Field names on paper are those of ISO/IEC TS 27560 (see `document`); here they are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from guardrail.errors import BadInput


class ConsentState(StrEnum):
    """Where a consent stands; only `GIVEN` allows anything, and only within its term."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    INVALIDATED = "invalidated"


class Method(StrEnum):
    """How consent was given (Law 94-V art. 8(1)); each can be proved afterwards."""

    WRITTEN = "written"
    ESIGN = "esign"
    KDP_STATE = "kdp_state"
    """The state service of controlling access to personal data."""
    NON_STATE_SERVICE = "non_state_service"
    PROVABLE_ACTION = "provable_action"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who answers for the processing (Law 94-V art. 8(4) item 1)."""

    name: str = ""
    bin: str = ""
    """BIN, or IIN of a natural person: 12 digits."""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNotice:
    """The privacy notice that the person saw before agreeing."""

    url: str = ""
    version: str = "1"
    sha256: str = ""
    languages: tuple[str, ...] = ("kk", "ru")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEvent:
    """One step in a consent's life."""

    at: datetime
    state: ConsentState
    method: Method
    by: str = "subject"
    """``subject``, ``guardian``, ``operator`` or ``state_service``."""
    proof_sha256: str = ""
    """Digest of what proves the step: a signed form, a session log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """One version of one consent. Build the first with `grant`, the next with `end`.

    Holds no plain name: the subject is a keyed pseudonym.
    """

    record_id: str
    """A ``urn:uuid:…``."""
    version: int
    """1, 2, 3 …: one more for each event."""
    subject: str
    """``p:`` and 64 hex digits, from `pseudonym`."""
    purposes: tuple[str, ...]
    pii: frozenset[str]
    """Entity names (``KZ_IIN``) or kinds of personal data (``bio.face``)."""
    recipients: frozenset[str]
    """Third parties that may receive the data; empty for none."""
    state: ConsentState
    valid_from: datetime
    valid_to: datetime
    """The first instant at which the consent no longer holds."""
    explicit: bool
    operator: Operator
    cross_border: bool
    public_sources: bool
    method: Method
    notice: ShownNotice
    withdrawal_method: str
    """How the person takes it back: an address or a sentence."""
    events: tuple[ConsentEvent, ...]
    purpose_texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Purpose to language tag to the words the person saw."""
    own_values: frozenset[str] = frozenset()
    """Keyed digests of the subject's own identifiers (`own_digest`); may be empty."""
    locations: frozenset[str] = frozenset({"KZ"})
    """Countries of processing, as ISO 3166-1 alpha-2."""
    storage: tuple[str, ...] = ("KZ",)
    jurisdiction: str = "KZ"
    retention: str = ""
    """ISO 8601 duration; empty means as long as the consent lasts."""
    guardian: str = ""
    """Who agreed for a minor, as a pseudonym; empty for an adult."""
    vault_ref: str = ""
    """Where the encrypted name lies; empty while there is no vault."""


_NEXT: Mapping[ConsentState, frozenset[ConsentState]] = {
    ConsentState.GIVEN: frozenset(
        {ConsentState.WITHDRAWN, ConsentState.EXPIRED, ConsentState.INVALIDATED}
    ),
    # A lapsed consent can still be taken back or found void; the person must never be told no.
    ConsentState.EXPIRED: frozenset({ConsentState.WITHDRAWN, ConsentState.INVALIDATED}),
    ConsentState.WITHDRAWN: frozenset({ConsentState.INVALIDATED}),
    ConsentState.REFUSED: frozenset(),
    ConsentState.INVALIDATED: frozenset(),
}


def end(
    record: ConsentRecord,
    state: ConsentState,
    *,
    now: datetime,
    by: str = "subject",
    proof_sha256: str = "",
) -> ConsentRecord:
    """Return the next version of `record`, in which consent no longer holds.

    Raises:
        BadInput: a record in this state can't come to `state` (code ``consent_state``).
    """
    if state not in _NEXT[record.state]:
        raise BadInput(
            f"consent {record.record_id} is {record.state}: it can't become {state}",
            code="consent_state",
            status=409,
        )
    event = ConsentEvent(
        at=now.astimezone(UTC), state=state, method=record.method, by=by, proof_sha256=proof_sha256
    )
    return replace(record, version=record.version + 1, state=state, events=(*record.events, event))


def withdraw(
    record: ConsentRecord, *, now: datetime, by: str = "subject", proof_sha256: str = ""
) -> ConsentRecord:
    """Return `record` withdrawn (Law 94-V art. 8(2)); a withdrawn one comes back as it is.

    Raises:
        BadInput: there was no consent to withdraw (code ``consent_state``).
    """
    if record.state is ConsentState.WITHDRAWN:
        return record
    return end(record, ConsentState.WITHDRAWN, now=now, by=by, proof_sha256=proof_sha256)
