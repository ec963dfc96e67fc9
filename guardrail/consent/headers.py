"""Who a request says it is about: read from its headers, believed only as far as configured."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from guardrail.consent.token import peek
from guardrail.facts import Headers

SUBJECT_HEADER = b"guardrail-subject"
TOKEN_HEADER = b"guardrail-consent"

LONGEST_SUBJECT = 256
"""Bytes of a subject id: room for any e-mail address (254) or identifier in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look consent up by."""

    subject: str | None = None
    """Pseudonym of the speaker, or None where nobody trustworthy named one."""
    token: str | None = field(default=None, repr=False)
    """The token as sent, not verified yet, or None where none was sent."""


def pseudonym(key: bytes, subject: str) -> str:
    """Return ``p:`` and the hex HMAC-SHA256 of `subject` under `key`.

    A plain hash wouldn't do: there are few enough IINs and phone numbers to try them all.
    """
    return "p:" + hmac.digest(key, subject.encode("utf-8", "surrogatepass"), "sha256").hex()


def query(headers: Headers, *, key: bytes, trust_subject_header: bool) -> Query:
    """Return what `headers` say of subject and consent.

    ``Guardrail-Subject`` counts only where `trust_subject_header` says that nobody but a trusted
    hop can set it. Else the subject is the token's own, unverified: good enough to look records up,
    and `coverage` believes none of them before the token verifies.

    A header sent twice reads as its values joined by a comma (RFC 9110, 5.3): that is no token that
    verifies and no subject that is known, so two contradicting headers give no consent.
    """
    token = _field(headers, TOKEN_HEADER).decode("latin-1") or None
    named = _field(headers, SUBJECT_HEADER) if trust_subject_header else b""
    if named:
        return Query(subject=_subject(named, key), token=token)
    peeked = peek(token) if token else None
    return Query(subject=peeked.subject if peeked else None, token=token)


def _field(headers: Headers, name: bytes) -> bytes:
    return b", ".join(value.strip(b" \t") for key, value in headers if key == name)


def _subject(named: bytes, key: bytes) -> str | None:
    if len(named) > LONGEST_SUBJECT:
        return None
    try:
        return pseudonym(key, named.decode())
    except UnicodeDecodeError:
        return None
