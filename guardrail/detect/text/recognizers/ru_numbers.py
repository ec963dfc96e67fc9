"""Russia's INN, SNILS, and OMS: check digits, and context where the bare digits say too little."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.bank import has_luhn
from guardrail.detect.text.identifiers.ru import is_inn, is_snils
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import (
    ENDS,
    STARTS,
    TextRecognizer,
    Verdict,
    blunt,
    digits_of,
    grouped,
    is_glued,
    run,
    said,
    spelt,
    spoken,
    words,
)

_INN = words(r"инн\w{0,3}", r"inn", r"налогоплательщик\w{0,3}")
_INN_SHAPES = grouped(
    (12,), (4, 8), (4, 4, 4), (3, 3, 3, 3), (6, 6), (2, 10), (10,), (4, 6), (3, 3, 4), (2, 2, 6)
)
_INN_FORM = rf"[0-9]{STARTS}(?:{_INN_SHAPES}|{spelt(12)}|{spelt(10)}){ENDS}"


class RuInnRecognizer(TextRecognizer):
    """Taxpayer number: ten digits of a firm or sole trader's firm, twelve of a person."""

    COUNTRY_CODE = "ru"
    VERSION = "2"
    ENTITY = "RU_INN"
    SHARP = _INN_FORM
    PATTERN = blunt(_INN_FORM)
    TRIGGERS = (run(10), spoken("инн", "inn", "налогоплат"))
    LONGEST = 23
    DIGITS = (10, 0)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a check digit with context."""
        start, end = match.span()
        if not is_inn(digits_of(match[0])) or not said(_INN, text, start):
            return None
        return Verdict(start=start, end=end, score=0.95, reason="checksum, context")


_SNILS = words(
    r"снилс\w{0,3}", r"snils", r"страхов\w{2,6} номер\w{0,2}", r"пенсионн\w{2,3} страх\w{0,9}"
)
_SNILS_FORM = rf"[0-9]{STARTS}(?:{grouped((11,), (3, 3, 3, 2), (9, 2))}|{spelt(11)}){ENDS}"
_WRITTEN = lazily(r"[0-9]{3}-[0-9]{3}-[0-9]{3}[ \-][0-9]{2}")


class RuSnilsRecognizer(TextRecognizer):
    """Insurance number: ``112-233-445 95``, or eleven digits with context."""

    COUNTRY_CODE = "ru"
    VERSION = "2"
    ENTITY = "RU_SNILS"
    SHARP = _SNILS_FORM
    PATTERN = blunt(_SNILS_FORM)
    TRIGGERS = (run(11),)
    LONGEST = 21
    DIGITS = (11, 0)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a check number where it is written as SNILS are, or spoken of."""
        start, end = match.span()
        if is_glued(text, start, end) or not is_snils(digits_of(match[0])):
            return None
        context = said(_SNILS, text, start)
        if not context and _WRITTEN.fullmatch(match[0]) is None:
            return None
        reason = "checksum, context" if context else "checksum, pattern"
        return Verdict(start=start, end=end, score=0.97 if context else 0.8, reason=reason)


_OMS = words(r"омс", r"полис\w{0,3}", r"oms", r"медицинск\w{2,3} страхован\w{2}")
_OMS_FORM = rf"[0-9]{STARTS}(?:{grouped((16,), (2, 14), (3, 13))}|{spelt(4, 4)}|{spelt(16)}){ENDS}"


class RuOmsRecognizer(TextRecognizer):
    """Single number of compulsory health insurance: sixteen digits, the last by Luhn.

    Source: order 88n of the Ministry of Health of 27.02.2023, by secondary sources.
    """

    COUNTRY_CODE = "ru"
    ENTITY = "RU_OMS"
    SHARP = _OMS_FORM
    PATTERN = blunt(_OMS_FORM)
    TRIGGERS = (run(12), spoken("омс", "oms", "полис", "страхован"))
    LONGEST = 31

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a Luhn digit with context."""
        start, end = match.span()
        number = digits_of(match[0])
        if not has_luhn(number) or len(set(number)) == 1 or not said(_OMS, text, start):
            return None
        return Verdict(start=start, end=end, score=0.97, reason="checksum, context")
