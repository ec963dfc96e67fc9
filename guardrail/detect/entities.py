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


_ORDER = (
    # The surest first: what a check digit vouches for, then what only context tells, then words.
    (Category.SECRET, "credential", "PRIVATE_KEY CONNECTION_STRING JWT SECRET_KEY PASSWORD"),
    (Category.PERSONAL, "national-id", "KZ_IIN"),
    (Category.PERSONAL, "tax-id", "RU_INN"),
    # A BIN identifies a legal entity; it is personal where that is a sole trader or a one-person
    # firm, which the number alone doesn't tell.
    (Category.PERSONAL, "organisation-id", "KZ_BIN RU_OGRNIP RU_OGRN"),
    (Category.PERSONAL, "social-insurance-id", "RU_SNILS"),
    (Category.PERSONAL, "identity-document", "MRZ_CODE KZ_PASSPORT RU_PASSPORT KZ_ID_CARD"),
    (Category.PERSONAL, "health-insurance-id", "RU_OMS UK_NHS"),
    (Category.PERSONAL, "bank-account", "IBAN_CODE RU_BANK_ACCOUNT CRYPTO US_BANK_NUMBER"),
    (Category.PERSONAL, "payment-card", "CREDIT_CARD"),
    (Category.PERSONAL, "device-id", "IMEI"),
    (Category.PERSONAL, "driving", "KZ_DRIVER_LICENSE KZ_LICENSE_PLATE US_DRIVER_LICENSE"),
    (Category.PERSONAL, "national-id", "US_SSN US_ITIN UK_NINO ES_NIF ES_NIE IT_FISCAL_CODE"),
    (Category.PERSONAL, "national-id", "PL_PESEL FI_PERSONAL_IDENTITY_CODE DE_TAX_ID"),
    (Category.PERSONAL, "national-id", "SE_PERSONNUMMER"),
    (Category.PERSONAL, "identity-document", "US_PASSPORT"),
    (Category.PERSONAL, "contact", "EMAIL_ADDRESS PHONE_NUMBER USERNAME"),
    (Category.PERSONAL, "online-id", "IP_ADDRESS MAC_ADDRESS"),
    (Category.PERSONAL, "location", "GEO_COORDINATES STREET_ADDRESS KZ_POST_CODE"),
    (Category.PERSONAL, "birth", "DATE_OF_BIRTH AGE"),
    (Category.SPECIAL, "health", "HEALTH"),
    (Category.SPECIAL, "religion", "RELIGION"),
    (Category.SPECIAL, "ethnicity", "ETHNICITY"),
    (Category.SPECIAL, "political-opinion", "POLITICAL_OPINION"),
    (Category.SPECIAL, "sexual-orientation", "SEXUAL_ORIENTATION"),
    (Category.SPECIAL, "trade-union", "TRADE_UNION"),
    (Category.SPECIAL, "criminal-record", "CRIMINAL_RECORD"),
    (Category.SPECIAL, "minor", "MINOR"),
    (Category.BIOMETRIC, "biometric", "BIOMETRIC_DATA"),
    # What media show, by the names that consent records use (`bio.…`).
    (Category.BIOMETRIC, "bio.template", "BIOMETRIC_TEMPLATE"),
    (Category.BIOMETRIC, "bio.fingerprint", "FINGERPRINT"),
    (Category.BIOMETRIC, "bio.iris", "IRIS"),
    (Category.BIOMETRIC, "bio.face", "FACE"),
    (Category.BIOMETRIC, "bio.voice", "VOICE"),
    (Category.BIOMETRIC, "bio.other_body", "BODY"),
    (Category.BIOMETRIC, "bio.signature", "SIGNATURE"),
    (Category.PERSONAL, "identity-document", "ID_DOCUMENT"),
    (Category.PERSONAL, "location", "GEO_LOCATION"),
    # Uses, some of which consent makes lawful.
    (Category.PROHIBITED, "emotion", "EMOTION_INFERENCE"),
    (Category.PROHIBITED, "bio.identification", "BIOMETRIC_IDENTIFICATION"),
    (Category.PROHIBITED, "bio.verification", "BIOMETRIC_VERIFICATION"),
    (Category.PROHIBITED, "bio.categorisation", "BIOMETRIC_CATEGORISATION"),
    (Category.PROHIBITED, "bio.real-time", "REALTIME_IDENTIFICATION FACE_SCRAPING"),
    (Category.PROHIBITED, "scoring", "SOCIAL_SCORING CRIME_PREDICTION"),
    (Category.PROHIBITED, "manipulation", "MANIPULATION EXPLOITING_VULNERABILITY SCAM"),
    (Category.PROHIBITED, "deep-fake", "IMPERSONATION INTIMATE_IMAGERY CSAM"),
    (Category.PERSONAL, "name", "PERSON TITLE"),
)


class _Entities(dict[str, Entity]):
    """Knows our own entities, and says something of those that an operator's recognizers find."""

    def __missing__(self, name: str) -> Entity:
        """Return what holds for an entity that isn't ours: it loses against any that is."""
        return Entity(category=Category.PERSONAL, pii_type=name, rank=len(self))


ENTITIES: Mapping[str, Entity] = _Entities(
    (name, Entity(category=category, pii_type=pii_type, rank=rank))
    for rank, (category, pii_type, name) in enumerate(
        (category, pii_type, name) for category, pii_type, names in _ORDER for name in names.split()
    )
)
"""Entity names follow Presidio's where it has one; others are ``<country>_<document>``."""
