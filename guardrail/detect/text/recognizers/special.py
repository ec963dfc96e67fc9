"""Special categories said of a particular person: health, belief, origin, sex life, record, body.

Laws: Kazakhstan's 94-V (personal data of restricted access), GDPR arts 9 and 10. Talk in general
(«что такое диабет?») is no finding: a term counts where something ties it to somebody. A finding's
span is the term alone; what ties it stands around it. Denials count too: «не судим» and «у меня
нет диабета» are statements about record and health.
"""

from __future__ import annotations

from guardrail.detect.text.recognizers import (
    special_beliefs,
    special_biometric,
    special_crime,
    special_health,
    special_identity,
    special_politics,
)
from guardrail.detect.text.recognizers.special_rules import SpecialRecognizer


class HealthRecognizer(SpecialRecognizer):
    """Conditions, diagnoses, ICD-10 codes, pregnancy, disability."""

    ENTITY = "HEALTH"
    RULES = special_health.RULES


class ReligionRecognizer(SpecialRecognizer):
    """What somebody believes, or practises."""

    ENTITY = "RELIGION"
    RULES = special_beliefs.RELIGION


class EthnicityRecognizer(SpecialRecognizer):
    """What people somebody belongs to; citizenship isn't meant."""

    ENTITY = "ETHNICITY"
    RULES = special_identity.ETHNICITY


class PoliticsRecognizer(SpecialRecognizer):
    """Parties, votes and convictions."""

    ENTITY = "POLITICAL_OPINION"
    RULES = special_politics.POLITICS


class OrientationRecognizer(SpecialRecognizer):
    """Whom somebody loves, and which gender they live in."""

    ENTITY = "SEXUAL_ORIENTATION"
    RULES = special_identity.ORIENTATION


class UnionRecognizer(SpecialRecognizer):
    """Membership of a trade union."""

    ENTITY = "TRADE_UNION"
    RULES = special_politics.UNION


class CrimeRecognizer(SpecialRecognizer):
    """Convictions, arrests, prison; that there is none, too."""

    ENTITY = "CRIMINAL_RECORD"
    RULES = special_crime.RULES


class BiometricRecognizer(SpecialRecognizer):
    """A person's fingerprints, face or voice templates, in words or as values."""

    ENTITY = "BIOMETRIC_DATA"
    RULES = special_biometric.RULES


class BiometricValueRecognizer(SpecialRecognizer):
    """The beginning of a biometric template's values, as a record holds them."""

    ENTITY = "BIOMETRIC_DATA"
    RULES = special_biometric.VALUES
    BACKWARD = special_biometric.UNFINISHED_VALUES
    OPENS = False
