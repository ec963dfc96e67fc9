"""Consents in one SQLite file: an append-only chain of events and the rows derived from it.

Every event is a whole version of a record, chained by hash to the event before it. The table
`consents` only says which event is each record's newest; it is what a request's look-up reads.
Nothing is cached but the parsing of equal bytes, so a withdrawal in one process is seen by the next
look-up in every other. Every write is synced to disk before it is acknowledged. Open a store after
a fork, never before it.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import TypeAdapter, ValidationError

from guardrail.consent.record import ConsentRecord, withdraw
from guardrail.consent.registry import follows
from guardrail.errors import BadInput, ConfigError, EvidenceError
from guardrail.stores.sqlite_file import alone, connected, make_private, migrate, transaction

READ_PATIENCE = 1.0
"""Seconds. In WAL mode readers wait for nobody but a recovery."""

WRITE_PATIENCE = 10.0
"""Seconds. Writers queue for one lock; each holds it for one or two milliseconds."""

PARSED_RECORDS = 4096
"""Parsed records kept, by their bytes: about 4 KB each."""

MIGRATIONS: Sequence[str] = (
    """
    CREATE TABLE consent_events (
        seq INTEGER PRIMARY KEY,
        record_id TEXT NOT NULL,
        version INTEGER NOT NULL,
        record BLOB NOT NULL,
        prev_hash BLOB NOT NULL,
        hash BLOB NOT NULL,
        UNIQUE (record_id, version)
    ) STRICT;
    CREATE TABLE consents (
        subject TEXT NOT NULL,
        record_id TEXT NOT NULL,
        seq INTEGER NOT NULL REFERENCES consent_events (seq),
        PRIMARY KEY (subject, record_id)
    ) STRICT, WITHOUT ROWID;
    CREATE TRIGGER consent_events_stay BEFORE UPDATE ON consent_events
        BEGIN SELECT RAISE(ABORT, 'consent events are append-only'); END;
    CREATE TRIGGER consent_events_remain BEFORE DELETE ON consent_events
        BEGIN SELECT RAISE(ABORT, 'consent events are append-only'); END;
    """,
)
"""What takes the schema from version n to n + 1 (`PRAGMA user_version`). Only ever added to."""

_FIND = (
    "SELECT event.record FROM consents JOIN consent_events AS event USING (seq)"
    " WHERE consents.subject = ? ORDER BY seq DESC"
)
_GET = "SELECT record FROM consent_events WHERE record_id = ? ORDER BY version DESC LIMIT 1"
_HISTORY = "SELECT record FROM consent_events WHERE record_id = ? ORDER BY version"
_LAST = "SELECT hash FROM consent_events ORDER BY seq DESC LIMIT 1"
_APPEND = (
    "INSERT INTO consent_events (record_id, version, record, prev_hash, hash)"
    " VALUES (?, ?, ?, ?, ?)"
)
_DERIVE = (
    "INSERT INTO consents (subject, record_id, seq) VALUES (?, ?, ?)"
    " ON CONFLICT (subject, record_id) DO UPDATE SET seq = excluded.seq"
)
_CHAIN = "SELECT seq, record_id, version, record, prev_hash, hash FROM consent_events ORDER BY seq"

_GENESIS = b"\0" * 32
_RECORD = TypeAdapter(ConsentRecord)


class SqliteConsents:
    """A `ConsentRegistry` in the SQLite file at `path`, which is made where it isn't there.

    One connection reads and one writes, each behind a lock of its own: a writer that waits for
    another process never holds up a look-up.

    Raises:
        ConfigError: the file can't be opened, isn't ours, or is from a newer guardrail.
    """

    def __init__(self, path: Path) -> None:
        self._reading, self._writing = threading.Lock(), threading.Lock()
        self._parse = lru_cache(maxsize=PARSED_RECORDS)(_parse)
        try:
            with alone(path), contextlib.ExitStack() as opened:
                make_private(path)
                self._writer = opened.enter_context(connected(path, WRITE_PATIENCE))
                migrate(self._writer, path, MIGRATIONS, "consent store")
                self._reader = opened.enter_context(connected(path, READ_PATIENCE))
                self._opened = opened.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"can't open the consent store {path}: {error}",
                fix="check that its directory is there and writable and the file ours",
            ) from error

    def __enter__(self) -> Self:
        """Return itself: leaving the block closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close both connections; later calls raise `EvidenceError`."""
        self._opened.close()

    def find(self, subject: str) -> Sequence[ConsentRecord]:
        """Return the newest version of each of the subject's records, latest event first."""
        return self._read(_FIND, subject)

    def get(self, record_id: str) -> ConsentRecord | None:
        """Return the newest version of one record, or None."""
        return next(iter(self._read(_GET, record_id)), None)

    def history(self, record_id: str) -> Sequence[ConsentRecord]:
        """Return every version of one record, oldest first."""
        return self._read(_HISTORY, record_id)

    def put(self, record: ConsentRecord) -> None:
        """Append a version; on return it is on disk.

        Raises:
            BadInput: it doesn't follow the newest version (``consent_conflict``).
            EvidenceError: the store can't write (``store_unavailable``).
        """
        self._change(record.record_id, lambda _: record)

    def withdraw(
        self, record_id: str, *, now: datetime, by: str = "subject", proof_sha256: str = ""
    ) -> ConsentRecord:
        """Withdraw a record and return it withdrawn; one that already is comes back as it is.

        Raises:
            BadInput: no such record (``consent_unknown``), or no consent (``consent_state``).
            EvidenceError: the store can't write (``store_unavailable``).
        """

        def next_version(newest: ConsentRecord | None) -> ConsentRecord:
            if newest is None:
                raise BadInput("no such consent record", code="consent_unknown", status=404)
            return withdraw(newest, now=now, by=by, proof_sha256=proof_sha256)

        return self._change(record_id, next_version)

    def verify(self) -> int:
        """Walk the chain and the rows derived from it; return the number of events.

        Raises:
            EvidenceError: an event was changed, added or taken out, or a derived row doesn't name
                its record's newest event (``consent_chain_broken``); the message says where.
        """
        derived: dict[tuple[str, str], int] = {}
        count, last = 0, _GENESIS
        with self._reading, _unavailable(), transaction(self._reader, "BEGIN"):
            for seq, record_id, version, record, prev, digest in self._reader.execute(_CHAIN):
                count += 1
                if (
                    seq != count
                    or prev != last
                    or digest != _link(prev, record_id, version, record)
                ):
                    raise _broken(f"at event {count}")
                last = digest
                derived[self._parse(record).subject, record_id] = seq
            for subject, record_id, seq in self._reader.execute("SELECT * FROM consents"):
                if derived.pop((subject, record_id), None) != seq:
                    raise _broken(f"in the row derived from record {record_id}")
        if derived:
            raise _broken(f"in {len(derived)} missing derived rows")
        return count

    def _read(self, statement: str, key: str) -> Sequence[ConsentRecord]:
        with self._reading, _unavailable():
            rows = self._reader.execute(statement, (key,)).fetchall()
        return [self._parse(record) for (record,) in rows]

    def _change(
        self, record_id: str, next_version: Callable[[ConsentRecord | None], ConsentRecord]
    ) -> ConsentRecord:
        with (
            self._writing,
            _unavailable(),
            transaction(self._writer, "BEGIN IMMEDIATE") as connection,
        ):
            row = connection.execute(_GET, (record_id,)).fetchone()
            newest = self._parse(row[0]) if row else None
            record = next_version(newest)
            if record is not newest:
                _append(connection, record, newest)
        return record


def _append(
    connection: sqlite3.Connection, record: ConsentRecord, newest: ConsentRecord | None
) -> None:
    if not follows(record, newest):
        raise BadInput(
            f"consent {record.record_id} version {record.version} doesn't follow the newest",
            code="consent_conflict",
            status=409,
        )
    last = connection.execute(_LAST).fetchone()
    prev: bytes = last[0] if last else _GENESIS
    document = _RECORD.dump_json(record)
    digest = _link(prev, record.record_id, record.version, document)
    event = (record.record_id, record.version, document, prev, digest)
    seq = connection.execute(_APPEND, event).lastrowid
    connection.execute(_DERIVE, (record.subject, record.record_id, seq))


def _link(prev: bytes, record_id: str, version: int, document: bytes) -> bytes:
    return hashlib.sha256(b"%b%b\0%d\0%b" % (prev, record_id.encode(), version, document)).digest()


def _parse(document: bytes) -> ConsentRecord:
    try:
        return _RECORD.validate_json(document)
    except ValidationError:
        # From None: pydantic's message repeats what it read.
        raise _broken("in a record that can't be read") from None


def _broken(where: str) -> EvidenceError:
    return EvidenceError(
        f"the consent store doesn't verify: {where}",
        code="consent_chain_broken",
        fix="restore the consent store from a backup, and find out who changed it",
    )


@contextlib.contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise EvidenceError(
            f"the consent store can't answer: {error}",
            code="store_unavailable",
            fix="check the disk that holds the consent store",
        ) from error
