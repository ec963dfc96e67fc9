"""The whole log, shard by shard."""

from __future__ import annotations

import re

from guardrail.verify.ahead import Ahead
from guardrail.verify.around import look_around
from guardrail.verify.copies import Copies, read_receipt
from guardrail.verify.entries import Entry, number_of, text_of
from guardrail.verify.findings import Findings, read_object
from guardrail.verify.notes import Key, given_key, stated_key, to_base64
from guardrail.verify.report import Asked, Files, Report, Unreadable
from guardrail.verify.shard import Shard
from guardrail.verify.state import check_state
from guardrail.verify.writers import Writers

_SHARD = re.compile(r"\d{4}h[12]")


def verify_log(files: Files, vkey: str, asked: Asked | None = None) -> Report:
    """Verify a log by its root key, or one shard of it by that shard's key.

    Raises:
        Unreadable: the key, a receipt or a witness's key isn't one, or there is no log.
    """
    return _Log(files, vkey, asked or Asked()).report()


class _Log:
    def __init__(self, files: Files, vkey: str, asked: Asked) -> None:
        self._files, self._asked, self._findings = files, asked, Findings()
        self._key = given_key("--vkey", vkey)
        names = self._shards()
        last = self._key.name.rpartition("/")[2]
        self._by_root = not (last in names and _SHARD.fullmatch(last))
        self._name = self._key.name if self._by_root else self._key.name.rpartition("/")[0]
        only = asked.shard or ("" if self._by_root else last)
        self._checked = [
            Shard(files, name, self._findings, asked) for name in names if only in {"", name}
        ]
        if not self._checked:
            raise Unreadable("there is no such log here")
        if asked.span is not None and (len(self._checked) > 1 or asked.span[0] < 0):
            raise Unreadable(
                "a part is of one shard, which is to be named, and begins at 0 or above"
            )
        whole = len(self._checked) == len(names) and asked.span is None
        to_the_end = whole or (asked.span is None and self._checked[-1].name == names[-1])
        self._ahead = Ahead(files if to_the_end else None, self._findings)
        self._writers = Writers(self._findings, whole=whole)
        self._copies = Copies(files, self._findings, asked)
        self._receipts = [read_receipt(one) for text in asked.receipts for one in text.split(",")]
        self._promised = {(one.writer, one.n): one for one in self._receipts}
        self._kept = dict.fromkeys((one.leaf for one in self._receipts), False)
        self._erasures: list[Entry] = []
        self._before: Shard | None = None
        self._next_key = ""
        self._closed = self._opened = False

    def _shards(self) -> list[str]:
        found = set()
        for name in self._files.names(""):
            first = name.partition("/")[0]
            if _SHARD.fullmatch(first):
                found.add(first)
            elif first not in {"wal", "lease", "holds"}:
                self._findings.note(name, "it isn't part of the log and wasn't looked at")
        return sorted(found)

    def report(self) -> Report:
        """Check everything, shard by shard."""
        for shard in self._checked:
            self._shard(shard)
        if self._closed and self._writers.whole:
            self._findings.problem("log", "its last shard was closed, and the next isn't here")
        self._copies.finish()
        self._check_receipts()
        self._check_promises()
        waiting = self._ahead.waiting(self._writers)
        self._writers.finish()
        trees = [shard.checkpoint for shard in self._checked if shard.checkpoint]
        return Report(
            trees=tuple(f"{tree.origin} {tree.size} {to_base64(tree.root)}" for tree in trees),
            entries=sum(shard.entries for shard in self._checked),
            erased=sum(shard.erased for shard in self._checked),
            waiting=waiting,
            writers=len(self._writers.known),
            copies=self._copies.count + len(self._receipts),
            problems=tuple(self._findings.problems),
            notes=tuple(self._findings.notes),
            omitted=self._findings.omitted,
        )

    def _shard(self, shard: Shard) -> None:
        key = self._shard_key(shard.name)
        copies = self._copies.of(shard.name, key) if key else []
        shard.open(key)
        self._check_turn(shard, key)
        self._writers.open_shard(exact=self._asked.span is None)
        self._closed = self._opened = False

        def take(where: str, index: int, leaf: bytes, entry: Entry | None) -> None:
            self._take(shard, where, index, leaf, entry)

        if self._asked.span is None:
            shard.walk(take, copies)
            grown = look_around(shard, self._files)
            check_state(shard, self._findings, self._writers, closed=self._closed, grown=grown)
            if not (self._opened or self._writers.lost or shard.damaged):
                self._findings.problem(shard.name, "it doesn't begin with log.open")
        else:
            shard.walk_span(take, copies)
        self._before = shard

    def _shard_key(self, shard: str) -> Key | None:
        name = f"{shard}/key"
        note = read_object(self._files, name, self._findings)
        if not self._by_root:
            return self._key
        try:
            return stated_key(note, self._key, shard)
        except ValueError as error:
            self._findings.problem(name, str(error))
            return None

    def _check_turn(self, shard: Shard, key: Key | None) -> None:
        """Hold a shard's key against what the shard before says of it."""
        if self._before is None or self._before.damaged:
            return
        if not self._closed:
            self._findings.problem(self._before.name, "another shard follows, but it wasn't closed")
        elif key is not None and self._next_key != key.vkey:
            self._findings.problem(f"{shard.name}/key", "the shard before names another key")

    def _take(self, shard: Shard, where: str, index: int, leaf: bytes, entry: Entry | None) -> None:
        """Take the next entry of a shard, None for one that can't be read."""
        if leaf.hex() in self._kept and (
            entry is None or (entry.writer, entry.n) in self._promised
        ):
            self._kept[leaf.hex()] = True
        if entry is None:
            self._writers.lost += 1
            self._closed = False
            return
        if self._closed:
            self._findings.problem(where, "it comes after its shard was closed", entry)
        self._closed = entry.kind == "key.rotate"
        self._next_key = text_of(entry, "vkey") if self._closed else ""
        self._compare(where, entry)
        if index <= 1 and entry.kind == "log.open":
            self._open(shard, where, entry)
        self._writers.take(where, entry)
        if entry.kind == "erasure":
            self._erasures.append(entry)
        elif entry.kind == "incident":
            self._findings.note(where, f"incident: {text_of(entry, 'code')}", entry)
        elif entry.kind == "writer.start" and _seen(entry, self._name, shard.name) > index:
            self._findings.problem(where, _saw(entry, index), entry)

    def _compare(self, where: str, entry: Entry) -> None:
        """Hold an entry against its line in a write-ahead log, and against the receipt for it."""
        if self._ahead.leaf(entry.writer, entry.n) not in {"", entry.leaf}:
            what = "the line in its write-ahead log isn't the entry that the log holds"
            self._findings.problem(f"wal/{entry.writer}", what, entry)
        promised = self._promised.get((entry.writer, entry.n))
        if promised is not None and promised.leaf != entry.leaf:
            self._findings.problem(where, "it isn't the entry that a receipt was given for", entry)
            self._kept[promised.leaf] = True  # told of

    def _open(self, shard: Shard, where: str, entry: Entry) -> None:
        """Hold what a shard says of the one before it against that one."""
        self._opened = True
        parent, before = text_of(entry, "parent"), self._before
        if text_of(entry, "origin") != f"{self._name}/{shard.name}":
            self._findings.problem(where, "it opens another shard", entry)
        elif before is None:
            if parent and self._writers.whole:
                self._findings.problem(where, f"the shard before it, {parent}, isn't here", entry)
            self._writers.whole = self._writers.whole and not parent
        elif before.checkpoint is not None and (
            (parent, number_of(entry, "size"), text_of(entry, "root"))
            != (f"{self._name}/{before.name}", before.checkpoint.size, before.checkpoint.root.hex())
        ):
            self._findings.problem(
                where, "it doesn't go on from the end of the shard before", entry
            )

    def _check_receipts(self) -> None:
        for one in self._receipts:
            where = f"receipt {one.writer}-{one.n}"
            if self._name not in {one.origin, one.origin.rpartition("/")[0]}:
                self._findings.problem(where, f"it is of another log, {one.origin}")
            elif not self._kept[one.leaf] and self._ahead.leaf(one.writer, one.n) != one.leaf:
                self._findings.problem(where, "its entry isn't in the log")

    def _check_promises(self) -> None:
        """Hold against the log what waiting starts saw of it, and what erasures say."""
        erasures = self._erasures + [one for _, one in self._ahead.told if one.kind == "erasure"]
        for shard in self._checked:
            for where, one in self._ahead.told:
                if one.kind != "erasure" and _seen(one, self._name, shard.name) > shard.tree.size:
                    self._findings.problem(where, _saw(one, shard.tree.size), one)
            said = max((_seen(one, self._name, shard.name) for one in erasures), default=0)
            if shard.minimum > said:
                tell = self._findings.problem if self._writers.whole else self._findings.note
                tell(f"{shard.name}/minimum-index", "no entry says that so much was erased")


def _seen(start: Entry, log: str, shard: str) -> int:
    """Return of how many entries of a shard an entry speaks."""
    return number_of(start, "size") if text_of(start, "origin") == f"{log}/{shard}" else 0


def _saw(start: Entry, size: int) -> str:
    return f"its writer saw {number_of(start, 'size')} entries when it began; {size} are before it"
