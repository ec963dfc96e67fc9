"""IMEI of a phone or modem: fifteen digits with a Luhn digit, where they are called so."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.device import is_imei
from guardrail.detect.text.recognizer import (
    TextRecognizer,
    Verdict,
    digits_of,
    ends_clean,
    groups_of,
    said,
    starts_clean,
    words,
)

_IMEI = words(
    r"imei\w{0,3}", r"имей\w{0,2}", r"имеи", r"имэй\w{0,2}", r"серийн\w{2,4} номер\w{0,3}"
)
_SHAPES = {(15,), (2, 6, 6, 1), (6, 2, 6, 1), (8, 6, 1), (1,) * 15, (3,) * 5, (4, 4, 4, 3)}
"""As it is printed on boxes and typed from the screen."""


class ImeiRecognizer(TextRecognizer):
    """International mobile equipment identity."""

    ENTITY = "IMEI"
    PATTERN = r"[0-9](?:[ \-/]?[0-9]){14}"
    TRIGGERS = (r"[0-9](?:[ \-/]?[0-9]){14}", r"(?i)imei|име[йи]|имэй|серийн")
    BACKWARD = r"[0-9 \-/]{0,30}[0-9]"
    LONGEST = 29

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a type code and a check digit with context."""
        start, end = match.span()
        if not (starts_clean(text, start) and ends_clean(text, end)):
            return None
        if groups_of(match[0]) not in _SHAPES or not is_imei(digits_of(match[0])):
            return None
        if not said(_IMEI, text, start):
            return None
        return Verdict(start=start, end=end, score=0.97, reason="checksum, context")
