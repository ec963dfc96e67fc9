"""A key that is here, as something that signs."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from guardrail.disclose.c2pa.certificates import Credential
from guardrail.errors import ConfigError

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "es256": hashes.SHA256(),
    "es384": hashes.SHA384(),
    "es512": hashes.SHA512(),
}


def local(credential: Credential) -> Callable[[bytes], bytes]:
    """Return what signs a message with the credential's own key; ECDSA as DER.

    Raises:
        ConfigError: It has no key, and nobody else who signs was named.
    """
    if not credential.key:
        raise ConfigError(
            "The certificate for marks has no private key.",
            fix="Give its key, or a remote signer.",
        )
    key = serialization.load_pem_private_key(credential.key, None)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        curve, ecdsa = key, ec.ECDSA(_HASHES[credential.algorithm])
        return lambda message: curve.sign(message, ecdsa)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign
    if isinstance(key, rsa.RSAPrivateKey):
        modulus, pss = key, padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return lambda message: modulus.sign(message, pss, hashes.SHA256())
    raise ConfigError("Marks can't be signed with a key of this kind.")
