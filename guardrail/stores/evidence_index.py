"""An index of a log: where a request's, a writer's or a person's entries stand.

It says nothing that the log doesn't, may be deleted at any time, and is read again from the log
then. Evidence is what the log holds; never what is in here.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import orjson

from guardrail.errors import EvidenceError
from guardrail.evidence import TILE_WIDTH, Line, Objects
from guardrail.stores.evidence_reader import FIRST_SHARD_US, read_bundle, shards_between
from guardrail.stores.sqlite_file import make_private

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS shards (shard TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entries (
  shard TEXT NOT NULL, idx INTEGER NOT NULL, writer TEXT NOT NULL, n INTEGER NOT NULL,
  kind TEXT NOT NULL, ts INTEGER NOT NULL, req TEXT NOT NULL, sub TEXT NOT NULL,
  PRIMARY KEY (shard, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_request ON entries (req) WHERE req <> '';
CREATE INDEX IF NOT EXISTS by_writer ON entries (writer, n);
CREATE INDEX IF NOT EXISTS by_subject ON entries (sub) WHERE sub <> '';
"""
_INSERT = "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_COLUMNS = "shard, idx, writer, n, kind, ts"
_Row: TypeAlias = "tuple[str | int, ...]"
MOST = 10_000
"""Entries of one request or person that are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where an entry stands."""

    shard: str
    index: int
    writer: str
    n: int
    kind: str
    ts: int
    """Microseconds since 1970, UTC."""


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
        self._db.executescript(_SCHEMA)

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
        rows = [
            (shard, index, line.writer, line.n, line.kind, line.ts, line.req, line.sub)
            for index, line in enumerate(lines, first)
        ]
        if dict(self._rows("SELECT shard, size FROM shards", ())).get(shard, 0) == first:
            self._write(_INSERT, rows, (shard, first + len(rows)))

    def find(self, request_id: str) -> list[Position]:
        """Return a request's entries in the log's order."""
        return self._positions("req = ?", (request_id,)) if request_id else []

    def position(self, writer: str, n: int) -> Position | None:
        """Return where a writer's entry stands; None where it isn't in the tree (yet)."""
        return next(iter(self._positions("writer = ? AND n = ?", (writer, n))), None)

    def of_subject(self, pseudonym: str) -> list[Position]:
        """Return the entries that name a pseudonym, in the log's order."""
        return self._positions("sub = ?", (pseudonym,)) if pseudonym else []

    def forget(self, shard: str, below: int) -> None:
        """Take out a shard's entries below an index: retention has deleted them."""
        sql = "DELETE FROM entries WHERE shard = ? AND idx < ?"
        with self._lock:
            try:
                self._db.execute(sql, (shard, below))
            except sqlite3.Error as error:
                raise self._failed(error) from None

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._db.close()

    def _take(self, objects: Objects, shard: str, done: int, size: int) -> int:
        if size < done:  # another log than before
            self._write("DELETE FROM entries WHERE shard = ?", [(shard,)], (shard, 0))
            done = 0
        start = done
        while done < size:
            number = done // TILE_WIDTH
            entries = read_bundle(objects, shard, number, size)
            rows = [
                _row(shard, number * TILE_WIDTH + offset, entry)
                for offset, entry in enumerate(entries)
                if number * TILE_WIDTH + offset >= done
            ]
            done = min(size, (number + 1) * TILE_WIDTH)
            self._write(_INSERT, rows, (shard, done))
        return size - start

    def _write(self, sql: str, rows: Sequence[_Row], upto: tuple[str, int]) -> None:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany(sql, rows)
                self._db.execute("INSERT OR REPLACE INTO shards VALUES (?, ?)", upto)
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise self._failed(error) from None

    def _positions(self, where: str, values: tuple[str | int, ...]) -> list[Position]:
        sql = f"SELECT {_COLUMNS} FROM entries WHERE {where} ORDER BY shard, idx LIMIT {MOST}"  # noqa: S608 - nothing of it is from outside
        return [
            Position(shard=shard, index=index, writer=writer, n=n, kind=kind, ts=ts)
            for shard, index, writer, n, kind, ts in self._rows(sql, values)
        ]

    def _rows(self, sql: str, values: tuple[str | int, ...]) -> Iterator[tuple[Any, ...]]:
        with self._lock:
            try:
                return iter(self._db.execute(sql, values).fetchall())
            except sqlite3.Error as error:
                raise self._failed(error) from None


def _row(shard: str, index: int, entry: bytes) -> _Row:
    record = orjson.loads(entry)
    return (
        shard,
        index,
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
