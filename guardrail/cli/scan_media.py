"""`guardrail scan --media`: what pictures, recordings and documents hold."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import orjson

from guardrail.detect.media.budget import Budget
from guardrail.errors import BadInput
from guardrail.facts import Inspected, Verdict
from guardrail.shells.media import MediaPool, is_installed


def scan_media(files: Sequence[Path], *, seconds: float, budget: Budget) -> bool:
    """Print a JSON line for each file; tell whether anything was found or stayed unseen.

    Args:
        files: looked into one after another, by one worker process.
        seconds: that one of them may take.
        budget: of one of them.

    Raises:
        BadInput: one of them isn't a file that can be read.
    """
    for file in files:
        if not file.exists():
            raise BadInput(f"{_shown(file)}: No such file or directory")
        if not file.is_file():
            raise BadInput(
                f"{_shown(file)} isn't a file", fix="name files; a folder's are FOLDER/*"
            )
    if not is_installed():
        sys.stderr.write(
            "media can't be looked into: install guardrail-gateway with its extra, "
            "pip install 'guardrail-gateway[media]'\n"
        )
    pool = MediaPool(1, seconds=seconds, budget=budget)
    found = False
    try:
        for file in files:
            inspected = _inspected(pool, file)
            sys.stdout.buffer.write(orjson.dumps(_row(file, inspected)) + b"\n")
            sys.stdout.buffer.flush()
            found = found or bool(inspected.seen) or inspected.verdict is not Verdict.INSPECTED
    finally:
        pool.close()
    return found


def _inspected(pool: MediaPool, file: Path) -> Inspected:
    try:
        if file.stat().st_size > pool.budget.encoded_bytes:
            return Inspected(verdict=Verdict.UNINSPECTABLE, reason="too_large")
        return pool.inspect(file.read_bytes(), name=file.name)
    except OSError as error:
        raise BadInput(f"{_shown(file)}: {error.strerror}") from None


def _shown(file: Path) -> str:
    """Return a path as text: names of files are bytes, and needn't be UTF-8."""
    return str(file).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _row(file: Path, inspected: Inspected) -> dict[str, object]:
    return {
        "path": _shown(file),
        "verdict": inspected.verdict.value,
        **({"reason": inspected.reason} if inspected.reason else {}),
        "medium": inspected.medium,
        "findings": [
            {
                "entity": one.entity,
                "category": one.category.value,
                "tier": one.tier.value,
                "score": round(one.score, 4),
                "box": one.box,
                "recognizer": one.recognizer,
                "reason": one.reason,
                **({"part": one.part} if one.part else {}),
            }
            for one in inspected.seen
        ],
        "flags": inspected.flags,
    }
