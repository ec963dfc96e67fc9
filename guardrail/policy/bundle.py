"""Signed bundles of packs: a list of digests that coreutils check, and its Ed25519 signature.

``SHA256SUMS`` has a line for each file, as ``sha256sum`` writes them, sorted by path; what stands
before them begins with ``#``, which ``sha256sum -c`` passes over. ``SHA256SUMS.sig`` is the bare
64-byte signature over its bytes (RFC 8032), so that OpenSSL checks it without this program::

    openssl pkeyutl -verify -pubin -inkey packs.pub -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from guardrail.errors import ConfigError

SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"
MAX_FILES = 1_000
MAX_SUMS = 256 * 1024
"""Bytes of the list: a thousand files have half of it."""

_HEAD = "# guardrail policy bundle 1"
"""Also keeps a signature over packs from being one over any other list of digests."""
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(/[A-Za-z0-9][A-Za-z0-9_.-]*){0,3}")
_LINE = re.compile(rf"([0-9a-f]{{64}})  ({_PATH.pattern})")
_NEW_KEY = "openssl genpkey -algorithm ed25519 -out packs.pem"
_NEW_PUBLIC = "openssl pkey -in packs.pem -pubout -out packs.pub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A list of digests whose signature holds."""

    refs: tuple[str, ...]
    """The packs that the signer put in, as ``kz-230-viii@2026.11.2``."""
    digests: Mapping[str, str]
    """Path to SHA-256, hex."""


def private_key(pem: bytes, name: str) -> Ed25519PrivateKey:
    """Return the key that signs.

    Raises:
        ConfigError: `pem` isn't an unencrypted Ed25519 private key.
    """
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigError(
            f"{name} holds no unencrypted private key in PEM form", fix=f"make one: {_NEW_KEY}"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{name} isn't an Ed25519 key", fix=f"make one: {_NEW_KEY}")
    return key


def public_key(pem: bytes, name: str) -> Ed25519PublicKey:
    """Return the key that signatures are checked with.

    Raises:
        ConfigError: `pem` isn't an Ed25519 public key.
    """
    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigError(
            f"{name} holds no public key in PEM form", fix=f"from the private one: {_NEW_PUBLIC}"
        ) from None
    if not isinstance(key, Ed25519PublicKey):
        raise ConfigError(f"{name} isn't an Ed25519 key", fix=f"make one: {_NEW_KEY}")
    return key


def digest_list(files: Mapping[str, bytes], refs: Sequence[str]) -> bytes:
    """Return the one list of digests of these files, whatever order they come in.

    Args:
        files: path within the bundle, with slashes, to content.
        refs: id and version of each pack in it.

    Raises:
        ConfigError: a path can't stand in a bundle, or there are too many.
    """
    if not files or len(files) > MAX_FILES:
        raise ConfigError(f"a bundle has 1 to {MAX_FILES} files, not {len(files)}")
    for path in files:
        if not _PATH.fullmatch(path):
            raise ConfigError(
                f"{path!r} can't stand in a bundle",
                fix="names of files and folders have letters, digits, '.', '_' and '-', and begin "
                "with a letter or digit",
            )
    lines = [_HEAD, *(f"# {ref}" for ref in sorted(refs))]
    lines += [f"{hashlib.sha256(files[path]).hexdigest()}  {path}" for path in sorted(files)]
    return ("\n".join(lines) + "\n").encode()


def sign(sums: bytes, key: Ed25519PrivateKey) -> bytes:
    """Return the 64 bytes of the signature."""
    return key.sign(sums)


def open_sums(sums: bytes, signature: bytes, key: Ed25519PublicKey) -> Opened:
    """Return what a list of digests says after checking its signature: not a byte is read before.

    Raises:
        ConfigError: the signature isn't this key's over this list, or the list is malformed.
    """
    if len(sums) > MAX_SUMS:
        raise ConfigError(f"{SUMS}: {len(sums)} bytes, at most {MAX_SUMS} are read")
    try:
        key.verify(signature, sums)
    except InvalidSignature:
        raise ConfigError(
            f"{SIGNATURE} isn't this key's signature over {SUMS}",
            fix="get the bundle again from whoever signed it, and check that --key is their key; "
            "don't use these packs until it verifies",
        ) from None
    return _parsed(sums)


def mismatches(opened: Opened, files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield every file that was changed, added or taken away; nothing is the good answer."""
    for path in sorted(opened.digests.keys() | files.keys()):
        if path not in files:
            yield f"{path}: it is signed for, but isn't there"
        elif path not in opened.digests:
            yield f"{path}: it is there, but isn't signed for"
        elif hashlib.sha256(files[path]).hexdigest() != opened.digests[path]:
            yield f"{path}: its content isn't what was signed"


def _parsed(sums: bytes) -> Opened:
    text = sums.decode("ascii", "replace")
    head, *lines = text.split("\n")
    refs = [line.removeprefix("# ") for line in lines if line.startswith("# ")]
    matches = [_LINE.fullmatch(line) for line in lines[len(refs) : -1]]
    digests = {match[2]: match[1] for match in matches if match}
    told = [_HEAD, *(f"# {ref}" for ref in sorted(refs))]
    told += [f"{digests[path]}  {path}" for path in sorted(digests)]
    # Written again it must be the same: one list has one spelling, and nothing was passed over.
    if head != _HEAD or "\n".join(told) + "\n" != text or not digests:
        raise ConfigError(f"{SUMS} is signed, but isn't a list of digests of a policy bundle")
    return Opened(refs=tuple(refs), digests=digests)
