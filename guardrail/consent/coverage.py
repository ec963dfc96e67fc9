"""Does consent cover what was found? A pure function of findings, records, request and time.

The order of questions: does the token verify, if one was sent; does the record still hold; is it
for this purpose, this recipient and country, this kind of data; is the value the subject's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from guardrail.consent.headers import Query
from guardrail.consent.persons import crowded, own_digest
from guardrail.consent.record import ConsentRecord, ConsentState
from guardrail.consent.token import Claims, TokenFault, TrustedKey, verify
from guardrail.facts import Category, Consent, Found, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the operator does with the data: the frame that a consent must fit."""

    purpose: str
    recipient: str = ""
    """Who operates the upstream; empty for the operator itself."""
    country: str = ""
    """Where the upstream is, as ISO 3166-1 alpha-2; empty where the operator doesn't say."""
    audience: str
    """What a token must name in ``aud``."""
    issuers: Mapping[str, TrustedKey]
    """Key id to key, for the tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """One record, as far as this request may lean on it."""

    record: ConsentRecord
    ended: Consent | None
    fits: bool
    """Purpose, recipient and country are the record's."""
    pii: frozenset[str]


_SENSITIVE = frozenset({Category.SPECIAL, Category.BIOMETRIC, Category.PROHIBITED})
"""Consent to these must be explicit."""

_ENDED: Mapping[ConsentState, Consent] = {
    ConsentState.WITHDRAWN: Consent.WITHDRAWN,
    ConsentState.EXPIRED: Consent.EXPIRED,
    # Neither a refusal nor a void consent is consent.
    ConsentState.REFUSED: Consent.MISSING,
    ConsentState.INVALIDATED: Consent.MISSING,
}


def coverage(  # noqa: PLR0913 - eight independent facts; grouping them would only hide them
    findings: Sequence[Found],
    values: Sequence[str],
    records: Sequence[ConsentRecord],
    *,
    query: Query,
    terms: Terms,
    now: datetime,
    key: bytes,
    pii_type: Callable[[str], str],
) -> tuple[Standing, ...]:
    """Return one standing for each finding, in order.

    Give all findings of the exchange so far, those of the request before those of the reply: the
    third-person rule (see `persons`) counts distinct values over all of them.

    Args:
        findings: what was found.
        values: the text of each finding; compared and forgotten. Empty where there is none to be
            compared: in media, and for uses.
        records: what the registry holds for the query's subject; others are passed over.
        query: whom the request is about, and its token.
        terms: purpose, recipient, country, audience and trusted keys.
        now: the time, aware.
        key: the key of `own_digest`.
        pii_type: entity name to kind of personal data; a record may list either.
    """
    third = crowded(findings, values)
    scopes = _scopes(records, query=query, terms=terms, now=now)
    if isinstance(scopes, Consent):
        return tuple(Standing(finding=finding, consent=scopes) for finding in findings)
    listed = any(scope.record.own_values for scope in scopes)
    digests = [
        own_digest(key, finding.entity, value) if listed and value else ""
        for finding, value in zip(findings, values, strict=True)
    ]
    return tuple(
        _standing(finding, digest, scopes, third, pii_type(finding.entity))
        for finding, digest in zip(findings, digests, strict=True)
    )


def _scopes(
    records: Sequence[ConsentRecord], *, query: Query, terms: Terms, now: datetime
) -> Sequence[_Scope] | Consent:
    claims: Claims | None = None
    if query.token is not None:
        answer = verify(query.token, keys=terms.issuers, audience=terms.audience, now=now)
        if isinstance(answer, TokenFault) or answer.subject != query.subject:
            return Consent.INVALID
        claims = answer
    scopes = [_scope(record, claims, terms, now) for record in _candidates(records, query, claims)]
    if claims is not None and any(
        scope.ended is None and scope.record.version != claims.record_version for scope in scopes
    ):
        # The consent changed since the token was issued; its holder can fetch a new one.
        return Consent.INVALID
    return scopes or Consent.MISSING


def _candidates(
    records: Sequence[ConsentRecord], query: Query, claims: Claims | None
) -> Iterator[ConsentRecord]:
    newest: dict[str, ConsentRecord] = {}
    for record in records:
        known = newest.get(record.record_id)
        if known is None or known.version < record.version:
            newest[record.record_id] = record
    for record in newest.values():
        if record.subject == query.subject and (
            claims is None or record.record_id == claims.record_id
        ):
            yield record


def _scope(record: ConsentRecord, claims: Claims | None, terms: Terms, now: datetime) -> _Scope:
    purposes, pii = frozenset(record.purposes), record.pii
    recipients, locations = record.recipients, record.locations
    if claims is not None:
        purposes, pii = purposes & claims.purposes, pii & claims.pii
        recipients, locations = recipients & claims.recipients, locations & claims.locations
    return _Scope(
        record=record,
        ended=_ended(record, now),
        fits=terms.purpose in purposes
        and (not terms.recipient or terms.recipient in recipients)
        and (not terms.country or terms.country in locations),
        pii=pii,
    )


def _ended(record: ConsentRecord, now: datetime) -> Consent | None:
    if record.state is not ConsentState.GIVEN:
        return _ENDED[record.state]
    if now >= record.valid_to:
        return Consent.EXPIRED
    return Consent.NOT_COVERED if now < record.valid_from else None


def _standing(
    finding: Found,
    digest: str,
    scopes: Sequence[_Scope],
    crowd: frozenset[str],
    pii_type: str,
) -> Standing:
    verdicts = [_verdict(finding, digest, scope, crowd, pii_type) for scope in scopes]
    _, consent, record = min(verdicts, key=lambda verdict: verdict[0])
    basis = "consent" if consent is Consent.COVERED else ""
    return Standing(finding=finding, consent=consent, record=record, basis=basis)


def _verdict(
    finding: Found, digest: str, scope: _Scope, crowd: frozenset[str], pii_type: str
) -> tuple[int, Consent, str]:
    """Return how much this record's word tells (0 tells most), the word, and the record's id."""
    record = scope.record
    sensitive = finding.category in _SENSITIVE
    inside = (
        scope.fits
        and not scope.pii.isdisjoint({finding.entity, pii_type})
        and (record.explicit or not sensitive)
    )
    if scope.ended is not None:
        return (2 if inside else 4), scope.ended, record.record_id
    if not inside:
        return 3, Consent.NOT_COVERED, record.record_id
    listed = record.own_values and digest
    third = digest not in record.own_values if listed else finding.entity in crowd
    if third:
        return 1, Consent.THIRD_PERSON, record.record_id
    return 0, Consent.COVERED, record.record_id
