"""Evidence in PostgreSQL: a row an object, a statement a call.

A new row is inserted where there is none, a swap is an update of the row that holds what is
expected: of two, the database lets one win.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import LiteralString

from guardrail.errors import EvidenceError
from guardrail.evidence.objects import OBJECT_LIMIT
from guardrail.stores.object_names import checked_data, checked_name, checked_prefix, too_large
from guardrail.stores.postgres import CONNECTIONS, Connection, Database

MIGRATIONS: tuple[LiteralString, ...] = (
    """
    CREATE TABLE guardrail_objects (
        name text COLLATE "C" PRIMARY KEY,
        data bytea NOT NULL,
        changed timestamptz NOT NULL DEFAULT now()
    )
    """,
)
"""What takes the tables from version n to n + 1. Only ever added to."""

ATTEMPTS = 20
"""How often a write begins anew because somebody took the object away."""

PAGE = 1_000
"""Names that are read or deleted with one statement."""

_CREATE = "INSERT INTO guardrail_objects (name, data) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING"
_SAME = "SELECT data = %s FROM guardrail_objects WHERE name = %s"
_SWAP = "UPDATE guardrail_objects SET data = %s, changed = now() WHERE name = %s AND data = %s"
_READ = """
    SELECT octet_length(data),
           CASE WHEN octet_length(data) <= %s THEN substring(data FROM %s::int) END
    FROM guardrail_objects WHERE name = %s
"""
_NAMES = """
    SELECT name FROM guardrail_objects
    WHERE name > %s AND name >= %s AND name < %s ORDER BY name LIMIT %s
"""
_DELETE = "DELETE FROM guardrail_objects WHERE name = ANY(%s)"

_BEHIND = "\x7f"  # sorts behind every character of a name


class ObjectPostgres:
    """`Objects` in the table ``guardrail_objects``, which is made where it isn't there."""

    def __init__(self, url: str, *, connections: int = CONNECTIONS) -> None:
        """Connect, and make the table where it isn't there.

        Raises:
            ConfigError: the database can't be used so; the message says why, without the address.
        """
        self._database = Database(url, connections=connections)
        self._database.migrate("objects", MIGRATIONS)

    def read(self, name: str, start: int = 0) -> bytes | None:
        """Return an object's bytes from `start` on; None where there is no such object."""
        asked = (OBJECT_LIMIT, min(start, OBJECT_LIMIT) + 1, checked_name(name))

        def work(connection: Connection) -> tuple[int, bytes | None] | None:
            return connection.execute(_READ, asked, binary=True).fetchone()

        row = self._database.run(work, repeatable=True)
        if row is None:
            return None
        size, data = row
        if data is None:
            raise too_large(size)
        return data

    def create(self, name: str, data: bytes) -> bool:
        """Make an object; see `Objects.create`."""
        checked_name(name)
        checked_data(data)

        def work(connection: Connection) -> bool | None:
            if connection.execute(_CREATE, (name, data)).rowcount:
                return True
            row = connection.execute(_SAME, (data, name)).fetchone()
            return None if row is None else bool(row[0])

        for _ in range(ATTEMPTS):
            made = self._database.run(work, repeatable=True)
            if made is not None:
                return made
        raise EvidenceError("evidence can't be written: it is deleted as fast")

    def swap(self, name: str, data: bytes, *, expected: bytes | None) -> bool:
        """Put one thing in place of another; see `Objects.swap`."""
        checked_name(name)
        checked_data(data)

        def work(connection: Connection) -> bool:
            if expected is None:
                done = connection.execute(_CREATE, (name, data))
            else:
                done = connection.execute(_SWAP, (data, name, expected))
            return done.rowcount == 1

        return self._database.run(work, repeatable=False)

    def delete(self, names: Iterable[str]) -> None:
        """Take objects away, some at a time."""
        left = map(checked_name, names)
        while page := list(islice(left, PAGE)):

            def work(connection: Connection, page: list[str] = page) -> None:
                connection.execute(_DELETE, (page,))

            self._database.run(work, repeatable=True)

    def names(self, prefix: str) -> Iterator[str]:
        """Return the names that begin with `prefix`, sorted; read as they are asked for."""
        checked_prefix(prefix)
        return self._pages(prefix)

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def _pages(self, prefix: str) -> Iterator[str]:
        last = ""
        while True:
            asked = (last, prefix, prefix + _BEHIND, PAGE)

            def work(
                connection: Connection, asked: tuple[str, str, str, int] = asked
            ) -> list[tuple[str]]:
                return connection.execute(_NAMES, asked).fetchall()

            page = [name for (name,) in self._database.run(work, repeatable=True)]
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1]
