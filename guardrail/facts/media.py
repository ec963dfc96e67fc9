"""What an inspection of media saw: material, templates, places, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from guardrail.facts.finding import Category, Tier

Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels of the upright picture (its orientation applied)."""


HOLDS_MEDIA = "holds_media"
"""The flag of a document that holds pictures, sound or film of its own."""


class Verdict(StrEnum):
    """Whether media could be looked into at all."""

    INSPECTED = "inspected"
    UNINSPECTABLE = "media_uninspectable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What an inspection saw in one medium: kind and place, never the data itself."""

    entity: str
    """As ``FACE``, ``FINGERPRINT``, ``VOICE``, ``BIOMETRIC_TEMPLATE``, ``GEO_LOCATION``."""
    category: Category
    tier: Tier
    score: float
    """0 to 1."""
    recognizer: str
    """Name and version, as ``YuNet@2023mar``."""
    reason: str = ""
    """Why, in a few words without the value: ``ISO/IEC 19794-2``, ``exif gps``."""
    box: Box | None = None
    part: str = ""
    """Where inside of the medium, as ``page 2``, ``frame 3``, ``word/media/image1.png``: numbers
    and names of a format's own, never names that people gave."""
    item: int = 0
    """Index of the medium among those of its message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What an inspection of one medium came to."""

    verdict: Verdict
    reason: str = ""
    """Why it couldn't be looked into, as ``too_many_pixels``; empty where it could."""
    medium: str = ""
    """What it is by its content, as ``image/jpeg``; empty where that is unknown."""
    seen: tuple[Seen, ...] = ()
    flags: tuple[str, ...] = ()
    """What is odd about it, as ``trailing_data``, ``declared_type_differs``; and `HOLDS_MEDIA`."""
