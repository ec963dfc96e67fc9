"""Numbers of the United States: with context, or written in a way that little else is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from guardrail.detect.text.identifiers.us import is_itin, is_routing_number, is_ssn
from guardrail.detect.text.lazily import lazily
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

_SSN = words(
    r"ssns?", r"ssn_?\w{0,6}", "ss#", "social_security", "social security", r"соцстрах\w{0,5}"
)
_ITIN = words("itins?", "tax[_-]?id", "taxpayers?", "tin#?")
_US_PASSPORT = words(
    r"(?:us|u\.s\.|usa|american|united states) passport\w{0,2}",
    r"passport (?:card|us|usa)",
    r"паспорт\w{0,2} (?:сша|гражданина сша)",
    r"американск\w{2,3} паспорт\w{0,3}",
    r"ақш паспорт\w{0,6}",
)
_PASSPORT = words(
    r"passport (?:no|number|num|#|№|id)\.?", r"passport_(?:no|number|num|id)", "passport"
)
_LICENSE = words(
    r"driver(?:'s|s|’s|s')? ?[_\-]?licen[sc]es?",
    r"driving licen[sc]es?",
    r"dl ?(?:#|no\.?|number)?",
    "cdl",
    r"license (?:no|number|#)\.?",
)
_ACCOUNT = words(
    r"(?:bank|checking|savings?|debit) (?:account|acct|a/c)s?",
    r"bank_account\w{0,7}",
    r"account(?: |_)?(?:no|number|num|#|№)\.?",
    r"acct\.?(?: ?#| no\.?)?",
    r"a/c(?: no\.?)?",
)
_ROUTING = words(r"routing(?:[ _](?:no|number|#)\.?)?", r"aba(?:[ _](?:no|number|#)\.?)?", "rtn")
_GROUPED = lazily(r"[0-9]{3}([ .\-])[0-9]{2}\1[0-9]{4}")


def _apart(text: str, start: int, end: int) -> bool:
    """Tell whether the span is a number of its own, not a part of a longer one or of a code."""
    clean = starts_clean(text, start) and ends_clean(text, end) and not is_glued(text, start, end)
    return (
        clean and not _MORE.match(text, end) and not _BEFORE.search(text[max(0, start - 2) : start])
    )


_MORE = lazily("[-/][0-9]")
_BEFORE = lazily("[0-9][-/]")


class _NineDigits(TextRecognizer):
    """What SSN and ITIN have in common: three, two and four digits."""

    PATTERN = r"[0-9]{3}[ .\-]?[0-9]{2}[ .\-]?[0-9]{4}"
    LONGEST = 11
    DIGITS = (9, 0)

    CHECK: ClassVar[Callable[[str], bool]]
    CONTEXT: ClassVar[re.Pattern[str]]

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept with dashes, or where it is spoken of."""
        start, end = match.span()
        if not _apart(text, start, end) or not type(self).CHECK(digits_of(match[0])):
            return None
        grouped = _GROUPED.fullmatch(match[0])
        if said(self.CONTEXT, text, start):
            score = 0.9 if grouped else 0.8
            return Verdict(start=start, end=end, score=score, reason="structure, context")
        if grouped is None or grouped[1] != "-":
            return None
        return Verdict(start=start, end=end, score=0.6, reason="structure, pattern")


class UsSsnRecognizer(_NineDigits):
    """Social security number."""

    COUNTRY_CODE = "us"
    ENTITY = "US_SSN"
    TRIGGERS = (_NineDigits.PATTERN,)
    CHECK = is_ssn
    CONTEXT = _SSN


class UsItinRecognizer(_NineDigits):
    """Individual taxpayer identification number."""

    COUNTRY_CODE = "us"
    ENTITY = "US_ITIN"
    PATTERN = r"9[0-9]{2}[ .\-]?[0-9]{2}[ .\-]?[0-9]{4}"
    TRIGGERS = (PATTERN,)
    CHECK = is_itin
    CONTEXT = _ITIN


class UsPassportRecognizer(TextRecognizer):
    """Passport book: nine digits, or since 2021 a letter and eight digits."""

    COUNTRY_CODE = "us"
    ENTITY = "US_PASSPORT"
    PATTERN = r"[A-Za-z]?[0-9]{8,9}"
    TRIGGERS = (r"[A-Za-z0-9][0-9]{8}", r"(?i)passport|паспорт")
    LONGEST = 10
    DIGITS = (8, 1)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where a passport is spoken of; N with eight digits is Kazakhstan's otherwise."""
        start, end = match.span()
        if len(match[0]) != 9 or not _apart(text, start, end):
            return None
        if said(_US_PASSPORT, text, start):
            return Verdict(start=start, end=end, score=0.88, reason="pattern, context")
        if match[0][0] in "Nn" or not said(_PASSPORT, text, start):
            return None
        return Verdict(start=start, end=end, score=0.6, reason="pattern, context")


class UsDriverLicenseRecognizer(TextRecognizer):
    """Driver's license of any state: letters and digits in one word, seven to 19 of them."""

    COUNTRY_CODE = "us"
    ENTITY = "US_DRIVER_LICENSE"
    PATTERN = r"[A-Za-z]{0,3}[0-9]{3,18}[A-Za-z]{0,3}[0-9]{0,6}"
    TRIGGERS = (r"[0-9]{3}", r"(?i)licen[sc]e|\bdl\b|\bcdl\b")
    LONGEST = 30
    DIGITS = (3, 3)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a word of a usual length where a license is spoken of."""
        start, end = match.span()
        digits = len(digits_of(match[0]))
        if not 7 <= len(match[0]) <= 19 or digits < 5 or not _apart(text, start, end):
            return None
        if not said(_LICENSE, text, start):
            return None
        return Verdict(start=start, end=end, score=0.7, reason="pattern, context")

    def resume(self, text: str, match: re.Match[str]) -> int:  # noqa: ARG002 - the base's signature
        """Look on behind the whole word: a license is no part of one."""
        return match.end()


class UsBankNumberRecognizer(TextRecognizer):
    """Account number: eight to 17 digits, or a routing number with its check digit."""

    COUNTRY_CODE = "us"
    ENTITY = "US_BANK_NUMBER"
    PATTERN = "[0-9]{8,18}"
    TRIGGERS = ("[0-9]{8}", r"(?i)account|acct|a/c|routing|\baba\b|\brtn\b")
    LONGEST = 18
    DIGITS = (8, 0)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where an account or a routing number is spoken of."""
        start, end = match.span()
        if len(match[0]) > 17 or not _apart(text, start, end):
            return None
        if len(match[0]) == 9 and is_routing_number(match[0]) and said(_ROUTING, text, start):
            return Verdict(start=start, end=end, score=0.85, reason="checksum, context")
        if not said(_ACCOUNT, text, start):
            return None
        return Verdict(start=start, end=end, score=0.65, reason="pattern, context")
