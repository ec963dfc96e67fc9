"""An exemption from labels never reaches what Kazakhstan calls synthetic (Law 230-VIII art. 21(2)).

AI Act art. 50(2) and (4) exempt some texts; Kazakhstan exempts no picture, sound or film.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.consent import Terms
from guardrail.detect import text_detector
from guardrail.disclose import LabelSigner
from guardrail.engine import Decided, Guard, ReplyStream
from guardrail.errors import UpstreamError
from guardrail.facts import Inspected, RawReply, RawRequest, Verdict
from guardrail.policy import Choices, Judge, load_packs
from guardrail.settings import Settings
from guardrail.settings.sections import Exemption
from guardrail.shipped import shipped
from guardrail.testing import pictures
from guardrail.testing.wires import shipped_wires

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
REASONS = get_args(Exemption)
PIXEL = b64encode(pictures.encoded(pictures.scene(32, 32))).decode()
PICTURE = Inspected(verdict=Verdict.INSPECTED, medium="image/png")


@pytest.fixture(scope="module")
def guards() -> dict[str, Guard]:
    """Return a guard for each reason, every path of which is exempt for it."""
    wires, detector = shipped_wires(), text_detector(memo_key=b"k" * 32)
    judge = Judge(load_packs(shipped("policies"), ("kz-230-viii", "eu-ai-act")), Choices())
    return {
        reason: Guard(
            Settings.model_validate({"labels": {"exempt": {"/*": reason}, "editor": "editor"}}),
            wires=wires,
            detector=detector,
            judge=judge,
            terms=Terms(purpose="assistant.answer", audience="guardrail", issuers={}),
            key=b"k" * 32,
            signer=LabelSigner(Ed25519PrivateKey.generate(), "kid"),
        )
        for reason in REASONS
    }


def asked(guard: Guard, path: str, body: object) -> Decided:
    raw = RawRequest(
        method="POST",
        path=path,
        headers=((b"content-type", b"application/json"),),
        body=json.dumps(body).encode(),
    )
    route = guard.route(raw.method, raw.path)
    examined = guard.examine(raw, route, request_id="r", label_id="urn:uuid:1", now=NOW)
    return guard.decide(examined, (), NOW)


def drawn(guard: Guard, inspected: tuple[Inspected, ...]) -> Decided:
    case = asked(
        guard, "/v1/images/generations", {"model": "m", "prompt": "мысықтың суреті"}
    ).examined.case
    assert case.exempt
    reply = json.dumps({"created": 1, "data": [{"b64_json": PIXEL}]}).encode()
    examined = guard.examine_reply(case, RawReply(status=200, body=reply))
    return guard.decide(replace(examined, inspected=inspected), (), NOW)


@pytest.mark.parametrize("reason", REASONS)
def test_no_reason_exempts_a_picture(guards: dict[str, Guard], reason: str) -> None:
    guard = guards[reason]
    decided = drawn(guard, (PICTURE,))
    case = decided.examined.case
    said = guard.said(case, "", 1)
    assert said.words[0].startswith("Жасанды интеллект жасаған")
    assert said.label.kind == "synthetic"
    assert "kz.21-2.synthetic-label" in decided.decision.rules
    with pytest.raises(UpstreamError) as caught:
        guard.enact(decided, now=1)  # it may not leave without its label
    assert caught.value.code == "media_not_labelled"


@pytest.mark.parametrize("reason", REASONS)
def test_no_reason_exempts_what_nobody_could_look_into(
    guards: dict[str, Guard], reason: str
) -> None:
    unread = Inspected(verdict=Verdict.UNINSPECTABLE, reason="broken")
    assert drawn(guards[reason], (unread,)).examined.case.exempt == ""


@pytest.mark.parametrize("reason", REASONS)
def test_a_stream_that_brings_a_picture_is_exempt_no_more(
    guards: dict[str, Guard], reason: str
) -> None:
    guard = guards[reason]
    request = {"model": "m", "prompt": "a", "stream": True}
    decided = asked(guard, "/v1/images/generations", request)
    case = decided.examined.case
    stream = ReplyStream(guard, decided, case.route.adapter.stream(), NOW)
    assert stream.open().fields["exempt"] == reason
    event = {"type": "image_generation.completed", "b64_json": PIXEL}
    stream.receive(b"event: x\ndata: " + json.dumps(event).encode() + b"\n\n", NOW)
    assert stream.awaits
    stream.looked((PICTURE,), NOW)
    assert stream.changes is not None
    assert stream.changes.said is not None
    assert stream.changes.said.words
    assert case.exempt == ""
