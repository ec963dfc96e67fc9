"""Consent from the command line to the request, and its end."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from guardrail.testing import Assistant
    from tests.e2e.conftest import Guard

TEXT = "Мой ИИН 900101300017, проверьте"
TWO = "Мой ИИН 900101300017, а жены 850505401234"
SAID_EIGHT = (
    *("--operator-name", "Example LLP", "--operator-bin", "990140000007"),
    *("--notice-url", "https://example.kz/privacy"),
    *("--withdrawal", "https://example.kz/withdraw"),
)


def granted(guard: Guard, *more: str, subject: str = "person-u-17") -> tuple[str, str]:
    """Return the record's id and a token."""
    done = guard.cli(
        *("consent", "grant", "--subject", subject, "--pii", "KZ_IIN", "--days", "30"),
        *(*SAID_EIGHT, "--state", str(guard.state), *more),
    )
    assert done.returncode == 0, done.stderr
    record, token = (line.partition(" ")[2] for line in done.stdout.splitlines())
    return record, token


def test_consent_lets_a_value_pass_until_it_is_withdrawn(
    guard: Guard, assistant: Assistant
) -> None:
    record, token = granted(guard)
    passed = guard.chat(TEXT, guardrail_consent=token)
    assert passed.status_code == 200
    assert passed.headers["guardrail-decision"] == "allowed"
    assert assistant.received[0].json["messages"][0]["content"] == TEXT
    assert TEXT in passed.json()["choices"][0]["message"]["content"]
    request = next(e for e in guard.of_request(passed) if e["t"] == "request")
    assert request["standings"] == {"covered": 1}
    assert request["sub"].startswith("p:")

    done = guard.cli("consent", "withdraw", record, "--state", str(guard.state))
    assert done.returncode == 0, done.stderr
    refused = guard.chat(TEXT, guardrail_consent=token)
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "content_policy_violation"
    assert guard.entry(refused.headers["guardrail-evidence"])["standings"] == {"withdrawn": 1}
    assert len(assistant.received) == 1
    states = [e["state"] for e in guard.entries() if e.get("record") == record]
    assert states == ["given", "withdrawn"]


@pytest.fixture(scope="module")
def token(guard: Guard) -> str:
    """A consent to the use of identification numbers that isn't withdrawn."""
    return granted(guard, subject="person-u-17-lasting")[1]


def test_consent_covers_the_streamed_reply_too(guard: Guard, token: str) -> None:
    reply = guard.chat(TEXT, stream=True, guardrail_consent=token)
    assert reply.status_code == 200
    events = [json.loads(line[6:]) for line in reply.text.splitlines() if line[:7] == "data: {"]
    said = "".join(c["delta"].get("content") or "" for e in events for c in e["choices"])
    assert TEXT in said
    assert reply.text.endswith("data: [DONE]\n\n")


def test_consent_is_shown_and_has_a_receipt(guard: Guard) -> None:
    record, _ = granted(guard, subject="person-u-17-shown")
    state = ("--state", str(guard.state))
    listed = guard.cli("consent", "show", "--subject", "person-u-17-shown", *state)
    assert record in listed.stdout
    assert "given" in listed.stdout
    whole = json.loads(guard.cli("consent", "show", "--record", record, *state).stdout)
    assert "person-u-17" not in json.dumps(whole)
    receipt = guard.cli("consent", "receipt", record, *state).stdout
    assert "Example LLP" in receipt
    assert "https://example.kz/withdraw" in receipt
    assert json.loads(guard.cli("consent", "receipt", record, "--json", *state).stdout)


def test_a_fresh_token_can_be_had(guard: Guard, token: str) -> None:
    state = ("--state", str(guard.state))
    shown = guard.cli("consent", "show", "--subject", "person-u-17-lasting", *state).stdout
    fresh = guard.cli("consent", "token", shown.split()[0], *state).stdout.strip()
    assert fresh != token
    assert guard.chat(TEXT, guardrail_consent=fresh).status_code == 200


def test_a_token_that_does_not_verify_is_no_consent(
    guard: Guard, assistant: Assistant, token: str
) -> None:
    head, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    longer = json.dumps(claims | {"exp": claims["exp"] + 9_999}).encode()
    forged = ".".join([head, base64.urlsafe_b64encode(longer).decode().rstrip("="), signature])
    for bad in ("garbage", "a.b.c", "x" * 9_000, forged, token[:-4] + "AAAA", f"{token}, {token}"):
        refused = guard.chat(TEXT, guardrail_consent=bad)
        assert refused.status_code == 400, bad
        assert refused.json()["error"]["code"] == "content_policy_violation"
        assert guard.entry(refused.headers["guardrail-evidence"])["standings"] == {"invalid": 1}
    assert not assistant.received


def test_a_token_that_expired_is_no_consent(guard: Guard, token: str) -> None:
    """An hour is too long to wait for: the same claims, signed with the server's key, long past."""
    from joserfc import jws  # noqa: PLC0415 - for this test alone
    from joserfc.jwk import OKPKey  # noqa: PLC0415

    head, payload, _ = (
        base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")
    )
    key = OKPKey.import_key(json.loads((guard.state / "keys" / "consent.jwk").read_bytes()))
    claims = json.loads(payload)

    def signed(shift: int) -> str:
        moved = claims | {k: claims[k] + shift for k in ("iat", "nbf", "exp") if k in claims}
        header = json.loads(head)
        return jws.serialize_compact(header, json.dumps(moved), key, algorithms=[header["alg"]])

    assert guard.chat(TEXT, guardrail_consent=signed(0)).status_code == 200
    refused = guard.chat(TEXT, guardrail_consent=signed(-7_200))
    assert refused.status_code == 400
    assert guard.entry(refused.headers["guardrail-evidence"])["standings"] == {"invalid": 1}


def test_one_persons_consent_does_not_cover_two_numbers(
    guard: Guard, assistant: Assistant, token: str
) -> None:
    refused = guard.chat(TWO, guardrail_consent=token)
    assert refused.status_code == 400
    assert guard.entry(refused.headers["guardrail-evidence"])["standings"] == {"third_person": 2}
    assert not assistant.received


def test_with_the_persons_own_number_listed_only_that_one_passes(guard: Guard) -> None:
    _, token = granted(guard, "--own", "KZ_IIN=900101300017", subject="person-u-17-own")
    assert guard.chat(TEXT, guardrail_consent=token).status_code == 200
    for other in ("ИИН 850505401234", TWO):
        refused = guard.chat(other, guardrail_consent=token)
        assert refused.status_code == 400
        assert "third_person" in guard.entry(refused.headers["guardrail-evidence"])["standings"]


def test_consent_to_one_kind_of_data_does_not_cover_another(guard: Guard, token: str) -> None:
    refused = guard.chat("Мой телефон +7 701 555 01 23", guardrail_consent=token)
    assert refused.status_code == 400
    assert guard.entry(refused.headers["guardrail-evidence"])["standings"] == {"not_covered": 1}


@pytest.mark.parametrize("trigger", ["!phone", "!email"])
def test_consent_of_the_speaker_does_not_cover_what_the_model_says_of_others(
    guard: Guard, assistant: Assistant, token: str, trigger: str
) -> None:
    refused = guard.chat(f"{TEXT} {trigger}", guardrail_consent=token)
    assert refused.status_code == 400
    assert len(assistant.received) == 1
    reply = guard.entry(refused.headers["guardrail-evidence"])
    assert (reply["t"], reply["act"]) == ("reply", "refuse")


def test_a_subject_header_is_believed_only_where_the_operator_says_so(
    guard: Guard, token: str
) -> None:
    assert token, "there is a consent"
    refused = guard.chat(TEXT, guardrail_subject="person-u-17-lasting")
    assert refused.status_code == 400
