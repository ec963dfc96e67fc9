"""Russia's INN and SNILS: check digits, and context where the bare digits say too little."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.ru import is_inn, is_snils
from guardrail.detect.text.recognizer import (
    TextRecognizer,
    Verdict,
    digits_of,
    ends_clean,
    is_glued,
    said,
    starts_clean,
    words,
)

_INN = words(r"инн", r"inn", r"налогоплательщика")
_SNILS = words(r"снилс\w{0,3}", r"snils", r"страхов\w{2,6} номер\w{0,2}")
_WRITTEN = re.compile(r"[0-9]{3}-[0-9]{3}-[0-9]{3}[ \-][0-9]{2}")


class RuInnRecognizer(TextRecognizer):
    """Taxpayer number: ten digits of a firm or sole trader's firm, twelve of a person."""

    COUNTRY_CODE = "ru"
    ENTITY = "RU_INN"
    PATTERN = r"[0-9]{10}(?:[0-9]{2})?"
    TRIGGERS = (r"[0-9]{10}", r"(?i)инн|inn|налогоплат")
    LONGEST = 12

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a check digit with context."""
        start, end = match.span()
        if not (starts_clean(text, start) and ends_clean(text, end)) or not is_inn(match[0]):
            return None
        if not said(_INN, text, start):
            return None
        return Verdict(start=start, end=end, score=0.95, reason="checksum, context")


class RuSnilsRecognizer(TextRecognizer):
    """Insurance number: ``112-233-445 95``, or eleven digits with context."""

    COUNTRY_CODE = "ru"
    ENTITY = "RU_SNILS"
    PATTERN = r"[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{2}"
    TRIGGERS = (PATTERN,)
    LONGEST = 14

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a check number where it is written as SNILS are, or spoken of."""
        start, end = match.span()
        apart = starts_clean(text, start) and ends_clean(text, end)
        if not apart or is_glued(text, start, end) or not is_snils(digits_of(match[0])):
            return None
        context = said(_SNILS, text, start)
        if not context and _WRITTEN.fullmatch(match[0]) is None:
            return None
        reason = "checksum, context" if context else "checksum, pattern"
        return Verdict(start=start, end=end, score=0.97 if context else 0.8, reason=reason)
