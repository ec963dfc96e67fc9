"""Secrets in files: made once, readable by their owner alone, the same for every process."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from guardrail.errors import ConfigError

LARGEST_KEY_FILE = 16384
"""Bytes: more is no key."""


def load_or_create_secret(path: Path, nbytes: int = 32) -> bytes:
    """Return the `nbytes` random bytes kept at `path`, made at the first call.

    Processes that start at once all get the same secret.

    Raises:
        ConfigError: the file can't be read or made, is open to everybody, or has another length.
    """
    secret = _load_or_create(path, secrets.token_bytes(nbytes))
    if len(secret) != nbytes:
        raise ConfigError(f"{path} holds {len(secret)} bytes, not a secret of {nbytes}")
    return secret


def load_or_create_file(path: Path, fresh: bytes) -> bytes:
    """Return what is kept at `path`: `fresh`, at the first call.

    Raises:
        ConfigError: the file can't be read or made, or is open to everybody.
    """
    return _load_or_create(path, fresh)


def load_or_create_signing_key(path: Path) -> OKPKey:
    """Return the Ed25519 private key kept at `path`, made at the first call as a JWK.

    A PEM file (PKCS #8) is read too. The key's `kid` is its own or its RFC 7638 thumbprint.

    Raises:
        ConfigError: the file can't be read or made, is open to everybody, or holds no such key.
    """
    fresh = OKPKey.generate_key("Ed25519", auto_kid=True)
    key = _ed25519(_load_or_create(path, orjson.dumps(fresh.as_dict(private=True))), path)
    if not key.is_private:
        raise ConfigError(f"{path} holds a public key; a private one is needed")
    return key


def load_public_key(path: Path) -> OKPKey:
    """Return the Ed25519 public key at `path` (PEM or JWK): an issuer's that the operator trusts.

    Raises:
        ConfigError: the file can't be read, holds no such key, or holds a private one.
    """
    key = _ed25519(_load(path), path)
    if key.is_private:
        raise ConfigError(
            f"{path} holds a private key",
            fix="give guardrail the issuer's public key only, and have the issuer make a new pair",
        )
    return key


def _ed25519(data: bytes, path: Path) -> OKPKey:
    try:
        value = data if data.lstrip().startswith(b"-----") else orjson.loads(data)
        key = OKPKey.import_key(value)
        if key.curve_name == "Ed25519":
            key.ensure_kid()
            return key
    except (JoseError, ValueError, TypeError, AttributeError):
        pass  # From None below: a parser's message may repeat the key.
    raise ConfigError(f"{path} holds no Ed25519 key in PEM or JWK form")


def _load_or_create(path: Path, fresh: bytes) -> bytes:
    if not path.exists():
        try:
            _create(path, fresh)
        except OSError as error:
            raise ConfigError(f"can't make {path}: {error.strerror}") from error
    data = _load(path)
    if path.stat().st_mode & 0o007:
        raise ConfigError(f"{path} is open to every user", fix=f"chmod 600 {path}")
    return data


def _load(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_KEY_FILE + 1)
    except OSError as error:
        raise ConfigError(f"can't read {path}: {error.strerror}") from error
    if len(data) > LARGEST_KEY_FILE:
        raise ConfigError(f"{path} is larger than {LARGEST_KEY_FILE} bytes: no key")
    return data


def _create(path: Path, fresh: bytes) -> None:
    # Written whole under another name and then linked: nobody ever reads half a key, and where two
    # processes race, the link of the second fails and both read the first one's.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(fresh)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
