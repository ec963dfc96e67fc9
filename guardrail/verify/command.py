"""The command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from guardrail.verify.files import open_files
from guardrail.verify.log import verify_log
from guardrail.verify.proofs import verify_proof
from guardrail.verify.report import Asked, Remark, Report, Unreadable


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="guardrail.verify",
        description="Check a guard's evidence without trusting who kept it.",
    )
    add = parser.add_argument
    add("log", type=Path, metavar="LOG", help="folder, zip or tar archive; with --proof: the entry")
    add("--vkey", required=True, help="the log's root key, or a shard's: name+id+key")
    add("--anchor", type=Path, action="append", default=[], help="a copy of a checkpoint")
    add("--receipt", action="append", default=[], help="a Guardrail-Receipt that a caller kept")
    add("--witness", action="append", default=[], help="vkey of who must have cosigned")
    add("--shard", default="", help="only this half-year, as 2026h2")
    add("--from", dest="first", type=int, help="only entries from this index on, of one shard")
    add("--to", dest="last", type=int, help="only entries up to this index, of one shard")
    add("--tsa-ca", type=Path, help="certificates of the time-stamp authority (PEM)")
    add("--proof", type=Path, help="a .tlog-proof of the entry in the file LOG")
    add("--key-statement", type=Path, help="the shard's key statement, for --proof and a root key")
    add("--json", action="store_true", help="report as JSON")
    return parser.parse_args(argv)


def _progress(done: int, size: int) -> None:
    sys.stderr.write(f"\r{done} of {size} entries" + ("\n" if done == size else ""))


def _asked(options: argparse.Namespace) -> Asked:
    span = None
    if options.first is not None or options.last is not None:
        span = (options.first or 0, (1 << 53) if options.last is None else options.last)
    return Asked(
        anchors=[(str(path), path.read_bytes()) for path in options.anchor],
        receipts=options.receipt,
        witnesses=options.witness,
        shard=options.shard,
        span=span,
        tsa_ca=options.tsa_ca,
        progress=_progress if sys.stderr.isatty() else None,
    )


def _proved(options: argparse.Namespace) -> Report:
    statement = options.key_statement.read_bytes() if options.key_statement else b""
    proof, entry = options.proof.read_bytes(), options.log.read_bytes()
    try:
        index = verify_proof(
            proof, entry, options.vkey, statement=statement, witnesses=options.witness
        )
    except ValueError as error:
        return Report(problems=(Remark(where=str(options.proof), what=str(error)),))
    what = f"the entry stands at index {index}"
    return Report(entries=1, notes=(Remark(where=str(options.proof), what=what),))


def main(argv: Sequence[str] | None = None) -> int:
    """Check what the command line asks for; return the exit status."""
    options = _arguments(argv)
    try:
        if options.proof:
            report = _proved(options)
        else:
            with open_files(options.log) as files:
                report = verify_log(files, options.vkey, _asked(options))
    except (Unreadable, OSError) as error:
        sys.stderr.write(f"can't check: {error}\n")
        return 2
    as_json = json.dumps(report.as_json(), ensure_ascii=False, indent=2)
    sys.stdout.write(f"{as_json if options.json else report}\n")
    return 0 if report.ok else 1
