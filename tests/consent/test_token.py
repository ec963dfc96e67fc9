from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey

from guardrail.consent import (
    Claims,
    ConsentRecord,
    Peeked,
    Signer,
    TokenFault,
    TrustedKey,
    issue,
    keyring,
    peek,
    verify,
    withdraw,
)
from guardrail.consent.token import MAX_TOKEN_BYTES
from guardrail.errors import BadInput

Make = Callable[..., ConsentRecord]
Check = Callable[..., Claims | TokenFault]
Forge = Callable[..., str]
AUDIENCE = "svc:chat"


def part(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture(scope="session")
def token(make_record: Make, signer: Signer, now: datetime) -> str:
    return issue(make_record(), signer=signer, audience=AUDIENCE, now=now, token_id="t-1")


@pytest.fixture(scope="session")
def check(signer: Signer, now: datetime) -> Check:
    def check(token: str, *, later: timedelta = timedelta(0), audience: str = AUDIENCE) -> object:
        keys = keyring([signer.trusted])
        return verify(token, keys=keys, audience=audience, now=now + later)

    return check  # type: ignore[return-value]  # a closure can't repeat the alias's ellipsis


@pytest.fixture(scope="session")
def forge(token: str, signer: Signer) -> Forge:
    """A well-signed token whose header and claims are changed; None takes a member out."""

    def forge(header: dict[str, Any] | None = None, claims: dict[str, Any] | None = None) -> str:
        parts = token.split(".")
        head, body = (json.loads(base64.urlsafe_b64decode(p + "==")) for p in parts[:2])
        head |= header or {}
        body |= claims or {}
        signed = part({k: v for k, v in head.items() if v is not None})
        signed += "." + part({k: v for k, v in body.items() if v is not None})
        key = signer.key.get_op_key("sign")
        return signed + "." + part(key.sign(signed.encode()))  # type: ignore[union-attr]

    return forge


def test_what_is_issued_verifies(token: str, check: Check, now: datetime) -> None:
    claims = check(token)
    assert claims == Claims(
        issuer="https://ops.example.kz/guardrail",
        subject="p:" + "a" * 64,
        token_id="t-1",
        expires=now + timedelta(hours=1),
        record_id="urn:uuid:00000000-0000-4000-8000-000000000001",
        record_version=1,
        purposes=frozenset({"support.answer"}),
        pii=frozenset({"KZ_IIN", "PHONE"}),
        recipients=frozenset({"llm1"}),
        locations=frozenset({"KZ", "US"}),
    )
    assert len(token) < 1024


def test_biometric_kinds_travel_apart_and_arrive_together(
    make_record: Make, signer: Signer, check: Check, now: datetime
) -> None:
    record = make_record(pii=frozenset({"bio.face"}), explicit=True)
    token = issue(record, signer=signer, audience=AUDIENCE, now=now, token_id="1")
    claims = check(token)
    assert isinstance(claims, Claims)
    assert claims.pii == {"bio.face"}


def test_the_older_name_of_the_algorithm_verifies_too(forge: Forge, check: Check) -> None:
    assert isinstance(check(forge(header={"alg": "EdDSA"})), Claims)


def test_one_audience_of_several_is_enough(forge: Forge, check: Check) -> None:
    assert isinstance(check(forge(claims={"aud": ["svc:other", AUDIENCE]})), Claims)


def test_a_token_never_outlives_its_consent(
    make_record: Make, signer: Signer, check: Check, now: datetime
) -> None:
    record = make_record(valid_to=now + timedelta(minutes=5))
    claims = check(issue(record, signer=signer, audience=AUDIENCE, now=now, token_id="1"))
    assert isinstance(claims, Claims)
    assert claims.expires == record.valid_to


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ({"kid": "other"}, TokenFault.UNKNOWN_KEY),
        ({"kid": None}, TokenFault.MALFORMED),
        ({"alg": "none"}, TokenFault.BAD_ALGORITHM),
        ({"alg": "HS256"}, TokenFault.BAD_ALGORITHM),
        ({"alg": "RS256"}, TokenFault.BAD_ALGORITHM),
        ({"alg": "ed25519"}, TokenFault.BAD_ALGORITHM),
        ({"typ": "JWT"}, TokenFault.WRONG_TYPE),
        ({"typ": None}, TokenFault.WRONG_TYPE),
        ({"crit": ["exp"]}, TokenFault.MALFORMED),
        ({"jku": "https://evil.example"}, TokenFault.MALFORMED),
        ({"kid": ["a"]}, TokenFault.MALFORMED),
    ],
)
def test_a_header_outside_the_profile_is_refused(
    forge: Forge, check: Check, header: dict[str, Any], fault: TokenFault
) -> None:
    assert check(forge(header=header)) is fault


NOON = 1795323600  # 2026-11-22T05:00:00Z


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        ({"aud": "svc:other"}, TokenFault.WRONG_AUDIENCE),
        ({"aud": []}, TokenFault.WRONG_AUDIENCE),
        ({"aud": None}, TokenFault.MALFORMED),
        ({"iss": "https://other.example"}, TokenFault.WRONG_ISSUER),
        ({"nbf": NOON + 61}, TokenFault.NOT_YET_VALID),
        ({"iat": NOON + 61}, TokenFault.NOT_YET_VALID),
        ({"exp": NOON - 60}, TokenFault.EXPIRED),
        ({"exp": NOON + 3601}, TokenFault.LIVES_TOO_LONG),
        ({"iat": NOON - 1}, TokenFault.LIVES_TOO_LONG),
        ({"exp": 10**30}, TokenFault.LIVES_TOO_LONG),
        ({"exp": None}, TokenFault.MALFORMED),
        ({"exp": str(NOON)}, TokenFault.MALFORMED),
        ({"nbf": True}, TokenFault.MALFORMED),
        ({"exp": 1e999}, TokenFault.MALFORMED),
        ({"sub": ""}, TokenFault.MALFORMED),
        ({"cns": {}}, TokenFault.MALFORMED),
        ({"cns": {"rec": "r", "ver": 1, "pur": "support", "pii": []}}, TokenFault.MALFORMED),
    ],
)
def test_claims_that_do_not_hold_are_refused(
    forge: Forge, check: Check, claims: dict[str, Any], fault: TokenFault
) -> None:
    assert check(forge(claims=claims)) is fault


def test_the_clocks_may_lie_a_minute_apart(token: str, check: Check) -> None:
    assert isinstance(check(token, later=timedelta(seconds=-60)), Claims)
    assert check(token, later=timedelta(seconds=-61)) is TokenFault.NOT_YET_VALID
    assert isinstance(check(token, later=timedelta(seconds=3659)), Claims)
    assert check(token, later=timedelta(seconds=3660)) is TokenFault.EXPIRED


def test_a_key_signs_for_its_own_issuer_only(token: str, signer: Signer, now: datetime) -> None:
    keys = {signer.trusted.kid: TrustedKey(issuer="https://a.example", key=signer.key)}
    answer = verify(token, keys=keys, audience=AUDIENCE, now=now)
    assert answer is TokenFault.WRONG_ISSUER


def test_another_key_under_the_same_id_does_not_verify(
    token: str, signer: Signer, now: datetime
) -> None:
    other = TrustedKey(issuer=signer.issuer, key=OKPKey.generate_key("Ed25519"))
    answer = verify(token, keys={signer.trusted.kid: other}, audience=AUDIENCE, now=now)
    assert answer is TokenFault.BAD_SIGNATURE


@pytest.mark.parametrize("curve", ["X25519", "Ed448"])
def test_a_key_of_another_curve_does_not_verify(
    token: str, signer: Signer, now: datetime, curve: Literal["X25519", "Ed448"]
) -> None:
    other = TrustedKey(issuer=signer.issuer, key=OKPKey.generate_key(curve))
    answer = verify(token, keys={signer.trusted.kid: other}, audience=AUDIENCE, now=now)
    assert answer is TokenFault.MALFORMED


def test_the_public_key_is_no_shared_secret(signer: Signer, check: Check) -> None:
    header = {"alg": "HS256", "kid": signer.trusted.kid, "typ": "consent+jwt"}
    signed = f"{part(header)}.{part({})}"
    mac = hmac.digest(signer.key.as_pem(private=False), signed.encode(), "sha256")
    assert check(f"{signed}.{part(mac)}") is TokenFault.BAD_ALGORITHM


def test_the_verifier_holds_no_private_key(signer: Signer) -> None:
    assert not signer.trusted.key.is_private
    assert "key=" not in repr(signer)


@given(data=st.data())
def test_no_changed_character_verifies(token: str, check: Check, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, token.rindex(".")))
    letter = data.draw(st.characters().filter(lambda c: c != token[place]))
    assert isinstance(check(token[:place] + letter + token[place + 1 :]), TokenFault)


@given(st.text() | st.builds("{}.{}.{}".format, st.text(), st.text(), st.text()))
def test_no_text_raises(check: Check, text: str) -> None:
    assert isinstance(check(text), TokenFault)
    assert peek(text) is None


@given(head=st.binary(), body=st.binary(), depth=st.integers(0, 2000))
def test_no_well_encoded_nonsense_raises(
    check: Check, head: bytes, body: bytes, depth: int
) -> None:
    nested = part(b"[" * depth)
    for text in (f"{part(head)}.{part(body)}.", f"{nested}.{nested}.", f"{part({})}.{nested}."):
        assert isinstance(check(text), TokenFault)
        assert peek(text) is None


def test_signed_nonsense_is_malformed(signer: Signer, check: Check) -> None:
    header = {"alg": "Ed25519", "kid": signer.trusted.kid, "typ": "consent+jwt"}
    for body in (b"", b"[]", b"[" * 2000, b"\xff", b"null"):
        token = jws.serialize_compact(header, body, signer.key, algorithms=["Ed25519"])
        assert check(token) is TokenFault.MALFORMED


def test_four_kilobytes_are_the_bound(token: str, check: Check) -> None:
    assert check("a" * (MAX_TOKEN_BYTES + 1)) is TokenFault.TOO_LARGE
    assert check("a" * MAX_TOKEN_BYTES) is TokenFault.MALFORMED
    assert peek(token + "a" * MAX_TOKEN_BYTES) is None


def test_a_peek_reads_subject_and_record_without_any_key(token: str) -> None:
    assert peek(token) == Peeked(
        subject="p:" + "a" * 64, record_id="urn:uuid:00000000-0000-4000-8000-000000000001"
    )


@pytest.mark.parametrize("ttl", [timedelta(0), timedelta(hours=1, seconds=1)])
def test_a_token_lives_up_to_an_hour(
    make_record: Make, signer: Signer, now: datetime, ttl: timedelta
) -> None:
    with pytest.raises(BadInput) as caught:
        issue(make_record(), signer=signer, audience=AUDIENCE, now=now, token_id="1", ttl=ttl)
    assert caught.value.code == "consent_token_ttl"


def test_only_a_live_consent_gets_a_token(make_record: Make, signer: Signer, now: datetime) -> None:
    record = make_record(valid_from=now + timedelta(days=1))
    ended = make_record(valid_to=now + timedelta(days=2))
    for each, at in (
        (withdraw(record, now=now), now + timedelta(days=1)),
        (record, now),
        (ended, now + timedelta(days=2)),
    ):
        with pytest.raises(BadInput) as caught:
            issue(each, signer=signer, audience=AUDIENCE, now=at, token_id="1")
        assert caught.value.code == "consent_not_live"


def test_a_consent_too_long_for_a_token_is_refused(
    make_record: Make, signer: Signer, now: datetime
) -> None:
    record = make_record(pii=frozenset(f"{n:064}" for n in range(64)))
    with pytest.raises(BadInput) as caught:
        issue(record, signer=signer, audience=AUDIENCE, now=now, token_id="1")
    assert caught.value.code == "consent_token_size"
