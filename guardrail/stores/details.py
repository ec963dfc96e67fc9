"""Details of evidence in one SQLite file, each encrypted with a key of the person it is about.

A person's data key (AES-256-GCM) lies beside the details, wrapped by the key-encryption key of
``keys/details.key``. Destroyed rows are overwritten (`secure_delete`), and the write-ahead log of
SQLite, which holds pages as they were, is emptied before `destroy` returns.
"""

from __future__ import annotations

import contextlib
import hmac
import secrets
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guardrail.errors import ConfigError, EvidenceError
from guardrail.evidence.details import SALT_BYTES, Detail, commitment, is_detail
from guardrail.stores.sqlite_file import alone, connected, make_private, migrate, transaction

PATIENCE = 10.0
"""Seconds to wait for other processes; each holds the lock for a few milliseconds."""

MIGRATIONS: Sequence[str] = (
    """
    CREATE TABLE owners (
        owner BLOB PRIMARY KEY,
        wrapped BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE details (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        owner BLOB NOT NULL REFERENCES owners (owner),
        request TEXT NOT NULL,
        made INTEGER NOT NULL,
        salt BLOB NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX details_by_owner ON details (owner);
    CREATE INDEX details_by_request ON details (request);
    CREATE INDEX details_by_made ON details (made);
    """,
)
"""What takes the schema from version n to n + 1 (`PRAGMA user_version`). Only ever added to."""

_KEY, _NONCE = 32, 12
_PUT = "INSERT INTO details (id, owner, request, made, salt, sealed) VALUES (?, ?, ?, ?, ?, ?)"
_LIST = "SELECT id, salt, sealed, request, made, owner FROM details WHERE {} = ? ORDER BY seq"
_BEFORE = "SELECT id, salt, sealed, request, made, owner FROM details WHERE made < ? ORDER BY seq"
_OPEN = "SELECT sealed, owner, wrapped FROM details JOIN owners USING (owner) WHERE id = ?"
_UNUSED = "DELETE FROM owners WHERE owner NOT IN (SELECT owner FROM details)"


class SqliteDetails:
    """`guardrail.evidence.details.Details` in the SQLite file at `path`, made if need be.

    Open it after a fork, never before it.

    Raises:
        ConfigError: the file can't be opened, isn't ours, or is from a newer guardrail.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        """Take the file and the key-encryption key, 32 bytes."""
        self._lock = threading.Lock()
        self._wrapping = AESGCM(_derived(key, b"guardrail details: data keys"))
        self._naming = _derived(key, b"guardrail details: owners")
        try:
            with alone(path), contextlib.ExitStack() as opened:
                make_private(path)
                self._connection = opened.enter_context(connected(path, PATIENCE))
                self._connection.execute("PRAGMA secure_delete = ON")
                migrate(self._connection, path, MIGRATIONS, "store of details")
                self._opened = opened.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"can't open the store of details {path}: {error}",
                fix="check that its directory is there and writable and the file ours",
            ) from error

    def __enter__(self) -> Self:
        """Return itself: leaving the block closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close the file; later calls raise `EvidenceError`."""
        self._opened.close()

    def put(self, data: bytes, *, subject: str, request: str, made: int) -> Detail:
        """Keep details: see `Details.put`."""
        owner = self._owner(subject, request)
        name, salt = secrets.token_hex(16), secrets.token_bytes(SALT_BYTES)
        with self._working("BEGIN IMMEDIATE") as connection:
            sealed = _sealed(AESGCM(self._data_key(connection, owner)), data, name.encode())
            connection.execute(_PUT, (name, owner, request, made, salt, sealed))
        return _detail((name, salt, sealed, request, made, owner))

    def of_request(self, request: str) -> tuple[Detail, ...]:
        """Return the details of a request, in their order."""
        return self._listed(_LIST.format("request"), request)

    def of_subject(self, subject: str) -> tuple[Detail, ...]:
        """Return the details of a person, by the stable pseudonym, in their order."""
        return self._listed(_LIST.format("owner"), self._owner(subject, ""))

    def before(self, made: int) -> tuple[Detail, ...]:
        """Return the details that were put there before a time, in their order."""
        return self._listed(_BEFORE, made)

    def open(self, name: str) -> bytes | None:
        """Return details in clear: see `Details.open`."""
        with self._working("BEGIN") as connection:
            row = connection.execute(_OPEN, (name,)).fetchone() if is_detail(name) else None
        if row is None:
            return None
        sealed, owner, wrapped = row
        try:
            key = AESGCM(_opened(self._wrapping, wrapped, owner))
            return _opened(key, sealed, name.encode())
        except (InvalidTag, ValueError):
            raise EvidenceError(
                "the details don't open: they were changed, or keys/details.key isn't theirs",
                code="evidence_details_invalid",
            ) from None

    def destroy(self, names: Collection[str]) -> int:
        """Destroy details, and the keys that open nothing else: see `Details.destroy`."""
        with self._working("BEGIN IMMEDIATE") as connection:
            gone = [
                connection.execute("DELETE FROM details WHERE id = ?", (name,)).rowcount
                for name in names
            ]
            connection.execute(_UNUSED)
        self._scrub()
        return sum(gone)

    def _scrub(self) -> None:
        """Empty SQLite's write-ahead log, which holds pages as they were before."""
        deadline = time.monotonic() + PATIENCE
        with self._lock, _unavailable():
            while self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() > deadline:
                    raise EvidenceError(
                        "details were erased, but another process still reads the file as it was",
                        code="store_unavailable",
                        fix="erase again in a moment",
                    )

    def _data_key(self, connection: sqlite3.Connection, owner: bytes) -> bytes:
        row = connection.execute("SELECT wrapped FROM owners WHERE owner = ?", (owner,)).fetchone()
        if row is not None:
            try:
                return _opened(self._wrapping, row[0], owner)
            except InvalidTag:
                raise EvidenceError(
                    "keys/details.key isn't the key of these details", code="store_unavailable"
                ) from None
        key = secrets.token_bytes(_KEY)
        wrapped = _sealed(self._wrapping, key, owner)
        connection.execute("INSERT INTO owners (owner, wrapped) VALUES (?, ?)", (owner, wrapped))
        return key

    def _owner(self, subject: str, request: str) -> bytes:
        whose = f"s:{subject}" if subject else f"r:{request}"
        return hmac.digest(self._naming, whose.encode("utf-8", "surrogatepass"), "sha256")

    def _listed(self, statement: str, value: object) -> tuple[Detail, ...]:
        with self._working("BEGIN") as connection:
            return tuple(map(_detail, connection.execute(statement, (value,))))

    @contextlib.contextmanager
    def _working(self, begin: str) -> Iterator[sqlite3.Connection]:
        with self._lock, _unavailable(), transaction(self._connection, begin) as connection:
            yield connection


def _detail(row: tuple[str, bytes, bytes, str, int, bytes]) -> Detail:
    name, salt, sealed, request, made, owner = row
    commit = commitment(salt, sealed)
    return Detail(id=name, commit=commit, request=request, made=made, owner=owner)


def _sealed(cipher: AESGCM, data: bytes, about: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, data, about)


def _opened(cipher: AESGCM, sealed: bytes, about: bytes) -> bytes:
    return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], about)


def _derived(key: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=b"", info=info).derive(key)


@contextlib.contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise EvidenceError(
            f"the store of details can't answer: {error}",
            code="store_unavailable",
            fix="check the disk that holds the store of details",
        ) from error
