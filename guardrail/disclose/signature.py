"""Signed labels of texts: whoever keeps a reply can tell later that not a character was changed.

The signature is Ed25519 (RFC 8032), detached, over these six lines of ASCII, each with a line feed
behind it:

1. ``guardrail-label-1``
2. the label's id
3. its level
4. its class
5. when it was made, in Unix seconds
6. the hash of the texts, in lower-case hex

The hash is SHA-256 over the SHA-256 of each text, one behind the other: so texts can't flow into
each other, and a stream's are hashed as they leave. A text is hashed as UTF-8 in the normalization
form NFC (UAX #15), which two ways of spelling the same letter share.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from unicodedata import is_normalized, normalize

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from guardrail.facts import Label

SCHEME = "guardrail-label-1"
"""The first line of what is signed."""

MOST_TEXTS = 4_096
"""Texts of one stream that are told apart. A reply has one for each answer."""

_WORD = re.compile(r"[!-~]{1,256}")
_WORDS = frozenset({"ai-generated", "ai-assisted", "ai-autonomous", "result", "synthetic"})
"""Words that are known to be such."""
_SURE = re.compile(r".*([\0-\x7f\u0400-\u0482\u048a-\u052f\u4e00-\u9fff])", re.DOTALL)
"""Up to the last character that no normalization ever joins to what stands before it: ASCII,
Cyrillic letters, Chinese characters."""


class Signed(NamedTuple):
    """A label, and the signature that binds it to texts."""

    label: Label
    sha256: str
    """The hash of the texts, in hex."""
    signature: bytes
    """Ed25519, 64 bytes."""
    kid: str
    """Names the key: its thumbprint (RFC 7638)."""

    def members(self) -> dict[str, object]:
        """Return what a label in JSON says of it."""
        return {
            "sha256": self.sha256,
            "sig": base64.b64encode(self.signature).decode(),
            "kid": self.kid,
        }


class LabelSigner:
    """Signs labels with one key."""

    def __init__(
        self,
        key: Ed25519PrivateKey,
        kid: str,
        retired: Sequence[Mapping[str, str | int]] = (),
    ) -> None:
        """Take the private key.

        Args:
            key: signs.
            kid: the name that its public half is published under.
            retired: public keys that signed before it, as JSON Web Keys: published with it.
        """
        self._key = key
        self.kid = kid
        self._retired = tuple(retired)

    @property
    def published(self) -> list[Mapping[str, str | int]]:
        """The keys that labels hold by, this one first."""
        return [{**self.public}, *self._retired]

    @property
    def public(self) -> dict[str, str]:
        """The public half as a JSON Web Key (RFC 8037)."""
        point = self._key.public_key().public_bytes_raw()
        x = base64.urlsafe_b64encode(point).decode().rstrip("=")
        return {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": self.kid, "use": "sig"}

    def sign(self, label: Label, sha256: str) -> Signed:
        """Return `label` bound to the texts of a hash, as `hash_of` gives it.

        Raises:
            ValueError: the label's id isn't one word of printable ASCII.
        """
        signature = self._key.sign(message(label, sha256))
        return Signed(label=label, sha256=sha256, signature=signature, kid=self.kid)


def verify(signed: Signed, texts: Iterable[str], key: Ed25519PublicKey) -> bool:
    """Tell whether a label was signed with `key` for just these texts, in this order."""
    try:
        key.verify(signed.signature, message(signed.label, hash_of(texts)))
    except (InvalidSignature, ValueError):
        return False
    return True


def message(label: Label, sha256: str) -> bytes:
    """Return the lines that are signed.

    Raises:
        ValueError: the label's id isn't one word of printable ASCII.
    """
    for word in (label.id, label.level, label.kind):
        if word not in _WORDS and not _WORD.fullmatch(word):
            msg = "a label that is signed has an id, a level and a class of printable ASCII"
            raise ValueError(msg)
    return (
        f"{SCHEME}\n{label.id}\n{label.level}\n{label.kind}\n{label.created}\n{sha256}\n"
    ).encode("ascii")


def hash_of(texts: Iterable[str]) -> str:
    """Return the hash of some texts, in hex."""
    digests = [hashlib.sha256(_bytes(_composed(text))).digest() for text in texts]
    return hashlib.sha256(b"".join(digests)).hexdigest()


def hash_of_octets(text: bytes, *, ends: tuple[str, bytes] = ("", b"")) -> str:
    """Return the hash of one text that is in UTF-8 already, as `hash_of` would of it decoded.

    Args:
        text: the text.
        ends: what it may end with, as a text and in UTF-8: that much needn't be decoded again.

    Raises:
        UnicodeDecodeError: it isn't UTF-8.
    """
    if not text.isascii():
        letters, octets = ends
        if not (octets and text.endswith(octets) and _is_composed(letters)):
            letters, octets = "", b""
        rest = text[: len(text) - len(octets)].decode()
        # No letter joins to what ends a line.
        if not (_is_composed(rest) and (not octets or not rest or rest.endswith("\n"))):
            return hash_of([text.decode()])
    return hashlib.sha256(hashlib.sha256(text).digest()).hexdigest()


class TextHash:
    """The hash of one text that comes in pieces; what it holds back is a letter or a few."""

    def __init__(self) -> None:
        """Start with nothing said."""
        self._hash = hashlib.sha256()
        self._rest: list[str] = []

    def feed(self, piece: str) -> None:
        """Take the next piece. Its cost is linear in its length, however texts are cut."""
        sure = _SURE.match(piece)
        if sure is None:
            # It may all be marks that belong to the last letter.
            self._rest.append(piece)
            return
        at = sure.start(1)
        self._take("".join((*self._rest, piece[:at])))
        self._rest = [piece[at:]]

    def digest(self) -> bytes:
        """Return the hash of what was said so far: 32 bytes."""
        done = self._hash.copy()
        done.update(_bytes(normalize("NFC", "".join(self._rest))))
        return done.digest()

    def _take(self, text: str) -> None:
        if text:
            plain = text.isascii() or is_normalized("NFC", text)
            self._hash.update(_bytes(text if plain else normalize("NFC", text)))


class Texts:
    """The texts of a stream, by their channels, in the order in which they began."""

    def __init__(self) -> None:
        """Start with nothing said."""
        self._texts: dict[str, TextHash] = {}
        self._many = False

    def feed(self, channel: str, piece: str) -> None:
        """Take the next piece of a channel's text."""
        known = self._texts.get(channel)
        if known is None:
            if len(self._texts) >= MOST_TEXTS:
                self._many = True
                return
            known = self._texts[channel] = TextHash()
        known.feed(piece)

    @property
    def sha256(self) -> str:
        """What `hash_of` gives for the texts; empty where there are none, or too many."""
        if self._many or not self._texts:
            return ""
        whole = hashlib.sha256()
        for text in self._texts.values():
            whole.update(text.digest())
        return whole.hexdigest()


def _composed(text: str) -> str:
    return text if text.isascii() else normalize("NFC", text)


def _is_composed(text: str) -> bool:
    # What is in this form comes back as it is, sooner than `is_normalized` tells.
    return text.isascii() or normalize("NFC", text) is text


def _bytes(text: str) -> bytes:
    # JSON can spell halves of surrogate pairs alone; UTF-8 can't.
    return text.encode("utf-8", "surrogatepass")
