"""What is measured in which slice, and the least it may be: fast tier, standard tier."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a slice."""

    slice: str
    name: str
    """f1, f2, recall (of characters): of persons. touched, found, found80, characters, right: of
    `labels`. caught, noisy: of whatever is found."""
    fast: float | None = None
    standard: float | None = None
    labels: str = "PERSON"
    """Joined by ``|``; empty for whatever is found."""
    at_most: bool = False
    """The floor is a ceiling."""

    def floor(self, tier: str | None) -> float | None:
        return self.fast if tier == "fast" else self.standard


CHECKED = ("EMAIL_ADDRESS", "IBAN_CODE", "CREDIT_CARD", "KZ_IIN", "KZ_BIN")
DOCUMENTS = "KZ_PASSPORT|KZ_ID_CARD|KZ_DRIVER_LICENSE|KZ_LICENSE_PLATE|RU_PASSPORT|MRZ_CODE"
ADDRESSES = "STREET_ADDRESS|KZ_POST_CODE"
MORE = ("RU_INN", "RU_SNILS", "IMEI", "IP_ADDRESS", "MAC_ADDRESS", "GEO_COORDINATES",
        "DATE_OF_BIRTH", "AGE", "USERNAME")  # fmt: skip
SPECIAL = ("HEALTH", "RELIGION", "ETHNICITY", "POLITICAL_OPINION", "SEXUAL_ORIENTATION",
           "TRADE_UNION", "CRIMINAL_RECORD", "MINOR", "BIOMETRIC_DATA")  # fmt: skip
SECRETS = "SECRET_KEY|PASSWORD|CONNECTION_STRING|JWT|PRIVATE_KEY"

FROM_FILES = (
    Figure("kk-news", "f1", 0.90, 0.92),
    Figure("kk-news", "f2", 0.94, 0.96),
    Figure("kk-news lower", "recall", 0.80, 0.87),
    Figure("kk-news lower", "f1"),
    Figure("kk-news latin", "f1", 0.88, 0.92),
    Figure("kk-news unseen", "touched", 0.75, 0.82),
    Figure("ru-news", "f1", 0.88, 0.92),
    Figure("ru-news lower", "f1", 0.80, 0.84),
    Figure("ru-news unseen", "touched"),
    Figure("ru-other", "f1", 0.80, 0.87),
    Figure("ru-other lower", "f1", 0.65, 0.72),
    Figure("en-web", "f1", 0.65, 0.76),
    Figure("en-web lower", "f1"),
    Figure("en-web unseen", "touched"),
)
"""Of the slices that come from files: LABEL, and what is made of it."""

MADE = (
    Figure("kk names", "f1", 0.95, 0.97),
    Figure("kk names", "f2"),
    Figure("kk names, lower case", "recall", 0.80, 0.87),
    Figure("kk names, lower case", "f1"),
    Figure("kk names, upper case", "f1"),
    Figure("kk names, no Kazakh letters", "f1"),
    Figure("kk names, Latin", "f1", 0.88, 0.92),
    Figure("kk names, unseen", "touched", 0.75, 0.82),
    Figure("kk names, unseen", "f1"),
    Figure("ru names", "f1", 0.80, 0.87),
    Figure("ru names, lower case", "f1", 0.65, 0.72),
    Figure("ru names, upper case", "f1"),
    Figure("ru names, Latin", "f1"),
    Figure("ru names, unseen", "touched"),
    Figure("en names", "f1", 0.65, 0.76),
    Figure("en names, lower case", "f1"),
    Figure("en names, unseen", "touched"),
    *(Figure("identifiers", "found", 0.99, 0.99, label) for label in CHECKED),
    *(Figure("identifiers", "right", 0.99, 0.99, label) for label in CHECKED),
    *(Figure("identifiers", name, 0.97, 0.98, "PHONE_NUMBER") for name in ("found", "right")),
    *(Figure("documents", name, 0.95, 0.97, DOCUMENTS) for name in ("found", "right")),
    *(Figure("documents", "found", labels=label) for label in DOCUMENTS.split("|")),
    Figure("addresses", "found80", 0.80, 0.88, ADDRESSES),
    Figure("addresses", "characters", labels=ADDRESSES),
    Figure("addresses", "right", labels=ADDRESSES),
    *(Figure("more identifiers", "found", labels=label) for label in MORE),
    *(Figure("special categories", "touched", labels=label) for label in SPECIAL),
    Figure("secrets", "found", labels=SECRETS),
    Figure("secrets", "right", labels=SECRETS),
    Figure("negatives", "noisy", 0.02, 0.02, labels="", at_most=True),
    Figure("evasions", "caught", 0.93, 0.95, labels=""),
)  # fmt: skip
"""Of the slices of made-up texts."""
