"""A PostgreSQL database: a few connections that come back after a fall, and tables by version.

What is written is flushed when a call returns, and is with the synchronous standbys where there are
any. Connections aren't for sharing over a fork: open a database after it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, LiteralString, TypeAlias, TypeVar

import psycopg
from psycopg import errors, sql
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict

from guardrail.errors import ConfigError, EvidenceError

CONNECTIONS = 4
"""Of one process at once. Who wants another waits for one to come free."""

PATIENCE = 10.0
"""Seconds: for a free connection, and for the database to answer a statement."""

CONNECT_PATIENCE = 5
"""Seconds: for the database to take a connection."""

FRESH = 1.0
"""Seconds that a connection is taken to be alive after it was used last."""

_LOCK = 0x67_72_64_6C  # "grdl": guards against each other while they make tables

_DEFAULTS: dict[str, Any] = {
    "application_name": "guardrail",
    "connect_timeout": CONNECT_PATIENCE,
    # Of several hosts the one that can be written; after a switch-over it is another.
    "target_session_attrs": "read-write",
    # A network that is gone says nothing: ask it.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": int(PATIENCE * 1_000),
}

_SESSION = f"""
    SELECT set_config('statement_timeout', '{PATIENCE:.0f}s', false),
           set_config('idle_in_transaction_session_timeout', '{PATIENCE:.0f}s', false),
           set_config('default_transaction_isolation', 'read committed', false),
           set_config('synchronous_commit',
                      CASE current_setting('synchronous_commit')
                          WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
           current_setting('fsync')
"""

_VERSIONS = "to_regclass('guardrail_schema') IS NOT NULL"
_MAKE_VERSIONS = """
    CREATE TABLE IF NOT EXISTS guardrail_schema (
        part text PRIMARY KEY,
        version integer NOT NULL
    )
"""
_VERSION = "SELECT version FROM guardrail_schema WHERE part = %s"
_SET_VERSION = """
    INSERT INTO guardrail_schema (part, version) VALUES (%s, %s)
    ON CONFLICT (part) DO UPDATE SET version = excluded.version
"""

_T = TypeVar("_T")
Connection: TypeAlias = "psycopg.Connection[tuple[Any, ...]]"


class _Bounded(psycopg.Connection[tuple[Any, ...]]):
    """A connection that isn't waited for without end: the server's own limit ends at a commit."""

    def wait(self, gen: PQGen[_T], interval: float = 0.1, timeout: float | None = None) -> _T:
        """Wait for an answer, or raise `psycopg.OperationalError`."""
        return super().wait(gen, interval, PATIENCE + 1 if timeout is None else timeout)


@dataclass(slots=True)
class _Link:
    """A connection, when it was used last, and what the database has warned of since."""

    connection: Connection
    used: float = field(default_factory=time.monotonic)
    warnings: list[str] = field(default_factory=list)
    new: bool = True


class Database:
    """A database that is asked over a few connections, each a transaction a statement.

    Every failure is an `EvidenceError`, which tells no address, user or password. A failed
    statement may have taken effect.
    """

    def __init__(self, url: str, *, connections: int = CONNECTIONS) -> None:
        """Take the address, as ``postgresql://user@host/database``, and how many connections.

        Raises:
            ConfigError: that is no address, or nothing there can be written durably.
        """
        try:
            self._parameters = {**_DEFAULTS, **conninfo_to_dict(url)}
        except psycopg.Error:
            raise ConfigError(
                "evidence.store is no address of a PostgreSQL database",
                fix="write it as postgresql://user:password@host:5432/database?sslmode=verify-full",
            ) from None
        self._free = threading.BoundedSemaphore(connections)
        self._idle: list[_Link] = []
        self._closed = False
        try:
            with self._link():
                pass
        except EvidenceError as error:
            raise ConfigError(
                str(error), fix=error.fix or "see docs/evidence-stores.md, PostgreSQL"
            ) from None

    def run(self, work: Callable[[Connection], _T], *, repeatable: bool) -> _T:
        """Let `work` ask the database.

        Args:
            work: is handed a connection in autocommit mode.
            repeatable: doing it twice is as good as doing it once, so it is done again where a
                connection turns out to have been lost.

        Returns:
            What `work` returns.

        Raises:
            EvidenceError: the database can't be reached, or doesn't do it.
        """
        with self._link(sure=not repeatable) as link:
            try:
                return _worked(work, link)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if link.new or not repeatable or not link.connection.closed:
                    raise
        self._drop_idle()
        with self._link() as link:
            return _worked(work, link)

    def migrate(self, part: str, steps: Sequence[LiteralString]) -> None:
        """Bring tables up to date, where they aren't.

        Args:
            part: whose tables.
            steps: what takes them from version n to n + 1, only ever added to. Each may be several
                statements.

        Raises:
            ConfigError: the user may not make tables and nobody has, or a newer guardrail made
                them.
            EvidenceError: the database can't be reached.
        """
        # Asked first: who may only read and write needs no right to make.
        version = self.run(lambda connection: _version(connection, part), repeatable=True)
        if version == len(steps):
            return
        if version > len(steps):
            raise ConfigError(
                f"the evidence's tables are of version {version}: newer than this guardrail",
                fix="use the guardrail that made them, or a newer one",
            )
        try:
            with self._link() as link, link.connection.transaction():
                _step(link.connection, part, steps)
        except EvidenceError as error:
            if isinstance(error.__context__, errors.InsufficientPrivilege):
                raise ConfigError(
                    "the evidence's tables aren't there, and this user may not make them",
                    fix="let their owner make them: the SQL is in docs/evidence-stores.md",
                ) from None
            raise

    def close(self) -> None:
        """Close all connections that are free; the others when they are."""
        self._closed = True
        self._drop_idle()

    @contextmanager
    def _link(self, *, sure: bool = False) -> Generator[_Link]:
        """Lend a connection; `sure`: one that was alive a moment ago."""
        if not self._free.acquire(timeout=PATIENCE):
            raise EvidenceError("the evidence database is too slow: no connection came free")
        try:
            with _telling():
                link = self._idle_link(sure=sure) or self._connected()
                try:
                    yield link
                finally:
                    self._give_back(link)
        finally:
            self._free.release()

    def _idle_link(self, *, sure: bool) -> _Link | None:
        while True:
            try:
                link = self._idle.pop()
            except IndexError:
                return None
            if not sure or time.monotonic() - link.used < FRESH or _is_alive(link.connection):
                link.new = False
                return link
            link.connection.close()

    def _connected(self) -> _Link:
        if self._closed:
            raise EvidenceError("the evidence store is closed")
        connection = _Bounded.connect(**self._parameters, autocommit=True)
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        link = _Link(connection)
        connection.add_notice_handler(
            lambda said: link.warnings.append(said.severity_nonlocalized or "")
        )
        return link

    def _give_back(self, link: _Link) -> None:
        idle = link.connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        if self._closed or not idle:
            link.connection.close()
        else:
            link.used = time.monotonic()
            self._idle.append(link)

    def _drop_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().connection.close()


def _prepare(connection: Connection) -> None:
    row = connection.execute(_SESSION).fetchone()
    if row is None or row[-1] != "on":
        raise EvidenceError(
            "the evidence database doesn't sync to disk", fix="set fsync to on there"
        )


def _worked(work: Callable[[Connection], _T], link: _Link) -> _T:
    link.warnings.clear()
    try:
        made = work(link.connection)
    except errors.ReadOnlySqlTransaction:
        link.connection.close()  # the next one goes to whoever can be written now
        raise
    if "WARNING" in link.warnings:
        # A commit that isn't with the standbys in time is a warning only: not durable enough.
        raise EvidenceError("the evidence database has written, but not with its standbys")
    return made


def _is_alive(connection: Connection) -> bool:
    try:
        connection.execute("")
    except psycopg.Error:
        return False
    return True


def _version(connection: Connection, part: str) -> int:
    known = connection.execute(sql.SQL("SELECT ") + sql.SQL(_VERSIONS)).fetchone()
    if known is None or not known[0]:
        return 0
    row = connection.execute(_VERSION, (part,)).fetchone()
    return 0 if row is None else int(row[0])


def _step(connection: Connection, part: str, steps: Sequence[LiteralString]) -> None:
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    # Before anything is looked up: it makes the session take notice of what others have made.
    connection.execute(_MAKE_VERSIONS)
    for step in steps[_version(connection, part) :]:
        connection.execute(step)
    connection.execute(_SET_VERSION, (part, len(steps)))


@contextmanager
def _telling() -> Generator[None]:
    """Tell what is wrong with the database, and nothing of how it is reached."""
    try:
        yield
    except psycopg.Error as error:
        raise EvidenceError(f"the evidence database {_said(error)}") from None


def _said(error: psycopg.Error) -> str:
    if error.sqlstate:
        return f"says {error.sqlstate} ({type(error).__name__})"
    if "FATAL" in str(error):
        return "refuses this user, password or database"
    return "can't be reached, or doesn't answer in time"
