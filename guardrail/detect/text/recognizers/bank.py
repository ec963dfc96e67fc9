"""Bank accounts (IBAN) and payment cards of any country."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.bank import IBAN_LENGTHS, is_card, is_iban
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

_CARD = words(
    r"карт[аыеуой]\w{0,2}", r"карточк\w{1,3}", r"картам\w{0,3}", r"cards?", r"visa", r"mastercard"
)
_USUAL = {(4, 4, 4, 4), (4, 6, 5), (4, 4, 4, 4, 3), (4, 6, 4), (8, 8), (6, 10), (4, 4, 5)}
"""How cards are printed or typed in groups."""

_ALNUM = re.compile("[A-Za-z0-9]")


class IbanRecognizer(TextRecognizer):
    """International bank account number, in one piece or in groups."""

    ENTITY = "IBAN_CODE"
    PATTERN = r"[A-Za-z]{2}[0-9]{2}(?:[ \-]?[A-Za-z0-9]){11,29}"
    TRIGGERS = (r"[A-Za-z]{2}[0-9]{2}(?:[ \-]?[A-Za-z0-9]){11}",)
    BACKWARD = r"[ \-]?(?:[A-Za-z0-9][ \-]?){0,29}[0-9]{2}[A-Za-z]{2}"
    LONGEST = 62

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept the length of its country with a right check."""
        start = match.start()
        length = IBAN_LENGTHS.get(match[0][:2].upper())
        places = [place.start() for place in _ALNUM.finditer(match[0])]
        if length is None or len(places) < length:
            return None
        end = start + places[length - 1] + 1
        if _ALNUM.match(text[max(0, start - 1) : start]) or _ALNUM.match(text, end):
            return None
        account = "".join(match[0][place] for place in places[:length]).upper()
        if not is_iban(account):
            return None
        return Verdict(start=start, end=end, score=0.99, reason="checksum")

    def resume(self, text: str, match: re.Match[str]) -> int:  # noqa: ARG002 - the base's signature
        """Look on from the next letter: an account may start inside a rejected match."""
        return match.start() + 1


class CardRecognizer(TextRecognizer):
    """Payment card number with a scheme's prefix and a right Luhn digit."""

    ENTITY = "CREDIT_CARD"
    PATTERN = r"[0-9](?:[ \-]?[0-9]){11,18}"
    TRIGGERS = (r"[0-9](?:[ \-]?[0-9]){11}",)
    LONGEST = 37

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept the longest run of whole groups that is a card."""
        start = match.start()
        if match[0][0] in "017" or not starts_clean(text, start):  # no scheme's prefix
            return None
        for number, shape, end in runs_of(match, range(12, 20)):
            if ends_clean(text, end) and is_card(number):
                return self._weigh(text, start, end, shape)
        return None

    def _weigh(self, text: str, start: int, end: int, shape: tuple[int, ...]) -> Verdict | None:
        context = said(_CARD, text, start)
        usual = shape in _USUAL or (set(shape) == {1} and sum(shape) == 16)
        if len(shape) > 1 and not usual:
            return None
        glued = is_glued(text, start, end)
        if not context and (glued or (len(shape) == 1 and shape[0] < 15)):
            return None
        reason = "checksum, context" if context else "checksum, pattern"
        return Verdict(start=start, end=end, score=0.95 if context or usual else 0.8, reason=reason)
