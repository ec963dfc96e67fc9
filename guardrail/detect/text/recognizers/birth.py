"""Dates and years of birth: a date alone is none, only words before or right behind make it one."""

from __future__ import annotations

import re

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.patterns import either
from guardrail.detect.text.recognizer import TextRecognizer, Verdict, ends_clean, starts_clean
from guardrail.detect.text.recognizers.birth_words import (
    BEHIND,
    BETWEEN,
    BROKEN,
    INTRODUCTION,
    KK_CASE,
    MONTHS,
    YEAR,
)

_MONTH = f"(?i:{'|'.join(sorted(MONTHS, key=lambda month: (-len(month), month)))})"
_DAY = r'[0-9]{1,2}(?:["»]|-?(?i:го|е|st|nd|rd|th|ші|шы|інші|ыншы))?'
_OF_YEAR = r"(?i: ?(?:года|г\.|г|жылғы|жылы|жылгы|жылдың|ж\.|j\.|jylǵy|jyly|zhylghy|zhyly))"
_DATE = "|".join(
    (
        r"[0-9]{1,2} ?[./\-] ?[0-9]{1,2} ?[./\-] ?(?:(?:19|20)[0-9]{2}|[0-9]{2})",
        rf"{YEAR}[./\-][0-9]{{1,2}}[./\-][0-9]{{1,2}}",
        rf"{YEAR}{_OF_YEAR}? {_DAY} ?-?{_MONTH}{KK_CASE}",
        rf"{_DAY}(?i: of)? ?{_MONTH}\.?,? {YEAR}",
        rf"{_MONTH}\.? [0-9]{{1,2}}(?i:st|nd|rd|th)?,? {YEAR}",
        rf"{_DAY} {_MONTH}{KK_CASE}",
        rf"{_MONTH},? {YEAR}",
        YEAR,
    )
)
_INTRODUCTION = lazily(INTRODUCTION)
_BROKEN = lazily(BROKEN)
_NUMERIC = lazily(r"([0-9]{1,4}) ?[./\-] ?([0-9]{1,2}) ?[./\-] ?([0-9]{1,4})")
_SEEN = 72
"""Code points looked at before a date."""

_TOKENS = sorted({*MONTHS, *BETWEEN}, key=lambda word: (-len(word), word))
_LETTER = "A-Za-zА-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІіńǵúáäöüğşı"
_WORDS_BACK = "|".join(word[::-1] for word in _TOKENS)
_MONTHS_BACK = "|".join(word[::-1] for word in _TOKENS if word in MONTHS)
_ENDING = rf"[{_LETTER}]{{0,5}}"
_FOLLOWING = {
    *_TOKENS, "года", "туған", "туылған", "туган", "дүниеге", "кел", "рождения", "рожденья", "жылы",
    "jylǵy", "zhylghy", "zhyly",
}  # fmt: skip
"""Words that may stand within a date, or right behind one."""
_BEGUN_BACK = either(word[:size][::-1] for word in _FOLLOWING for size in range(1, len(word) + 1))
_NUMBER_BACK = rf"(?:[{_LETTER}]{{0,4}}-?)?[0-9]{{1,4}}"
_GAP = r'[ .,/\-"«»]{1,3}'


class BirthDateRecognizer(TextRecognizer):
    """Date or year of birth, with the marker right behind it, if that is what tells."""

    ENTITY = "DATE_OF_BIRTH"
    PATTERN = rf"(?:{_DATE})(?:{BEHIND}|{_OF_YEAR})?"
    TRIGGERS = (
        "[0-9]",
        (
            r"(?i)рожд|родил|родив|(?:^|[^\pL])(?:род|др|д\. ?р|г\. ?р|г/р|гр|ж\. ?т|dob|yob)[^\pL]"
            r"|ту[ғг]ан|туыл|дүниеге|birth|b-?day|born|d\. ?o\. ?b|tu[gǵğ]an"
        ),
    )
    BACKWARD = (
        rf'["».,]{{0,3}}(?:{_NUMBER_BACK}|(?i:{_BEGUN_BACK})|{_ENDING}(?i:{_WORDS_BACK}))?'
        rf'["».,]{{0,3}}(?:{_GAP}(?:{_ENDING}(?i:{_WORDS_BACK})|{_NUMBER_BACK})){{0,6}}'
        rf"{_GAP}(?:{_ENDING}(?i:{_MONTHS_BACK})|{_NUMBER_BACK})"
    )
    LONGEST = 80
    NEAR = LONGEST, _SEEN + 1

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where a birth is spoken of."""
        start, end = match.span()
        if not (
            starts_clean(text, start) and ends_clean(text, end) and _is_apart(text, start, end)
        ):
            return None
        if not _could_be(match[0]):
            return None
        if _TIED.search(match[0]):
            return Verdict(start=start, end=end, score=0.9, reason="pattern, context")
        introduction = _INTRODUCTION.search(text[max(0, start - _SEEN) : start])
        if introduction is None or _BROKEN.search(introduction["between"]):
            return None
        return Verdict(start=start, end=end, score=0.85, reason="pattern, context")


_TIED = lazily(f"{BEHIND}$")


def _is_apart(text: str, start: int, end: int) -> bool:
    """Tell whether no longer token, and no further year, goes on around the date."""
    before, behind = text[max(0, start - 1) : start], text[end : end + 1]
    glued = before.isalnum() or behind.isalnum() or before in _JOINS or behind in _JOINS
    return not glued and _GOES_ON.match(text, end) is None


_JOINS = frozenset("_/-")
_GOES_ON = lazily(r":[0-9]|,? [0-9]{4}(?:[^0-9]|$)")


def _could_be(written: str) -> bool:
    """Tell whether a numeric date has a month and a day."""
    match = _NUMERIC.match(written)
    if match is None:
        return True
    first, month, last = match.groups()
    day = last if len(first) == 4 else first
    lengths = {len(first), len(last)}
    if not 1 <= int(day) <= 31 or lengths == {4}:
        return False
    return 1 <= int(month) <= 12 or 1 <= int(day) <= 12
