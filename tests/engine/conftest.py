"""What the tests of the engine start from: real wires, detector and packs, built once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

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
    issue,
    keyring,
    pseudonym,
)
from guardrail.detect import TextDetector, text_detector
from guardrail.disclose import LabelSigner
from guardrail.engine import Decided, Enacted, Guard
from guardrail.facts import Action, RawReply, RawRequest
from guardrail.policy import Choices, Judge, load_packs
from guardrail.settings import HoldBack, Settings, Unmatched
from guardrail.shipped import shipped
from guardrail.testing.wires import shipped_wires
from guardrail.wire import Wires

KEY = b"k" * 32
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
HOLD_BACK = HoldBack()
LABEL = "urn:uuid:00000000-0000-4000-8000-000000000001"


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def detector() -> TextDetector:
    return text_detector(memo_key=KEY)


@pytest.fixture(scope="session")
def wires() -> Wires:
    return shipped_wires()


@pytest.fixture(scope="session")
def signer() -> Signer:
    return Signer(issuer="guardrail", key=OKPKey.generate_key("Ed25519", auto_kid=True))


@pytest.fixture(scope="session")
def make_guard(detector: TextDetector, wires: Wires, signer: Signer) -> Callable[..., Guard]:
    """Return a maker of guards: the action for personal data, packs, media, other settings.

    Only those that are given a key sign labels, and put them into bodies.
    """

    @cache
    def make(  # noqa: PLR0913 - what tests want otherwise
        personal_data: str = "mask",
        *,
        packs: Sequence[str] = ("kz-230-viii", "eu-ai-act"),
        media: str = "refuse",
        unmatched: str = "refuse",
        upstream: str = "",
        hold_back: HoldBack = HOLD_BACK,
        signs: LabelSigner | None = None,
        **more: str,
    ) -> Guard:
        changes: dict[str, Any] = {"personal_data": personal_data, "media": media, **more}
        settings = Settings(
            **changes,
            policy=tuple(packs),
            upstream=upstream,
            hold_back=hold_back,
            unmatched=Unmatched.model_validate({"ai": unmatched}),
        )
        choices = Choices(
            personal_data=Action(personal_data),
            reply_personal_data=Action(settings.for_replies),
            opaque=Action.ALLOW if media == "pass" else Action.REFUSE,
            remote=Action.ALLOW if media == "pass" else Action.REFUSE,
        )
        return Guard(
            settings,
            wires=wires,
            detector=detector,
            judge=Judge(load_packs(shipped("policies"), packs), choices),
            terms=Terms(
                purpose="assistant.answer", audience="guardrail", issuers=keyring([signer.trusted])
            ),
            key=KEY,
            signer=signs,
        )

    return make


@pytest.fixture(scope="session")
def record() -> ConsentRecord:
    """Return a person's consent to IINs and phones."""
    draft = ConsentDraft(
        subject=pseudonym(KEY, "u-17"),
        operator=Operator(name="Мысал ЖШС", bin="990140000123"),
        purposes=("assistant.answer",),
        pii=frozenset({"KZ_IIN", "PHONE_NUMBER"}),
        third_parties=False,
        recipients=frozenset(),
        cross_border=False,
        locations=frozenset({"KZ"}),
        public_sources=False,
        valid_to=NOW + timedelta(days=90),
        method=Method.WRITTEN,
        notice=ShownNotice(url="https://ops.example.kz/privacy"),
        withdrawal_method="https://ops.example.kz/withdraw",
    )
    return grant(draft, record_id=LABEL, now=NOW)


@pytest.fixture(scope="session")
def token(record: ConsentRecord, signer: Signer) -> bytes:
    return issue(record, signer=signer, audience="guardrail", now=NOW, token_id="t1").encode()


@pytest.fixture(scope="session")
def send() -> Callable[..., Enacted]:
    """Return what takes a request through a guard, up to what would be recorded and released."""

    def take(
        guard: Guard,
        body: bytes,
        *headers: tuple[bytes, bytes],
        records: Sequence[ConsentRecord] = (),
        path: str = "/v1/chat/completions",
        now: datetime = NOW,
    ) -> Enacted:
        sent = ((b"content-type", b"application/json"), *headers)
        raw = RawRequest(method="POST", path=path, headers=sent, body=body)
        route = guard.route(raw.method, raw.path)
        examined = guard.examine(raw, route, request_id="req_1", label_id=LABEL, now=now)
        return guard.enact(guard.decide(examined, records, now))

    return take


@pytest.fixture(scope="session")
def answer() -> Callable[..., Enacted]:
    """Return what takes a whole reply through a guard."""

    def take(guard: Guard, decided: Decided, body: bytes, status: int = 200) -> Enacted:
        case = decided.examined.case
        examined = guard.examine_reply(case, RawReply(status=status, body=body))
        return guard.enact(guard.decide(examined, case.records, NOW))

    return take
