"""What the tests of this room start from: one good draft, its record, and keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from joserfc.jwk import OKPKey

from guardrail.consent import (
    ConsentDraft,
    ConsentRecord,
    Method,
    Operator,
    ShownNotice,
    Signer,
    Terms,
    grant,
    keyring,
)

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)

DRAFT = ConsentDraft(
    subject="p:" + "a" * 64,
    operator=Operator(name="Мысал ЖШС", bin="990140000123"),
    purposes=("support.answer",),
    pii=frozenset({"KZ_IIN", "PHONE"}),
    third_parties=True,
    recipients=frozenset({"llm1"}),
    cross_border=True,
    locations=frozenset({"KZ", "US"}),
    public_sources=False,
    valid_to=NOW + timedelta(days=90),
    method=Method.ESIGN,
    notice=ShownNotice(url="https://ops.example.kz/privacy"),
    withdrawal_method="https://ops.example.kz/withdraw",
)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def draft() -> ConsentDraft:
    return DRAFT


@pytest.fixture(scope="session")
def make_record() -> Callable[..., ConsentRecord]:
    """Record number `number`, its draft changed by keyword arguments."""

    def make(number: int = 1, **changes: object) -> ConsentRecord:
        record_id = f"urn:uuid:00000000-0000-4000-8000-{number:012x}"
        return grant(
            replace(DRAFT, **cast("dict[str, Any]", changes)), record_id=record_id, now=NOW
        )

    return make


@pytest.fixture(scope="session")
def signer() -> Signer:
    key = OKPKey.generate_key("Ed25519", auto_kid=True)
    return Signer(issuer="https://ops.example.kz/guardrail", key=key)


@pytest.fixture(scope="session")
def terms(signer: Signer) -> Terms:
    issuers = keyring([signer.trusted])
    return Terms(purpose="support.answer", recipient="llm1", audience="svc:chat", issuers=issuers)
