"""What a step of the sequencer tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from guardrail.errors import EvidenceError
from guardrail.evidence import Line


@dataclass(frozen=True, slots=True)
class Added:
    """Entries that the tree grew by at once."""

    shard: str
    first: int
    """The index of the first of them."""
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """What a step did."""

    leads: bool
    """Whether this sequencer is the one."""
    taken: int = 0
    """Entries that the tree grew by."""
    size: int = 0
    """Entries of the shard now."""
    more: bool = False
    """Whether there was more than one step takes."""
    unread: EvidenceError | None = field(default=None, repr=False, compare=False)
    """Why some writer's entries had to be left where they are."""
    added: Sequence[Added] = field(default=(), repr=False, compare=False)
    """What the tree grew by, those of the sequencer's own among them."""
