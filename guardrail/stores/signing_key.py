"""The keys of a log: PEM files that several processes may try to make at once."""

from __future__ import annotations

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
from guardrail.evidence import origin_of, shard_key, verifier
from guardrail.stores.keys import load_or_create_file
from guardrail.stores.vault import replace_file

_PUBLIC = 0o644
ROOT_KEY = "evidence.pem"


class LogKeys:
    """The root key of a log, and the keys of its shards, which follow from it.

    So guards that share a log share one secret, and none has to make a key that another one needs.
    """

    def __init__(self, directory: Path, *, log: str, root: Path | None = None) -> None:
        """Take the directory, the log's name, and the root key's file if it is elsewhere.

        The public half stands in the directory: another file may lie where nobody can write.
        """
        self._directory = directory
        self._log = log
        self._root = root or directory / ROOT_KEY
        self._shards: dict[str, Ed25519PrivateKey] = {}

    @property
    def root(self) -> Ed25519PrivateKey:
        """The root key; ConfigError as `load_or_create_key`."""
        vkey = self._directory / f"{ROOT_KEY}.vkey"
        return load_or_create_key(self._root, origin=self._log, vkey=vkey)

    def shard(self, name: str) -> Ed25519PrivateKey:
        """Return a shard's key; ConfigError as `load_or_create_key`."""
        if name not in self._shards:
            self._shards[name] = shard_key(self.root, origin_of(self._log, name))
        return self._shards[name]


def load_or_create_key(path: Path, *, origin: str, vkey: Path | None = None) -> Ed25519PrivateKey:
    """Return the key at `path`, made there (PEM, PKCS #8, mode 0600) if there is none.

    At `vkey`, by default ``<path>.vkey``, stands the public key under the log's name `origin`: what
    a verifier needs, to be handed out and kept elsewhere.

    Raises:
        ConfigError: the file isn't an unencrypted Ed25519 key, can't be read or made, or is open to
            everybody; `origin` can't name a key, or isn't the name that the key has been used
            under.
    """
    try:
        key = _loaded(path) or _created(path)
        public = vkey or path.with_name(f"{path.name}.vkey")
        _publish(public, str(verifier(origin, key.public_key())))
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
    if path.stat().st_mode & 0o007:
        raise ConfigError(f"{path} is open to every user", fix=f"chmod 600 {path}")
    return key


def _created(path: Path) -> Ed25519PrivateKey:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    load_or_create_file(path, pem)  # of several processes one wins, and all read that one's
    return _loaded(path) or key


def _publish(path: Path, vkey: str) -> None:
    try:
        known = path.read_text("utf-8").strip()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, f"{vkey}\n".encode(), mode=_PUBLIC)
        return
    if known != vkey:
        raise ConfigError(
            f"{path} holds another name or key than the evidence log is to be sealed with",
            fix="keep the log's name and key, or begin a new state directory",
        )
