"""Personal numbers of states of the European Union, each by its own check."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from guardrail.detect.text.identifiers.eu import (
    is_finnish,
    is_german,
    is_italian,
    is_nie,
    is_nif,
    is_pesel,
    is_swedish,
)
from guardrail.detect.text.recognizer import (
    TextRecognizer,
    Verdict,
    ends_clean,
    is_glued,
    said,
    starts_clean,
    words,
)


class EuropeanRecognizer(TextRecognizer):
    """What is checked alike for all: apart from its surroundings, right check, context or not."""

    CHECK: ClassVar[Callable[[str], bool]]
    CONTEXT: ClassVar[re.Pattern[str]]
    ALONE: ClassVar[float | None] = None
    """Score without context; None where the shape says too little."""

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a right check with context, or alone where the structure is strict."""
        start, end = match.span()
        apart = starts_clean(text, start) and ends_clean(text, end)
        alone = not (text[max(0, start - 1) : start].isalnum() or text[end : end + 1].isalnum())
        if not (apart and alone) or is_glued(text, start, end):
            return None
        if not type(self).CHECK(self.plain(match[0])):
            return None
        if said(self.CONTEXT, text, start):
            return Verdict(start=start, end=end, score=0.95, reason="checksum, context")
        if self.ALONE is None or match[0] != match[0].upper():
            return None
        return Verdict(start=start, end=end, score=self.ALONE, reason="checksum, structure")

    def plain(self, value: str) -> str:
        """Return `value` as `CHECK` takes it."""
        return value.replace(" ", "").replace("-", "").upper()

    def resume(self, text: str, match: re.Match[str]) -> int:  # noqa: ARG002 - the base's signature
        """Look on from the next character: a code may start inside a rejected match."""
        return match.start() + 1


class EsNifRecognizer(EuropeanRecognizer):
    """Spain's DNI number with its letter."""

    COUNTRY_CODE = "es"
    ENTITY = "ES_NIF"
    PATTERN = "[0-9]{8}[ -]?[A-Za-z]"
    TRIGGERS = (PATTERN,)
    BACKWARD = "[ -][0-9]{8}"
    LONGEST = 10
    DIGITS = (8, 0)
    CHECK = is_nif
    CONTEXT = words("nif", "dni", "documento nacional de identidad", "identificaci[oó]n")
    ALONE = 0.55


class EsNieRecognizer(EuropeanRecognizer):
    """Spain's number of a foreigner."""

    COUNTRY_CODE = "es"
    ENTITY = "ES_NIE"
    PATTERN = "[X-Zx-z][ -]?[0-9]{7}[ -]?[A-Za-z]"
    TRIGGERS = (PATTERN,)
    BACKWARD = "[ -]?(?:[0-9]{7}[ -]?|[0-9]{0,7}[ -])[X-Zx-z]"
    LONGEST = 11
    CHECK = is_nie
    CONTEXT = words("nie", "n[uú]mero de identificaci[oó]n de extranjero", "identificaci[oó]n")
    ALONE = 0.6


class ItFiscalCodeRecognizer(EuropeanRecognizer):
    """Italy's codice fiscale of a person."""

    COUNTRY_CODE = "it"
    ENTITY = "IT_FISCAL_CODE"
    PATTERN = "[A-Za-z]{6}[0-9A-Za-z]{2}[A-Za-z][0-9A-Za-z]{2}[A-Za-z][0-9A-Za-z]{3}[A-Za-z]"
    TRIGGERS = ("[A-Za-z]{6}[0-9LMNP-Vl-v]{2}[A-Ta-t][0-9LMNP-Vl-v]{2}[A-Ma-m][0-9LMNP-Vl-v]{3}",)
    BACKWARD = ""
    LONGEST = 16
    CHECK = is_italian
    CONTEXT = words("codice fiscale", "cod[. ]{1,2}fisc(?:ale)?", "c[.]f[.]?", "cf", "fiscal code")
    ALONE = 0.95


class PlPeselRecognizer(EuropeanRecognizer):
    """Poland's PESEL: eleven digits, as many as a phone has, so only with context."""

    COUNTRY_CODE = "pl"
    ENTITY = "PL_PESEL"
    PATTERN = "[0-9]{11}"
    TRIGGERS = (PATTERN, "(?i)pesel")
    LONGEST = 11
    CHECK = is_pesel
    CONTEXT = words(r"pesel\w{0,3}")


class FiIdentityCodeRecognizer(EuropeanRecognizer):
    """Finland's henkilötunnus."""

    COUNTRY_CODE = "fi"
    ENTITY = "FI_PERSONAL_IDENTITY_CODE"
    PATTERN = "[0-9]{6}[+A-FYXWVUa-fyxwvu-][0-9]{3}[0-9A-Ya-y]"
    TRIGGERS = (PATTERN,)
    LONGEST = 11
    CHECK = is_finnish
    CONTEXT = words(
        r"hetu\w{0,3}", r"henkilötunnu\w{0,6}", r"personbeteckning\w{0,3}", "personal identity code"
    )
    ALONE = 0.85

    def plain(self, value: str) -> str:
        """Return `value` in upper case: the sign between tells the century."""
        return value.upper()


class DeTaxIdRecognizer(EuropeanRecognizer):
    """Germany's tax number for life: eleven digits, as many as a phone has, so with context."""

    COUNTRY_CODE = "de"
    ENTITY = "DE_TAX_ID"
    PATTERN = "[0-9]{11}|[0-9]{2} [0-9]{3} [0-9]{3} [0-9]{3}"
    TRIGGERS = (PATTERN, "(?i)steuer|idnr|identifikations|bzst|tax id")
    LONGEST = 14
    CHECK = is_german
    CONTEXT = words(
        r"steuer-?(?:id|idnr|identifikationsnummer|nummer)\.?",
        r"steuerliche\w{0,2} identifikations?\w{0,6}",
        r"persönliche\w{0,2} identifikationsnummer",
        r"(?:steuer )?id-?nr\.?",
        "bzst",
        "german tax id",
    )


class SePersonnummerRecognizer(EuropeanRecognizer):
    """Sweden's personnummer or samordningsnummer: a date and four digits, so only with context."""

    COUNTRY_CODE = "se"
    ENTITY = "SE_PERSONNUMMER"
    PATTERN = "(?:19|20)?[0-9]{6}[+-]?[0-9]{4}"
    TRIGGERS = ("[0-9]{6}[+-]?[0-9]{4}", "(?i)personn|samordnings|svensk|swedish|personal identity")
    LONGEST = 13
    CHECK = is_swedish
    CONTEXT = words(
        r"personnummer\w{0,4}", "personnr", r"samordningsnummer\w{0,4}", "svenskt? id",
        "personal identity number", "swedish id",
    )  # fmt: skip

    def plain(self, value: str) -> str:
        """Return the last ten digits."""
        return value.replace("+", "").replace("-", "")[-10:]
