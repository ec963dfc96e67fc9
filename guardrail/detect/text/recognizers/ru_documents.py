"""Russia's passport: four digits of a series and six of a number, with context."""

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

_PASSPORT = words(r"паспорт\w{0,4}", r"сери[яиюей]\w{0,1}", r"passports?")


class RuPassportRecognizer(TextRecognizer):
    """Series and number of an internal passport: ``45 10 123456``, ``4510 № 123456``."""

    COUNTRY_CODE = "ru"
    ENTITY = "RU_PASSPORT"
    PATTERN = r"[0-9]{2} ?[0-9]{2}(?:[ \-]?|,? ?(?:№|N|номер|no\.?) ?)[0-9]{6}"
    TRIGGERS = (PATTERN, r"(?i)паспорт|сери|passport")
    BACKWARD = r"[0-9]{0,6} ?(?:№|N|\.?o?n|р?е?м?о?н)? ?,?[0-9]{2} ?[0-9]{2}"
    LONGEST = 20

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where a passport or its series is spoken of."""
        start, end = match.span()
        apart = starts_clean(text, start) and ends_clean(text, end)
        if not apart or is_glued(text, start, end) or not said(_PASSPORT, text, start):
            return None
        return Verdict(start=start, end=end, score=0.8, reason="pattern, context")
