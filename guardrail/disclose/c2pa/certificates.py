"""Certificates and keys that marks are signed with: made for development, loaded, and checked.

A claim-signing certificate is X.509 v3, not an authority's, with the key usage ``digitalSignature``
and an extended key usage for signing (C2PA 2.4, "Certificate Profile"). What a library would only
refuse when the first picture is signed is refused here at start-up, with what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from guardrail.errors import ConfigError

CLAIM_SIGNING = "1.3.6.1.4.1.62558.2.1"
"""Extended key usage of C2PA 2.4's claim signers."""
_DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36"
EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4"
USAGES = (CLAIM_SIGNING, _DOCUMENT_SIGNING, EMAIL_PROTECTION)
"""Extended key usages of which a certificate must have one."""
_FORBIDDEN = {
    "2.5.29.37.0": "any usage",
    "1.3.6.1.5.5.7.3.1": "servers (serverAuth)",
    "1.3.6.1.5.5.7.3.2": "clients (clientAuth)",
}
UNTRUSTED = "UNTRUSTED DEVELOPMENT"
"""In the names of certificates that `development` makes: nobody else trusts them."""
WARN_DAYS = 30

_MAX_BYTES = 64 << 10
"""Of a file of certificates or of a key: a chain of three has 6 KB."""
_MAX_CHAIN = 8
_MIN_RSA = 2048
_YEARS = 10
_LEAF_DAYS = 365

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | rsa.RSAPublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A chain of certificates and the key of its first, checked. Sent to workers as it is."""

    chain: bytes
    """PEM, the signer's own certificate first, then its issuers; no root needed."""
    key: bytes = field(default=b"", repr=False)
    """PKCS#8 PEM without a password; empty where a remote signer holds it."""
    algorithm: str
    """As C2PA names it: ``es256``, ``es384``, ``es512``, ``ps256``, ``ed25519``."""
    not_before: datetime
    """With a time zone, as everything here."""
    not_after: datetime
    subject: str = ""
    """Organisation or common name: the public name that marks carry."""
    fingerprint: str = ""
    """SHA-256 of the first certificate, hex."""
    chained: bool = True
    """False where the chain is the signer's certificate alone: read back as valid, not trusted,
    unless the root that verifiers have issued it itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Development:
    """Certificates for trying out."""

    root: bytes
    """PEM: to be given to verifiers as an anchor of trust."""
    credential: Credential


def development(
    now: datetime, *, organisation: str = "guardrail", key: PrivateKey | None = None
) -> Development:
    """Make a root and a claim-signing certificate that only you trust, and say so in their names.

    The root is valid for 10 years, the signer's certificate for one. The root's key isn't kept:
    make all anew.

    Args:
        now: From which on they are valid; a day earlier, for clocks that are late.
        organisation: Who signs; at most 40 characters of it are taken.
        key: Of the signer; without one a P-256 key is made.
    """
    root_key = ec.generate_private_key(ec.SECP256R1())
    key = key or ec.generate_private_key(ec.SECP256R1())
    company = organisation[:40] or "guardrail"
    root_name = _name(f"{company} {UNTRUSTED} ROOT", company)
    start = now - timedelta(days=1)
    root = (
        _builder(root_name, root_name, root_key.public_key(), start, 365 * _YEARS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _builder(
            _name(f"{company} {UNTRUSTED} SIGNER", company),
            root_name,
            key.public_key(),
            start,
            _LEAF_DAYS,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(
            # The library that readers are built on knows the second one alone unless it is told of
            # the first: without it they call such marks broken, and not just untrusted.
            x509.ExtendedKeyUsage(
                [x509.ObjectIdentifier(one) for one in (CLAIM_SIGNING, EMAIL_PROTECTION)]
            ),
            critical=False,
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )
    pem = leaf.public_bytes(serialization.Encoding.PEM)
    return Development(
        root=root.public_bytes(serialization.Encoding.PEM),
        credential=replace(_credential([leaf], _pkcs8(key), now), chain=pem),
    )


def from_pem(
    chain: bytes, key: bytes, now: datetime | None, *, password: bytes | None = None
) -> Credential:
    """Return the credential of PEM files.

    Args:
        chain: The signer's certificate, then its issuers.
        key: Its private key.
        now: Refused are certificates that aren't valid then; None takes those of any time, which
            `newest` chooses among.
        password: Of the key.

    Raises:
        ConfigError: What is wrong and how to mend it; never a value of the key.
    """
    certificates = _chain(chain)
    _bounded(key, "The private key's file")
    try:
        private = serialization.load_pem_private_key(key, password)
    except (ValueError, TypeError) as error:
        raise ConfigError(
            "The private key can't be read.",
            fix="Give an unencrypted PKCS#8 PEM key, or its right password.",
        ) from error
    return _credential(certificates, _pkcs8(_known_key(private)), now)


def from_pkcs12(data: bytes, password: bytes | None, now: datetime | None) -> Credential:
    """Return the credential of a PKCS#12 file, as .p12 and .pfx are.

    Raises:
        ConfigError: As `from_pem`.
    """
    _bounded(data, "The PKCS#12 file")
    try:
        key, leaf, others = pkcs12.load_key_and_certificates(data, password)
    except (ValueError, TypeError) as error:
        raise ConfigError(
            "The PKCS#12 file can't be read.", fix="Check that it is PKCS#12, and its password."
        ) from error
    if key is None or leaf is None:
        raise ConfigError(
            "The PKCS#12 file lacks the private key or its certificate.",
            fix="Export it anew with key, certificate and chain: openssl pkcs12 -export.",
        )
    return _credential(_ordered(leaf, others), _pkcs8(_known_key(key)), now)


def from_chain(chain: bytes, now: datetime | None) -> Credential:
    """Return the credential of a signer whose key is elsewhere: a remote one, or a token.

    Raises:
        ConfigError: As `from_pem`.
    """
    return _credential(_chain(chain), b"", now)


def days_left(credential: Credential, now: datetime) -> int:
    """Return whole days until the certificate expires; negative once it has."""
    return (credential.not_after - now) // timedelta(days=1)


def newest(credentials: Iterable[Credential], now: datetime) -> Credential:
    """Return the valid credential that is valid longest: a new one is added before the old ends.

    Raises:
        ConfigError: None of them is valid at `now`.
    """
    valid = [one for one in credentials if one.not_before <= now <= one.not_after]
    if not valid:
        raise ConfigError(
            "No certificate for marks is valid now.",
            code="no_valid_certificate",
            fix="Add one that is: certificates and keys can be added before the old ones expire.",
        )
    return max(valid, key=lambda one: one.not_after)


def roots(pem: bytes) -> bytes:
    """Check a file of trusted roots and return it.

    Raises:
        ConfigError: No certificates in it, or too many bytes.
    """
    _bounded(pem, "The file of trusted roots", most=4 << 20)
    _parsed(pem)
    return pem


def _chain(pem: bytes) -> list[x509.Certificate]:
    _bounded(pem, "The certificates' file")
    found = _parsed(pem)
    if len(found) > _MAX_CHAIN:
        raise ConfigError(
            f"The chain has {len(found)} certificates.",
            fix=f"Give the signer's certificate and its issuers only, at most {_MAX_CHAIN}.",
        )
    return found


def _parsed(pem: bytes) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise ConfigError(
            "No certificate can be read.",
            fix="Give PEM: it begins with -----BEGIN CERTIFICATE-----.",
        ) from error


def _credential(chain: Sequence[x509.Certificate], key: bytes, now: datetime | None) -> Credential:
    leaf = chain[0]
    _check_profile(leaf)
    if now is not None:
        _check_dates(leaf, now)
    _check_issuers(chain)
    if key:
        _check_key(leaf, key)
    return Credential(
        chain=b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain),
        key=key,
        algorithm=_algorithm(leaf),
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        subject=_subject(leaf),
        fingerprint=leaf.fingerprint(hashes.SHA256()).hex(),
        chained=len(chain) > 1,
    )


def _check_profile(leaf: x509.Certificate) -> None:
    try:
        extensions = {one.oid: one.value for one in leaf.extensions}
    except (ValueError, x509.DuplicateExtension) as error:
        raise ConfigError(
            "The certificate's extensions can't be read.", fix="Ask for a new certificate."
        ) from error
    if leaf.version is not x509.Version.v3:
        raise ConfigError("The certificate isn't X.509 v3.", fix="Ask for a version 3 certificate.")
    basic = extensions.get(ExtensionOID.BASIC_CONSTRAINTS)
    if isinstance(basic, x509.BasicConstraints) and basic.ca:
        raise ConfigError(
            "The first certificate is an authority's.",
            fix="Put the signer's own certificate first, its issuers after it.",
        )
    usage = extensions.get(ExtensionOID.KEY_USAGE)
    if not isinstance(usage, x509.KeyUsage) or not usage.digital_signature:
        raise ConfigError(
            "The certificate may not sign: it lacks the key usage digitalSignature.",
            fix="Ask for a certificate with keyUsage = digitalSignature.",
        )
    _check_usages(extensions.get(ExtensionOID.EXTENDED_KEY_USAGE))


def _check_usages(usages: x509.ExtensionType | None) -> None:
    fix = f"Ask for a certificate with extendedKeyUsage = {CLAIM_SIGNING} (C2PA claim signing)."
    if not isinstance(usages, x509.ExtendedKeyUsage):
        raise ConfigError("The certificate has no extended key usage.", fix=fix)
    found = {one.dotted_string for one in usages}
    for oid, whose in _FORBIDDEN.items():
        if oid in found:
            raise ConfigError(
                f"The certificate is for {whose}: verifiers refuse it for marks.", fix=fix
            )
    if ExtendedKeyUsageOID.TIME_STAMPING.dotted_string in found or not found.intersection(USAGES):
        raise ConfigError("The certificate isn't for signing claims or documents.", fix=fix)


def _check_dates(leaf: x509.Certificate, now: datetime) -> None:
    if now > leaf.not_valid_after_utc:
        raise ConfigError(
            f"The certificate expired on {leaf.not_valid_after_utc:%Y-%m-%d}.",
            code="no_valid_certificate",
            fix="Renew it, and add the new one before the old one ends.",
        )
    if now < leaf.not_valid_before_utc:
        raise ConfigError(
            f"The certificate is valid only from {leaf.not_valid_before_utc:%Y-%m-%d} on.",
            code="no_valid_certificate",
            fix="Check this machine's clock, or use another certificate until then.",
        )


def _check_issuers(chain: Sequence[x509.Certificate]) -> None:
    leaf = chain[0]
    if leaf.issuer == leaf.subject:
        raise ConfigError(
            "The certificate is signed by its own key: no verifier trusts it.",
            fix="Have it issued by an authority; `guardrail` can make one for development.",
        )
    for one, issuer in pairwise(chain):
        try:
            one.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise ConfigError(
                "The chain is broken: a certificate wasn't issued by the one after it.",
                fix="Put the signer's certificate first, then each one's issuer.",
            ) from error


def _check_key(leaf: x509.Certificate, key: bytes) -> None:
    private = serialization.load_pem_private_key(key, None)
    if _public_bytes(private.public_key()) != _public_bytes(leaf.public_key()):
        raise ConfigError(
            "The private key isn't this certificate's.",
            fix="Give the key that the certificate was asked for with.",
        )


def _public_bytes(key: object) -> bytes:
    if not isinstance(key, PublicKey):
        return b""
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _algorithm(leaf: x509.Certificate) -> str:
    key = leaf.public_key()
    if isinstance(key, ec.EllipticCurvePublicKey):
        curves = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
        if found := curves.get(key.curve.name):
            return found
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _MIN_RSA:
        return "ps256"
    raise ConfigError(
        "Marks can't be signed with a key of this kind.",
        fix="Use P-256, P-384, P-521, Ed25519, or RSA of 2,048 bits or more.",
    )


def _known_key(key: object) -> PrivateKey:
    if isinstance(key, PrivateKey):
        return key
    raise ConfigError(
        "Marks can't be signed with a key of this kind.",
        fix="Use P-256, P-384, P-521, Ed25519, or RSA of 2,048 bits or more.",
    )


def _ordered(
    leaf: x509.Certificate, others: Sequence[x509.Certificate]
) -> Sequence[x509.Certificate]:
    """Order the certificates of a PKCS#12 file, which come in any order, by who issued whom."""
    chain, left = [leaf], list(others[:_MAX_CHAIN])
    while issuer := next((one for one in left if one.subject == chain[-1].issuer), None):
        left.remove(issuer)
        if issuer.issuer == issuer.subject:  # a root: verifiers have their own
            break
        chain.append(issuer)
    return chain


def _subject(leaf: x509.Certificate) -> str:
    for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        if found := leaf.subject.get_attributes_for_oid(oid):
            return str(found[0].value)
    return ""


def _bounded(data: bytes, what: str, most: int = _MAX_BYTES) -> None:
    if len(data) > most:
        raise ConfigError(
            f"{what} has {len(data)} bytes, more than {most}.",
            fix="Check that it is the right file.",
        )


def _pkcs8(key: PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{organisation} {UNTRUSTED}"),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: PublicKey,
    start: datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not sign,
        crl_sign=not sign,
        encipher_only=False,
        decipher_only=False,
    )
