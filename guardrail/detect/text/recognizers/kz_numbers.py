"""Kazakhstan's IIN and BIN: twelve digits, told apart by structure, check digit and context."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.kz import has_bin_structure, has_iin_structure, is_checked
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import (
    COUNTED,
    ENDS,
    STARTS,
    TextRecognizer,
    Verdict,
    blunt,
    digits_of,
    grouped,
    is_glued,
    right_before,
    run,
    said,
    spelt,
    words,
)

_SHAPES = (
    (12, ), (6, 6), (6, 1, 4, 1), (6, 1, 5), (6, 3, 3), (6, 2, 4), (6, 4, 2), (6, 2, 2, 2),
    (2, 2, 2, 6), (2, 2, 2, 3, 3), (2, 2, 2, 1, 4, 1), (3, 9),
)  # fmt: skip
"""How people group twelve digits, besides groups of one, two, three, or four."""

_EVEN = "|".join((spelt(3, 4), spelt(4, 3), spelt(6, 2), spelt(12)))
_TWELVE = rf"[0-9]{STARTS}(?:{grouped(*_SHAPES)}|{_EVEN}){ENDS}"

_IIN_STEMS = (
    r"иин\w{0,4}", r"жсн\w{0,4}", "iin", "jsn", "zhsn", r"individual identification number",
    r"идентификационн\w{2} номер\w{0,2}", r"сәйкестендіру нөмір\w{0,6}",
)  # fmt: skip
_IIN, _IIN_NEAR = words(*_IIN_STEMS), right_before(*_IIN_STEMS)
_INN = words("инн")
"""Russia's name for its own number, often said of an IIN; a valid INN wins where it is said."""

_BIN_STEMS = (r"бин\w{0,3}", r"бсн\w{0,4}", r"bin", r"bsn", r"business identification number")
_BIN, _BIN_NEAR = words(*_BIN_STEMS), right_before(r"бин\w{0,3}", r"бсн\w{0,4}")


def _goes_on(text: str, match: re.Match[str]) -> bool:
    """Tell whether digits in groups are followed by one more group."""
    return len(match[0]) > 12 and _CONTINUES.match(text, match.end()) is not None


_CONTINUES = lazily("[ -][0-9]")


class KzIinRecognizer(TextRecognizer):
    """Individual identification number (ИИН, ЖСН)."""

    COUNTRY_CODE = "kz"
    VERSION = "2"
    ENTITY = "KZ_IIN"
    SHARP = _TWELVE
    PATTERN = blunt(_TWELVE)
    TRIGGERS = (run(12),)
    LONGEST = 23
    DIGITS = (12, 0)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a check digit with structure, or with context; a wrong one behind its name."""
        number = digits_of(match[0])
        start, end = match.span()
        if not is_checked(number):
            return _mistyped(text, match, number)
        named = said(_IIN, text, start)
        context = named or said(_INN, text, start)
        strict = has_iin_structure(number) and (named or not is_glued(text, start, end))
        if not (context or strict) or len(set(number)) == 1:
            return None
        if not context and _goes_on(text, match):
            return None
        score = (0.99 if named and strict else 0.9) if context else 0.85
        reason = ", ".join(["checksum", *["structure"] * strict, *["context"] * context])
        return Verdict(start=start, end=end, score=score, reason=reason)


def _mistyped(text: str, match: re.Match[str], number: str) -> Verdict | None:
    """Return the verdict on twelve digits with a wrong check digit."""
    start, end = match.span()
    structured = has_iin_structure(number)
    if _goes_on(text, match) or len(set(number)) == 1:
        return None
    near = said(_IIN_NEAR, text, start)
    if not near and not (structured and said(_IIN, text, start)):
        return None
    reason = "structure, context" if structured else "context"
    return Verdict(start=start, end=end, score=0.6 if structured else 0.5, reason=reason)


class KzBinRecognizer(TextRecognizer):
    """Business identification number (БИН, БСН)."""

    COUNTRY_CODE = "kz"
    VERSION = "2"
    ENTITY = "KZ_BIN"
    SHARP = _TWELVE
    PATTERN = blunt(_TWELVE)
    TRIGGERS = (run(12),)
    LONGEST = 23
    DIGITS = (12, 0)

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a check digit with context, or with structure where no digit group is split."""
        number = digits_of(match[0])
        structured, checked = has_bin_structure(number), is_checked(number)
        if not (structured or checked) or len(set(number)) == 1:
            return None
        start, end = match.span()
        if checked and said(_BIN, text, start):
            return Verdict(start=start, end=end, score=0.95, reason="checksum, context")
        if not structured or is_glued(text, start, end):
            return None
        if checked and len(match[0]) == len(number) and not said(COUNTED, text, start):
            return Verdict(start=start, end=end, score=0.55, reason="checksum, structure")
        if not checked and said(_BIN_NEAR, text, start):
            return Verdict(start=start, end=end, score=0.55, reason="structure, context")
        return None
