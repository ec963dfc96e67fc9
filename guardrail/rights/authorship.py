"""Who wrote a prompt, and when: provable later by its author, and telling nobody before.

Law 230-VIII art. 23 (read in secondary sources) protects prompts that a person made creatively. A
record commits to a prompt without holding it: HMAC-SHA256 (RFC 2104) under a salt that the author
alone keeps. The record goes into evidence, whose chain and seal prove its time; the author gets a
receipt: the record, the salt, and the guard's Ed25519 signature (RFC 8032) over the record.

A receipt is one line, a dictionary of RFC 9651: the value of the header field that it comes in.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from guardrail.errors import BadInput

FORM = "guardrail-authorship-1"
"""Names the form of records; also keeps a signature over one from being one over anything else."""
SALT_BYTES = 32
RECEIPT_LIMIT = 2_048
"""Characters of a receipt; the longest have 600."""

_MEMBER = re.compile(
    r"([a-z]+)=(?::([A-Za-z0-9+/]{2,96}={0,2}):|([A-Za-z0-9][A-Za-z0-9:_-]{0,99}))"
)
_FORMS: Mapping[str, re.Pattern[str]] = {
    "id": re.compile(r"aut_[0-9a-f]{32}"),
    "author": re.compile(r"[pk]:[0-9]{4}h[12]:[0-9a-f]{32}"),
    "created": re.compile(r"[0-9]{1,15}"),
    "parent": re.compile(r"aut_[0-9a-f]{32}"),
}
_COMMITMENTS = ("prompt", "request", "output")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is put on record of a prompt."""

    id: str
    """``aut_`` and 32 hex digits."""
    created: int
    """Unix seconds."""
    prompt: str
    """The commitment to the prompt, 64 hex digits; see `commitment`."""
    request: str
    """The one to the whole request as it came: its parameters, and what was said before."""
    output: str = ""
    """The one to the reply's body as it left; empty for streams."""
    author: str = ""
    """A person's pseudonym of the half-year (``p:2026h2:…``), a keyed digest of the caller's key
    (``k:2026h2:…``), or empty where the caller showed neither: then the receipt itself tells the
    author."""
    parent: str = ""
    """The record of the prompt that this one goes on from, as the author says."""

    def canonical(self) -> bytes:
        """Return the bytes that are signed: the form's name, a newline, and RFC 8785 JSON."""
        told = {name: value for name, value in self.members().items() if value != ""}
        return f"{FORM}\n".encode() + orjson.dumps(told, option=orjson.OPT_SORT_KEYS)

    def members(self) -> dict[str, str | int]:
        """Return its fields by their names."""
        return {
            "id": self.id,
            "author": self.author,
            "created": self.created,
            "prompt": self.prompt,
            "request": self.request,
            "output": self.output,
            "parent": self.parent,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the author keeps."""

    record: Record
    salt: bytes = field(repr=False)
    """Whoever has it can try what the prompt was: it goes to the author and is kept nowhere."""
    signature: bytes
    """64 bytes over `Record.canonical`."""

    def __str__(self) -> str:
        """Write it as one line of ASCII."""
        members = [f"form={FORM}"]
        for name, value in self.record.members().items():
            if name in _COMMITMENTS and value:
                members.append(f"{name}=:{_base64(bytes.fromhex(str(value)))}:")
            elif value != "":
                members.append(f"{name}={value}")
        members += [f"salt=:{_base64(self.salt)}:", f"sig=:{_base64(self.signature)}:"]
        return ", ".join(members)


def commitment(salt: bytes, data: bytes) -> str:
    """Return HMAC-SHA256 of `data` under `salt`, hex: without the salt it tells nothing of it."""
    return hmac.digest(salt, data, "sha256").hex()


def prompt_bytes(prompt: str) -> bytes:
    """Return what of a prompt is committed to: its Unicode form NFC as UTF-8."""
    return unicodedata.normalize("NFC", prompt).encode("utf-8", "surrogatepass")


def receipt(record: Record, salt: bytes, signer: Ed25519PrivateKey) -> Receipt:
    """Sign a record."""
    return Receipt(record=record, salt=salt, signature=signer.sign(record.canonical()))


def parse_receipt(text: str) -> Receipt:
    """Read a receipt, with or without the name of its header field before it.

    Raises:
        BadInput: it isn't one, or is damaged.
    """
    line = text.strip()
    line = re.sub(r"\A[Gg]uardrail-[Aa]uthorship:[ \t]*", "", line)
    if len(line) > RECEIPT_LIMIT:
        raise _no_receipt()
    members: dict[str, str | bytes] = {}
    for one in line.split(", "):
        match = _MEMBER.fullmatch(one)
        if match is None:
            raise _no_receipt()
        members[match[1]] = match[3] if match[2] is None else _debase64(match[2])
    try:
        read = _read(members)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _no_receipt() from None
    if str(read) != line:  # one receipt has one spelling, and nothing was passed over
        raise _no_receipt()
    return read


def _read(members: Mapping[str, str | bytes]) -> Receipt:
    texts = {
        name: _of_form(str(members[name]), form) for name, form in _FORMS.items() if name in members
    }
    digests = {name: _of_size(members[name], 32).hex() for name in _COMMITMENTS if name in members}
    record = Record(
        id=texts["id"],
        created=int(texts["created"]),
        prompt=digests["prompt"],
        request=digests["request"],
        output=digests.get("output", ""),
        author=texts.get("author", ""),
        parent=texts.get("parent", ""),
    )
    salt, signature = _of_size(members["salt"], SALT_BYTES), _of_size(members["sig"], 64)
    return Receipt(record=record, salt=salt, signature=signature)


def _of_form(text: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(text):
        raise ValueError
    return text


def _of_size(data: str | bytes, size: int) -> bytes:
    if not isinstance(data, bytes) or len(data) != size:
        raise ValueError
    return data


def is_signed(given: Receipt, key: bytes) -> bool:
    """Tell whether the guard whose public key this is (32 bytes of Ed25519) issued a receipt."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(given.signature, given.record.canonical())
    except (InvalidSignature, ValueError):
        return False
    return True


def is_prompt_of(given: Receipt, prompt: str) -> bool:
    """Tell whether a receipt was issued for this prompt, or for it without its last line's end."""
    spellings = (prompt, prompt.removesuffix("\n"), prompt.removesuffix("\r\n"))
    return any(commits(given, given.record.prompt, prompt_bytes(one)) for one in spellings)


def commits(given: Receipt, committed: str, data: bytes) -> bool:
    """Tell whether one of a receipt's commitments is to `data`."""
    return hmac.compare_digest(commitment(given.salt, data), committed)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _debase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _no_receipt() from None


def _no_receipt() -> BadInput:
    return BadInput(
        "this is no receipt of authorship",
        code="no_receipt",
        fix="give the whole value of the header field guardrail-authorship, on one line",
    )
