"""Certificates, a label, and an RFC 3161 authority, all made up here."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image

from guardrail.disclose import label
from guardrail.disclose.c2pa.certificates import Development, development
from guardrail.disclose.c2pa.manifest import Generator, Owner
from guardrail.disclose.c2pa.signer import Signer
from guardrail.facts import Label

SHA256 = bytes.fromhex("300d06096086480165030402010500")


@dataclass(frozen=True)
class FakeAuthority:
    """Stamps whatever it is asked for, at one moment."""

    now: datetime
    root: bytes
    leaf: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def __call__(self, request: bytes) -> bytes:
        at = request.index(SHA256) + len(SHA256)
        imprint, nonce = request[at : at + 34], request[at + 34 : at + 44]
        told = der(
            0x30,
            b"\x02\x01\x01\x06\x04\x2a\x03\x04\x01",
            der(0x30, SHA256, imprint),
            b"\x02\x01\x05",
            der(0x18, self.now.strftime("%Y%m%d%H%M%SZ").encode()),
            nonce,
        )
        return der(0x30, b"\x30\x03\x02\x01\x00", self._content(told))

    def _content(self, told: bytes) -> bytes:
        tst = bytes.fromhex("060b2a864886f70d0109100104")
        cert = self.leaf.public_bytes(serialization.Encoding.DER)
        hashed = der(0x04, hashlib.sha256(cert).digest())
        certificate = der(0x31, der(0x30, der(0x30, der(0x30, hashed))))
        digest = der(0x31, der(0x04, hashlib.sha256(told).digest()))
        attributes = b"".join(
            sorted(
                (
                    der(0x30, bytes.fromhex("06092a864886f70d010903"), der(0x31, tst)),
                    der(0x30, bytes.fromhex("06092a864886f70d010904"), digest),
                    der(0x30, bytes.fromhex("060b2a864886f70d010910022f"), certificate),
                )
            )
        )
        signature = self.key.sign(der(0x31, attributes), ec.ECDSA(hashes.SHA256()))
        number = self.leaf.serial_number.to_bytes(21, "big").lstrip(b"\0")
        number = number if number[0] < 0x80 else b"\0" + number
        signer = der(
            0x30,
            b"\x02\x01\x01",
            der(0x30, self.leaf.issuer.public_bytes(), der(0x02, number)),
            SHA256,
            der(0xA0, attributes),
            bytes.fromhex("300a06082a8648ce3d040302"),
            der(0x04, signature),
        )
        data = der(
            0x30,
            b"\x02\x01\x03",
            der(0x31, SHA256),
            der(0x30, tst, der(0xA0, der(0x04, told))),
            der(0xA0, cert),
            der(0x31, signer),
        )
        return der(0x30, bytes.fromhex("06092a864886f70d010702"), der(0xA0, data))


def der(tag: int, *parts: bytes) -> bytes:
    data = b"".join(parts)
    size = len(data)
    if size < 0x80:
        return bytes((tag, size)) + data
    wide = (size.bit_length() + 7) // 8
    return bytes((tag, 0x80 | wide)) + size.to_bytes(wide, "big") + data


@pytest.fixture(scope="session")
def now() -> datetime:
    # The library reads the clock itself: certificates must be valid when the test runs.
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251


@pytest.fixture(scope="session")
def made(now: datetime) -> Development:
    return development(now)


@pytest.fixture(scope="session")
def signer(made: Development) -> Signer:
    owner = Owner(name="Example LLP", number="000000000000", jurisdiction="KZ")
    return Signer(
        credentials=(made.credential,),
        anchors=made.root,
        generator=Generator(version="1", owner=owner),
    )


@pytest.fixture(scope="session")
def said() -> Label:
    return label(
        id="urn:uuid:6f1b0c2e-3f5d-4a61-9d0e-2f1b7c8a9e10",
        kind="synthetic",
        model="demo-model",
        provider="ТОО Пример",
        created=1763787600,
    )


@pytest.fixture(scope="session")
def picture() -> Callable[[str], bytes]:
    def encoded(format_name: str) -> bytes:
        target = io.BytesIO()
        Image.linear_gradient("L").resize((48, 40)).convert("RGB").save(target, format_name)
        return target.getvalue()

    return encoded


@pytest.fixture(scope="session")
def authority(now: datetime) -> FakeAuthority:
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name, name = _name("authority's root"), _name("authority")

    def builder(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(root_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=100))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    root = (
        builder(root_name, root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        builder(name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.5.5.7.3.8")]), critical=True
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )
    return FakeAuthority(now, root.public_bytes(serialization.Encoding.PEM), leaf, key)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "stamps"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
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
