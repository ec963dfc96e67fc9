"""The names in an index of a log, as requests' ids: sorted lists of the lines that tell of them.

What comes together is one list, cut into pieces of a few lines, each found by the name that it
begins with: a row for each line takes more than twice the time to write. Short lists are merged
into longer ones, so that who looks for a name looks once into each of a few: one for thousands of
entries, and some dozens more at most.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain
from typing import NamedTuple

PIECE = 12
"""Lines of a piece: about 900 bytes. SQLite keeps up to a quarter of a page beside its keys."""
FEW = 8
"""So many lists of one level become one of the next."""
LONG = 16_384
"""Lines from which on a list isn't merged any more."""
_LONG_LEVEL = 99


class Told(NamedTuple):
    """An entry that names something; sorted as in the log."""

    shard: str
    at: int
    """Its index in the shard."""
    ts: int
    """Microseconds since 1970, UTC."""
    kind: str


def line(name: str, index: int, ts: int, kind: str) -> str:
    """Return the line that tells of an entry."""
    return f"{name}\t{index}\t{ts}\t{kind}"


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one sort, in two tables. The caller has the file's lock and begins transactions.

    Attributes:
        sort: what the tables are called, as ``requests``.
    """

    sort: str

    @property
    def schema(self) -> tuple[str, ...]:
        """The statements that make the tables."""
        lists = "list INTEGER PRIMARY KEY, shard TEXT NOT NULL, level INTEGER NOT NULL"
        lists += ", first INTEGER NOT NULL, last INTEGER NOT NULL"
        pieces = "list INTEGER NOT NULL, low TEXT NOT NULL, at INTEGER NOT NULL"
        pieces += ", lines TEXT NOT NULL, PRIMARY KEY (list, low, at)"
        return (
            f"CREATE TABLE {self.sort}_lists ({lists}) STRICT",
            f"CREATE INDEX {self.sort}_levels ON {self.sort}_lists (shard, level)",
            f"CREATE TABLE {self.sort} ({pieces}) STRICT, WITHOUT ROWID",
        )

    def add(self, db: sqlite3.Connection, shard: str, lines: list[str]) -> None:
        """Take in lines about entries of a shard that aren't known yet.

        Args:
            db: the file.
            shard: they are in.
            lines: as `line` makes them, in the log's order. What holds tabs or line ends of its own
                is left out: no name does.
        """
        text = "\n".join(lines)
        if text.count("\n") >= max(len(lines), 1) or text.count("\t") != 3 * len(lines):
            lines = [one for one in lines if "\n" not in one and one.count("\t") == 3]
        if not lines:
            return
        self._put(db, shard, 0, (_index(lines[0]), _index(lines[-1])), lines)
        level = 0
        while len(few := self._few(db, shard, level)) == FEW:
            level += 1
            self._merge(db, shard, level, few)

    def find(self, db: sqlite3.Connection, name: str, most: int) -> list[Told]:
        """Return the entries that name something: the first ones, in the log's order."""
        found = db.execute(
            f"""
            SELECT shard, lines FROM {self.sort}_lists AS lists CROSS JOIN {self.sort} AS pieces
            ON pieces.list = lists.list AND low <= :name AND low >= ifnull(
              (SELECT MAX(low) FROM {self.sort} WHERE list = lists.list AND low < :name), '')
            WHERE instr(lines, :begins)
            """,  # noqa: S608 - all ours
            {"name": name, "begins": f"{name}\t"},
        )
        return nsmallest(most, chain.from_iterable(_naming(name, *piece) for piece in found))

    def forget(self, db: sqlite3.Connection, shard: str, below: int) -> None:
        """Take out the entries of a shard below an index."""
        sql = f"SELECT list, level, last FROM {self.sort}_lists WHERE shard = ? AND first < ?"  # noqa: S608 - ours
        for number, level, last in db.execute(sql, (shard, below)).fetchall():
            kept = [one for one in self._taken(db, number) if _index(one) >= below]
            if kept:
                self._put(db, shard, level, (below, last), kept)

    def _few(
        self, db: sqlite3.Connection, shard: str, level: int
    ) -> Sequence[tuple[int, int, int]]:
        sql = f"SELECT list, first, last FROM {self.sort}_lists WHERE shard = ? AND level = ?"  # noqa: S608 - ours
        return db.execute(f"{sql} LIMIT {FEW}", (shard, level)).fetchall()

    def _merge(
        self, db: sqlite3.Connection, shard: str, level: int, lists: Sequence[tuple[int, int, int]]
    ) -> None:
        lines = [one for number, _, _ in lists for one in self._taken(db, number)]
        ends = min(first for _, first, _ in lists), max(last for _, _, last in lists)
        self._put(db, shard, level, ends, lines)

    def _taken(self, db: sqlite3.Connection, number: int) -> list[str]:
        """Take a list out; return its lines."""
        sql = f"SELECT lines FROM {self.sort} WHERE list = ?"  # noqa: S608 - ours
        pieces = [piece for (piece,) in db.execute(sql, (number,))]
        for table in (self.sort, f"{self.sort}_lists"):
            db.execute(f"DELETE FROM {table} WHERE list = ?", (number,))  # noqa: S608 - ours
        return "\n".join(pieces).split("\n")

    def _put(
        self,
        db: sqlite3.Connection,
        shard: str,
        level: int,
        ends: tuple[int, int],
        lines: list[str],
    ) -> None:
        level = _LONG_LEVEL if len(lines) >= LONG else level
        sql = f"INSERT INTO {self.sort}_lists (shard, level, first, last) VALUES (?, ?, ?, ?)"  # noqa: S608 - ours
        number = db.execute(sql, (shard, level, *ends)).lastrowid or 0
        sql = f"INSERT INTO {self.sort} VALUES (?, ?, ?, ?)"  # noqa: S608 - ours
        db.executemany(sql, _pieces(number, sorted(lines)))


def _pieces(number: int, lines: Sequence[str]) -> Iterable[tuple[int, str, int, str]]:
    """Cut a sorted list; a tab is below all that a name has, so that names are sorted, too."""
    for at in range(0, len(lines), PIECE):
        low = lines[at].partition("\t")[0]
        yield number, low, at, "\n".join(lines[at : at + PIECE])


def _naming(name: str, shard: str, piece: str) -> Iterator[Told]:
    begins = f"{name}\t"
    for one in piece.split("\n"):
        if one.startswith(begins):
            _, index, ts, kind = one.split("\t")
            yield Told(shard, int(index), int(ts), kind)


def _index(told: str) -> int:
    return int(told.split("\t", 2)[1])
