"""How much of a medium is looked at, at most; and what is raised where that isn't enough."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Bounds on one medium. What is over a bound is uninspectable, never half inspected."""

    encoded_bytes: int = 20 << 20
    """Of the medium as it came, after base64."""
    pixels: int = 40_000_000
    """Of one picture, by its header."""
    frames: int = 8
    """Of an animated picture, evenly spaced."""
    key_frames: int = 20
    """Of a video."""
    sound_seconds: float = 60.0
    """Of a recording that are listened to."""
    parts: int = 64
    """Pictures and recordings inside of one document or archive."""
    depth: int = 3
    """Documents in documents."""
    ratio: int = 200
    """How many times larger compressed data may grow."""
    unpacked_bytes: int = 64 << 20
    """Of everything that is unpacked from one medium."""
    irises: bool = False
    """Whether eyes are looked for, too: experimental, so only where somebody asked."""


class Uninspectable(Exception):  # noqa: N818 - it is a verdict, not an error
    """A medium can't be looked into. `reason` is a slug, as ``too_many_pixels``."""

    def __init__(self, reason: str) -> None:
        """Take the reason: lower case and underscores, without anything of the data."""
        super().__init__(reason)
        self.reason = reason
