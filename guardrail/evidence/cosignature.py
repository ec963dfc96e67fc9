"""Cosignatures of checkpoints as C2SP tlog-cosignature has them: Ed25519 (0x04), ML-DSA-44 (0x06).

Who cosigns states that at a certain second this was the largest tree of that log it knew of, and
that it never saw another history. Witnesses do that; and a log may cosign its own checkpoints with
ML-DSA-44 (FIPS 204), which a quantum computer doesn't forge.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guardrail.errors import EvidenceError
from guardrail.evidence.checkpoint import Checkpoint, parse_checkpoint
from guardrail.evidence.note import (
    from_base64,
    is_key_name,
    note_parts,
    signature_line,
    to_base64,
)

_HEADER = b"subtree/v1\n\x00"
_NOTE_KEY = 1
"""The type of keys that sign notes; some witnesses publish theirs so."""
_SEED_OF = b"guardrail evidence ML-DSA-44 v1"


class Algorithm(IntEnum):
    """The signature types that notes know cosignatures by."""

    ED25519 = 0x04
    ML_DSA_44 = 0x06


_LENGTHS = {Algorithm.ED25519: (32, 64), Algorithm.ML_DSA_44: (1_312, 2_420)}
"""Bytes of a public key and of a signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigner:
    """Who cosigns: a name, a public key, and the algorithm it is used with."""

    name: str
    key: bytes
    algorithm: Algorithm

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256(name || 0x0A || type || key)."""
        typed = bytes([self.algorithm]) + self.key
        return hashlib.sha256(self.name.encode() + b"\n" + typed).digest()[:4]

    def __str__(self) -> str:
        """Give the ``name+hex(key id)+base64(type || key)`` that C2SP calls a vkey."""
        typed = to_base64(bytes([self.algorithm]) + self.key)
        return f"{self.name}+{self.key_id.hex()}+{typed}"


def cosigner(name: str, key: Ed25519PublicKey | MLDSA44PublicKey) -> Cosigner:
    """Return who cosigns with `key` under `name`.

    Raises:
        EvidenceError: the name is empty, too long, or has white space or a plus sign in it.
    """
    if not is_key_name(name) or len(name.encode()) > 255:
        raise _bad("a cosigner's name must have 1 to 255 bytes, no white space and no plus sign")
    kind = Algorithm.ED25519 if isinstance(key, Ed25519PublicKey) else Algorithm.ML_DSA_44
    return Cosigner(name=name, key=key.public_bytes_raw(), algorithm=kind)


def parse_cosigner(vkey: str) -> Cosigner:
    """Read a cosigner's vkey; that of an Ed25519 note key (type 0x01) is taken for type 0x04.

    Raises:
        EvidenceError: it isn't one, or its parts contradict each other.
    """
    name, _, rest = vkey.strip().partition("+")
    stated, _, encoded = rest.partition("+")
    typed = from_base64(encoded)
    if not typed or not is_key_name(name) or typed[0] not in {_NOTE_KEY, *Algorithm}:
        raise _bad("this isn't the vkey of a cosigner")
    key_id = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
    kind = Algorithm.ED25519 if typed[0] == _NOTE_KEY else Algorithm(typed[0])
    if key_id.hex() != stated or len(typed) - 1 != _LENGTHS[kind][0]:
        raise _bad("this vkey's id doesn't belong to its name and key")
    return Cosigner(name=name, key=typed[1:], algorithm=kind)


def ml_dsa_key(key: Ed25519PrivateKey) -> MLDSA44PrivateKey:
    """Return the ML-DSA-44 key that belongs to a log's Ed25519 key: one secret to keep, not two.

    Its seed comes from the Ed25519 seed by HKDF-SHA256 (RFC 5869). Whoever computes the Ed25519
    scalar from the public key, as a quantum computer may, still doesn't have that seed.
    """
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=_SEED_OF)
    return MLDSA44PrivateKey.from_seed_bytes(kdf.derive(key.private_bytes_raw()))


def cosign(checkpoint: Checkpoint, name: str, key: Ed25519PrivateKey, timestamp: int) -> str:
    """Return an Ed25519 cosignature as a line of a note, with its newline.

    Args:
        checkpoint: what is cosigned.
        name: the cosigner's.
        key: the cosigner's.
        timestamp: Unix seconds.

    Raises:
        EvidenceError: the name can't be one.
    """
    by = cosigner(name, key.public_key())
    return _line(by, timestamp, key.sign(_message(by, checkpoint, timestamp)))


def cosign_ml_dsa(checkpoint: Checkpoint, name: str, key: MLDSA44PrivateKey, timestamp: int) -> str:
    """Return an ML-DSA-44 cosignature as a line of a note, with its newline; see `cosign`."""
    by = cosigner(name, key.public_key())
    return _line(by, timestamp, key.sign(_message(by, checkpoint, timestamp)))


def second_signature(
    key_of: Callable[[str], Ed25519PrivateKey],
) -> Callable[[Checkpoint, int], bytes]:
    """Return what makes a log's own second signature of its checkpoints, a line with its newline.

    It takes the checkpoint and Unix seconds.

    Args:
        key_of: returns a shard's key; the shard is what stands last in an origin.
    """

    def sign(checkpoint: Checkpoint, timestamp: int) -> bytes:
        key = ml_dsa_key(key_of(checkpoint.origin.rpartition("/")[2]))
        return cosign_ml_dsa(checkpoint, checkpoint.origin, key, timestamp).encode()

    return sign


def cosigned(note: bytes, by: Sequence[Cosigner]) -> Mapping[Cosigner, int]:
    """Return who of `by` cosigned the checkpoint in a note, and when (Unix seconds).

    The log's own signature isn't looked at. Signatures of keys that aren't in `by` are passed over.

    Raises:
        EvidenceError: the note is malformed or no checkpoint, or a cosignature of one of `by`
            doesn't verify.
    """
    text, signatures = note_parts(note)
    checkpoint = parse_checkpoint(text)
    known = {(one.name, one.key_id): one for one in by}
    found: dict[Cosigner, int] = {}
    for name, data in signatures:
        who = known.get((name, data[:4]))
        if who is not None:
            found[who] = _verified(who, checkpoint, data[4:])
    return found


def _line(by: Cosigner, timestamp: int, signature: bytes) -> str:
    return signature_line(by.name, by.key_id + struct.pack(">Q", timestamp) + signature)


def _verified(by: Cosigner, checkpoint: Checkpoint, data: bytes) -> int:
    timestamp = int.from_bytes(data[:8], "big")
    if len(data) != 8 + _LENGTHS[by.algorithm][1] or not 0 < timestamp < 1 << 63:
        raise _bad(f"the cosignature of {by.name} is malformed")
    try:
        _public_key(by).verify(data[8:], _message(by, checkpoint, timestamp))
    except (InvalidSignature, ValueError) as error:
        raise _bad(f"the cosignature of {by.name} doesn't verify") from error
    return timestamp


def _public_key(by: Cosigner) -> Ed25519PublicKey | MLDSA44PublicKey:
    if by.algorithm is Algorithm.ED25519:
        return Ed25519PublicKey.from_public_bytes(by.key)
    return MLDSA44PublicKey.from_public_bytes(by.key)


def _message(by: Cosigner, checkpoint: Checkpoint, timestamp: int) -> bytes:
    """Return the bytes that are signed."""
    if by.algorithm is Algorithm.ED25519:
        return f"cosignature/v1\ntime {timestamp}\n{checkpoint}".encode()
    times = struct.pack(">Q", timestamp)
    span = struct.pack(">QQ", 0, checkpoint.size)
    origin = _opaque(checkpoint.origin)
    return b"".join([_HEADER, _opaque(by.name), times, origin, span, checkpoint.root])


def _opaque(text: str) -> bytes:
    """Return a text behind its length in one byte (RFC 8446 section 3.4)."""
    data = text.encode()
    if not 0 < len(data) < 256:
        raise _bad("the origin of a log that is cosigned has 1 to 255 bytes")
    return bytes([len(data)]) + data


def _bad(message: str) -> EvidenceError:
    return EvidenceError(message, code="evidence_note_invalid", status=500)
