"""What is called by somebody's name and is nobody: ships, theorems, saints' days.

The network sees a name and three words on either side; some of what it takes for a person is told
apart by one word beside it. Nothing here looks farther than the network does.
"""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.names.words import Words

_LONGEST_TITLE = 4
"""Words between quotation marks at most."""

_CALLED = lazily(
    r"(?:авианос|баржа|ледокол|крейсер|корабл|лайнер|паром|пароход|теплоход|фрегат|эсмин|яхт|судн"
    r"|поезд|самол[её]т|кафе|ресторан|магазин|бутик|салон|отел|гостиниц|санатор|пансионат|базар"
    r"|рынок|рынк|кинотеатр|театр|стадион|клуб|команд|школ|лицей|лице[ея]|гимнази|детсад|роман|повест|поэм"
    r"|рассказ|фильм|сериал|спектакл|опер[аеыу]\b|балет|песн|альбом|журнал|газет|премия|фонд|банк"
    r"|компани|фирм|завод|фабрик|шахт|бренд|марк[аиуе]\b|сорт|кеме|дүкен|мейрамхана|қонақүй|мектеп"
    r"|мектеб|балабақша|қор[ыда]|әні|пьеса|тоо\b|жшс\b|ооо\b|ао\b|бц\b|трц?\b|трк\b|бк\b|фк\b"
    r"|хк\b|ship|cruiser|ferry|yacht|film|movie|novel|song|album|opera|caf[eé]|restaurant|hotel"
    r"|shop|store|club|team|brand)"
)
"""How words begin that say what is called something, in small letters: «Кузнецов» behind them is a
ship. A sole trader (ИП, ЖК) isn't: that is called by its owner's name."""

_OPENS, _CLOSES = frozenset("«“„"), frozenset("»”“")
"""Quotation marks of print. Straight ones are those of data, too: ``"name": "…"``."""

_EPONYM = lazily(
    r"(?:гипотез|теорем|лемм|постулат|аксиом|уравнени|тождеств|неравенств|решет|шкал|бритв|парадокс"
    r"|дилемм|формул)\w{0,3}"
)
"""Words of science that stand before a name, in small letters."""

_LAWS = lazily(
    "laws?|razor|theorem|lemma|paradox|constant|equation|conjecture|hypothesis|principle|comet"
)
"""Words of science behind a name and ``'s``."""

_PAIRS = frozenset(
    frozenset(pair.split())
    for pair in (
        "пётр павел", "петр павел", "борис глеб", "кирилл мефодий", "адам ева", "каин авель",
        "ромео джульетта", "руслан людмила", "мастер маргарита", "чук гек", "тристан изольда",
        "лейла меджнун", "ләйлі мәжнүн", "еңлік кебек", "фархад ширин", "peter paul", "adam eve",
        "cain abel", "romeo juliet", "tristan isolde", "cyril methodius", "tom jerry",
        "hansel gretel",
    )
)  # fmt: skip
"""Saints of one day and people of one book, who are named together."""

_NEGATED = frozenset(
    (
        "don", "won", "can", "isn", "aren", "wasn", "weren", "didn", "doesn", "hasn", "haven",
        "hadn", "couldn", "wouldn", "shouldn", "mustn", "needn", "ain",
    )
)  # fmt: skip
"""What English writes before ``'t``: Don and Can are given names, too."""

_AND = frozenset(("и", "мен", "пен", "бен", "and", "&"))


def is_of_a_thing(words: Words, first: int, last: int) -> bool:
    """Tell whether the name from the word `first` to the word `last` is of something, not somebody.

    It rests on three words behind the name at most.
    """
    return (
        _is_title(words, first, last)
        or _is_eponym(words, first, last)
        or (first == last and _is_of_a_pair(words, first))
    )


def is_negated(words: Words, number: int) -> bool:
    """Tell whether a word is the first part of ``don't``, the last of which is whole."""
    if words.texts[number].lower() not in _NEGATED or number + 3 >= len(words.texts):
        return False
    end = words.starts[number] + len(words.texts[number])
    glued = words.starts[number + 2] == end + 1 == words.starts[number + 1] + 1
    return glued and words.texts[number + 1] in "'’" and words.texts[number + 2] in {"t", "T"}


def _text(words: Words, number: int) -> str:
    """Return a word in small letters; nothing beyond the ends."""
    return words.texts[number].lower() if 0 <= number < len(words.texts) else ""


def _is_title(words: Words, first: int, last: int) -> bool:
    """Tell whether the name ends a quoted title behind a word for what bears it."""
    if _text(words, last + 1) not in _CLOSES:
        return False
    for opening in range(first - 1, max(-1, last - _LONGEST_TITLE - 1), -1):
        if words.texts[opening] in _OPENS:
            return _CALLED.match(_text(words, opening - 1)) is not None
        if not words.texts[opening].istitle():
            return False
    return False


def _is_eponym(words: Words, first: int, last: int) -> bool:
    """Tell whether something of science is called so: гипотеза Римана, Murphy's law."""
    if _EPONYM.fullmatch(_text(words, first)) or _EPONYM.fullmatch(_text(words, first - 1)):
        return True
    owned = _text(words, last + 1) in {"'", "’"} and _text(words, last + 2) == "s"
    return first == last and owned and _LAWS.fullmatch(_text(words, last + 3)) is not None


def _is_of_a_pair(words: Words, number: int) -> bool:
    """Tell whether the other one of a known pair is named beside it."""
    word = _text(words, number)
    return any(
        _text(words, number + step) in _AND
        and frozenset((word, _text(words, number + 2 * step))) in _PAIRS
        for step in (-1, 1)
    )
