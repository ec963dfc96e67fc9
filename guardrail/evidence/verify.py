"""Check evidence without trusting who kept it: pure, streaming, one pass over each segment.

Found and named by segment and line: a changed, cut, merged, moved, added or removed line, a wrong
number or chain, an entry under the wrong writer. Found and named by segment: fewer entries than
were sealed, entries that don't give the sealed root, a checkpoint that is missing, malformed or not
signed by the key, and a segment that a later writer saw and that is gone or shorter now.

Not to be found from the files alone: the removal of entries after the last checkpoint that no later
start has seen, the removal of the newest segments together with all that saw them, and a new
history signed by who holds the key. Copies of the checkpoints kept elsewhere help against these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from guardrail.errors import EvidenceError
from guardrail.evidence.checkpoint import Checkpoint, open_checkpoint
from guardrail.evidence.heads import Head, listed_heads
from guardrail.evidence.note import Verifier, parse_vkey
from guardrail.evidence.report import Problem, Report, joined
from guardrail.evidence.walk import REMARKS_LIMIT, Walk


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A segment to verify."""

    writer: str
    lines: Callable[[], Generator[bytes]]
    """Opens it: its lines with their newlines. Called twice, the first time for the start only."""
    note: bytes | None
    """Its checkpoint, or None where there is none. Read before the lines are."""


def verify_log(sources: Sequence[Source], vkey: str) -> Report:
    """Verify all segments of a log and what they say of each other.

    Raises:
        EvidenceError: `vkey` isn't a key.
    """
    by = parse_vkey(vkey)
    seen: defaultdict[str, list[Head]] = defaultdict(list)
    for source in sources:
        with closing(source.lines()) as lines:
            for head in listed_heads(lines):
                seen[head.writer].append(head)
    reports = [verify_segment(source, by, seen.pop(source.writer, ())) for source in sources]
    gone = [_gone(writer, heads) for writer, heads in sorted(seen.items())]
    kept, rest = gone[:REMARKS_LIMIT], gone[REMARKS_LIMIT:]
    return joined([*reports, Report(problems=tuple(kept), omitted=len(rest))])


def verify_segment(source: Source, by: Verifier, seen: Sequence[Head] = ()) -> Report:
    """Verify one segment against its checkpoint and against what later writers saw of it."""
    walk = Walk(writer=source.writer, seen=_by_size(seen))
    checkpoint = _opened(source, by, walk)
    walk.sealed_size = checkpoint.size if checkpoint else 0
    with closing(source.lines()) as lines:
        for data in lines:
            walk.take(data)
    walk.finish(torn=frozenset(head.torn for head in seen if head.torn))
    if checkpoint:
        walk.compare(checkpoint)
    elif source.note is None and not walk.only_started:
        walk.blame_checkpoint("it is missing")
    size = walk.tree.size
    return Report(
        segments=1,
        entries=size,
        sealed=min(size, max((walk.sealed_size, *walk.seen))),
        problems=tuple(walk.problems),
        notes=tuple(walk.notes),
        omitted=walk.omitted,
    )


def _opened(source: Source, by: Verifier, walk: Walk) -> Checkpoint | None:
    if source.note is None:
        return None
    try:
        checkpoint = open_checkpoint(source.note, by)
    except EvidenceError as error:
        walk.blame_checkpoint(str(error))
        return None
    if checkpoint.origin != f"{by.name}/{source.writer}":
        walk.blame_checkpoint("it is another writer's or another log's")
        return None
    return checkpoint


def _by_size(heads: Sequence[Head]) -> Mapping[int, frozenset[str]]:
    sizes: defaultdict[int, set[str]] = defaultdict(set)
    for head in heads:
        if head.n:
            sizes[head.n].add(head.leaf)
    return {size: frozenset(leaves) for size, leaves in sizes.items()}


def _gone(writer: str, heads: Sequence[Head]) -> Problem:
    most = max(head.n for head in heads)
    return Problem(
        segment=f"{writer}.log", what=f"it is missing; a later writer saw {most} entries of it"
    )
