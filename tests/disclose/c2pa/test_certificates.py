from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from guardrail.disclose.c2pa.certificates import (
    CLAIM_SIGNING,
    EMAIL_PROTECTION,
    UNTRUSTED,
    Credential,
    Development,
    days_left,
    from_chain,
    from_pem,
    from_pkcs12,
    newest,
    roots,
)
from guardrail.errors import ConfigError

ANY_USAGE = "2.5.29.37.0"
SERVER = "1.3.6.1.5.5.7.3.1"
STAMPING = "1.3.6.1.5.5.7.3.8"

Key = (
    ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | rsa.RSAPrivateKey
    | ed448.Ed448PrivateKey
)


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def pkcs8(key: Key, password: bytes = b"") -> bytes:
    how: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        how = serialization.BestAvailableEncryption(password)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


class Issuer:
    """An authority that issues whatever it is asked for."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = named("issuer")
        self.certificate = self._signed(self.name, self.key, [], days=900, ca=True, sign=False)

    def issue(
        self,
        key: Key,
        usages: Sequence[str] = (CLAIM_SIGNING,),
        *,
        days: int = 100,
        since: int = -1,
        ca: bool = False,
        sign: bool = True,
    ) -> x509.Certificate:
        return self._signed(named("leaf"), key, usages, days=days, since=since, ca=ca, sign=sign)

    def _signed(  # noqa: PLR0913
        self,
        subject: x509.Name,
        key: Key,
        usages: Sequence[str],
        *,
        days: int,
        ca: bool,
        sign: bool,
        since: int = -1,
    ) -> x509.Certificate:
        usage = x509.KeyUsage(sign, False, False, False, False, ca, ca, False, False)  # noqa: FBT003
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now + timedelta(days=since))
            .not_valid_after(self.now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        if usages:
            oids = [x509.ObjectIdentifier(one) for one in usages]
            made = made.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
        return made.sign(self.key, hashes.SHA256())


def named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


@pytest.fixture(scope="module")
def issuer(now: datetime) -> Issuer:
    return Issuer(now)


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def test_a_development_certificate_says_that_nobody_trusts_it(made: Development) -> None:
    leaf, root = (x509.load_pem_x509_certificate(one) for one in (made.credential.chain, made.root))
    assert UNTRUSTED in leaf.subject.rfc4514_string()
    assert UNTRUSTED in root.subject.rfc4514_string()
    leaf.verify_directly_issued_by(root)
    assert made.credential.algorithm == "es256"
    assert UNTRUSTED in made.credential.subject


def test_a_key_is_never_shown(made: Development) -> None:
    assert "PRIVATE" not in repr(made)


@pytest.mark.parametrize(
    ("make", "algorithm"),
    [
        (lambda: ec.generate_private_key(ec.SECP256R1()), "es256"),
        (lambda: ec.generate_private_key(ec.SECP384R1()), "es384"),
        (lambda: ec.generate_private_key(ec.SECP521R1()), "es512"),
        (ed25519.Ed25519PrivateKey.generate, "ed25519"),
        (lambda: rsa.generate_private_key(65537, 2048), "ps256"),
    ],
)
def test_every_usual_key_is_loaded(
    make: object, algorithm: str, issuer: Issuer, now: datetime
) -> None:
    assert callable(make)
    own = make()
    chain = pem(issuer.issue(own), issuer.certificate)
    loaded = from_pem(chain, pkcs8(own), now)
    assert loaded.algorithm == algorithm
    assert loaded.chained
    assert days_left(loaded, now) == 100
    assert from_chain(chain, now).key == b""


def test_an_encrypted_key_needs_its_password(
    issuer: Issuer, key: ec.EllipticCurvePrivateKey, now: datetime
) -> None:
    chain, locked = pem(issuer.issue(key)), pkcs8(key, b"secret")
    assert from_pem(chain, locked, now, password=b"secret").key.startswith(b"-----BEGIN PRIVATE")
    for password in (None, b"wrong"):
        with pytest.raises(ConfigError, match="key can't be read") as caught:
            from_pem(chain, locked, now, password=password)
        assert "password" in caught.value.fix


def test_a_pkcs12_file_is_loaded_with_its_chain_in_order(
    issuer: Issuer, key: ec.EllipticCurvePrivateKey, now: datetime
) -> None:
    leaf = issuer.issue(key, [EMAIL_PROTECTION])
    how = serialization.BestAvailableEncryption(b"secret")
    other = Issuer(now).certificate
    packed = pkcs12.serialize_key_and_certificates(
        b"mark", key, leaf, [other, issuer.certificate], how
    )
    loaded = from_pkcs12(packed, b"secret", now)
    assert loaded.chain == pem(leaf)  # the issuer is a root: verifiers have their own
    with pytest.raises(ConfigError, match="can't be read"):
        from_pkcs12(packed, b"wrong", now)
    lonely = pkcs12.serialize_key_and_certificates(b"mark", None, leaf, None, how)
    with pytest.raises(ConfigError, match="lacks the private key"):
        from_pkcs12(lonely, b"secret", now)


@pytest.mark.parametrize(
    ("usages", "message"),
    [
        ([], "no extended key usage"),
        ([SERVER], "serverAuth"),
        ([CLAIM_SIGNING, SERVER], "serverAuth"),
        ([ANY_USAGE], "any usage"),
        ([STAMPING], "isn't for signing"),
        (["1.2.3.4"], "isn't for signing"),
    ],
)
def test_a_certificate_for_something_else_is_refused_with_what_to_ask_for(
    usages: list[str], message: str, issuer: Issuer, key: ec.EllipticCurvePrivateKey, now: datetime
) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        from_pem(pem(issuer.issue(key, usages)), pkcs8(key), now)
    assert CLAIM_SIGNING in caught.value.fix


def test_other_faults_are_named(
    issuer: Issuer, key: ec.EllipticCurvePrivateKey, now: datetime
) -> None:
    own = pkcs8(key)
    good = issuer.issue(key)
    other = ec.generate_private_key(ec.SECP256R1())
    faults = [
        (pem(issuer.issue(key, days=-0, since=-9)), own, "expired on"),
        (pem(issuer.issue(key, since=3)), own, "valid only from"),
        (pem(good), pkcs8(other), "isn't this certificate's"),
        (pem(issuer.issue(key, ca=True)), own, "an authority's"),
        (pem(issuer.issue(key, sign=False)), own, "digitalSignature"),
        (pem(good, Issuer(now).certificate), own, "chain is broken"),
        (pem(*[good] * 9), own, "9 certificates"),
        (b"", own, "No certificate"),
        (b"x" * 70_000, own, "70000 bytes"),
        (pem(good), b"", "key can't be read"),
        (pem(good), pkcs8(ed448.Ed448PrivateKey.generate()), "key of this kind"),
    ]
    for chain, private, message in faults:
        with pytest.raises(ConfigError, match=message) as caught:
            from_pem(chain, private, now + timedelta(seconds=1))
        assert caught.value.fix


def test_a_self_signed_certificate_is_refused(now: datetime) -> None:
    maker = Issuer(now)
    maker.name = named("leaf")
    with pytest.raises(ConfigError, match="its own key"):
        from_pem(pem(maker.issue(maker.key)), pkcs8(maker.key), now)


@pytest.mark.parametrize(
    "own",
    [
        rsa.generate_private_key(65537, 1024),  # noqa: S505 - that is what is refused
        ec.generate_private_key(ec.SECP256K1()),
    ],
)
def test_a_weak_or_odd_key_is_refused(own: Key, issuer: Issuer, now: datetime) -> None:
    with pytest.raises(ConfigError, match="key of this kind"):
        from_pem(pem(issuer.issue(own)), pkcs8(own), now)


def test_the_newest_valid_certificate_is_used(made: Development, now: datetime) -> None:
    def lasting(first: int, last: int) -> Credential:
        return Credential(
            chain=b"",
            algorithm="es256",
            not_before=now + timedelta(days=first),
            not_after=now + timedelta(days=last),
        )

    old, new, later = lasting(-300, 5), lasting(-1, 300), lasting(2, 900)
    assert newest([old, new, later], now) is new
    assert newest([old, new, later], now + timedelta(days=3)) is later
    assert days_left(old, now) == 5
    assert days_left(old, now + timedelta(days=6)) == -1
    with pytest.raises(ConfigError, match="No certificate for marks is valid"):
        newest([old], now + timedelta(days=6))


def test_a_file_of_roots_is_checked(made: Development) -> None:
    assert roots(made.root) == made.root
    with pytest.raises(ConfigError, match="No certificate"):
        roots(b"-----BEGIN NOTHING-----")


@given(st.binary(max_size=400))
def test_every_nonsense_is_a_clear_error(data: bytes) -> None:
    moment = datetime.fromisoformat("2026-11-23T00:00:00+00:00")
    with pytest.raises(ConfigError):
        from_pem(data, data, moment)
    with pytest.raises(ConfigError):
        from_pkcs12(data, None, moment)
