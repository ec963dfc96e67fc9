"""How long evidence is kept: what the packs ask, and what the operator may choose within it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guardrail.errors import ConfigError

if TYPE_CHECKING:
    from guardrail.policy.pack import Pack

FLOOR_DAYS = 183
"""Six months, the shortest that any law here names: less is never kept, whatever the packs say."""
FLOOR_ARTICLE = "Reg. (EU) 2024/1689 art. 19(1), 26(6)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long one law wants logs to be kept."""

    days: int
    """Kept where the operator says nothing."""
    at_least: int
    """What the operator may go down to."""
    article: str
    """The article it rests on."""
    source: str
    """Where the text of the law was read."""
    verify_with_counsel: bool
    """True where the official text wasn't read or the reading isn't settled."""
    remark: str


def retention_days(packs: Sequence[Pack], wanted: int = 0) -> int:
    """Return for how many days evidence is kept: the longest time that a pack in use asks for.

    Args:
        packs: those in use.
        wanted: the operator's own; 0 for none.

    Raises:
        ConfigError: `wanted` is less than the law asks for.
    """
    kept = [pack.retention for pack in packs if pack.retention is not None]
    if not wanted:
        return max([FLOOR_DAYS, *(one.days for one in kept)])
    least, article = max(
        ((one.at_least, one.article) for one in kept), default=(FLOOR_DAYS, FLOOR_ARTICLE)
    )
    if least < FLOOR_DAYS:
        least, article = FLOOR_DAYS, FLOOR_ARTICLE
    if wanted < least:
        raise ConfigError(
            f"evidence.retention_days = {wanted}: logs are kept for {least} days at least "
            f"({article})",
            fix=f"set {least} or more, or 0 for what the packs ask",
        )
    return wanted
