"""What is to be signed, looked at by who holds the key: a claim of ours, about this very label.

Media are parsed where no key is. What comes from there counts as hostile: whoever took that
process over must get no signature but on a claim that says what it was told to say. What the
claim's assertions hold isn't seen here, only their names: they lie in the medium.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from guardrail.disclose.c2pa.cbor import BadCborError, Item, decode
from guardrail.disclose.c2pa.certificates import Credential
from guardrail.disclose.c2pa.manifest import ACTIONS, AI_DISCLOSURE, OWN, Generator
from guardrail.disclose.label import name

MOST_BYTES = 64 << 10
"""Of what is signed: a claim of 1 KB, and a chain of certificates of up to 6."""
_ALGORITHM, _CHAIN = 1, 33
"""COSE header parameters (RFC 9052 3.1, RFC 9360 2)."""
_ALGORITHMS = {"es256": -7, "es384": -35, "es512": -36, "ps256": -37, "ed25519": -8}
"""RFC 9053 2, RFC 8230 2."""
_SIGNATURE = re.compile(
    r"self#jumbf=/c2pa/urn:c2pa:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/c2pa\.signature"
)
_ASSERTION = "self#jumbf=c2pa.assertions/"
_HASH = "c2pa.hash."
_INGREDIENT = "c2pa.ingredient"
_DISCLOSED = frozenset({ACTIONS, AI_DISCLOSURE, OWN})
"""Assertions without which nothing of ours is signed."""


class NotAClaimError(Exception):
    """It isn't signed. `reason` is a slug, as ``another_certificate``."""

    def __init__(self, reason: str) -> None:
        """Take the reason: lower case and underscores, without anything of the data."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that may be signed."""

    protected: bytes
    """The header that is signed with it: a time-stamp's request is made of it."""
    credential: Credential
    """Whose key signs it."""


def checked(
    message: bytes, credentials: Sequence[Credential], generator: Generator, label_id: str
) -> Claim:
    """Return a claim that a process wants to have signed.

    Args:
        message: A ``Sig_structure`` (RFC 9052 4.4), as `Remote` takes it.
        credentials: One of them must be the one that its header names.
        generator: The program that it must name.
        label_id: Of the label, ``urn:uuid:…``: the manifest must have its name, or else be of a
            work that another one was an ingredient of.

    Raises:
        NotAClaimError: ``too_large``, ``not_a_claim``, ``another_certificate``,
            ``another_generator``, ``another_label`` or ``not_disclosed``.
    """
    if len(message) > MOST_BYTES:
        raise NotAClaimError("too_large")
    try:
        protected, payload = _parts(decode(message))
        header, claim = decode(protected), decode(payload)
    except BadCborError:
        raise NotAClaimError("not_a_claim") from None
    if not isinstance(header, dict) or not isinstance(claim, dict):
        raise NotAClaimError("not_a_claim")
    _check_claim(claim, generator, label_id)
    return Claim(protected, _credential(header, credentials))


def _parts(structure: Item) -> tuple[bytes, bytes]:
    if not isinstance(structure, list) or len(structure) != 4:
        raise BadCborError
    context, protected, external, payload = structure
    if context != "Signature1" or external != b"":
        raise BadCborError
    if not isinstance(protected, bytes) or not isinstance(payload, bytes):
        raise BadCborError
    return protected, payload


def _credential(header: Mapping[int | str, Item], credentials: Sequence[Credential]) -> Credential:
    """Return the credential whose chain and algorithm the header names, and nothing else."""
    chain = header.get(_CHAIN)
    named = chain if isinstance(chain, list) else [chain]
    if set(header) == {_ALGORITHM, _CHAIN}:
        for one in credentials:
            if header[_ALGORITHM] == _ALGORITHMS[one.algorithm] and named == _ders(one.chain):
                return one
    raise NotAClaimError("another_certificate")


@lru_cache(maxsize=8)
def _ders(chain: bytes) -> list[bytes]:
    return [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(chain)]


def _check_claim(claim: Mapping[int | str, Item], generator: Generator, label_id: str) -> None:
    told = claim.get("claim_generator_info")
    # As `for_label` writes it.
    ours = (name(generator.name) or "guardrail", name(generator.version) or "0")
    if not isinstance(told, dict) or (told.get("name"), told.get("version")) != ours:
        raise NotAClaimError("another_generator")
    created, gathered = (_named(claim.get(f"{how}_assertions")) for how in ("created", "gathered"))
    if not created >= _DISCLOSED or not any(one.startswith(_HASH) for one in created):
        raise NotAClaimError("not_disclosed")
    place = claim.get("signature")
    found = _SIGNATURE.fullmatch(place) if isinstance(place, str) else None
    has_parent = any(one.startswith(_INGREDIENT) for one in created | gathered)
    if not found or not (has_parent or f"urn:uuid:{found[1]}" == label_id.lower()):
        raise NotAClaimError("another_label")


def _named(assertions: Item) -> set[str]:
    """Return the labels of assertions that a claim refers to."""
    found = set()
    for one in assertions if isinstance(assertions, list) else ():
        url = one.get("url") if isinstance(one, dict) else None
        if not isinstance(url, str) or not url.startswith(_ASSERTION):
            raise NotAClaimError("not_a_claim")
        found.add(url.removeprefix(_ASSERTION))
    return found
