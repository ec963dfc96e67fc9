"""What an upstream says that a reply took, and how it ended: numbers and words of closed sets."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one reply, as its upstream counts them. Nobody here counts again."""

    input: int | None = None
    """Tokens that the model read, those that it had in a cache too; None where nobody says."""
    output: int | None = None
    """Tokens that it wrote, its thoughts too; None where nobody says."""
    model: str = ""
    """The model that answered, as the upstream calls it."""
    finished: tuple[str, ...] = ()
    """Why its answers ended, each reason once, as ``stop``."""


NO_USAGE = Usage()
