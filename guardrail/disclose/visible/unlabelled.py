"""What is raised where a label can't be put onto a medium, and the bounds within which it is."""

from __future__ import annotations

from dataclasses import dataclass


class Unlabelled(Exception):  # noqa: N818 - it is a verdict, not an error
    """A medium can't be labelled. `reason` is a slug, as ``too_small``."""

    def __init__(self, reason: str) -> None:
        """Take the reason: lower case and underscores, without anything of the data."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is labelled at most. What is over a bound isn't labelled, never labelled in part."""

    encoded_bytes: int = 64 << 20
    pixels: int = 40_000_000
    """Of one frame."""
    moving_pixels: int = 160_000_000
    """Of all frames of an animation, or pages of a TIFF."""
    frames: int = 1_000
    film_pixels: int = 2_000_000_000
    """Of all frames of a film: 90 seconds of 1280 x 720 with 24 frames in each."""
    film_frames: int = 20_000
    film_growth: int = 15 << 20
    """Bytes by which a film may become larger."""
    samples: int = 200_000_000
    """Of sound, all channels together: 19 minutes of stereo at 88.2 kHz, an hour at 26 kHz."""
    pages: int = 1_000
    """Of a PDF; slides or sheets of an Office file."""
    preface_seconds: float = 30.0
    """Of the operator's own spoken words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A medium that shows or says that AI made it."""

    data: bytes
    mime: str
    words: str
    """What is to be read or heard: the alternative text for those who can't."""
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Left, top, width, height of the label in the upright picture, in pixels."""
    letter_height: int = 0
    """Of capital letters, in pixels."""
    seconds: float = 0.0
    """Of sound that was put before the rest."""
