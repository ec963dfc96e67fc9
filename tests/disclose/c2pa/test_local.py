from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from guardrail.disclose.c2pa.certificates import Development, development, from_chain
from guardrail.disclose.c2pa.local import local
from guardrail.errors import ConfigError


def test_a_message_is_signed_with_the_certificates_key(made: Development) -> None:
    public = x509.load_pem_x509_certificate(made.credential.chain).public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(local(made.credential)(b"message"), b"message", ec.ECDSA(hashes.SHA256()))


def test_other_kinds_of_keys_sign(now: datetime) -> None:
    edwards = ed25519.Ed25519PrivateKey.generate()
    signed = local(development(now, key=edwards).credential)(b"message")
    edwards.public_key().verify(signed, b"message")
    modulus = rsa.generate_private_key(65537, 2048)
    signed = local(development(now, key=modulus).credential)(b"message")
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
    modulus.public_key().verify(signed, b"message", pss, hashes.SHA256())


def test_without_a_key_somebody_else_must_sign(made: Development, now: datetime) -> None:
    with pytest.raises(ConfigError, match="no private key"):
        local(from_chain(made.credential.chain, now))
    with pytest.raises(ConfigError, match="no private key"):
        local(replace(made.credential, key=b""))
