"""Copies that left the house: anchors, witnesses, time-stamps, receipts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from guardrail.verify.entries import WRITER
from guardrail.verify.findings import Findings, read_object
from guardrail.verify.notes import (
    Key,
    cosigner,
    note_parts,
    open_checkpoint,
    read_checkpoint,
    signed_at,
)
from guardrail.verify.report import Asked, Files, Unreadable, Wrong
from guardrail.verify.stamps import openssl_verifies, prefixes, stamped

_ANCHOR = re.compile(r"anchors/(\d{1,16})\.(note|tsr)")
_RECEIPT = re.compile(
    rf"(?::?\s*(?i:guardrail-receipt)(?::|\s)\s*)?([^\s;,]{{1,300}});w=({WRITER.pattern});n=(\d{{1,16}});h=([0-9a-f]{{64}})"
)


class Copy(NamedTuple):
    """A checkpoint that was seen at some time, and must be one of this shard."""

    where: str
    size: int
    root: bytes


class Receipt(NamedTuple):
    """What a caller was given: the entry's leaf hash, before it was in the tree."""

    origin: str
    writer: str
    n: int
    leaf: str


def read_receipt(text: str) -> Receipt:
    """Read a receipt that was handed in, be it with its name, as a stream's comment has it."""
    match = _RECEIPT.fullmatch(text.strip())
    if match is None:
        raise Unreadable("not a receipt: <origin>;w=<writer>;n=<number>;h=<leaf hash>")
    return Receipt(match[1], match[2], int(match[3]), match[4])


class Copies:
    """All copies of checkpoints: those in the log's own folder, and those that were handed in."""

    def __init__(self, files: Files, findings: Findings, asked: Asked) -> None:
        self._files, self._findings, self._asked = files, findings, asked
        self._witnesses = [cosigner(vkey) for vkey in asked.witnesses]
        self._cosigned: dict[str, tuple[int, str]] = {}
        self._stamps: list[str] = []
        self._used: set[str] = set()
        self.count = 0

    def of(self, shard: str, key: Key) -> list[Copy]:
        """Return the copies of a shard's checkpoints that its key signed."""
        found: list[Copy] = []
        for name in self._files.names(f"{shard}/anchors/"):
            match = _ANCHOR.fullmatch(name.removeprefix(f"{shard}/"))
            data = read_object(self._files, name, self._findings) if match else None
            if match and data is not None and match[2] == "note":
                found += self._opened(name, data, key, int(match[1]))
            elif data is not None:
                note = read_object(self._files, name.removesuffix("tsr") + "note", self._findings)
                self._time(name, data, note)
        for name, data in self._asked.anchors:
            if data.partition(b"\n")[0] == key.name.encode():
                self._used.add(name)
                found += self._opened(name, data, key, None)
        checkpoint = read_object(self._files, f"{shard}/checkpoint", self._findings)
        if checkpoint is not None:
            self._hear(f"{shard}/checkpoint", checkpoint)
        return found

    def _opened(self, where: str, note: bytes, key: Key, size: int | None) -> Iterator[Copy]:
        self.count += 1
        try:
            checkpoint = open_checkpoint(note, key)
            if size not in {None, checkpoint.size}:
                raise Wrong("it isn't of the size that its name tells")  # noqa: TRY301
        except Wrong as error:
            self._findings.problem(where, str(error))
            return
        self._hear(where, note)
        yield Copy(where, checkpoint.size, checkpoint.root)

    def _hear(self, where: str, note: bytes) -> None:
        """Look for the witnesses' cosignatures."""
        for witness in self._witnesses:
            try:
                time = signed_at(note, witness)
                if time is not None:
                    size = read_checkpoint(note_parts(note)[0]).size
                    self._cosigned[witness.name] = max(
                        self._cosigned.get(witness.name, (0, "")),
                        (time, f"{where} at {size} entries"),
                    )
            except Wrong as error:
                self._findings.problem(where, str(error))

    def _time(self, where: str, response: bytes, note: bytes | None) -> None:
        self.count += 1
        try:
            digest, time = stamped(response)
        except Wrong as error:
            self._findings.problem(where, str(error))
            return
        if note is None or digest not in {hashlib.sha256(one).digest() for one in prefixes(note)}:
            self._findings.problem(where, "it stamps something else than its checkpoint")
        elif self._asked.tsa_ca and not openssl_verifies(digest, response, self._asked.tsa_ca):
            self._findings.problem(where, "its signature doesn't verify under these certificates")
        else:
            self._stamps.append(time)

    def finish(self) -> None:
        """Tell what was asked for and isn't there, and what time-stamps say."""
        for name, _ in self._asked.anchors:
            if name not in self._used:
                self._findings.problem(name, "it is of no shard that is here")
        for witness in self._witnesses:
            if witness.name in self._cosigned:
                time, where = self._cosigned[witness.name]
                self._findings.note(where, f"cosigned by {witness.name} at {time} (Unix seconds)")
            else:
                self._findings.problem("log", f"nothing here is cosigned by {witness.name}")
        if self._stamps:
            checked = "verified" if self._asked.tsa_ca else "not checked (see --tsa-ca)"
            what = f"time-stamps: {len(self._stamps)}, the last of {max(self._stamps)}"
            what += f"; their signatures: {checked}"
            self._findings.note("log", what)
