"""The key that seals a log: a PEM file that several processes may try to make at once."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from guardrail.errors import ConfigError, EvidenceError
from guardrail.evidence import verifier
from guardrail.stores.segment_file import replace_durably, sync_directory

_PUBLIC = 0o644


def load_or_create_key(path: Path, *, origin: str) -> Ed25519PrivateKey:
    """Return the key at `path`, made there (PEM, PKCS #8, mode 0600) if there is none.

    Beside it stands ``<path>.vkey``, the public key under the log's name `origin`: what a verifier
    needs, to be handed out and kept elsewhere.

    Raises:
        ConfigError: the file isn't an unencrypted Ed25519 key, or can't be read or made; `origin`
            can't name a key, or isn't the name that the key has been used under.
    """
    try:
        key = _loaded(path) or _created(path)
        _publish(path.with_name(f"{path.name}.vkey"), str(verifier(origin, key.public_key())))
    except OSError as error:
        raise ConfigError(f"the evidence key {path} can't be used: {error.strerror}") from error
    except EvidenceError as error:
        raise ConfigError(f"the evidence log's name is unfit: {error}") from error
    return key


def _loaded(path: Path) -> Ed25519PrivateKey | None:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"{path} isn't an unencrypted private key in PEM form") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{path} isn't an Ed25519 key", fix="openssl genpkey -algorithm ed25519")
    return key


def _created(path: Path) -> Ed25519PrivateKey:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.tmp")
    replace_durably(temporary, pem)
    try:
        # Unlike a rename, a link never replaces: of several processes one wins and all read it.
        os.link(temporary, path)
    except FileExistsError:
        key = _loaded(path) or key
    finally:
        temporary.unlink(missing_ok=True)
    sync_directory(path.parent)
    return key


def _publish(path: Path, vkey: str) -> None:
    try:
        known = path.read_text("utf-8").strip()
    except FileNotFoundError:
        replace_durably(path, f"{vkey}\n".encode(), mode=_PUBLIC)
        return
    if known != vkey:
        raise ConfigError(
            f"{path} holds another name or key than the evidence log is to be sealed with",
            fix="keep the log's name and key, or begin a new state directory",
        )
