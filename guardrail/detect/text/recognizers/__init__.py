"""Our recognizers: small classes of data and a `judge` function, and the network of names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from guardrail.detect.text.disguises import disguise_recognizers
from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers.address import AddressRecognizer
from guardrail.detect.text.recognizers.age import AgeRecognizer
from guardrail.detect.text.recognizers.bank import CardRecognizer, IbanRecognizer
from guardrail.detect.text.recognizers.birth import BirthDateRecognizer
from guardrail.detect.text.recognizers.connection import ConnectionStringRecognizer
from guardrail.detect.text.recognizers.crypto import CryptoRecognizer
from guardrail.detect.text.recognizers.device import ImeiRecognizer
from guardrail.detect.text.recognizers.email import EmailRecognizer
from guardrail.detect.text.recognizers.eu import (
    DeTaxIdRecognizer,
    EsNieRecognizer,
    EsNifRecognizer,
    FiIdentityCodeRecognizer,
    ItFiscalCodeRecognizer,
    PlPeselRecognizer,
    SePersonnummerRecognizer,
)
from guardrail.detect.text.recognizers.geo import GeoRecognizer
from guardrail.detect.text.recognizers.handle import UsernameRecognizer
from guardrail.detect.text.recognizers.keys import JwtRecognizer, PrivateKeyRecognizer
from guardrail.detect.text.recognizers.kz_documents import (
    KzIdCardRecognizer,
    KzPassportRecognizer,
)
from guardrail.detect.text.recognizers.kz_numbers import KzBinRecognizer, KzIinRecognizer
from guardrail.detect.text.recognizers.kz_places import KzPostCodeRecognizer
from guardrail.detect.text.recognizers.kz_vehicles import (
    KzDriverLicenseRecognizer,
    KzPlateRecognizer,
    KzSpokenPlateRecognizer,
)
from guardrail.detect.text.recognizers.minor import MinorAgeRecognizer, MinorRecognizer
from guardrail.detect.text.recognizers.mrz import MrzRecognizer
from guardrail.detect.text.recognizers.names import NameRecognizer
from guardrail.detect.text.recognizers.network import IpRecognizer, MacRecognizer
from guardrail.detect.text.recognizers.password import PasswordRecognizer
from guardrail.detect.text.recognizers.person import PersonRecognizer
from guardrail.detect.text.recognizers.phone import PhoneRecognizer
from guardrail.detect.text.recognizers.ru_bank import RuBankAccountRecognizer
from guardrail.detect.text.recognizers.ru_documents import RuPassportRecognizer
from guardrail.detect.text.recognizers.ru_numbers import (
    RuInnRecognizer,
    RuOmsRecognizer,
    RuSnilsRecognizer,
)
from guardrail.detect.text.recognizers.ru_organisations import (
    RuOgrnipRecognizer,
    RuOgrnRecognizer,
)
from guardrail.detect.text.recognizers.secrets import (
    SecretKeyRecognizer,
    SecretValueRecognizer,
)
from guardrail.detect.text.recognizers.special import (
    BiometricRecognizer,
    BiometricValueRecognizer,
    CrimeRecognizer,
    EthnicityRecognizer,
    HealthRecognizer,
    OrientationRecognizer,
    PoliticsRecognizer,
    ReligionRecognizer,
    UnionRecognizer,
)
from guardrail.detect.text.recognizers.title import TitleRecognizer
from guardrail.detect.text.recognizers.uk import UkNhsRecognizer, UkNinoRecognizer
from guardrail.detect.text.recognizers.us import (
    UsBankNumberRecognizer,
    UsDriverLicenseRecognizer,
    UsItinRecognizer,
    UsPassportRecognizer,
    UsSsnRecognizer,
)

__all__ = ["RECOGNIZERS", "TextRecognizer", "Tier", "recognizers_of"]

Tier = Literal["fast", "standard"]
"""How much is spent on a text. As yet both are the same: ``standard`` is to ask a larger model for
English names, too."""

_SPELT: tuple[type[TextRecognizer], ...] = (
    KzIinRecognizer,
    KzBinRecognizer,
    RuInnRecognizer,
    RuSnilsRecognizer,
    IbanRecognizer,
    CardRecognizer,
    PhoneRecognizer,
    EmailRecognizer,
)
"""What people spell out, split and disguise: numbers with check digits, and ways to reach them."""

_DECODED: tuple[type[TextRecognizer], ...] = (
    *_SPELT,
    KzPassportRecognizer,
    KzIdCardRecognizer,
    KzDriverLicenseRecognizer,
    KzPlateRecognizer,
    KzSpokenPlateRecognizer,
    KzPostCodeRecognizer,
    MrzRecognizer,
    RuPassportRecognizer,
    RuOmsRecognizer,
    RuOgrnRecognizer,
    RuOgrnipRecognizer,
    RuBankAccountRecognizer,
    PersonRecognizer,
    AddressRecognizer,
    BirthDateRecognizer,
    SecretKeyRecognizer,
    PasswordRecognizer,
    ConnectionStringRecognizer,
)
"""What is looked for in decoded text."""

RECOGNIZERS: tuple[type[TextRecognizer], ...] = (
    *_DECODED,
    NameRecognizer,
    TitleRecognizer,
    AgeRecognizer,
    UsernameRecognizer,
    IpRecognizer,
    MacRecognizer,
    ImeiRecognizer,
    CryptoRecognizer,
    GeoRecognizer,
    UsSsnRecognizer,
    UsItinRecognizer,
    UsPassportRecognizer,
    UsDriverLicenseRecognizer,
    UsBankNumberRecognizer,
    UkNhsRecognizer,
    UkNinoRecognizer,
    EsNifRecognizer,
    EsNieRecognizer,
    ItFiscalCodeRecognizer,
    PlPeselRecognizer,
    FiIdentityCodeRecognizer,
    DeTaxIdRecognizer,
    SePersonnummerRecognizer,
    HealthRecognizer,
    ReligionRecognizer,
    EthnicityRecognizer,
    PoliticsRecognizer,
    OrientationRecognizer,
    UnionRecognizer,
    CrimeRecognizer,
    BiometricRecognizer,
    BiometricValueRecognizer,
    MinorRecognizer,
    MinorAgeRecognizer,
    SecretValueRecognizer,
    JwtRecognizer,
    PrivateKeyRecognizer,
)
"""Every recognizer of plain text; Presidio's predefined ones are never used."""


def recognizers_of(tier: Tier) -> Sequence[TextRecognizer]:
    """Return the recognizers of a tier, made anew, those of disguised values among them.

    The tiers differ in how much is asked about a name.
    """
    plain: dict[type[TextRecognizer], TextRecognizer] = {
        kind: NameRecognizer(tier) if kind is NameRecognizer else kind() for kind in RECOGNIZERS
    }
    disguised = disguise_recognizers(
        numbers=[plain[kind] for kind in _SPELT], everything=[plain[kind] for kind in _DECODED]
    )
    return (*plain.values(), *disguised)
