"""What a watermark does, so that another one can stand in the built-in one's place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Height x width, or height x width x 3 in any order of colours that is kept."""

MESSAGE_BYTES = 5
"""What a mark carries: 40 bits. With its 24 bits of a keyed check they are 64."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A mark that was found."""

    message: bytes
    """`MESSAGE_BYTES` long."""
    scale: float
    """Of this picture by the one that was marked: 0.5 where it is half as wide."""
    strength: float
    """Standard deviations by which the mark stands out of the picture."""
    technique: str


class Watermark(Protocol):
    """Hides a message in pixels, and finds it again without the picture that it was hidden in."""

    @property
    def technique(self) -> str:
        """Name and version, to be told of each mark."""
        ...

    def embed(self, pixels: Pixels, message: bytes) -> Pixels:
        """Return pixels with `message` in them.

        Raises:
            Unmarked: The picture can't hold it.
        """
        ...

    def detect(self, pixels: Pixels) -> Reading | None:
        """Return the message that is in `pixels`, or None, which proves nothing."""
        ...


class Unmarked(Exception):  # noqa: N818 - it is a verdict, not an error
    """A picture can't hold a mark. `reason` is a slug, as ``too_small``."""

    def __init__(self, reason: str) -> None:
        """Take the reason: lower case and underscores, without anything of the data."""
        super().__init__(reason)
        self.reason = reason
