"""What consent says of the findings of an exchange, in the order in which they are met."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from guardrail.consent import Claims, Terms, coverage, normalised, verify
from guardrail.detect import ENTITIES
from guardrail.engine.case import Case
from guardrail.engine.media import values_of
from guardrail.facts import Category, Finding, Found, Seen, Segment, Standing


class Weigher:
    """Weighs findings by consent. For any number of threads."""

    def __init__(self, terms: Terms, key: bytes) -> None:
        """Take what a consent must cover, and the key of its digests."""
        self._terms = terms
        self._key = key

    def text(
        self,
        case: Case,
        segments: Sequence[Segment],
        findings: Sequence[Finding],
        now: datetime,
    ) -> tuple[Standing, ...]:
        """Say what consent covers, knowing the values met earlier in the exchange."""
        if not findings:
            return ()
        values = [_value(segments, finding) for finding in findings]
        earlier = [met for by_value in case.known.values() for met in by_value.values()]
        standings = self._covered(
            case,
            [*(finding for _, finding in earlier), *findings],
            [*(value for value, _ in earlier), *values],
            now,
        )
        for value, finding in zip(values, findings, strict=True):
            if not value:
                continue
            met = case.known.setdefault(finding.entity, {})
            if len(met) < 2:
                met.setdefault(normalised(value), (value, finding))
        return standings[len(earlier) :]

    def seen(self, case: Case, seen: Sequence[Seen], now: datetime) -> tuple[Standing, ...]:
        """Say what consent covers of what is no text."""
        if not seen:
            return ()
        case.materials |= {one.entity for one in seen}
        return self._covered(case, seen, values_of(seen), now)

    def proven(self, case: Case, now: datetime) -> str:
        """Return the pseudonym of who speaks, where a trusted hop or a token proves it, or ''."""
        asking = case.query
        if asking.token is None:
            return asking.subject or ""
        terms = self._terms
        claims = verify(asking.token, keys=terms.issuers, audience=terms.audience, now=now)
        known = isinstance(claims, Claims) and claims.subject == asking.subject
        return asking.subject or "" if known else ""

    def _covered(
        self, case: Case, findings: Sequence[Found], values: Sequence[str], now: datetime
    ) -> tuple[Standing, ...]:
        return coverage(
            findings,
            values,
            case.records,
            query=case.query,
            terms=self._terms,
            now=now,
            key=self._key,
            pii_type=_pii_type,
        )


def _value(segments: Sequence[Segment], finding: Finding) -> str:
    """Return what a finding is compared by: a use has no value."""
    if finding.category is Category.PROHIBITED:
        return ""
    return segments[finding.segment].text[finding.start : finding.end]


def _pii_type(entity: str) -> str:
    known = ENTITIES.get(entity)
    return known.pii_type if known else entity
