"""Kazakhstan's IIN and BIN: twelve digits, told apart by structure, check digit and context."""

from __future__ import annotations

import re

from guardrail.detect.text.identifiers.kz import has_bin_structure, has_iin_structure, is_checked
from guardrail.detect.text.recognizer import (
    TextRecognizer,
    Verdict,
    digits_of,
    ends_clean,
    groups_of,
    is_glued,
    said,
    starts_clean,
    words,
)

TWELVE = r"[0-9](?:[ \-]?[0-9]){11}"

_SHAPES = {
    (12,), (6, 6), (6, 1, 4, 1), (6, 3, 3), (4, 4, 4), (3, 3, 3, 3), (2,) * 6, (1,) * 12,
}  # fmt: skip
"""How people group twelve digits."""

_IIN = words(r"иин\w{0,4}", r"жсн\w{0,4}", r"iin", r"individual identification number")
_INN = words("инн")
"""Russia's name for its own number, often said of an IIN; a valid INN wins where it is said."""

_BIN = words(r"бин\w{0,3}", r"бсн\w{0,4}", r"bin")


def _twelve(text: str, match: re.Match[str]) -> str | None:
    """Return the digits where the match is a number of its own, not a part of a longer one."""
    start, end = match.span()
    if not (starts_clean(text, start) and ends_clean(text, end)):
        return None
    shape = groups_of(match[0])
    if shape not in _SHAPES:
        return None
    if len(shape) > 1 and _CONTINUES.match(text, end):
        return None
    return digits_of(match[0])


_CONTINUES = re.compile("[ -][0-9]")


class KzIinRecognizer(TextRecognizer):
    """Individual identification number (ИИН, ЖСН)."""

    COUNTRY_CODE = "kz"
    ENTITY = "KZ_IIN"
    PATTERN = TWELVE
    TRIGGERS = (TWELVE,)
    LONGEST = 23

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a check digit with structure, or with context."""
        number = _twelve(text, match)
        if number is None or not is_checked(number):
            return None
        start, end = match.span()
        named = said(_IIN, text, start)
        context = named or said(_INN, text, start)
        strict = has_iin_structure(number) and not is_glued(text, start, end)
        if not (context or strict):
            return None
        score = (0.99 if named and strict else 0.9) if context else 0.85
        reason = ", ".join(["checksum", *["structure"] * strict, *["context"] * context])
        return Verdict(start=start, end=end, score=score, reason=reason)


class KzBinRecognizer(TextRecognizer):
    """Business identification number (БИН, БСН)."""

    COUNTRY_CODE = "kz"
    ENTITY = "KZ_BIN"
    PATTERN = TWELVE
    TRIGGERS = (TWELVE,)
    LONGEST = 23

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept a check digit with context, or with structure where no digit group is split."""
        number = _twelve(text, match)
        if number is None or not is_checked(number):
            return None
        start, end = match.span()
        if said(_BIN, text, start):
            return Verdict(start=start, end=end, score=0.95, reason="checksum, context")
        split = len(match[0]) > len(number)
        if split or is_glued(text, start, end) or not has_bin_structure(number):
            return None
        return Verdict(start=start, end=end, score=0.55, reason="checksum, structure")
