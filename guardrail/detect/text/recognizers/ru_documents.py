"""Russia's passport: four digits of a series and six of a number, with context."""

from __future__ import annotations

import re

from guardrail.detect.text.recognizer import (
    ENDS,
    STARTS,
    TextRecognizer,
    Verdict,
    blunt,
    is_glued,
    said,
    spoken,
    words,
)

_PASSPORT = words(
    r"паспорт\w{0,4}", r"сери[яиюей]\w{0,1}", r"passports?", r"pasport\w{0,3}", r"пасп\.?",
    r"удостоверя\w{2,4} личность",
)  # fmt: skip
_NUMBER = r"[ ,;]{0,2}(?:№|#|N|(?i:номером|номера|номер|ном\.?|н\.|no\.?|number))[ :.№]{0,3}"
_FORM = (
    rf"[0-9]{STARTS}[0-9][ \-]?[0-9]{{2}}(?:{_NUMBER}|[ \-/,]? ?)[0-9]{{3}}[ \-]?[0-9]{{3}}{ENDS}"
)


class RuPassportRecognizer(TextRecognizer):
    """Series and number of an internal passport: ``45 10 123456``, ``4510 № 123456``."""

    COUNTRY_CODE = "ru"
    VERSION = "2"
    ENTITY = "RU_PASSPORT"
    SHARP = _FORM
    PATTERN = blunt(_FORM)
    TRIGGERS = (
        r"[0-9]{3}[ \-]?[0-9]{3}",
        spoken("паспорт", "пасп", "сери", "passport", "pasport", "удостоверя"),
    )
    BACKWARD = (
        r"(?:[0-9]{0,3}[ \-]?[0-9]{0,3}[ :.№]{0,3}(?:№|#|N|[а-яА-Яa-zA-Z.]{0,7})?[ \-/,;]{0,2})?"
        r"[0-9]{2}[ \-]?[0-9]{2}"
    )
    LONGEST = 25
    DIGITS = (4, 0)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where a passport or its series is spoken of."""
        start, end = match.span()
        if is_glued(text, start, end) or not said(_PASSPORT, text, start):
            return None
        return Verdict(start=start, end=end, score=0.8, reason="pattern, context")
