"""Kazakhstan's post codes; the new ones name a building.

Formats come from secondary sources: six digits since 1993, and Kazpost's seven symbols since 2015
(``A05E6B9``: region, district, and four of the building).
"""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.kz import is_post_code
from guardrail.detect.text.recognizer import (
    ENDS,
    STARTS,
    TextRecognizer,
    Verdict,
    blunt,
    is_glued,
    right_before,
    said,
    spoken,
    words,
)

_INDEX = words(
    r"почтов\w{2,3} (?:индекс|код)\w{0,3}", r"пошта(?:лық)? (?:индекс|код)\w{0,5}",
    r"post(?:al)? ?codes?", r"zip(?: ?code)?", r"индексі\w{0,4}", r"poshta ?indeks\w{0,4}",
)  # fmt: skip
_INDEX_NEAR = right_before(r"индекс\w{0,3}", between=1)
"""Said of much else as well."""

_NEAR = right_before(
    r"адрес\w{0,3}", r"мекен-?жай\w{0,6}", "address", "казахстан", "қазақстан", "kazakhstan",
    "алматы", "астана", "шымкент", between=1,
)  # fmt: skip
"""Words of places: a code with a nought in front right behind them is one."""

_CODE = (
    rf"(?:[01]{STARTS}[0-9]{{5}}"
    r"|[A-Za-z](?<![^\W_][A-Za-z])[0-9]{2}[A-Za-z][0-9][A-Za-z][0-9])(?![^\W_])"
    rf"{ENDS}"
)


class KzPostCodeRecognizer(TextRecognizer):
    """Post code of six digits or seven symbols."""

    COUNTRY_CODE = "kz"
    ENTITY = "KZ_POST_CODE"
    SHARP = _CODE
    PATTERN = blunt(_CODE)
    TRIGGERS = (
        r"[01][0-9]{5}|[A-Za-z][0-9]{2}[A-Za-z][0-9][A-Za-z][0-9]",
        spoken(
            "индекс", "indeks", "почтов", "пошта", "post", "zip", "адрес", "мекен", "address",
            "казахстан", "қазақстан", "kazakhstan", "алматы", "астана", "шымкент",
        ),
    )  # fmt: skip
    LONGEST = 7
    DIGITS = (4, 1)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where a post code or, right before, a place is spoken of."""
        start, end = match.span()
        code = match[0]
        if (code.isdigit() and not is_post_code(code)) or is_glued(text, start, end):
            return None
        if said(_INDEX, text, start) or said(_INDEX_NEAR, text, start):
            return Verdict(start=start, end=end, score=0.85, reason="pattern, context")
        if code[0] == "1" or not said(_NEAR, text, start):
            return None
        return Verdict(start=start, end=end, score=0.65, reason="pattern, context")
