"""Keys, notes, checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature)."""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from guardrail.verify.report import Unreadable, Wrong

NOTE_LIMIT = 128 << 10  # bytes of a note
NOTE_KEY, ED25519, ML_DSA = 1, 4, 6
_KEY_BYTES = {NOTE_KEY: 32, ED25519: 32, ML_DSA: 1312}
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,256}")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_CHECKPOINT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n")


class Key(NamedTuple):
    """A public key; its kind is one of `NOTE_KEY`, `ED25519` (cosignatures) and `ML_DSA`."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The first four bytes of its hash, which signatures tell."""
        typed = bytes([self.kind]) + self.public
        return hashlib.sha256(self.name.encode() + b"\n" + typed).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as a vkey: `name+id+key`."""
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"


class Checkpoint(NamedTuple):
    """Size and root of a tree."""

    origin: str
    size: int
    root: bytes


def read_vkey(vkey: str) -> Key:
    """Read a key that is written as `name+id+key`."""
    name, _, rest = vkey.strip().partition("+")
    stated, _, encoded = rest.partition("+")
    data = from_base64(encoded)
    if not data or len(data) - 1 != _KEY_BYTES.get(data[0]) or not _NAME.fullmatch(name):
        raise Wrong("this isn't a vkey (name+id+key) of a kind that is known here")
    key = Key(name, data[0], data[1:])
    if key.id.hex() != stated:
        raise Wrong("this vkey's id doesn't belong to its name and key")
    return key


def given_key(option: str, vkey: str) -> Key:
    """Read a key that was handed in under an option: without it, nothing can be checked."""
    try:
        return read_vkey(vkey)
    except ValueError as error:
        raise Unreadable(f"{option}: {error}") from error


def cosigner(vkey: str) -> Key:
    """Read a witness's key; one that is written as a log's is meant for cosignatures."""
    key = given_key("--witness", vkey)
    return key._replace(kind=ED25519) if key.kind == NOTE_KEY else key


def stated_key(note: bytes | None, root: Key, shard: str) -> Key:
    """Return a shard's key as the root key states it."""
    if note is None:
        raise Wrong("it is missing")
    if signed_at(note, root) is None:
        raise Wrong(f"it isn't signed by {root.name}")
    lines = note_parts(note)[0].split("\n")
    if len(lines) != 4 or lines[0] != "guardrail evidence key v1":
        raise Wrong("it isn't a statement of a key")
    key = read_vkey(lines[2])
    if (key.name, key.name, key.kind) != (lines[1], f"{root.name}/{shard}", NOTE_KEY):
        raise Wrong("it states another shard's key")
    return key


def open_checkpoint(note: bytes | None, key: Key) -> Checkpoint:
    """Return the checkpoint that a key signed, which is of the log that the key is named for."""
    if note is None:
        raise Wrong("it is missing")
    if signed_at(note, key) is None:
        raise Wrong(f"it isn't signed by {key.name}")
    checkpoint = read_checkpoint(note_parts(note)[0])
    if checkpoint.origin != key.name:
        raise Wrong("it is another log's")
    return checkpoint


def read_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint's text, without what signed it."""
    match = _CHECKPOINT.fullmatch(text)
    if match is None:
        raise Wrong("it isn't a checkpoint")
    return Checkpoint(match[1], int(match[2]), from_base64(match[3]))


def signed_at(note: bytes, key: Key) -> int | None:
    """Return when `key` signed a note (0 if that isn't told), None if it didn't."""
    text, signatures = note_parts(note)
    found = [data[4:] for name, data in signatures if name == key.name and data[:4] == key.id]
    times = []
    for data in found:
        time, signature = (0, data) if key.kind == NOTE_KEY else (_uint64(data[:8]), data[8:])
        try:
            _public(key).verify(signature, _message(key, text, time))
        except (InvalidSignature, ValueError) as error:
            raise Wrong(f"the signature of {key.name} doesn't verify") from error
        times.append(time)
    return max(times, default=None)


def _message(key: Key, text: str, time: int) -> bytes:
    if key.kind == NOTE_KEY:
        return text.encode()
    if key.kind == ED25519:
        return f"cosignature/v1\ntime {time}\n{text}".encode()
    origin, size, root = read_checkpoint(text)
    name, log = key.name.encode(), origin.encode()
    named = b"subtree/v1\n\0" + bytes([len(name)]) + name + struct.pack(">Q", time)
    return named + bytes([len(log)]) + log + struct.pack(">QQ", 0, size) + root


class _Public(Protocol):
    def verify(self, signature: bytes, data: bytes, /) -> None: ...


def _public(key: Key) -> _Public:
    if key.kind != ML_DSA:
        return Ed25519PublicKey.from_public_bytes(key.public)
    try:
        from cryptography.hazmat.primitives.asymmetric import mldsa  # noqa: PLC0415 - may be missing

        return mldsa.MLDSA44PublicKey.from_public_bytes(key.public)
    except (ImportError, UnsupportedAlgorithm) as error:
        raise Unreadable("this Python's cryptography has no ML-DSA-44; it needs 47") from error


def note_parts(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """Return a note's text, and of each signature the name and the bytes."""
    if len(note) > NOTE_LIMIT:
        raise Wrong("it is too large for a note")
    try:
        text, blank, lines = note.decode().rpartition("\n\n")
        matches = [_SIGNATURE.fullmatch(line) for line in lines.removesuffix("\n").split("\n")]
        signatures = [(match[1], from_base64(match[2])) for match in matches if match]
    except ValueError as error:
        raise Wrong("it isn't a signed note") from error
    if (
        not blank
        or not lines.endswith("\n")
        or None in matches
        or re.search(r"[\0-\t\v-\x1f]", text)
    ):
        raise Wrong("it isn't a signed note")
    return text + "\n", signatures


def to_base64(data: bytes) -> str:
    """Return bytes as base64."""
    return base64.b64encode(data).decode()


def from_base64(text: str) -> bytes:
    """Return the bytes of a base64 text, of which there is but one form."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    if to_base64(data) != text:
        raise Wrong("it has bytes that aren't in their one base64 form")
    return data


def _uint64(data: bytes) -> int:
    return int.from_bytes(data, "big")
