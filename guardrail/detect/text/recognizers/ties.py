"""What ties a word to a particular person: heads such as «у меня», and what may stand between.

All is said of plain text (`special_words.plain`) before a term, in its sentence; only the patterns
of `NAMED` look at the text as it was written, for capital letters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizer import LOOK_BEHIND

NEAR = 72
"""Code points between a head and its term at most."""

_SENTENCE = lazily(r"[!?;\n•]|(?:\w\w|[)»\"])\.(?=\s)")
_CUT_WORD = lazily(r"\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What stands before a term, as far as it may matter."""

    plain: str
    """Plain text, the sentence only."""
    written: str
    """The same part as it was written."""
    lines: str
    """Plain text across sentences and lines: a form's label may stand on the line before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """A head and what may stand between it and the term."""

    head: re.Pattern[str]
    gap: re.Pattern[str]
    written: bool = False
    """Whether the head wants the text as it was written."""
    lines: bool = False
    """Whether the head may stand on a line before."""


def before(text: str, plain: str, start: int) -> Before:
    """Return what stands before `start` in `text`, whose plain form is `plain`."""
    origin = max(0, start - LOOK_BEHIND)
    if start >= LOOK_BEHIND:
        cut = _CUT_WORD.match(plain, origin, start)
        origin = cut.end() if cut else origin
    sentence = origin
    for stop in _SENTENCE.finditer(plain, origin, start):
        sentence = stop.end()
    return Before(
        plain=plain[sentence:start], written=text[sentence:start], lines=plain[origin:start]
    )


def is_tied(known: Before, ties: tuple[Tie, ...]) -> bool:
    """Tell whether one of `ties` holds right before the term."""
    return any(_holds(known, tie) for tie in ties)


def is_supposed(text: str) -> bool:
    """Tell whether the plain `text` ends in words that make what follows a mere supposition."""
    return _SUPPOSED.search(text) is not None


def _holds(known: Before, tie: Tie) -> bool:
    plain = known.lines if tie.lines else known.plain
    for head in tie.head.finditer(known.written if tie.written else plain):
        gap = plain[head.end() :]
        if len(gap) <= NEAR and tie.gap.fullmatch(gap) and not is_supposed(plain[: head.start()]):
            return True
    return False


_SUPPOSED = lazily(
    r"(?:^|\W)(?:(?:если|допустим|предположим|представ\w{1,6}|вдруг|когда|кто|кому|понять|узнать"
    r"|проверить|ли|якобы|будто|егер|егерде|айталык|if|suppose|supposing|imagine|assume|whether"
    r"|pretend|unless)(?:,? что|,? that|,? бы|,? у)?[ ,:]{1,3}(?:[\w’']{1,14} ){0,1}"
    r"|(?:do|does|did|can|could|would|am|is|are) )\Z"
)


def head(*patterns: str) -> re.Pattern[str]:
    """Return the pattern of heads: whole words."""
    return lazily(rf"(?<![\w\-/@])(?:{'|'.join(patterns)})(?!\w)")


TOPIC = (
    r"вопрос\w*|про|о|об|обо|по|при|для|от|против|насчет|касательно|стать[яиюей]\w*|книг\w+|эссе"
    r"|реферат\w*|курсов\w+|диплом\w*|доклад\w*|лекци\w+|фильм\w*|проект\w*|исследов\w+|тем[аеуы]"
    r"|приложени\w+|сайт\w*|блог\w*|тест\w*|экзамен\w*|работа\w*|изуча\w+|пиш\w+|лечу|лечит|лечат"
    r"|как|что|чтобы|котор\w+|где|знак\w*|гороскоп\w*|методы|понятие|определение|антивирус\w*"
    r"|стране|городе|офисе|мире|компьютер\w*|ноутбук\w*|телефон\w*|число|больных|людей"
    r"|отделени\w*|клиник\w*|центр\w*|больниц\w*|продаж\w*|растет|phd|degree|"
    r"dataset|idea|собак\w+|кош\w+|кот\w{0,3}|туралы|жайлы|жонинде|деген|эмес"
    r"|about|on|regarding|question\w*|book\w*|article\w*|essay\w*|report\w*|write|writing|read"
    r"|study|studying|research\w*|project\w*|course|film|movie|to|for|of|patients?|people|work\w*"
    r"|who|how|what|that|dog|cat|against|new"
)


def open_gap(words: int, *, but: str = TOPIC) -> re.Pattern[str]:
    """Return the pattern of up to `words` words, none of which changes the subject."""
    return lazily(rf"\W{{0,3}}(?:(?!(?:{but})(?!\w))\w+\W{{1,3}}){{0,{words}}}")


def gap_of(filler: str, but: str, *, words: int) -> re.Pattern[str]:
    """Return the pattern of up to `words` words, each a `filler` or any other word but `but`."""
    word = rf"(?:{filler}(?!\w)|(?!{but}(?!\w))\w{{2,16}})"
    return lazily(rf"\W{{1,3}}(?:{word}\W{{1,3}}){{0,{words}}}")


def closed_gap(*fillers: str, words: int = 5) -> re.Pattern[str]:
    """Return the pattern of up to `words` words, each one of `fillers`."""
    return lazily(rf"\W{{1,3}}(?:(?:{'|'.join(fillers)})\W{{1,3}}){{0,{words}}}")


def field(*labels: str, words: int = 3) -> Tie:
    """Return the tie of a form's label, with up to `words` words of its value before the term."""
    link = r"[\"'»*)]{0,2}\s{0,3}[:=|>\-]{1,2}[\s\"'«*\[(]{0,5}"
    label = rf"(?<!\w)(?:{'|'.join(labels)}){_WHOSE}{link}"
    value = rf"(?:(?!(?:{TOPIC}|{_TYPE})(?!\w))[\w\-]+(?: |, )){{0,{words}}}[\"'«]?"
    return Tie(head=lazily(label), gap=lazily(value), lines=True)


_WHOSE = (
    r"(?: (?:пациент|клиент|сотрудни|заявител|ребен|супруг|работни|кандидат|заемщи)\w{1,3}"
    r"| of (?:the )?(?:patient|client|employee|applicant|child))?"
)
_TYPE = "type|string|str|none|null|нет|жок|не|no|not|without|без|optional"
