"""From answers on a form to a consent record, or a refusal that names field and article."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from guardrail.consent.record import (
    ConsentEvent,
    ConsentRecord,
    ConsentState,
    Method,
    Operator,
    ShownNotice,
)
from guardrail.errors import BadInput

LONGEST_TERM = timedelta(days=5 * 366)
"""Law 94-V ties the term to the purpose and names no number; five years keeps a slip of the hand
(9999-12-31) from making a consent open-ended in all but name."""

MOST_ITEMS = 64
"""Purposes, kinds of data, recipients or countries in one consent: more is no choice."""

MOST_OWN_VALUES = 256
LONGEST_TEXT = 300

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_SUBJECT = re.compile(r"p:[0-9a-f]{64}")
_RECORD_ID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_BIN = re.compile(r"[0-9]{12}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8}){0,2}")
_SHA256 = re.compile(r"[0-9a-f]{64}")

SENSITIVE_PREFIXES = ("bio.", "special.", "emotion")
"""Kinds of data that need a consent of their own, never bundled with other data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDraft:
    """What a form or a command line gathered; `grant` says what is missing or wrong."""

    subject: str = ""
    operator: Operator = field(default_factory=Operator)
    purposes: tuple[str, ...] = ()
    purpose_texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    pii: frozenset[str] = frozenset()
    third_parties: bool | None = None
    recipients: frozenset[str] = frozenset()
    cross_border: bool | None = None
    locations: frozenset[str] = frozenset({"KZ"})
    public_sources: bool | None = None
    valid_from: datetime | None = None
    """None means now."""
    valid_to: datetime | None = None
    method: Method | None = None
    explicit: bool = False
    refused: bool = False
    """True where the person said no: silence isn't recorded, a refusal is."""
    notice: ShownNotice = field(default_factory=ShownNotice)
    withdrawal_method: str = ""
    proof_sha256: str = ""
    storage: tuple[str, ...] = ("KZ",)
    retention: str = ""
    minor: bool = False
    guardian: str = ""
    own_values: frozenset[str] = frozenset()
    vault_ref: str = ""


_REQUIRED: Mapping[str, str] = {
    "operator.name": "Law 94-V art. 8(4) item 1",
    "operator.bin": "Law 94-V art. 8(4) item 1",
    "subject": "Law 94-V art. 8(4) item 2",
    "valid_to": "Law 94-V art. 8(4) item 3",
    "third_parties": "Law 94-V art. 8(4) item 4",
    "cross_border": "Law 94-V art. 8(4) item 5",
    "public_sources": "Law 94-V art. 8(4) item 6",
    "pii": "Law 94-V art. 8(4) item 7",
    "method": "Law 94-V art. 8(1)",
    "purposes": "ISO/IEC TS 27560 purposes",
    "notice.url": "ISO/IEC TS 27560 privacy_notice",
    "withdrawal_method": "ISO/IEC TS 27560 withdrawal_method",
}
"""Every field without which there is no valid consent, and what asks for it."""


def grant(draft: ConsentDraft, *, record_id: str, now: datetime) -> ConsentRecord:
    """Return the first version of a consent record, checked.

    Raises:
        BadInput: with code ``consent_incomplete``, naming each missing field and its article; with
            code ``consent_invalid``, naming each field that can't be. No value is repeated.
    """
    missing = [f"{name} ({source})" for name, source in _REQUIRED.items() if _absent(draft, name)]
    if missing:
        raise BadInput(f"consent lacks {', '.join(missing)}", code="consent_incomplete")
    wrong = [*_faults(draft), *_term_faults(draft, now)]
    if not _RECORD_ID.fullmatch(record_id):
        wrong.append("record_id must be urn:uuid: and a UUID in lower case")
    if wrong:
        raise BadInput(f"consent can't be recorded: {'; '.join(wrong)}", code="consent_invalid")
    return _record(draft, record_id, now.astimezone(UTC))


def _absent(draft: ConsentDraft, name: str) -> bool:
    value = attrgetter(name)(draft)
    return value is None or (not isinstance(value, bool) and not value)


def _faults(draft: ConsentDraft) -> Iterator[str]:
    yield from _name_faults("purposes", draft.purposes)
    yield from _name_faults("pii", draft.pii)
    yield from _name_faults("recipients", draft.recipients)
    yield from _text_faults(draft)
    yield from _pattern_faults(draft)
    yield from _transfer_faults(draft)
    if draft.minor and not draft.guardian:
        yield "guardian is missing: a minor's guardian agrees (Civil Code art. 22, 23)"
    sensitive = {name for name in draft.pii if name.startswith(SENSITIVE_PREFIXES)}
    if sensitive and sensitive != draft.pii:
        yield "pii mixes biometric or special data with other data: each needs a consent of its own"
    if sensitive and not draft.explicit:
        yield "explicit must be true for biometric and special data"


def _name_faults(field_name: str, names: Collection[str]) -> Iterator[str]:
    if "*" in names:
        yield f"{field_name} can't be '*': a consent lists what it covers (Law 94-V art. 8(4))"
    elif not all(_NAME.fullmatch(name) for name in names):
        yield f"{field_name} must be names of letters, digits and ._:- (at most 64 characters)"
    if len(names) > MOST_ITEMS:
        yield f"{field_name} has more than {MOST_ITEMS} items"


def _text_faults(draft: ConsentDraft) -> Iterator[str]:
    texts = {
        "operator.name": draft.operator.name,
        "operator.contact": draft.operator.contact,
        "notice.url": draft.notice.url,
        "notice.version": draft.notice.version,
        "withdrawal_method": draft.withdrawal_method,
        "retention": draft.retention,
        "vault_ref": draft.vault_ref,
    }
    words = [text for texts in draft.purpose_texts.values() for text in texts.values()]
    texts |= {f"purpose_texts[{index}]": text for index, text in enumerate(words)}
    for name, text in texts.items():
        # Receipts are printed on terminals and paper: control characters have no place in them.
        if len(text) > LONGEST_TEXT or not text.isprintable():
            yield f"{name} must be printable and at most {LONGEST_TEXT} characters"
    if not draft.purpose_texts.keys() <= set(draft.purposes):
        yield "purpose_texts names a purpose that isn't among purposes"


def _pattern_faults(draft: ConsentDraft) -> Iterator[str]:
    if not _BIN.fullmatch(draft.operator.bin):
        yield "operator.bin must be 12 digits"
    if not _SUBJECT.fullmatch(draft.subject):
        yield "subject must be a pseudonym: p: and 64 hex digits"
    if draft.guardian and not _SUBJECT.fullmatch(draft.guardian):
        yield "guardian must be a pseudonym: p: and 64 hex digits"
    if not draft.notice.languages or not all(
        _LANGUAGE.fullmatch(tag) for tag in draft.notice.languages
    ):
        yield "notice.languages must be language tags"
    for name, digest in (
        ("notice.sha256", draft.notice.sha256),
        ("proof_sha256", draft.proof_sha256),
    ):
        if digest and not _SHA256.fullmatch(digest):
            yield f"{name} must be 64 hex digits"
    if len(draft.own_values) > MOST_OWN_VALUES:
        yield f"own_values has more than {MOST_OWN_VALUES} items"
    if not all(_SHA256.fullmatch(digest) for digest in draft.own_values):
        yield "own_values must be keyed digests: 64 hex digits each"


def _transfer_faults(draft: ConsentDraft) -> Iterator[str]:
    countries = draft.locations | set(draft.storage)
    if not draft.locations or not all(_COUNTRY.fullmatch(country) for country in countries):
        yield "locations and storage must be ISO 3166-1 alpha-2 codes"
    if len(countries) > MOST_ITEMS:
        yield f"locations and storage have more than {MOST_ITEMS} countries"
    if draft.third_parties != bool(draft.recipients):
        yield "third_parties and recipients contradict each other"
    if draft.cross_border != bool(draft.locations - {"KZ"}):
        yield "cross_border and locations contradict each other"
    if "KZ" not in draft.storage:
        yield "storage must name KZ (Law 94-V art. 12(2))"


def _term_faults(draft: ConsentDraft, now: datetime) -> Iterator[str]:
    begin, end = draft.valid_from or now, draft.valid_to or now
    if begin.utcoffset() is None or end.utcoffset() is None:
        yield "valid_from and valid_to need a time zone"
    elif end <= max(begin, now):
        yield "valid_to must lie after valid_from and in the future"
    elif end - begin > LONGEST_TERM:
        yield f"valid_to lies more than {LONGEST_TERM.days} days after valid_from"


def _record(draft: ConsentDraft, record_id: str, now: datetime) -> ConsentRecord:
    # `grant` has refused a draft without these: the fallbacks are for the type checker alone, and
    # would make a consent that has already ended.
    method, valid_to = draft.method or Method.PROVABLE_ACTION, draft.valid_to or now
    event = _first(draft, method, now)
    return ConsentRecord(
        record_id=record_id,
        version=1,
        subject=draft.subject,
        purposes=tuple(dict.fromkeys(draft.purposes)),
        purpose_texts=draft.purpose_texts,
        pii=draft.pii,
        recipients=draft.recipients,
        state=event.state,
        valid_from=(draft.valid_from or now).astimezone(UTC),
        valid_to=valid_to.astimezone(UTC),
        explicit=draft.explicit,
        operator=draft.operator,
        cross_border=bool(draft.cross_border),
        public_sources=bool(draft.public_sources),
        method=method,
        notice=draft.notice,
        withdrawal_method=draft.withdrawal_method,
        events=(event,),
        own_values=draft.own_values,
        locations=draft.locations,
        storage=draft.storage,
        retention=draft.retention,
        guardian=draft.guardian,
        vault_ref=draft.vault_ref,
    )


def _first(draft: ConsentDraft, method: Method, now: datetime) -> ConsentEvent:
    return ConsentEvent(
        at=now,
        state=ConsentState.REFUSED if draft.refused else ConsentState.GIVEN,
        method=method,
        by="guardian" if draft.guardian else "subject",
        proof_sha256=draft.proof_sha256,
    )
