"""Kazakhstan's passport and identity card: no check digit, so only what is said before counts."""

from __future__ import annotations

import re

from guardrail.detect.text.recognizer import (
    TextRecognizer,
    Verdict,
    ends_clean,
    is_glued,
    said,
    starts_clean,
    words,
)

_PASSPORT = words(r"паспорт\w{0,4}", r"төл ?құжат\w{0,8}", r"tólqujat", r"passports?")
_ID_CARD = words(
    r"удостоверени[еяюй]\w{0,2}", r"уд\.? ?личности", r"удв", r"удл", r"жеке куәлі\w{0,10}",
    r"куәлік\w{0,8}", r"куәлігі\w{0,6}", r"id[ -]?cards?", r"identity cards?", r"national id",
)  # fmt: skip


class KzPassportRecognizer(TextRecognizer):
    """Passport number: N and eight digits, seven in older ones."""

    COUNTRY_CODE = "kz"
    ENTITY = "KZ_PASSPORT"
    PATTERN = r"[Nn] ?[0-9]{7,8}"
    TRIGGERS = (PATTERN, r"(?i)паспорт|құжат|qujat|passport")
    BACKWARD = r"[0-9]{0,8} [Nn]"
    LONGEST = 10

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where a passport is spoken of."""
        start, end = match.span()
        apart = ends_clean(text, end) and not is_glued(text, start, end)
        if (
            not apart
            or text[max(0, start - 1) : start].isalnum()
            or not said(_PASSPORT, text, start)
        ):
            return None
        return Verdict(start=start, end=end, score=0.85, reason="pattern, context")


class KzIdCardRecognizer(TextRecognizer):
    """Number of an identity card: nine digits."""

    COUNTRY_CODE = "kz"
    ENTITY = "KZ_ID_CARD"
    PATTERN = r"[0-9]{9}"
    TRIGGERS = (PATTERN, r"(?i)удостов|личности|уд[вл]|куәлі|card|national id")
    LONGEST = 9

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where an identity card is spoken of."""
        start, end = match.span()
        apart = starts_clean(text, start) and ends_clean(text, end)
        if not apart or is_glued(text, start, end) or not said(_ID_CARD, text, start):
            return None
        return Verdict(start=start, end=end, score=0.75, reason="pattern, context")
