"""What a detector saw, and what consent says of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Category(StrEnum):
    """Which part of the law protects a value."""

    PERSONAL = "personal"
    SPECIAL = "special"
    BIOMETRIC = "biometric"
    SECRET = "secret"  # noqa: S105 - a category's name
    PROHIBITED = "prohibited"
    """A use that the law forbids or binds to consent, rather than data (230-VIII art. 17(3))."""


class Tier(StrEnum):
    """How sure a detector is. Packs may ask for less where the tier is lower."""

    SUSPECT = "suspect"
    CERTAIN = "certain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a detector saw: where and how sure, never the value itself.

    `start` and `end` are Unicode code points of the segment's original text, end exclusive.
    """

    segment: int
    """Index of the segment in its message."""
    start: int
    end: int
    entity: str
    """Presidio's entity name, as ``KZ_IIN`` or ``EMAIL_ADDRESS``."""
    category: Category
    score: float
    """0 to 1."""
    recognizer: str
    """Name and version, as ``KzIinRecognizer@1``."""
    reason: str = ""
    """Why, in a few words without the value: ``checksum``, ``context``, ``pattern``."""
    tier: Tier = Tier.CERTAIN


class Consent(StrEnum):
    """What the consent registry says of a finding."""

    COVERED = "covered"
    MISSING = "missing"
    NOT_COVERED = "not_covered"
    """There is consent, but not for this kind of data, purpose or recipient."""
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    INVALID = "invalid"
    """A token was sent that doesn't verify."""
    THIRD_PERSON = "third_person"
    """The value belongs to somebody else than the consenting person."""


class Found(Protocol):
    """What findings in text and in media have in common."""

    @property
    def entity(self) -> str:
        """Its name, as ``KZ_IIN`` or ``FACE``."""
        ...

    @property
    def category(self) -> Category:
        """Which part of the law protects it."""
        ...

    @property
    def score(self) -> float:
        """How likely it is, 0 to 1."""
        ...

    @property
    def tier(self) -> Tier:
        """How sure the detector is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A finding together with what consent or another lawful basis says of it."""

    finding: Found
    consent: Consent
    record: str = ""
    """Id of the consent record that was decisive, or an empty string."""
    basis: str = ""
    """The lawful basis, as ``consent``, or an empty string."""
