"""What the sequencer keeps for itself: how far the log is, and its last step, staged whole.

No checkpoint is believed for what stands there. But the sequencer goes on from it, so a wrong one
would be signed into the log. Only the time of the last seal, `sealed_at`, is in no entry to be held
against.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

from guardrail.verify.findings import Findings
from guardrail.verify.shard import Shard
from guardrail.verify.totals import Name, agree
from guardrail.verify.tree import WIDTH, tile_name
from guardrail.verify.writers import SILENCE, Writers

STAGED = re.compile(r"staging/(\d{1,16})-([0-9a-f]{32})")
_SAMPLE = 3  # of what is missing between checkpoint and state, this much is looked for
_FIELDS = {
    *("v", "size", "root", "checkpoint", "staged", "sealed_at", "closed"),
    *("writers", "records", "decisions"),
}
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)

State = Mapping[str, object]


def check_state(
    shard: Shard, findings: Findings, writers: Writers, *, closed: bool, grown: Sequence[str]
) -> None:
    """Hold the sequencer's state against what the shard's entries say.

    Args:
        shard: after its entries were walked.
        findings: for what is worth knowing.
        writers: how far each has come by the shard's end.
        closed: whether the last entry closes the shard.
        grown: names of tiles and bundles past the checkpoint.
    """
    data = shard.read("state")
    state = _parsed(data)
    size = state.get("size") if state else None
    if data is None:
        _nothing_past(shard, grown)
    elif state is None or not isinstance(size, int):
        shard.problem("state", "it can't be read")
    elif size > shard.tree.size:
        _ahead(shard, findings, data, size)
    elif size < shard.tree.size:
        shard.problem("state", f"it goes on from entry {size}; {shard.tree.size} are signed")
    else:
        _nothing_past(shard, grown)
        if shard.checkpoint is not None and not shard.damaged:
            faults = _faults(shard, state, writers, closed=closed)
            beside = _faults_beside(shard, state, closed=closed)
            # In a log that is being written, what lies beside a state moves on with it.
            if beside and shard.read("state") == data:
                faults += beside
            if faults:
                more = f", and {len(faults) - 1} more like it" if len(faults) > 1 else ""
                shard.problem("state", f"{faults[0]}{more}")


def check_staged(shard: Shard, name: str) -> None:
    """Hold a staging object against the digest in its name."""
    match, data = STAGED.fullmatch(name), shard.read(name)
    if match and data is not None and hashlib.sha256(data).hexdigest()[:32] != match[2]:
        shard.problem(name, "it isn't what was staged")


def _parsed(data: bytes | None) -> State | None:
    try:
        text = (data or b"").decode()
        state = json.loads(text)
        fits = isinstance(state, dict) and _CANONICAL.encode(state) == text
    except (ValueError, RecursionError):
        return None
    return state if fits else None


def _nothing_past(shard: Shard, grown: Sequence[str]) -> None:
    if grown:
        more = f", and {len(grown) - 1} more" if len(grown) > 1 else ""
        what = "it is of a larger tree than was signed: the checkpoint was put back to an older"
        shard.problem(grown[0], f"{what} one, or this copy was made while the log grew{more}")


def _ahead(shard: Shard, findings: Findings, data: bytes, size: int) -> None:
    """Tell whether the log has grown past its checkpoint meanwhile, or has lost its end."""
    here = shard.tree.size
    staged = _staged_bundles(shard, _parsed(data) or {})
    numbers = range(here // WIDTH, -(-size // WIDTH))
    names = (tile_name("entries", at, min(WIDTH, size - WIDTH * at)) for at in numbers)
    missing = [
        *islice((one for one in names if one not in staged and not _has(shard, one)), _SAMPLE)
    ]
    # A log that is being written meanwhile: what was staged is there until the state moves on.
    if missing and shard.read("state") == data:
        what = f"it covers {here} entries, but the log had {size}, and {missing[0]} isn't here:"
        what += " the end was cut off, or this copy was made while the log grew"
        shard.problem("checkpoint", what)
    else:
        what = f"the log has gone on past it: {here} entries are signed here and were checked"
        findings.note(f"{shard.name}/checkpoint", f"{what}, of {size}")


def _has(shard: Shard, bundle: str) -> bool:
    """Tell whether a bundle is here, be it one that has grown since."""
    return any(shard.read(one) is not None for one in {bundle, bundle.partition(".p/")[0]})


def _staged_bundles(shard: Shard, state: State) -> set[str]:
    """Return the names of what the last step has staged and may not have written out yet."""
    name = state.get("staged")
    data = shard.read(name) if isinstance(name, str) and STAGED.fullmatch(name) else None
    try:
        return {str(made) for made, _ in json.loads((data or b"[]").partition(b"\n")[0])}
    except (ValueError, TypeError, RecursionError):
        return set()


def _faults(shard: Shard, state: State, writers: Writers, *, closed: bool) -> list[str]:
    """Return what a state says otherwise than the log up to the same entry."""
    found = []
    if state.get("v") != 1 or {*state} != _FIELDS or not isinstance(state["sealed_at"], int):
        found.append("it isn't a sequencer's state, version 1")
    if state.get("root") != shard.tree.root.hex():
        found.append("it has another root than was signed")
    if state.get("closed") is not closed:
        found.append("whether the half-year was closed is told otherwise by its last entry")
    staged = STAGED.fullmatch(str(state.get("staged")))
    if staged is None or int(staged[1]) != shard.tree.size:
        found.append("it names no staged step to this size")
    if not writers.lost:
        found += _of_writers(state.get("writers"), writers)
        if not _same_totals(state, writers):
            found.append("its totals aren't those of the entries since the last seal")
    return found


def _faults_beside(shard: Shard, state: State, *, closed: bool) -> list[str]:
    """Return what a state says otherwise than what lies beside it just now."""
    found = []
    if str(state.get("checkpoint")).encode() != shard.read("checkpoint"):
        found.append("it has another checkpoint than was published")
    staged = STAGED.fullmatch(str(state.get("staged")))
    if staged is not None and not closed and shard.read(staged[0]) is None:
        found.append("the staged step that it names isn't here")
    return found


def _of_writers(told: object, writers: Writers) -> list[str]:
    """Return for which writers a state says another end than the log."""
    rows: dict[object, object] = told if isinstance(told, dict) else {}
    wrong = []
    for name, row in rows.items():
        known = writers.known.get(str(name))
        fields = row if isinstance(row, list) and len(row) == 5 else [None] * 5
        if known is None:
            right = not writers.whole or fields[0] == 0
        else:
            right = fields[:4] == [known.n, known.leaf, known.last, known.stopped]
        if not right or not isinstance(fields[4], bool):
            wrong.append(f"it has another end of writer {name} than the log")
    for name, known in writers.known.items():
        if name not in rows and not known.stopped and known.ts > writers.newest - SILENCE:
            wrong.append(f"it has forgotten writer {name}")
    return wrong


def _same_totals(state: State, writers: Writers) -> bool:
    if not writers.since_seal.exact:
        return True
    told = Counter[Name]()
    records, decisions = state.get("records"), state.get("decisions")
    for kind, count in records.items() if isinstance(records, dict) else ():
        told[kind.replace(".", "_"),] = count
    for row in decisions if isinstance(decisions, list) else ():
        *name, count = row if isinstance(row, list) and row else [row, -1]
        told[tuple(map(str, name))] = count
    whole = all(isinstance(count, int) for count in told.values())
    return whole and agree(told, writers.since_seal.counted)
