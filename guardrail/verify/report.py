"""What goes in and what comes out: what is asked, and what is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

REMARKS_LIMIT = 100  # problems that are kept, and notes; further ones are only counted


class Unreadable(Exception):  # noqa: N818 - it is the outcome "can't", not a fault of the program
    """The log, a key, or a copy that was handed in can't be read at all (exit 2)."""


class Wrong(ValueError):  # noqa: N818 - likewise
    """Something isn't what it must be; the text says in which way."""


class Files(Protocol):
    """Where the log is. A folder, an archive, and the product's own `Objects` fit."""

    def read(self, name: str, start: int = 0, /) -> bytes | None:
        """Return an object's bytes from `start` on, None where there is none."""
        ...

    def names(self, prefix: str, /) -> Iterator[str]:
        """Return the names of all objects that begin with `prefix`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something that is wrong, or (among `Report.notes`) worth knowing, and where."""

    where: str
    """The object's name, or that of a copy that was handed in."""
    what: str
    index: int | None = None
    """Of the entry in its shard."""
    writer: str = ""
    n: int | None = None
    """The entry's number at its writer."""

    def __str__(self) -> str:
        """Give it as one line for people."""
        entry = "" if self.index is None else f", entry {self.index}"
        writer = f" (writer {self.writer}, its {self.n})" if self.writer else ""
        return f"{self.where}{entry}{writer}: {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found."""

    trees: tuple[str, ...] = ()
    """Of each shard `<origin> <size> <root in base64>`: to be kept until the next visit."""
    entries: int = 0
    """Entries that checkpoints cover and that were read."""
    erased: int = 0
    """Entries that retention has erased; their hashes were checked."""
    waiting: int = 0
    """Entries in write-ahead logs that no checkpoint covers yet."""
    writers: int = 0
    copies: int = 0
    """Anchors and receipts that were held against the log."""
    problems: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
    omitted: int = 0
    """Problems and notes that were too many to keep."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def as_json(self) -> dict[str, object]:
        """Give it for programs: `ok`, and the fields."""
        return {"ok": self.ok, **asdict(self)}

    def __str__(self) -> str:
        """Give it as text for people."""
        counts = f"{self.entries} entries of {self.writers} writers, {self.waiting} waiting, "
        counts += f"{self.erased} erased by retention, {self.copies} copies compared"
        if not self.copies:
            counts += "; whether its end was cut off only a copy shows: --anchor, --receipt"
        lines = [
            *(f"problem: {one}" for one in self.problems),
            *(f"note: {one}" for one in self.notes),
            *([f"and {self.omitted} more"] if self.omitted else []),
            *(f"tree: {tree}" for tree in self.trees),
            counts,
            "VERIFIED" if self.ok else "NOT VERIFIED",
        ]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What else is to be held against the log, and which part of it is wanted."""

    anchors: Sequence[tuple[str, bytes]] = ()
    """Copies of checkpoints that an auditor kept: a name to call each by, and its bytes."""
    receipts: Sequence[str] = ()
    """Values of `Guardrail-Receipt`: ``<origin>;w=<writer>;n=<number>;h=<leaf hash>, …``."""
    witnesses: Sequence[str] = ()
    """vkeys of those whose cosignatures must be there (Ed25519 or ML-DSA-44)."""
    shard: str = ""
    """Only this shard."""
    span: tuple[int, int] | None = None
    """Only the entries from the first to the last of these (of one shard); no other bundles are
    needed. The tree is checked by its tiles then."""
    tsa_ca: Path | None = None
    """Certificates (PEM) that time-stamps must be signed under; needs `openssl`."""
    progress: Callable[[int, int], None] | None = None
    """Called with how many entries of a shard are done, and how many it has."""
