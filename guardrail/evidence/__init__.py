"""Evidence: what was decided, on record so that any change to it shows.

Entries become canonical records, chained by writer and hashed into a Merkle tree whose root is
signed; everything here is pure, `guardrail.stores.segments` writes and reads the files.
"""

from guardrail.evidence.canonical import INTEGER_LIMIT, RECORD_LIMIT, Value, canonical
from guardrail.evidence.chain import LINE_LIMIT, Chain, Line, parse_line
from guardrail.evidence.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from guardrail.evidence.entry import FIELDS, SCHEMA_VERSION, Entry, EntryKind
from guardrail.evidence.heads import TAIL_BYTES, Head, head_of, listed_heads, start_entries
from guardrail.evidence.log import EvidenceLog
from guardrail.evidence.note import NOTE_LIMIT, Verifier, open_note, parse_vkey, sign_note, verifier
from guardrail.evidence.report import Problem, Report
from guardrail.evidence.tree import (
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from guardrail.evidence.verify import Source, verify_log, verify_segment

__all__ = [
    "FIELDS",
    "INTEGER_LIMIT",
    "LINE_LIMIT",
    "NOTE_LIMIT",
    "RECORD_LIMIT",
    "SCHEMA_VERSION",
    "TAIL_BYTES",
    "Chain",
    "Checkpoint",
    "Entry",
    "EntryKind",
    "EvidenceLog",
    "Head",
    "Line",
    "Problem",
    "Report",
    "Source",
    "Tree",
    "Value",
    "Verifier",
    "canonical",
    "consistency_proof",
    "head_of",
    "inclusion_proof",
    "leaf_hash",
    "listed_heads",
    "open_checkpoint",
    "open_note",
    "parse_line",
    "parse_vkey",
    "sign_checkpoint",
    "sign_note",
    "start_entries",
    "tree_root",
    "verifier",
    "verify_consistency",
    "verify_inclusion",
    "verify_log",
    "verify_segment",
]
