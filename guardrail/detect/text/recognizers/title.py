"""Titles and honorifics, where a name shows that somebody is meant."""

from __future__ import annotations

import re

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.patterns import backwards, either, prefixes
from guardrail.detect.text.recognizer import TextRecognizer, Verdict

_UPPER = "A-ZÀ-ÖØ-ÞА-ЯЁӘҒҚҢӨҰҮҺІ"
_LETTER = "A-Za-zÀ-ÖØ-öø-žА-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі"
_NAME = rf"(?:[{_UPPER}]\.|[{_UPPER}][{_LETTER}’'\-]{{1,24}})"
_RUSSIAN = """
г-ном г-ну г-на г-не г-н г-жой г-жа г-жи г-же г-жу гр. д-ру д-ра д-р проф. господином господина
господину господине господин гражданином гражданина гражданину гражданине гражданин госпожой
госпожа госпожи госпоже госпожу гражданкой гражданка гражданки гражданке гражданку
"""
_WORDS = tuple(_RUSSIAN.split())
_ENGLISH = ("Mrs", "Mr", "Ms", "Mx", "Dr", "Prof", "Professor", "Miss")
_SPELT = sorted(
    {
        *_WORDS,
        *(word.capitalize() for word in _WORDS),
        *(word.upper() for word in _WORDS if word[1] == "о"),
    }
    | {"MR.", "MRS.", "ГРАЖДАНИН", "ГРАЖДАНКА", *_ENGLISH, *(f"{word}." for word in _ENGLISH)},
    key=lambda word: (-len(word), word),
)
_AHEAD = f"(?:{'|'.join(map(re.escape, _SPELT))})"
_AHEAD_BACK = f"(?:{'|'.join(re.escape(word[::-1]) for word in _SPELT)})"
_HONOURED = ("мырза", "ханым", "myrza", "khanym", "hanym")
_CASES = ("", "ға", "ның", "ны", "мен", "дан")
_BEHIND = either(word + case for word in _HONOURED for case in _CASES)
_BEHIND_BACK = either(backwards(prefixes(word + case for word in _HONOURED for case in _CASES)))

_NOBODY = frozenset(
    word
    for line in (
        "республики республика казахстана казахстан рк рф россии российской ссср украины германии",
        "сша китая узбекистана кыргызстана беларуси турции президент президента министр министра",
        "председатель председателя судья директор посол депутат депутата никто премьер-министр",
        "president speaker chairman chair minister prime ambassador secretary judge director",
        "robot congo the and or of is in excel word access office sql",
    )
    for word in line.split()
)
"""Capitalised behind a title, and no surname."""


class TitleRecognizer(TextRecognizer):
    """Title right before a capitalised name, or Kazakh's мырза and ханым right behind one."""

    ENTITY = "TITLE"
    PATTERN = rf"{_AHEAD} ?{_AHEAD}? ?{_NAME}|{_BEHIND}"
    TRIGGERS = (
        (
            r"(?i)(?:^|[^\pL])(?:г-(?:н|ж)|гр\.|д-р|проф\.|господ|госпож|граждан|мырза|ханым|myrza"
            r"|k?hanym|mrs?[. ]|ms[. ]|dr[. ]|prof|mx[. ]|miss )"
        ),
    )
    BACKWARD = (
        rf"(?:{_BEHIND_BACK})? [{_LETTER}’'\-]{{0,24}}[{_UPPER}](?: ?{_AHEAD_BACK})?"
        rf"|[{_LETTER}’'.\-]{{0,26}} {_AHEAD_BACK}(?: ?{_AHEAD_BACK})?"
    )
    LONGEST = 60
    NEAR = 0, 2

    def judge(self, text: str, match: re.Match[str]) -> Verdict | None:
        """Accept where a name stands with the title, and say the title only."""
        if text[max(0, match.start() - 1) : match.start()].isalnum():
            return None
        parts = _AHEAD_SPAN.match(match[0])
        if parts is None:
            return self._behind(text, match)
        name = _LONG_NAME.match(text, match.start() + parts.end())
        if name is None or text[name.end() : name.end() + 1].isalnum():
            return None
        if name[0].casefold().rstrip(".") in _NOBODY:
            return None
        end = match.start() + len(parts[0].rstrip())
        return Verdict(start=match.start(), end=end, score=0.55, reason="pattern, context")

    def _behind(self, text: str, match: re.Match[str]) -> Verdict | None:
        start, end = match.span()
        name = _NAME_BEFORE.search(text[max(0, start - _LONGEST_NAME) : start])
        if name is None or text[end : end + 1].isalnum() or name[1].casefold() in _GREETING:
            return None
        return Verdict(start=start, end=end, score=0.55, reason="pattern, context")


_LONGEST_NAME = 28
_NAME_BEFORE = lazily(rf"(?:^|[^{_LETTER}’'\-])([{_UPPER}][{_LETTER}’'\-]{{1,24}}) \Z")
_AHEAD_SPAN = lazily(rf"(?:{_AHEAD} ?){{1,2}}")
_LONG_NAME = lazily(_NAME)
_GREETING = frozenset(
    (
        "құрметті",
        "сәлем",
        "сәлеметсіз",
        "қайырлы",
        "бұл",
        "осы",
        "мына",
        "сол",
        "ол",
        "біздің",
        "бір",
    )
)
