"""Kazakhstan's passport and identity card: no check digit, so only what is said before counts.

Formats: specimens of government resolution 758 of 01.09.2023, by secondary sources.
"""

from __future__ import annotations

import re

from guardrail.detect.text.recognizer import (
    ENDS,
    STARTS,
    TextRecognizer,
    Verdict,
    blunt,
    is_glued,
    run,
    said,
    spelt,
    spoken,
    words,
)

_PASSPORT = words(
    r"(?:загран)?паспорт\w{0,4}", r"төл ?құжат\w{0,8}", r"t[oó]l ?q[uú]jat\w{0,8}", r"passports?",
)  # fmt: skip
_ID_CARD = words(
    r"удостоверени[еяюй]\w{0,2}", r"удостоверяющ\w{2,3}", r"уд\.? ?л(?:ичности|\.)", r"удост",
    r"удв", r"удл", r"куәлік\w{0,8}", r"куәліг\w{0,8}", r"куәландыр\w{2,8}",
    r"ku[aáäə]l[^\W\d_]\w{1,8}", r"id[ -]?cards?", r"identity cards?", r"national id",
)  # fmt: skip

_N = r"[Nn](?<![^\W_][Nn])|[Нн](?<![^\W_][Нн])"
_PASSPORT_FORM = rf"(?:{_N})[ \-]?(?:№ ?)?[0-9]{{3,4}} ?[0-9]{{4}}{ENDS}"


class KzPassportRecognizer(TextRecognizer):
    """Passport number: N and eight digits, seven in older ones."""

    COUNTRY_CODE = "kz"
    VERSION = "2"
    ENTITY = "KZ_PASSPORT"
    SHARP = _PASSPORT_FORM
    PATTERN = blunt(_PASSPORT_FORM)
    TRIGGERS = (
        r"[NnНн][ \-]?(?:№ ?)?[0-9]{3,4} ?[0-9]{4}",
        spoken("паспорт", "құжат", "q[uú]jat", "passport"),
    )
    BACKWARD = r"[0-9]{0,4} ?[0-9]{0,4} ?№?[ \-]?[NnНн]"
    LONGEST = 13
    DIGITS = (7, 4)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where a passport is spoken of."""
        start, end = match.span()
        if is_glued(text, start, end) or not said(_PASSPORT, text, start):
            return None
        return Verdict(start=start, end=end, score=0.85, reason="pattern, context")


_NINE = rf"[0-9]{STARTS}(?:[0-9]{{8}}|{spelt(3, 3)}){ENDS}"


class KzIdCardRecognizer(TextRecognizer):
    """Number of an identity card: nine digits."""

    COUNTRY_CODE = "kz"
    VERSION = "2"
    ENTITY = "KZ_ID_CARD"
    SHARP = _NINE
    PATTERN = blunt(_NINE)
    TRIGGERS = (
        run(9),
        spoken(
            "удост", "личности", "уд[влВЛ]", "уд[.] ?л", "куәл", "ku[aáäə]l", "card", "national id"
        ),
    )
    LONGEST = 11
    DIGITS = (9, 0)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where an identity card is spoken of."""
        start, end = match.span()
        if is_glued(text, start, end) or not said(_ID_CARD, text, start):
            return None
        return Verdict(start=start, end=end, score=0.75, reason="pattern, context")
