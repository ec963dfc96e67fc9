"""Shards of a log: half a year each, with an origin and a key of its own; and how far one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from guardrail.errors import EvidenceError
from guardrail.evidence.note import Verifier, open_note, parse_vkey, sign_note
from guardrail.evidence.totals import Totals

STATEMENT = "guardrail evidence key v1"
_SEED_OF = "guardrail evidence shard v1 "
SECOND = 1_000_000
"""Microseconds."""


def shard_of(ts: int) -> str:
    """Return the name of the shard for a time in microseconds since 1970 (UTC), as ``2026h2``."""
    when = datetime.fromtimestamp(ts // SECOND, UTC)
    return f"{when.year:04d}h{1 if when.month <= 6 else 2}"


def next_shard(name: str) -> str:
    """Return the name of the half-year after one."""
    year, half = int(name[:4]), int(name[5:])
    return f"{year:04d}h2" if half == 1 else f"{year + 1:04d}h1"


def previous_shard(name: str) -> str:
    """Return the name of the half-year before one."""
    year, half = int(name[:4]), int(name[5:])
    return f"{year:04d}h1" if half == 2 else f"{year - 1:04d}h2"


def origin_of(log: str, shard: str) -> str:
    """Return a shard's origin: what its checkpoints and its key are named."""
    return f"{log}/{shard}"


def shard_key(root: Ed25519PrivateKey, origin: str) -> Ed25519PrivateKey:
    """Return the key of the shard called `origin`: all who have the root key have the same.

    Its seed comes from the root key's by HKDF-SHA256 (RFC 5869), so it tells nothing of that one or
    of another shard's.
    """
    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"{_SEED_OF}{origin}".encode())
    return Ed25519PrivateKey.from_private_bytes(kdf.derive(root.private_bytes_raw()))


def sign_key_statement(key: Verifier, *, log: str, root: Ed25519PrivateKey) -> bytes:
    """Return the note in which a log's root key says which key a shard has."""
    return sign_note(f"{STATEMENT}\n{key.name}\n{key}\n", name=log, signer=root)


def open_key_statement(note: bytes, root: Verifier) -> Verifier:
    """Return a shard's key from the statement of the root key.

    Raises:
        EvidenceError: the note doesn't verify, or says something else.
    """
    first, origin, vkey, *rest = [*open_note(note, root).split("\n"), "", ""]
    key = parse_vkey(vkey)
    if first != STATEMENT or key.name != origin or any(rest):
        raise EvidenceError("the note isn't a statement of a key", code="evidence_note_invalid")
    return key


@dataclass(frozen=True, slots=True, kw_only=True)
class Come:
    """How far a writer has come into the log."""

    n: int
    """Its next entry's number."""
    leaf: str
    """Leaf hash of its last entry in hex."""
    ts: int
    """Its last entry's time, microseconds."""
    stopped: bool = False
    broken: bool = False
    """Whether something of it didn't follow on, so that the rest was left out."""


@dataclass(slots=True, kw_only=True)
class ShardState:
    """What the sequencer of a shard goes on from; kept in ``<shard>/state``."""

    size: int = 0
    root: str = ""
    """In hex."""
    checkpoint: str = ""
    """The signed note over both; empty before the first."""
    staged: str = ""
    """The staging object that may not be written out yet."""
    sealed_at: int = 0
    """When the totals were last sealed; microseconds."""
    closed: bool = False
    """Whether a later shard goes on."""
    writers: dict[str, Come] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    """Since the last seal."""

    def __bytes__(self) -> bytes:
        """Return the state as it is kept."""
        writers = {
            writer: [come.n, come.leaf, come.ts, come.stopped, come.broken]
            for writer, come in self.writers.items()
        }
        state = {
            "v": 1,
            "size": self.size,
            "root": self.root,
            "checkpoint": self.checkpoint,
            "staged": self.staged,
            "sealed_at": self.sealed_at,
            "closed": self.closed,
            "writers": writers,
            "records": dict(self.totals.records),
            "decisions": [[*key, count] for key, count in self.totals.decisions.items()],
        }
        return orjson.dumps(state, option=orjson.OPT_SORT_KEYS)


def read_state(data: bytes) -> ShardState:
    """Return the state that `data` holds.

    Raises:
        EvidenceError: it isn't one.
    """
    try:
        return _state(orjson.loads(data))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise EvidenceError("the sequencer's state is damaged", code="evidence_unreadable") from (
            error
        )


def _state(kept: Mapping[str, object]) -> ShardState:
    match kept:
        case {
            "v": 1,
            "size": int(size),
            "root": str(root),
            "checkpoint": str(checkpoint),
            "staged": str(staged),
            "sealed_at": int(sealed_at),
            "closed": bool(closed),
            "writers": dict(writers),
            "records": dict(records),
            "decisions": list(decisions),
        }:
            totals = Totals()
            totals.records.update(records)
            for direction, rule, action, count in decisions:
                totals.decisions[direction, rule, action] = count
            return ShardState(
                size=size,
                root=root,
                checkpoint=checkpoint,
                staged=staged,
                sealed_at=sealed_at,
                closed=closed,
                writers={writer: _come(*come) for writer, come in writers.items()},
                totals=totals,
            )
        case _:
            raise ValueError


def _come(n: int, leaf: str, ts: int, stopped: bool, broken: bool) -> Come:  # noqa: FBT001 - as kept
    return Come(n=n, leaf=leaf, ts=ts, stopped=stopped, broken=broken)
