"""The signed manifest that goes beside a reply that is a text: where it will be, or why it isn't.

A page names its manifest, and the manifest has the page's hash: so the address comes first, the
page with it next, and then the manifest. Where that fails the page is made again without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from guardrail.disclose.layers import BESIDE, SIGNED


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A manifest beside a text."""

    address: str = ""
    """Path of its URL; empty for none."""
    reason: str = ""
    """Why one that was wanted isn't there: a slug."""

    @property
    def layers(self) -> Mapping[str, int]:
        """How evidence counts it."""
        return {BESIDE: 1} if self.address else _NOTHING

    @property
    def missing(self) -> Mapping[str, int]:
        """How evidence counts one that isn't there."""
        return {f"{SIGNED}_{self.reason}": 1} if self.reason else _NOTHING


_NOTHING: Mapping[str, int] = MappingProxyType({})
NOTHING_BESIDE = Beside()
