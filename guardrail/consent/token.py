"""Proof of live consent that a request carries: a JWT of type ``consent+jwt``.

It may live an hour at most and only narrows what the registry says: the registry's record stays the
source of truth. Profile: JWS compact serialization; header of exactly ``alg``, ``kid``, ``typ``;
Ed25519 under its name of RFC 9864 or its older name ``EdDSA``; keys chosen by ``kid`` among those
the operator trusts, each bound to one issuer. A token is a bearer's secret: nothing here puts it in
an error, a repr or a log.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import OKPKey
from joserfc.jws import JWSRegistry
from pydantic import StringConstraints, TypeAdapter, ValidationError

from guardrail.consent.record import ConsentRecord, ConsentState
from guardrail.errors import BadInput

TYPE = "consent+jwt"
ALGORITHMS = ("Ed25519", "EdDSA")

MAX_TOKEN_BYTES = 4096
"""Ours take about 800 bytes; common servers bound a whole header at 8 KB."""

LONGEST_LIFE = timedelta(hours=1)
SKEW = timedelta(seconds=60)
"""How far the clocks of issuer and guard may lie apart."""


class TokenFault(StrEnum):
    """Why a token doesn't verify."""

    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown_key"
    BAD_ALGORITHM = "bad_algorithm"
    BAD_SIGNATURE = "bad_signature"
    WRONG_TYPE = "wrong_type"
    WRONG_AUDIENCE = "wrong_audience"
    WRONG_ISSUER = "wrong_issuer"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    LIVES_TOO_LONG = "lives_too_long"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A public key that may sign consent tokens, and the only issuer it may sign for."""

    issuer: str
    key: OKPKey = field(repr=False)

    @property
    def kid(self) -> str:
        """The key's own id, or its thumbprint (RFC 7638)."""
        return self.key.kid or self.key.thumbprint()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Who issues tokens: an issuer with its Ed25519 private key."""

    issuer: str
    key: OKPKey = field(repr=False)

    @property
    def trusted(self) -> TrustedKey:
        """What a verifier needs to trust this signer: its public half."""
        public = OKPKey.import_key(self.key.as_dict(private=False))
        return TrustedKey(issuer=self.issuer, key=public)


def keyring(trusted: Iterable[TrustedKey]) -> Mapping[str, TrustedKey]:
    """Return the keys by their ids, as `verify` looks them up."""
    return {key.kid: key for key in trusted}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a verified token says."""

    issuer: str
    subject: str
    token_id: str
    """``jti``: what may be logged of a token, with `record_id`."""
    expires: datetime
    record_id: str
    record_version: int
    purposes: frozenset[str]
    pii: frozenset[str]
    recipients: frozenset[str]
    locations: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peeked:
    """What a token says of itself, unverified: good for look-ups only."""

    subject: str
    record_id: str


_Short = Annotated[str, StringConstraints(min_length=1, max_length=256)]
_Names = frozenset[_Short]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Consented:
    rec: _Short
    ver: int
    pur: _Names
    pii: _Names
    bio: _Names = frozenset()
    tp: _Names = frozenset()
    loc: _Names = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Payload:
    iss: _Short
    sub: _Short
    aud: _Short | frozenset[_Short]
    jti: _Short
    iat: int
    nbf: int
    exp: int
    cns: _Consented


_HEADER = TypeAdapter(dict[_Short, _Short])
_PAYLOAD = TypeAdapter(_Payload)


class _OnlyEd25519(JWSRegistry):
    """Both names of Ed25519 lead to the same algorithm and no other name leads anywhere."""

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError
        return self.algorithms["Ed25519"]


_REGISTRY = _OnlyEd25519()


def issue(
    record: ConsentRecord,
    *,
    signer: Signer,
    audience: str,
    now: datetime,
    token_id: str,
    ttl: timedelta = LONGEST_LIFE,
) -> str:
    """Return a token for a record that holds at `now`, ending no later than the consent itself.

    Raises:
        BadInput: the consent doesn't hold (``consent_not_live``), `ttl` isn't within the hour
            (``consent_token_ttl``), or the token would be over 4 KB (``consent_token_size``).
    """
    if record.state is not ConsentState.GIVEN or not record.valid_from <= now < record.valid_to:
        raise BadInput(
            f"consent {record.record_id} doesn't hold now", code="consent_not_live", status=409
        )
    if not timedelta(0) < ttl <= LONGEST_LIFE:
        raise BadInput("a consent token lives up to an hour", code="consent_token_ttl")
    begin, end = int(now.timestamp()), int(min(now + ttl, record.valid_to).timestamp())
    times = {"iat": begin, "nbf": begin, "exp": end}
    names = {"iss": signer.issuer, "sub": record.subject, "aud": audience, "jti": token_id}
    claims = {**names, **times, "cns": _consented(record)}
    header = {"alg": ALGORITHMS[0], "kid": signer.trusted.kid, "typ": TYPE}
    token = jwt.encode(header, claims, signer.key, registry=_REGISTRY, default_type=None)
    if len(token) > MAX_TOKEN_BYTES:
        raise BadInput("the consent lists too much for a token", code="consent_token_size")
    return token


def _consented(record: ConsentRecord) -> Mapping[str, str | int | list[str]]:
    bio = {name for name in record.pii if name.startswith("bio.")}
    return {
        "rec": record.record_id,
        "ver": record.version,
        "pur": list(record.purposes),
        "pii": sorted(record.pii - bio),
        "bio": sorted(bio),
        "loc": sorted(record.locations),
        "tp": sorted(record.recipients),
        "m": record.method.value,
    }


def verify(
    token: str, *, keys: Mapping[str, TrustedKey], audience: str, now: datetime
) -> Claims | TokenFault:
    """Return what `token` says, or the first reason not to believe it.

    In this order: size and form, key, algorithm, signature, type, audience, issuer, times.
    """
    header = _header(token)
    if isinstance(header, TokenFault):
        return header
    trusted = keys.get(header["kid"])
    if trusted is None:
        return TokenFault.UNKNOWN_KEY
    payload = _payload(token, trusted.key)
    if isinstance(payload, TokenFault):
        return payload
    if header.get("typ") != TYPE:
        return TokenFault.WRONG_TYPE
    fault = _claim_fault(payload, trusted.issuer, audience, int(now.timestamp()))
    return _claims(payload) if fault is None else fault


def peek(token: str) -> Peeked | None:
    """Return whom and what `token` claims to be about, unverified, or None if it can't be read."""
    if len(token) > MAX_TOKEN_BYTES:
        return None
    parts = token.split(".", 3)
    if len(parts) != 3:
        return None
    try:
        payload = _PAYLOAD.validate_json(_decoded(parts[1]), strict=True)
    except (ValidationError, ValueError):
        return None
    return Peeked(subject=payload.sub, record_id=payload.cns.rec)


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars="-_", validate=True)


def _header(token: str) -> dict[str, str] | TokenFault:
    if len(token) > MAX_TOKEN_BYTES:
        return TokenFault.TOO_LARGE
    if token.count(".") != 2 or not token.isascii():
        return TokenFault.MALFORMED
    try:
        header = _HEADER.validate_json(_decoded(token.partition(".")[0]), strict=True)
    except (ValidationError, ValueError):
        return TokenFault.MALFORMED
    # An unknown parameter could be critical (RFC 7515, 4.1.11) or name a key of the sender's own
    # choice (jwk, jku, x5u): the profile has no use for any.
    known = {"alg", "kid"} <= header.keys() <= {"alg", "kid", "typ"}
    return header if known else TokenFault.MALFORMED


def _payload(token: str, key: OKPKey) -> _Payload | TokenFault:
    try:
        signed = jws.deserialize_compact(token, key, registry=_REGISTRY)
        return _PAYLOAD.validate_json(signed.payload or b"", strict=True)
    except UnsupportedAlgorithmError:
        return TokenFault.BAD_ALGORITHM
    except BadSignatureError:
        return TokenFault.BAD_SIGNATURE
    except (JoseError, ValidationError, ValueError):
        return TokenFault.MALFORMED


def _claim_fault(payload: _Payload, issuer: str, audience: str, now: int) -> TokenFault | None:
    audiences = {payload.aud} if isinstance(payload.aud, str) else payload.aud
    skew, life = int(SKEW.total_seconds()), int(LONGEST_LIFE.total_seconds())
    begin = min(payload.iat, payload.nbf)
    faults = (
        (audience not in audiences, TokenFault.WRONG_AUDIENCE),
        (payload.iss != issuer, TokenFault.WRONG_ISSUER),
        (max(payload.iat, payload.nbf) > now + skew, TokenFault.NOT_YET_VALID),
        (payload.exp <= now - skew, TokenFault.EXPIRED),
        (payload.exp - begin > life, TokenFault.LIVES_TOO_LONG),
    )
    return next((fault for wrong, fault in faults if wrong), None)


def _claims(payload: _Payload) -> Claims:
    consented = payload.cns
    return Claims(
        issuer=payload.iss,
        subject=payload.sub,
        token_id=payload.jti,
        expires=datetime.fromtimestamp(payload.exp, UTC),
        record_id=consented.rec,
        record_version=consented.ver,
        purposes=consented.pur,
        pii=consented.pii | consented.bio,
        recipients=consented.tp,
        locations=consented.loc,
    )
