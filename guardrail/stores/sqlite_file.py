"""A SQLite file as our stores keep one: private, in WAL mode, synced, with a versioned schema."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from guardrail.errors import ConfigError


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let nobody else open the file at `path` while the block runs.

    SQLite's busy timeout doesn't apply to the change to WAL mode: of six processes that opened a
    new file at once, one in forty got "database is locked". The lock ends with its holder.
    """
    lock = path.with_name(f"{path.name}.lock")
    descriptor = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_private(path: Path) -> None:
    """Make the file at `path`, or leave what is there, for its owner alone."""
    # SQLite gives its -wal and -shm files the mode of the file itself.
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        # Not by a file descriptor: closing one drops this process's SQLite locks on the file.
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)


@contextlib.contextmanager
def connected(path: Path, patience: float) -> Iterator[sqlite3.Connection]:
    """Open the file for the block, for any thread; wait `patience` seconds for locks of others."""
    connection = sqlite3.connect(
        path, timeout=patience, isolation_level=None, check_same_thread=False
    )
    with contextlib.closing(connection):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        yield connection


def migrate(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[str], store: str
) -> None:
    """Bring the schema up to date, wholly or not at all.

    Args:
        connection: to the file.
        path: how errors call it.
        migrations: what takes the schema from version n to n + 1 (``PRAGMA user_version``).
        store: how errors call what is kept, as ``consent store``.

    Raises:
        ConfigError: a newer guardrail made the file.
    """
    with transaction(connection, "BEGIN IMMEDIATE"):
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(migrations):
            raise ConfigError(
                f"the {store} {path} has schema {version}; this guardrail knows up to"
                f" {len(migrations)}",
                fix="run the newer guardrail that made it",
            )
        for script in migrations[version:]:
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _statements(script: str) -> Iterator[str]:
    # Not executescript: it commits first, and a migration must happen wholly or not at all.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, begin: str) -> Iterator[sqlite3.Connection]:
    """Commit what the block does, or take all of it back where it raises."""
    connection.execute(begin)
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
