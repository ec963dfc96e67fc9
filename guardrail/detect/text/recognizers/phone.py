"""Telephone numbers: Kazakhstan's and Russia's as people write them, others with ``+``."""

from __future__ import annotations

import re

import phonenumbers

from guardrail.detect.text.recognizer import (
    TextRecognizer,
    Verdict,
    ends_clean,
    is_glued,
    runs_of,
    said,
    starts_clean,
    words,
)

_PHONE = words(
    r"тел", r"телефон\w{0,3}", r"сот\w{0,6}", r"моб\w{0,7}", r"звон\w{1,5}", r"позвон\w{1,5}",
    r"whats ?app", r"ватсап\w{0,2}", r"вацап\w{0,2}", r"telegram", r"байланыс\w{0,6}",
    r"нөмір\w{0,5}", r"ұялы", r"phone", r"mobile", r"call", r"tel", r"cell",
)  # fmt: skip
_TRUNK = {1, 4, 5, 11}
"""Digits in the first group of eleven: ``8 701…``, ``8701…``, ``87172…``, all. Amounts of money
(``87 500 000 000``) have two or three."""

_BARE = {(3, 3, 2, 2), (3, 3, 4), (3, 7), (3, 2, 2, 3), (3, 3, 2, 1, 1)}
"""Groups of ten digits without trunk prefix: ``701 123 45 67``."""

_PERSONAL_TYPES = {
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
    phonenumbers.PhoneNumberType.VOIP,
}
"""Free-phone and premium numbers are a company's."""


_ITALY = 39
"""The one numbering plan where zeros in front belong to the number."""


def _kind(number: str) -> int | None:
    """Return libphonenumber's type of a number that starts with a country's code, if personal.

    Made without its parser, which costs five times as much and reads what isn't digits.
    """
    for size in (1, 2, 3):
        country = int(number[:size])
        if country in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            break
    else:
        return None
    national = number[size:]
    parsed = phonenumbers.PhoneNumber(
        country_code=country,
        national_number=int(national),
        italian_leading_zero=country == _ITALY and national.startswith("0"),
    )
    kind: int = phonenumbers.number_type(parsed)
    return kind if kind in _PERSONAL_TYPES else None


class PhoneRecognizer(TextRecognizer):
    """Telephone number that its numbering plan knows (libphonenumber)."""

    ENTITY = "PHONE_NUMBER"
    PATTERN = r"[0-9](?:[ ().\-]{0,3}[0-9]){7,14}"
    TRIGGERS = (r"[0-9](?:[ ().\-]{0,3}[0-9]){9}|\+[0-9](?:[ ().\-]{0,3}[0-9]){7}",)
    LONGEST = 62

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept the longest run of whole groups that is a number."""
        start = match.start()
        plus = text[max(0, start - 1) : start] == "+"
        if not (plus or match[0][0] in "789") or not starts_clean(text, start):
            return None
        for number, shape, end in runs_of(match, range(8, 16) if plus else range(10, 12)):
            score = _score(number, shape, plus=plus) if ends_clean(text, end) else 0.0
            if score:
                return self._weigh(text, start, end, score)
        return None

    def _weigh(self, text: str, start: int, end: int, score: float) -> Verdict | None:
        first = start - 1 if text[max(0, start - 1) : start] in ("+", "(") and start else start
        context = said(_PHONE, text, first)
        if is_glued(text, first, end) and not context:
            return None
        score = min(0.99, score + 0.25 * context)
        if score < 0.5:
            return None
        reason = "numbering plan, context" if context else "numbering plan"
        return Verdict(start=first, end=end, score=score, reason=reason)


def _score(number: str, shape: tuple[int, ...], *, plus: bool) -> float:
    """Return how sure digits in groups of `shape` are a telephone number, before context."""
    if plus:
        return 0.9 if _kind(number) is not None else 0.0
    if len(number) == 11 and number[0] in "78" and shape[0] in _TRUNK:
        kind = _kind("7" + number[1:])
        if kind is None:
            return 0.0
        mobile = kind == phonenumbers.PhoneNumberType.MOBILE
        return (0.6 if mobile else 0.3) if len(shape) == 1 else 0.75
    if len(number) == 10 and number[0] in "79" and (shape in _BARE or len(shape) == 1):
        if _kind("7" + number) != phonenumbers.PhoneNumberType.MOBILE:
            return 0.0
        return 0.3 if len(shape) == 1 else 0.6
    return 0.0
