"""Russia's register numbers of organisations (OGRN) and sole traders (OGRNIP)."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.ru import is_ogrn
from guardrail.detect.text.recognizer import (
    COUNTED,
    ENDS,
    STARTS,
    TextRecognizer,
    Verdict,
    blunt,
    is_glued,
    said,
    words,
)

_OGRN = words(
    r"огрн\w{0,3}", "ogrn", r"ogrnip", r"государственн\w{2,3} регистрационн\w{2,3} номер\w{0,2}"
)


def _judged(text: str, match: re.Match[str]) -> Verdict | None:
    """Accept check digit and structure; surer with context, not at all as a part of a code."""
    start, end = match.span()
    if not is_ogrn(match[0]) or is_glued(text, start, end):
        return None
    if said(_OGRN, text, start):
        return Verdict(start=start, end=end, score=0.97, reason="checksum, structure, context")
    if said(COUNTED, text, start):
        return None
    return Verdict(start=start, end=end, score=0.55, reason="checksum, structure")


_THIRTEEN = rf"[15]{STARTS}[0-9]{{12}}{ENDS}"
_FIFTEEN = rf"3{STARTS}[0-9]{{14}}{ENDS}"


class RuOgrnRecognizer(TextRecognizer):
    """Register number of an organisation: thirteen digits."""

    COUNTRY_CODE = "ru"
    ENTITY = "RU_OGRN"
    SHARP = _THIRTEEN
    PATTERN = blunt(_THIRTEEN)
    TRIGGERS = (r"[0-9]{13}",)
    LONGEST = 13

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept check digit and structure."""
        return _judged(text, match)


class RuOgrnipRecognizer(TextRecognizer):
    """Register number of a sole trader: fifteen digits."""

    COUNTRY_CODE = "ru"
    ENTITY = "RU_OGRNIP"
    SHARP = _FIFTEEN
    PATTERN = blunt(_FIFTEEN)
    TRIGGERS = (r"[0-9]{15}",)
    LONGEST = 15

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept check digit and structure."""
        return _judged(text, match)
