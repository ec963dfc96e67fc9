"""A witness for somebody else's log (C2SP tlog-witness): cosigns one history of it, and no other.

What a log was seen at last is durable before a cosignature leaves, and moves by compare-and-swap,
so that two requests at once, or two processes, can't have two histories cosigned. A checkpoint that
contradicts what was seen is kept beside it: both are signed by the log, and together they show what
its keeper did.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.errors import EvidenceError
from guardrail.evidence import (
    Checkpoint,
    Objects,
    Verifier,
    open_checkpoint,
    open_key_statement,
    origin_of,
)
from guardrail.evidence.checkpoint import parse_checkpoint
from guardrail.evidence.cosignature import (
    Cosigner,
    cosign,
    cosign_ml_dsa,
    cosigner,
    ml_dsa_key,
)
from guardrail.evidence.note import note_parts, signature_line
from guardrail.evidence.witness import (
    SIZE_TYPE,
    Submission,
    contradicts,
    judge,
    origin_hash,
    parse_submission,
)

log = logging.getLogger("guardrail")

MOST_KEPT = 100
"""Checkpoints that are kept of one log and of each kind: who signs more proves nothing new."""
SPLIT, GAP = "split", "gap"
"""What two checkpoints show: two histories by themselves; or nothing yet, since anybody can send a
genuine checkpoint with a wrong proof. So the second kind must not use up the room of the first."""
ATTEMPTS = 8
"""At moving on what was seen, while others do so too."""
_TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer."""

    status: int
    body: bytes = b""
    kind: str = _TEXT


class Witness:
    """The witness without the HTTP. Safe to use from many threads and processes.

    Attributes:
        cosigners: the names and public keys that it cosigns with, to be published.
    """

    def __init__(
        self,
        objects: Objects,
        *,
        name: str,
        key: Ed25519PrivateKey,
        logs: Sequence[Verifier],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take what is kept, and who is witnessed.

        Args:
            objects: where it is remembered what was seen.
            name: the witness's own.
            key: its Ed25519 key; it cosigns with the ML-DSA-44 key that follows from it, too.
            logs: keys of shards, or root keys of logs, which say what keys their shards have.
            clock: Unix seconds.

        Raises:
            EvidenceError: the name can't be one.
        """
        self._objects = objects
        self._name, self._key, self._quantum = name, key, ml_dsa_key(key)
        self._logs = {one.name: one for one in logs}
        self._clock = clock
        self.cosigners: tuple[Cosigner, ...] = (
            cosigner(name, key.public_key()),
            cosigner(name, self._quantum.public_key()),
        )

    def add_checkpoint(self, body: bytes) -> Said:
        """Answer ``POST /add-checkpoint``."""
        try:
            sent = parse_submission(body)
            origin = parse_checkpoint(note_parts(sent.note)[0]).origin
        except EvidenceError as error:
            return worded(HTTPStatus.BAD_REQUEST, str(error))
        by = self._verifier(origin)
        if by is None:
            return worded(HTTPStatus.NOT_FOUND, "this log isn't witnessed here")
        try:
            checkpoint = open_checkpoint(sent.note, by)
        except EvidenceError as error:
            return worded(HTTPStatus.FORBIDDEN, str(error))
        return self._judged(sent, checkpoint, by)

    def add_key(self, body: bytes) -> Said:
        """Answer ``POST /add-key``: a log's root key says which key a shard of it has.

        No part of C2SP: without it somebody would have to tell each witness of each half-year's
        key. A shard's key never changes once it was told.
        """
        for root in self._logs.values():
            try:
                key = open_key_statement(body, root)
            except EvidenceError:
                continue
            if not key.name.startswith(origin_of(root.name, "")):
                break
            if self._objects.create(f"{origin_hash(key.name)}/key", body):
                return Said(status=HTTPStatus.OK)
            if self._keep(key.name, body, SPLIT):
                log.error("another key for %s was refused", key.name)
            return worded(HTTPStatus.CONFLICT, "this shard has another key")
        return worded(HTTPStatus.FORBIDDEN, "no key of a log that is witnessed here")

    def checkpoint(self, name: str) -> Said:
        """Answer ``GET /<origin hash>/checkpoint``."""
        note = self._objects.read(f"{name}/checkpoint") if _is_hash(name) else None
        if note is None:
            return worded(HTTPStatus.NOT_FOUND, "nothing was seen of this log")
        return Said(status=HTTPStatus.OK, body=note)

    def _verifier(self, origin: str) -> Verifier | None:
        known = self._logs.get(origin)
        if known is not None:
            return known
        statement = self._objects.read(f"{origin_hash(origin)}/key")
        for root in self._logs.values() if statement else ():
            try:
                return open_key_statement(statement or b"", root)
            except EvidenceError:
                continue
        return None

    def _judged(self, sent: Submission, checkpoint: Checkpoint, by: Verifier) -> Said:
        name = f"{origin_hash(checkpoint.origin)}/checkpoint"
        for _ in range(ATTEMPTS):
            kept = self._objects.read(name)
            latest = parse_checkpoint(note_parts(kept)[0]) if kept is not None else None
            status = judge(sent, checkpoint, latest)
            if status != HTTPStatus.OK:
                return self._turned_away(status, sent, checkpoint, latest)
            lines = self._lines(checkpoint)
            if self._objects.swap(name, _cosigned(sent.note, by, lines), expected=kept):
                return Said(status=status, body=lines)
        return worded(HTTPStatus.SERVICE_UNAVAILABLE, "too many checkpoints at once")

    def _turned_away(
        self, status: int, sent: Submission, checkpoint: Checkpoint, latest: Checkpoint | None
    ) -> Said:
        told = checkpoint.origin, checkpoint.size
        if contradicts(checkpoint, latest):
            if self._keep(checkpoint.origin, sent.note, SPLIT):
                log.error("%s shows another history at %d entries", *told)
        elif status == HTTPStatus.UNPROCESSABLE_ENTITY and self._keep(
            checkpoint.origin, sent.note, GAP
        ):
            log.error("%s doesn't show that it grew to %d entries", *told)
        if status == HTTPStatus.CONFLICT:
            size = latest.size if latest is not None else 0
            return Said(status=status, body=b"%d\n" % size, kind=SIZE_TYPE)
        return worded(status, "the checkpoint doesn't follow on the last one that was seen")

    def _lines(self, checkpoint: Checkpoint) -> bytes:
        when = int(self._clock())
        first = cosign(checkpoint, self._name, self._key, when)
        return (first + cosign_ml_dsa(checkpoint, self._name, self._quantum, when)).encode()

    def _keep(self, origin: str, note: bytes, kind: str) -> bool:
        """Keep what contradicts, beside a copy of what was seen; False where nothing is new."""
        begin = f"{origin_hash(origin)}/refused/{kind}-"
        stem = f"{begin}{hashlib.sha256(note).hexdigest()[:32]}"
        kept = list(islice(self._objects.names(begin), 2 * MOST_KEPT))
        if len(kept) >= 2 * MOST_KEPT or f"{stem}.note" in kept:
            return False
        seen = self._objects.read(f"{origin_hash(origin)}/checkpoint") or b""
        self._objects.create(f"{stem}.seen", seen)
        return self._objects.create(f"{stem}.note", note)


def _cosigned(note: bytes, by: Verifier, lines: bytes) -> bytes:
    """Return a log's note with the signature that was verified and ours.

    Any other could be anybody's, and so many that the note couldn't be read again.
    """
    text, signatures = note_parts(note)
    own = [
        signature_line(name, data)
        for name, data in signatures
        if (name, data[:4]) == (by.name, by.key_id)
    ]
    return f"{text}\n{''.join(own)}".encode() + lines


def _is_hash(name: str) -> bool:
    return len(name) == 64 and not set(name) - set("0123456789abcdef")


def worded(status: int, message: str) -> Said:
    """Return an answer in words."""
    return Said(status=status, body=f"{message}\n".encode())
