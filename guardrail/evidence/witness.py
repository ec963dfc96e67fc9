"""What a log and its witness say to each other: C2SP tlog-witness, without the HTTP.

A log sends its new checkpoint with the proof that it only grew since the one that the witness saw
last. The witness cosigns at most one history of each log, which is all its worth.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from guardrail.errors import EvidenceError
from guardrail.evidence.checkpoint import Checkpoint
from guardrail.evidence.note import NOTE_LIMIT, from_base64, to_base64
from guardrail.evidence.tiles import HASH_BYTES
from guardrail.evidence.tree import EMPTY_ROOT, verify_consistency

SIZE_TYPE = "text/x.tlog.size"
"""Of an answer that tells how large the log was that the witness saw last."""
MOST_HASHES = 63
SUBMISSION_LIMIT = NOTE_LIMIT + 4 * 1024
"""Bytes of what is sent."""
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A checkpoint on its way to a witness."""

    old: int
    """The size that the witness saw last, as far as the log knows."""
    proof: tuple[bytes, ...]
    """Consistency between that size and the checkpoint's (RFC 6962 section 2.1.2)."""
    note: bytes
    """The signed checkpoint."""

    def __bytes__(self) -> bytes:
        """Give what is sent."""
        lines = [f"old {self.old}", *map(to_base64, self.proof), "", ""]
        return "\n".join(lines).encode() + self.note


def parse_submission(data: bytes) -> Submission:
    """Read what a log sent.

    Raises:
        EvidenceError: it doesn't have the form; status 400.
    """
    head, blank, note = data.partition(b"\n\n")
    if len(data) > SUBMISSION_LIMIT or not blank or not head.isascii():
        raise _bad("a submission has its old size, a proof, an empty line and a checkpoint")
    first, *lines = head.decode().split("\n")
    old = _OLD.fullmatch(first)
    if old is None or len(lines) > MOST_HASHES:
        raise _bad("a submission begins with its old size, and has at most 63 hashes")
    hashes = [from_base64(line) for line in lines]
    proof = tuple(one for one in hashes if one is not None and len(one) == HASH_BYTES)
    if len(proof) != len(hashes):
        raise _bad("a hash of the submission isn't one")
    return Submission(old=int(old[1]), proof=proof, note=note)


def parse_size(data: bytes) -> int:
    """Return the size that a witness answered with.

    Raises:
        EvidenceError: it is none.
    """
    match = _SIZE.fullmatch(data)
    if match is None:
        raise _bad("the witness told no size")
    return int(match[1])


def judge(sent: Submission, checkpoint: Checkpoint, latest: Checkpoint | None) -> int:
    """Return the HTTP status that a witness must answer with; 200 where it may cosign.

    Args:
        sent: what came.
        checkpoint: the one in it, whose signature was verified.
        latest: what the witness cosigned last for this origin.
    """
    seen = latest.size if latest is not None else 0
    if sent.old > checkpoint.size:
        return 400
    if sent.old != seen:
        return 409
    return 200 if _grew(sent, checkpoint, latest) else 422


def contradicts(checkpoint: Checkpoint, latest: Checkpoint | None) -> bool:
    """Tell whether two checkpoints of one log are two histories, for sure and without a proof."""
    return latest is not None and checkpoint.size == latest.size and checkpoint.root != latest.root


def origin_hash(origin: str) -> str:
    """Return the name under which a witness serves what it saw of a log: SHA-256 in hex."""
    return hashlib.sha256(origin.encode()).hexdigest()


def _grew(sent: Submission, checkpoint: Checkpoint, latest: Checkpoint | None) -> bool:
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        return False
    if sent.old == 0 or latest is None:
        return not sent.proof and not contradicts(checkpoint, latest)
    return _consistent(sent.proof, checkpoint, latest)


def _consistent(proof: Sequence[bytes], checkpoint: Checkpoint, latest: Checkpoint) -> bool:
    return verify_consistency(latest.size, checkpoint.size, proof, latest.root, checkpoint.root)


def _bad(message: str) -> EvidenceError:
    return EvidenceError(message, code="evidence_submission_invalid", status=400)
