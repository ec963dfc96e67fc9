"""What each entity is: the law's category, and the kind of data that consent is given for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guardrail.facts import Category


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """What is known of an entity besides its name."""

    category: Category
    pii_type: str
    """The kind of data, in words that consent records use: ``national-id``, ``contact``…"""
    rank: int
    """Decides between findings of equal score and length: the lower wins."""


def _personal(pii_type: str, rank: int) -> Entity:
    return Entity(category=Category.PERSONAL, pii_type=pii_type, rank=rank)


ENTITIES: Mapping[str, Entity] = {
    "KZ_IIN": _personal("national-id", 0),
    "RU_INN": _personal("tax-id", 1),
    # A BIN identifies a legal entity; it is personal where that is a sole trader or a one-person
    # firm, which the number alone doesn't tell.
    "KZ_BIN": _personal("organisation-id", 2),
    "RU_SNILS": _personal("social-insurance-id", 3),
    "KZ_PASSPORT": _personal("identity-document", 4),
    "RU_PASSPORT": _personal("identity-document", 5),
    "KZ_ID_CARD": _personal("identity-document", 6),
    "IBAN_CODE": _personal("bank-account", 7),
    "CREDIT_CARD": _personal("payment-card", 8),
    "EMAIL_ADDRESS": _personal("contact", 9),
    "PHONE_NUMBER": _personal("contact", 10),
    "PERSON": _personal("name", 11),
}
"""Entity names follow Presidio's where it has one; others are ``<country>_<document>``."""
