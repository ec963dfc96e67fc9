"""Evidence: what was decided, on record so that any change to it shows.

Entries become canonical records, chained by writer and put into a Merkle tree whose root is signed;
everything here is pure, `guardrail.stores` writes and reads it (docs/adr/0004-one-log-of-tiles.md).
"""

from guardrail.evidence.canonical import INTEGER_LIMIT, RECORD_LIMIT, Value, canonical
from guardrail.evidence.chain import COUNTED, LINE_LIMIT, Chain, Line, parse_line
from guardrail.evidence.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from guardrail.evidence.entry import FIELDS, SCHEMA_VERSION, Entry, EntryKind
from guardrail.evidence.log import Acknowledge, EvidenceLog, Outcome, promised
from guardrail.evidence.note import NOTE_LIMIT, Verifier, open_note, parse_vkey, sign_note, verifier
from guardrail.evidence.objects import OBJECT_LIMIT, Objects
from guardrail.evidence.receipt import Receipt, parse_receipts
from guardrail.evidence.shard import (
    Come,
    ShardState,
    next_shard,
    open_key_statement,
    origin_of,
    previous_shard,
    read_state,
    shard_key,
    shard_of,
    sign_key_statement,
)
from guardrail.evidence.tiles import (
    TILE_WIDTH,
    Named,
    TileTree,
    bundle,
    bundle_name,
    entries_in,
    restored,
    tile_name,
)
from guardrail.evidence.totals import Totals
from guardrail.evidence.tree import (
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "COUNTED",
    "FIELDS",
    "INTEGER_LIMIT",
    "LINE_LIMIT",
    "NOTE_LIMIT",
    "OBJECT_LIMIT",
    "RECORD_LIMIT",
    "SCHEMA_VERSION",
    "TILE_WIDTH",
    "Acknowledge",
    "Chain",
    "Checkpoint",
    "Come",
    "Entry",
    "EntryKind",
    "EvidenceLog",
    "Line",
    "Named",
    "Objects",
    "Outcome",
    "Receipt",
    "ShardState",
    "TileTree",
    "Totals",
    "Tree",
    "Value",
    "Verifier",
    "bundle",
    "bundle_name",
    "canonical",
    "consistency_proof",
    "entries_in",
    "inclusion_proof",
    "leaf_hash",
    "next_shard",
    "open_checkpoint",
    "open_key_statement",
    "open_note",
    "origin_of",
    "parse_line",
    "parse_receipts",
    "parse_vkey",
    "previous_shard",
    "promised",
    "read_state",
    "restored",
    "shard_key",
    "shard_of",
    "sign_checkpoint",
    "sign_key_statement",
    "sign_note",
    "tile_name",
    "tree_root",
    "verifier",
    "verify_consistency",
    "verify_inclusion",
]
