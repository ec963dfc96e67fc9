"""Names of a stream's channels, with gaps that each event fills.

``choices[*].content``: a ``*`` is the index at the ``*`` of the path that the text stands at.
``output[{output_index}].text``: a name in braces is what the event has at that path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_GAP = re.compile(r"(\*|\{[^{}]*\})")
_LABEL = r"[^.\[\]]+"


@dataclass(frozen=True, slots=True)
class ChannelName:
    """A name with gaps."""

    pieces: tuple[str, ...]
    """What stands around the gaps: one more than these."""
    gaps: tuple[tuple[str, ...], ...]
    """Paths of members; an empty one is the next ``*``."""

    @property
    def stars(self) -> int:
        """How many gaps the path's ``*`` fill."""
        return self.gaps.count(())

    def filled(self, labels: Iterable[str | int]) -> str:
        """Return the name with a label in each gap."""
        filled = (piece + str(label) for piece, label in zip(self.pieces, labels, strict=False))
        return "".join(filled) + self.pieces[-1]

    def pattern(self) -> re.Pattern[str]:
        """Return what matches the beginning of channels that are named below this one."""
        return re.compile(_LABEL.join(map(re.escape, self.pieces)) + r"(?=[.\[]|\Z)")


def channel_name(text: str) -> ChannelName:
    """Read a name with its gaps."""
    parts = _GAP.split(text)
    gaps = (() if gap == "*" else tuple(gap[1:-1].split(".")) for gap in parts[1::2])
    return ChannelName(pieces=tuple(parts[::2]), gaps=tuple(gaps))
