"""Bank accounts (IBAN) and payment cards of any country."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.bank import (
    IBAN_LENGTHS,
    has_brand,
    has_luhn,
    is_card,
    is_iban,
    is_timestamp,
)
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import (
    COUNTED,
    ENDS,
    SEPARATOR,
    STARTS,
    TextRecognizer,
    Verdict,
    blunt,
    digits_of,
    grouped,
    groups_of,
    is_glued,
    run,
    said,
    spelt,
    words,
)

_ALNUM = lazily("[A-Za-z0-9]")
_GAPS = str.maketrans("", "", " -")
_EVEN = lazily(r"(?:[A-Za-z0-9]{4}([ -]))?(?:[A-Za-z0-9]{4}\1)*[A-Za-z0-9]{1,4}")
"""Groups of four, as accounts are printed."""

_IBAN = r"[A-Za-z](?<![A-Za-z0-9]{2})(?:[A-Za-z]|[A-Z] )[0-9]{2}(?:[ \-]?[A-Za-z0-9]){11,29}"


class IbanRecognizer(TextRecognizer):
    """International bank account number, in one piece or in groups."""

    VERSION = "2"
    ENTITY = "IBAN_CODE"
    SHARP = _IBAN
    PATTERN = blunt(_IBAN)
    TRIGGERS = (r"[A-Za-z](?:[A-Za-z]|[A-Z] )[0-9]{2}(?:[ \-]?[A-Za-z0-9]){11}",)
    BACKWARD = (
        r"[ \-]?(?:[A-Za-z0-9][ \-]?){0,29}[0-9]{2}(?: [A-Z]|[A-Za-z])[A-Za-z]"
        r"|[0-9]{0,2} [A-Z][A-Za-z]"
    )
    LONGEST = 63

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept the length of its country with a right check."""
        length = IBAN_LENGTHS.get(match[0][:2].upper())
        account = match[0].translate(_GAPS).upper()
        if length is None or len(account) < length or not is_iban(account[:length]):
            return None
        start = match.start()
        places = [place.end() for place in _ALNUM.finditer(match[0])]
        end = start + places[length - 1]
        if _ALNUM.match(text, end):
            return None
        written = text[start:end]
        uneven = len(written) > length and not _EVEN.fullmatch(written)
        if uneven and 2 * sum(map(str.isdigit, account[:length])) < length:
            return None  # words between numbers: every hundredth has the right remainder
        return Verdict(start=start, end=end, score=0.99, reason="checksum")

    def resume(self, text: str, match: re.Match[str]) -> int:  # noqa: ARG002 - the base's signature
        """Look on from the next letter: an account may start inside a rejected match."""
        return match.start() + 1


_CARD = words(
    r"карт[аыеуой]\w{0,6}", r"карточк\w{1,3}", r"картам\w{0,3}", r"cards?", r"visa", r"mastercard",
    r"pan", r"мастеркард\w{0,2}", r"виз[аыу]", r"kaspi gold", r"каспи голд\w{0,2}",
)  # fmt: skip


_FOURS = rf"[0-9]{{3}}(?:{SEPARATOR}[0-9]{{4}}){{2,3}}(?:{SEPARATOR}[0-9]{{1,3}})?"
_UNEVEN = grouped((4, 6, 5), (4, 6, 4), (8, 8), (6, 10), (6, 13), (4, 4, 5), (8, 11), (6, 6, 4))
_SPELT = "|".join(map(spelt, (19, 16, 15)))
_CARD_FORMS = rf"[1-9]{STARTS}(?:[0-9]{{11,18}}|{_FOURS}|{_UNEVEN}|{_SPELT}){ENDS}"


class CardRecognizer(TextRecognizer):
    """Payment card number: a right Luhn digit, and a scheme's prefix or what is said before."""

    VERSION = "2"
    ENTITY = "CREDIT_CARD"
    SHARP = _CARD_FORMS
    PATTERN = blunt(_CARD_FORMS)
    TRIGGERS = (run(12),)
    LONGEST = 37
    DIGITS = (12, 0)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept the longest run of whole groups that is a card."""
        number, end = digits_of(match[0]), match.end()
        if has_luhn(number):
            verdict = self._weigh(text, match.start(), end, number)
            if verdict is not None:
                return verdict
        shape = groups_of(match[0]) if end - match.start() > len(number) else ()
        if len(shape) < 4 or shape[0] != 4:
            return None
        shorter = number[: -shape[-1]]
        if not has_luhn(shorter):
            return None
        return self._weigh(text, match.start(), end - shape[-1] - 1, shorter)

    def _weigh(self, text: str, start: int, end: int, number: str) -> Verdict | None:
        lone = end - start == len(number)
        branded = has_brand(number)
        if said(_CARD, text, start):
            if not branded and lone and is_timestamp(number):
                return None
            score = 0.95 if branded else 0.75
            return Verdict(start=start, end=end, score=score, reason="checksum, context")
        if not branded or len(number) == 12 or is_glued(text, start, end):
            return None
        doubtful = lone or len(number) == _USUAL_LENGTH
        if doubtful and not has_brand(number, everyday=True):
            return None
        if _is_counted(text, start, number) if lone else _is_in_table(text, start):
            return None
        score = 0.8 if lone else 0.95
        return Verdict(start=start, end=end, score=score, reason="checksum, pattern")


def _is_counted(text: str, start: int, number: str) -> bool:
    """Tell whether digits in one piece look like a time or are called something else."""
    return is_timestamp(number) or said(COUNTED, text, start)


_USUAL_LENGTH = 16
_FOUR_BEFORE = lazily(rf"(?<![0-9])[0-9]{{4}}{SEPARATOR}\Z")
_CARD_BEFORE = 20


def _is_in_table(text: str, start: int) -> bool:
    """Tell whether another group of four stands right before, and no card that it belongs to."""
    if _FOUR_BEFORE.search(text[max(0, start - 6) : start]) is None:
        return False
    before = digits_of(text[max(0, start - _CARD_BEFORE) : start])
    return len(before) != 16 or not is_card(before)
