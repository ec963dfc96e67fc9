"""An index of a log: where a request's, a writer's or a person's entries stand.

It says nothing that the log doesn't, may be deleted at any time, and is read again from the log
then. Evidence is what the log holds; never what is in here.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from guardrail.errors import EvidenceError
from guardrail.evidence import TILE_WIDTH, Line, Objects
from guardrail.stores.evidence_reader import FIRST_SHARD_US, read_bundle, shards_between
from guardrail.stores.index_names import Names, Told, line
from guardrail.stores.sqlite_file import make_private

_VERSION = 3
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS shards (shard TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS runs (
  shard TEXT NOT NULL, first INTEGER NOT NULL, writer TEXT NOT NULL, n INTEGER NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY (shard, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_writer ON runs (writer, n);
PRAGMA user_version = {_VERSION};
"""
"""Entries of a writer that stand side by side are one row."""
_REQUESTS, _SUBJECTS = Names("requests"), Names("subjects")
_PRAGMAS = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -16000;"
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table'"
_IN_RUN = """
SELECT writer, n + :index - first FROM runs WHERE shard = :shard AND first <= :index
ORDER BY first DESC LIMIT 1
"""
_RUN = """
SELECT shard, first, n, count FROM runs WHERE writer = ? AND n <= ? ORDER BY n DESC LIMIT 1
"""
_FORGET = (
    "DELETE FROM runs WHERE shard = :shard AND first + count <= :below",
    """
    UPDATE runs SET n = n + :below - first, count = first + count - :below, first = :below
    WHERE shard = :shard AND first < :below
    """,
)
MOST = 10_000
"""Entries of one request or person that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where an entry stands."""

    shard: str
    index: int
    writer: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Position):
    """Where an entry stands that names a request or a person, and what it is."""

    kind: str
    ts: int
    """Microseconds since 1970, UTC."""


class _Known(NamedTuple):
    """What the index keeps of an entry."""

    writer: str
    n: int
    kind: str
    ts: int
    req: str
    sub: str


class EvidenceIndex:
    """The index in one SQLite file, for all threads of a process and for other processes."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            EvidenceError: it can't be opened; it may be deleted.
        """
        self._lock = threading.Lock()
        self._path = path
        self._file = -1
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            if not _is_damaged(error):
                raise _unopened(error) from None
            self._renew()
        except OSError as error:
            raise _unopened(error) from None

    def _open(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_private(self._path)
        self._file = self._path.stat().st_ino
        self._db = sqlite3.connect(
            self._path, timeout=10, isolation_level=None, check_same_thread=False
        )
        self._db.executescript(_PRAGMAS)
        if self._version() == _VERSION:
            return
        with self._whole():
            if self._version() != _VERSION:  # an older form, or none; and nobody was faster
                for (table,) in self._db.execute(_TABLES).fetchall():
                    self._db.execute(f"DROP TABLE {table}")
                for statement in (*_REQUESTS.schema, *_SUBJECTS.schema, *_SCHEMA.split(";\n")):
                    self._db.execute(statement)

    def _version(self) -> int:
        ((version,),) = self._db.execute("PRAGMA user_version")
        return int(version)

    @contextmanager
    def _whole(self) -> Generator[None]:
        """Do several things, or none of them."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _renew(self) -> None:
        """Begin a file anew in a damaged one's place, unless somebody else has done so already."""
        try:
            self._db.close()
            if self._path.exists() and self._path.stat().st_ino == self._file:
                for end in ("", "-wal", "-shm"):
                    self._path.with_name(self._path.name + end).unlink(missing_ok=True)
            self._open()
        except (sqlite3.Error, OSError) as error:
            raise _unopened(error) from None

    def _failed(self, error: sqlite3.Error) -> EvidenceError:
        if _is_damaged(error):
            self._renew()
        return _unreadable(error)

    def follow(self, objects: Objects, until_us: int) -> int:
        """Take in what the log holds by now; return how many entries that were.

        Args:
            objects: where the log is kept.
            until_us: the time; microseconds since 1970, UTC.

        Raises:
            EvidenceError: the log or the index can't be read or written.
        """
        known = dict(self._rows("SELECT shard, size FROM shards", ()))
        since = max(FIRST_SHARD_US, until_us - 366 * 86_400_000_000) if known else FIRST_SHARD_US
        return sum(
            self._take(objects, shard, known.get(shard, 0), size)
            for shard, size in shards_between(objects, since, until_us)
        )

    def add(self, shard: str, first: int, lines: Sequence[Line]) -> None:
        """Take in entries that the log holds by now, without reading them from there.

        Nothing happens where the index doesn't go up to them: `follow` takes them in then.

        Args:
            shard: they are in.
            first: the index of the first of them.
            lines: all of them.

        Raises:
            EvidenceError: the index can't be written.
        """
        if dict(self._rows("SELECT shard, size FROM shards", ())).get(shard, 0) == first:
            self._write(shard, first, lines, first + len(lines))

    def find(self, request_id: str) -> list[Named]:
        """Return a request's entries in the log's order."""
        return self._named(_REQUESTS, request_id)

    def of_subject(self, pseudonym: str) -> list[Named]:
        """Return the entries that name a pseudonym, in the log's order."""
        return self._named(_SUBJECTS, pseudonym)

    def position(self, writer: str, n: int) -> Position | None:
        """Return where a writer's entry stands; None where it isn't in the tree (yet)."""
        for shard, first, begun, count in self._rows(_RUN, (writer, n)):
            if n < begun + count:
                return Position(shard=shard, index=first + n - begun, writer=writer, n=n)
        return None

    def forget(self, shard: str, below: int) -> None:
        """Take out a shard's entries below an index: retention has deleted them."""
        with self._lock:
            try:
                with self._whole():
                    for sql in _FORGET:
                        self._db.execute(sql, {"shard": shard, "below": below})
                    for names in (_REQUESTS, _SUBJECTS):
                        names.forget(self._db, shard, below)
            except sqlite3.Error as error:
                raise self._failed(error) from None

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    def _take(self, objects: Objects, shard: str, done: int, size: int) -> int:
        if size < done:  # another log than before
            self.forget(shard, done)
            done = 0
        start = done
        while done < size:
            number = done // TILE_WIDTH
            entries = read_bundle(objects, shard, number, size)
            known = [_known(entry) for entry in entries[done - number * TILE_WIDTH :]]
            after = min(size, (number + 1) * TILE_WIDTH)
            self._write(shard, done, known, after)
            done = after
        return size - start

    def _write(self, shard: str, first: int, entries: Sequence[Line | _Known], upto: int) -> None:
        with self._lock:
            try:
                with self._whole():
                    self._runs(shard, first, entries)
                    self._names(shard, first, entries)
                    self._db.execute("INSERT OR REPLACE INTO shards VALUES (?, ?)", (shard, upto))
            except sqlite3.Error as error:
                raise self._failed(error) from None

    def _runs(self, shard: str, first: int, entries: Sequence[Line | _Known]) -> None:
        rows: list[tuple[str, int, str, int, int]] = []
        begun, writer, after = first, "", 0
        for at, one in enumerate(entries, first):
            if one.writer != writer or one.n != after:
                if at > begun:
                    rows.append((shard, begun, writer, after - at + begun, at - begun))
                begun, writer = at, one.writer
            after = one.n + 1
        count = first + len(entries) - begun
        if count:
            rows.append((shard, begun, writer, after - count, count))
        self._db.executemany("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?)", rows)

    def _names(self, shard: str, first: int, entries: Sequence[Line | _Known]) -> None:
        named = list(enumerate(entries, first))
        requests = [line(one.req, at, one.ts, one.kind) for at, one in named if one.req]
        subjects = [line(one.sub, at, one.ts, one.kind) for at, one in named if one.sub]
        _REQUESTS.add(self._db, shard, requests)
        _SUBJECTS.add(self._db, shard, subjects)

    def _named(self, names: Names, name: str) -> list[Named]:
        if not name:
            return []
        with self._lock:
            try:
                found = names.find(self._db, name, MOST)
                return [named for told in found for named in self._standing(told)]
            except sqlite3.Error as error:
                raise self._failed(error) from None

    def _standing(self, told: Told) -> Iterator[Named]:
        shard, index, ts, kind = told
        for writer, n in self._db.execute(_IN_RUN, {"shard": shard, "index": index}):
            yield Named(shard=shard, index=index, writer=writer, n=n, kind=kind, ts=ts)

    def _rows(self, sql: str, values: tuple[str | int, ...]) -> Iterator[tuple[Any, ...]]:
        with self._lock:
            try:
                return iter(self._db.execute(sql, values).fetchall())
            except sqlite3.Error as error:
                raise self._failed(error) from None


def _known(entry: bytes) -> _Known:
    record = orjson.loads(entry)
    return _Known(
        record["w"],
        record["n"],
        record["t"],
        record["ts"],
        record.get("req", ""),
        record.get("sub", ""),
    )


def _is_damaged(error: sqlite3.Error) -> bool:
    """Tell whether a file is no database any more; one that is locked or full is an error, too."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.OperationalError | sqlite3.ProgrammingError
    )


def _unopened(error: Exception) -> EvidenceError:
    return EvidenceError(
        f"the index of the evidence can't be opened: {type(error).__name__}",
        fix="make its directory writable; the file may be deleted, and is made again from the log",
    )


def _unreadable(error: sqlite3.Error) -> EvidenceError:
    return EvidenceError(
        f"the index of the evidence failed: {type(error).__name__}",
        code="evidence_unreadable",
        fix="delete the file evidence-index.sqlite: it is made again from the log",
    )
