"""Check a guard's evidence without trusting who kept it.

    python -m guardrail.verify LOG --vkey KEY [--anchor COPY]… [--receipt TEXT]… [--witness KEY]…

This package needs Python 3.11 or later and `cryptography`, and imports nothing else of guardrail's:
read it, and run it where guardrail isn't installed. `guardrail evidence verifier` writes it as one
file, `verify.pyz`: a plain zip of these sources, which Python runs as it is.

LOG is a folder, or a zip or tar archive of one. It holds a log for each half-year (a *shard*) in
the form of C2SP tlog-tiles: entries in bundles of 256, a Merkle tree (RFC 6962) over them in tiles
of 256 hashes, and a checkpoint: size and root of the tree, signed (C2SP signed-note).

What is checked, and where to read how:

1. the root key says which key each shard has; that key signed the checkpoint (`notes`);
2. the entries in the bundles give every hash of every tile, and the root that was signed (`tree`,
   `shard`);
3. each entry is canonical JSON (`entries`); each *writer* counts its entries from 0 without gaps,
   names the hash of its last one, begins with a start, and adds up right in its beats; the seals'
   totals of all entries are right; each request that was let through came to an end (`totals`,
   `writers`);
4. entries that no checkpoint covers yet (write-ahead logs) go on where the log ends (`ahead`);
5. every copy that left the house (anchors, receipts, time-stamps, witnesses) is of this log
   (`stamps`, `copies`).

In reading order: `report` (what goes in and comes out), `notes`, `tree`, `entries`, `findings`,
`totals`, `writers`, `ahead`, `stamps`, `copies`, `shard`, `around` (what else is in its folder),
`log` (all of it), `proofs` (one entry; two checkpoints), `files` (folders, archives), `command`.

What can't be found by anybody: what was never written; what was changed by who holds the log's key
before a copy of a checkpoint or a receipt left the house; waiting entries that were cut off and of
which nobody holds a receipt. So keep copies: hand them in with `--anchor` and `--receipt`.

Exit status: 0 verified, 1 not verified, 2 could not be checked.
"""

from __future__ import annotations

from guardrail.verify.command import main
from guardrail.verify.files import open_files
from guardrail.verify.log import verify_log
from guardrail.verify.proofs import verify_consistency, verify_proof
from guardrail.verify.report import Asked, Files, Remark, Report, Unreadable

__all__ = [
    "Asked",
    "Files",
    "Remark",
    "Report",
    "Unreadable",
    "main",
    "open_files",
    "verify_consistency",
    "verify_log",
    "verify_proof",
]
