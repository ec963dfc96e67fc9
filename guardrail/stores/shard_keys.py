"""Whose log is it? Guards that share one need the same root key, and are told so where they don't.

``<shard>/key`` says, signed by the root key, which key signs the shard's checkpoints. Signatures
with Ed25519 are the same each time, so equal keys give equal bytes.
"""

from __future__ import annotations

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.errors import EvidenceError
from guardrail.evidence import Objects, origin_of, sign_key_statement, verifier


class Keys(Protocol):
    """The keys of a log."""

    @property
    def root(self) -> Ed25519PrivateKey:
        """Signs which key a shard has."""
        ...

    def shard(self, name: str) -> Ed25519PrivateKey:
        """Return the key that signs a shard's checkpoints."""
        ...


def claim(objects: Objects, keys: Keys, *, log: str, shard: str) -> None:
    """Say in a shard which key signs it, unless that was said before.

    Raises:
        EvidenceError: another key was named, or the store failed.
    """
    if not objects.create(f"{shard}/key", _statement(keys, log, shard)):
        raise _another_key(shard)


def check_shard(objects: Objects, keys: Keys, *, log: str, shard: str) -> bool:
    """Tell whether a shard has begun.

    Raises:
        EvidenceError: it has, with another key; or the store failed.
    """
    held = objects.read(f"{shard}/key")
    if held is not None and held != _statement(keys, log, shard):
        raise _another_key(shard)
    return held is not None


def _statement(keys: Keys, log: str, shard: str) -> bytes:
    key = verifier(origin_of(log, shard), keys.shard(shard).public_key())
    return sign_key_statement(key, log=log, root=keys.root)


def _another_key(shard: str) -> EvidenceError:
    return EvidenceError(
        f"the evidence of {shard} is signed with another key than this guard has",
        code="evidence_another_key",
        fix="give every guard that shares the store the same evidence.key and evidence.origin",
    )
