"""Checkpoints as C2SP tlog-checkpoint@v1 defines them: a log's origin, size and root, signed."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from guardrail.errors import EvidenceError
from guardrail.evidence.note import Verifier, open_note, sign_note

_BODY = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What a writer says of its tree at one moment."""

    origin: str
    """Which tree: the log's name, a slash, and the writer's id. Each writer has its own tree."""
    size: int
    root: bytes

    def __str__(self) -> str:
        """Give the three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign_checkpoint(checkpoint: Checkpoint, *, name: str, signer: Ed25519PrivateKey) -> bytes:
    """Return the checkpoint as a note signed under the key name `name`."""
    return sign_note(str(checkpoint), name=name, signer=signer)


def open_checkpoint(note: bytes, by: Verifier) -> Checkpoint:
    """Return the checkpoint in a note after checking the signature of `by`.

    Raises:
        EvidenceError: the note doesn't verify or isn't a checkpoint.
    """
    return parse_checkpoint(open_note(note, by))


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint's text, whose signatures are somebody else's care.

    Raises:
        EvidenceError: it isn't a checkpoint of three lines.
    """
    match = _BODY.fullmatch(text)
    if match is None:
        raise EvidenceError("the note isn't a checkpoint", code="evidence_note_invalid", status=500)
    checkpoint = Checkpoint(
        origin=match[1], size=int(match[2]), root=base64.b64decode(match[3], validate=True)
    )
    if str(checkpoint) != match[0]:
        raise EvidenceError(
            "the checkpoint isn't canonical", code="evidence_note_invalid", status=500
        )
    return checkpoint
