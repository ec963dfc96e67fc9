"""A file that gives pseudonyms' values back: encrypted, readable by its owner alone.

The form: a line with name and version, 16 bytes of salt, 12 of nonce, then AES-256-GCM over a JSON
object of labels and values, the first line and the salt being authenticated, too. The keys of
encryption and of pseudonyms are derived by HKDF-SHA256 from one secret of 32 bytes.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guardrail.errors import ConfigError

KEY_BYTES = 32
LARGEST = 256 << 20
"""Bytes of a vault that are read."""

_HEAD = b"guardrail vault 1\n"
_SALT = 16
_NONCE = 12
_MAKE_A_KEY = "make a key: openssl rand -base64 32"


def vault_key(text: str, source: str) -> bytes:
    """Return the secret that `text` spells in base 64 or in hexadecimal digits.

    Args:
        text: 32 random bytes, spelt.
        source: how errors call where it comes from; it is never quoted itself.

    Raises:
        ConfigError: it isn't 32 bytes.
    """
    spelt = text.strip()
    try:
        key = (
            bytes.fromhex(spelt) if len(spelt) == 2 * KEY_BYTES else b64decode(spelt, validate=True)
        )
    except ValueError:
        raise ConfigError(f"{source} is neither base 64 nor hexadecimal", fix=_MAKE_A_KEY) from None
    if len(key) != KEY_BYTES:
        raise ConfigError(f"{source} is {len(key)} bytes, not {KEY_BYTES}", fix=_MAKE_A_KEY)
    return key


def pseudonym_key(key: bytes) -> bytes:
    """Return the key that pseudonyms are made with: theirs alone, the same for each vault."""
    return _derived(key, b"guardrail pseudonyms", salt=b"")


class Vault:
    """Labels and the values they stand for, in one file."""

    def __init__(self, path: Path, key: bytes) -> None:
        """Take the file, which needn't be there, and the secret of 32 bytes."""
        self._path = path
        self._key = key

    def read(self) -> dict[str, str]:
        """Return label → value; nothing where there is no file yet.

        Raises:
            ConfigError: the file can't be read, isn't a vault, or is another key's.
        """
        try:
            with self._path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ConfigError(f"{self._path}: {error.strerror}") from None
        if len(data) > LARGEST or not data.startswith(_HEAD):
            raise ConfigError(f"{self._path} isn't a vault of guardrail's")
        body = len(_HEAD) + _SALT
        salt, nonce = data[len(_HEAD) : body], data[body : body + _NONCE]
        try:
            plain = self._cipher(salt).decrypt(nonce, data[body + _NONCE :], data[:body])
        except (InvalidTag, ValueError):
            raise ConfigError(
                f"{self._path} doesn't open: it was made with another key, or changed"
            ) from None
        values: dict[str, str] = orjson.loads(plain)
        return values

    def write(self, values: Mapping[str, str]) -> None:
        """Put `values` in place of all that is there, whole or not at all.

        Raises:
            ConfigError: the file can't be written.
        """
        head = _HEAD + secrets.token_bytes(_SALT)
        nonce = secrets.token_bytes(_NONCE)
        cipher = self._cipher(head[len(_HEAD) :])
        data = head + nonce + cipher.encrypt(nonce, orjson.dumps(dict(values)), head)
        replace_file(self._path, data, mode=0o600)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody else write a vault of the same directory while the block runs.

        Raises:
            ConfigError: there is no such directory.
        """
        try:
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise ConfigError(f"{self._path.parent}: {error.strerror}") from None
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def _cipher(self, salt: bytes) -> AESGCM:
        return AESGCM(_derived(self._key, b"guardrail vault", salt=salt))


def replace_file(path: Path, data: bytes, *, mode: int) -> None:
    """Write a file whole or not at all: nobody ever sees half of it.

    Args:
        path: the file; what is there is replaced.
        data: all of it.
        mode: permissions; the process's umask takes away from them.

    Raises:
        ConfigError: it can't be written.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None


def _derived(key: bytes, info: bytes, *, salt: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=info).derive(key)
