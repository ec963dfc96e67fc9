"""Names of persons, by two rules that seldom err: patronymics and introductions.

A thin first step: it wants capital letters, and finds nobody who is called by a bare first name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrail.detect.text.framework import RecognizerResult
from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.patterns import backwards, either, prefixes
from guardrail.detect.text.recognizer import LOOK_BEHIND, TextRecognizer, Verdict
from guardrail.detect.text.recognizers.person_words import (
    ADJECTIVES,
    INTRODUCTION,
    LETTER,
    NO_NAMES,
    PATRONYMIC,
    UPPER,
    WORD,
)
from guardrail.detect.text.stretches import stretches

_WORD = lazily(WORD)
_PATRONYMIC = lazily(PATRONYMIC)
_ADJECTIVE = lazily(ADJECTIVES)
_INTRODUCTION = lazily(INTRODUCTION)
_NAME = lazily(f"{WORD}(?: {WORD}){{0,2}}")
_DOUBTFUL = lazily(r"(?i).*(?:улы|uly|[оеё]вн(?:ы|е|у|ой|ою)|ичн\w{1,2})")
"""Endings that other words have too: these need a first name before them."""

_NAMESAKES = (
    "көшесі", "даңғылы", "бульвары", "тұйығы", "алаңы", "шағын ауданы", "саябағы", "мұражайы",
    "кесенесі", "атындағы",
)  # fmt: skip
"""What Kazakh says behind a name of what is called so. In the place of an owner they would be said
of few persons; villages, schools and funds would (``ауылында``, ``мектебінде``)."""
_NAMED_AFTER = lazily(f" (?i:{either(_NAMESAKES)})")

_IN_A_TITLE = lazily(
    r"(?i)(?:роман|повест|рассказ|фильм|сериал|мультик|спектакл|опер|балет|пьес|книг|комеди|сказк)"
    r"\w{0,3} [«“„\"]$"
)
"""What opens the title of a work, of which a name right behind is: фильм «Иван Васильевич…»."""

_ENDED = (
    f"[{UPPER}](?:(?i:льич|узьмич|укич|омич|икитич|аввич)"
    f"|[{LETTER}]+(?i:[ұу]лы|қызы|кызы|uly|[qk]yzy|вич|[оеё]вн|ичн|vich|vna))"
)
_CAPITAL_BACK = f"[{LETTER}]{{0,49}}[{UPPER}]"
"""A capitalised word, backwards."""
_ENDED_BACK = rf"[{LETTER}]{{0,5}}(?i:ыл|ызы|ylu|yzy|hciv|anv|чи|нв)[{LETTER}]{{0,46}}[{UPPER}]"
"""A patronymic, backwards, in any case: what is said behind it matters to no other word."""
_SAID = (
    r"(?i:зовут|фамилия|имя|атым|есімі|тегі|(?:оның|сіздің) аты|аты[ \-]жөн|name is|full name"
    r"|am called|ф\.? ?и\.? ?о)"
)
"""For RE2: what no patronymic, and no introduction, is without."""
_AROUND = 64
"""Code points of an introduction at most."""


class PersonRecognizer(TextRecognizer):
    """One to four capitalised words with a patronymic, or one to three behind an introduction."""

    ENTITY = "PERSON"
    VERSION = "2"
    PATTERN = PATRONYMIC
    TRIGGERS = (f"{_ENDED}|{_SAID}",)
    BACKWARD = (
        rf"(?:(?i:{either(backwards(prefixes(_NAMESAKES)))}) {_ENDED_BACK}| ?{_CAPITAL_BACK})"
        rf"(?: {_CAPITAL_BACK}){{0,4}}"
    )
    LONGEST = 4 * 50 + 3

    def scan(self, text: str, start: int) -> Iterator[RecognizerResult]:
        """Yield names by patronymic, then names by introduction; they may overlap."""
        yield from self._by_patronymic(text, start)
        yield from self._by_introduction(text, start)

    def _by_patronymic(self, text: str, start: int) -> Iterator[RecognizerResult]:
        taken = start
        for match in _words(text, start):
            if _PATRONYMIC.fullmatch(match[0]) is None or not _stands_alone(text, match):
                continue
            if match.start() < taken or _ADJECTIVE.fullmatch(match[0]):
                continue
            if _NAMED_AFTER.match(text, match.end()):
                continue
            first, left = _extend_left(text, match.start(), taken)
            if left == 0 and _DOUBTFUL.fullmatch(match[0]):
                continue
            if _IN_A_TITLE.search(text[max(0, first - LOOK_BEHIND) : first]):
                continue
            last = match.end() if left == 2 else _extend_right(text, match.end())
            score = 0.85 if left or last > match.end() else 0.6
            yield self.result(Verdict(start=first, end=last, score=score, reason="patronymic"))
            taken = last

    def _by_introduction(self, text: str, start: int) -> Iterator[RecognizerResult]:
        for match in _introductions(text, max(0, start - LOOK_BEHIND)):
            name = _NAME.match(text, match.end())
            if name is None or name.start() < start or _inside(text, name.end()):
                continue
            if name[0].partition(" ")[0].casefold() not in NO_NAMES:
                yield self.result(
                    Verdict(start=name.start(), end=name.end(), score=0.8, reason="introduction")
                )


def _words(text: str, start: int) -> Iterator[re.Match[str]]:
    """Yield capitalised words from `start` on, those that may be a patronymic among them."""
    done = start
    for first, last in stretches(_ENDED, text, start):
        for match in _WORD.finditer(text, max(done, text.rfind(" ", done, first))):
            if match.start() >= last:
                break
            yield match
            done = match.end()


def _introductions(text: str, start: int) -> Iterator[re.Match[str]]:
    """Yield introductions that begin at `start` or later."""
    position = start
    for first, last in stretches(_SAID, text, start, before=_AROUND):
        position, end = max(position, first), last + _AROUND
        while (match := _INTRODUCTION.search(text, position, end)) and match.start() < last:
            yield match
            position = match.start() + 1


def _inside(text: str, position: int) -> bool:
    """Tell whether a word goes on at `position`."""
    following = text[position : position + 1]
    return following.isalnum() or following == "_"


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    """Tell whether a match is a whole word, wherever the look at the text began."""
    before = text[max(0, match.start() - 2) : match.start()]
    return _GLUED.search(before) is None and not _inside(text, match.end())


_GLUED = lazily(r"\w\Z|\w[-'’]\Z")


def _extend_left(text: str, start: int, bound: int) -> tuple[int, int]:
    """Return where the name starts with up to two capitalised words before, and how many."""
    count = 0
    while count < 2 and start - 1 > bound and text[start - 1] == " ":
        first = start - 1
        while first and start - first <= _LONGEST_WORD and _LETTER.match(text[first - 1]):
            first -= 1
        word = text[first : start - 1].lstrip("-'’")
        first = start - 1 - len(word)
        if first < bound or _WORD.fullmatch(word) is None or word.casefold() in NO_NAMES:
            break
        if first and _inside(text, first - 1):
            break
        start = first
        count += 1
    return start, count


_LETTER = lazily(f"[{LETTER}]")
_LONGEST_WORD = 52


def _extend_right(text: str, end: int) -> int:
    """Return where the name ends with a capitalised word that follows, no patronymic behind it."""
    word = _WORD.match(text, end + 1) if text[end : end + 1] == " " else None
    if word is None or _inside(text, word.end()) or word[0].casefold() in NO_NAMES:
        return end
    if text[word.end() : word.end() + 1] == " ":
        follower = _WORD.match(text, word.end() + 1)
        if follower and _PATRONYMIC.fullmatch(follower[0]):
            return end
    return word.end()
