"""Signed notes as C2SP signed-note@v1 defines them, with Ed25519 keys (signature type 0x01).

A note is text, an empty line, and signature lines ``— <name> <base64(key id || signature)>``. Any
tool of the transparency-log family reads them, as Go's sumdb/note; OpenSSL checks the signature.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from guardrail.errors import EvidenceError

NOTE_LIMIT = 128 * 1024
"""Bytes of a note. Ours are about 250; C2SP asks for room for 16 signatures of up to 5 kB each."""

_ED25519 = b"\x01"
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,256}")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A public key and the name it signs under."""

    name: str
    key: bytes
    """32 bytes of Ed25519."""

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256(name || 0x0A || type || key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        """Give the ``name+hex(key id)+base64(type || key)`` that C2SP calls a vkey."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(_ED25519 + self.key)}"


def verifier(name: str, key: Ed25519PublicKey) -> Verifier:
    """Return the verifier for `key` under `name`.

    Raises:
        EvidenceError: the name is empty, too long, or has white space or a plus sign in it.
    """
    if not _NAME.fullmatch(name):
        raise _bad("a key's name must have 1 to 256 characters, no white space and no plus sign")
    return Verifier(name=name, key=key.public_bytes_raw())


def parse_vkey(text: str) -> Verifier:
    """Read a vkey.

    Raises:
        EvidenceError: it isn't one, its parts contradict each other, or its key isn't Ed25519.
    """
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise _bad("a vkey has the form name+id+key")
    name, _, encoded = parts
    data = from_base64(encoded)
    if data is None or len(data) != 33 or data[:1] != _ED25519 or not _NAME.fullmatch(name):
        raise _bad("this vkey isn't an Ed25519 key")
    parsed = Verifier(name=name, key=data[1:])
    if str(parsed) != text.strip():
        raise _bad("this vkey's id doesn't belong to its name and key")
    return parsed


def sign_note(text: str, *, name: str, signer: Ed25519PrivateKey) -> bytes:
    """Return the signed note over `text`, which must end in a newline.

    Raises:
        EvidenceError: the text or the name can't stand in a note.
    """
    if not text.endswith("\n") or not _printable(text):
        raise _bad("a note's text is printable and ends in a newline")
    key_id = verifier(name, signer.public_key()).key_id
    line = signature_line(name, key_id + signer.sign(text.encode()))
    return f"{text}\n{line}".encode()


def open_note(note: bytes, by: Verifier) -> str:
    """Return the text of a note after checking the signature of `by`.

    Signatures of other keys are passed over, as C2SP wants, but must be well formed.

    Raises:
        EvidenceError: the note is malformed, or has no valid signature of `by`.
    """
    text, signatures = note_parts(note)
    ours = [data for name, data in signatures if name == by.name and data[:4] == by.key_id]
    if len(ours) != 1:
        raise _bad(f"not signed by {by.name}")
    try:
        Ed25519PublicKey.from_public_bytes(by.key).verify(ours[0][4:], text.encode())
    except InvalidSignature as error:
        raise _bad(f"the signature of {by.name} doesn't verify") from error
    return text


def note_parts(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """Return a note's text and its signatures, none of which is checked.

    Returns:
        The text with its last newline; of each signature the name, and the key id (4 bytes) with
        what was signed behind it.

    Raises:
        EvidenceError: the note is malformed or over `NOTE_LIMIT`.
    """
    if len(note) > NOTE_LIMIT:
        raise _bad("the note is too large")
    try:
        whole = note.decode()
    except UnicodeDecodeError as error:
        raise _bad("the note isn't UTF-8") from error
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not _printable(whole) or not lines.endswith("\n"):
        raise _bad("the note has no text, empty line and signatures")
    return text + "\n", [_signature(line) for line in lines[:-1].split("\n")]


def signature_line(name: str, data: bytes) -> str:
    """Return a signature as a line of a note, with its newline.

    Args:
        name: the key's.
        data: the key id and the signature.
    """
    return f"— {name} {to_base64(data)}\n"


def _signature(line: str) -> tuple[str, bytes]:
    match = _SIGNATURE.fullmatch(line)
    data = from_base64(match[2]) if match else None
    if match is None or data is None or len(data) < 5:
        raise _bad("a signature line of the note is malformed")
    return match[1], data


def is_key_name(text: str) -> bool:
    """Tell whether a key can have this name: 1 to 256 characters, no white space, no plus sign."""
    return _NAME.fullmatch(text) is not None


def _printable(text: str) -> bool:
    return not any(letter < " " and letter != "\n" for letter in text)


def to_base64(data: bytes) -> str:
    """Return the spelling of bytes in RFC 4648 section 4."""
    return base64.b64encode(data).decode()


def from_base64(text: str) -> bytes | None:
    """Return the bytes, or None for what isn't their one canonical spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if to_base64(data) == text else None


def _bad(message: str) -> EvidenceError:
    return EvidenceError(message, code="evidence_note_invalid", status=500)
