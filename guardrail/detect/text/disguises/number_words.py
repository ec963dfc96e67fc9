"""Number words of Kazakh, Russian and English, and what digits a row of them says.

Kazakh in its Cyrillic letters, without its own ones (тогыз), and in Latin; Russian in Cyrillic and
in Latin.
"""
# ruff: noqa: RUF001 - the dotless i is a letter of Latin Kazakh

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_KAZAKH = str.maketrans("әғқңөұүһі", "агкноуухи")


def _numbered(first: int, step: int, words: str) -> dict[str, int]:
    return {
        word: first + step * place
        for place, group in enumerate(words.split())
        for word in group.split("/")
    }


_RU = {
    **_numbered(
        0, 1,
        "ноль/нуль/нол один/одна/одно/адин два/две три четыре/читыре пять/пят шесть/шест семь/сем "
        "восемь/восем девять/девят десять/десят одиннадцать/одинадцать двенадцать тринадцать "
        "четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
    ),
    **_numbered(
        20, 10,
        "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
    ),
    **_numbered(
        100, 100,
        "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот",
    ),
    **_numbered(
        0, 1,
        "nol/nul odin/adin dva/dve tri chetyre/chetire pyat/piat shest sem vosem devyat/deviat "
        "desyat",
    ),
    **_numbered(
        20, 10, "dvadtsat tridtsat sorok pyatdesyat shestdesyat semdesyat vosemdesyat devyanosto"
    ),
}  # fmt: skip
_KK = {
    **_numbered(0, 1, "нөл бір/бир/бiр екі/еки үш төрт бес алты жеті/жети сегіз/сегиз тоғыз он"),
    **_numbered(20, 10, "жиырма отыз қырық елу алпыс жетпіс/жетпис сексен тоқсан"),
    **_numbered(
        0, 1,
        "nöl bir eki üş/ush/uş tört/tort bes alty/altı jeti/zheti segiz toğyz/togyz/toğız/toqyz",
    ),
    **_numbered(
        20, 10,
        "jiyrma/zhiyrma/jıyrma otyz/otız qyryq/qırıq/kyryk elu/elw alpys/alpıs jetpis/zhetpis "
        "seksen toqsan/toksan",
    ),
}  # fmt: skip
_EN = {
    **_numbered(
        0, 1,
        "zero/oh/nought one two three four five six seven eight nine ten eleven twelve thirteen "
        "fourteen fifteen sixteen seventeen eighteen nineteen",
    ),
    **_numbered(20, 10, "twenty thirty forty/fourty fifty sixty seventy eighty ninety"),
}  # fmt: skip
VALUES: Mapping[str, int] = {
    **_EN,
    **_RU,
    **{word.translate(_KAZAKH): value for word, value in _KK.items()},
    **_KK,
}
"""What each word adds."""

HUNDRED = {"жүз", "жуз", "jüz", "juz", "zhuz", "hundred"}
"""A hundred of what is said before, or one."""

_TEN_ALONE = {"десять", "десят", "desyat", "ten"}
"""Ten where the numbers behind it have words of their own."""

REPEATS: Mapping[str, int] = {"double": 2, "triple": 3}
"""How often the next digit comes."""

ZEROS = {"нуля", "нулей"}
"""Zeros as many as the word before says."""

AND = {"and"}
PLUS = {"плюс", "plus", "қосу", "косу"}
WORDS = frozenset({*VALUES, *HUNDRED, *REPEATS, *ZEROS, *AND, *PLUS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Digits that one word or a few words say together."""

    digits: str
    first: int
    last: int
    """Numbers of the first word and the last."""


def said(words: Sequence[str]) -> Iterator[Said]:
    """Yield the digits that `words` say, ``девяносто девять`` as 99; all lower case, of `WORDS`.

    Words join where speakers join them: hundreds, tens and ones, each at most once and in order.
    """
    place = 0
    while place < len(words):
        digits, last = _next(words, place)
        yield Said(digits=digits, first=place, last=last)
        place = last + 1


def _next(words: Sequence[str], place: int) -> tuple[str, int]:
    """Return what is said from `place` on, and the number of its last word."""
    word, follower = words[place], words[place + 1] if place + 1 < len(words) else ""
    value = VALUES.get(word, 0)
    repeated = VALUES.get(follower, 10)
    if word in REPEATS and repeated < 10:
        return str(repeated) * REPEATS[word], place + 1
    if 0 < value < 10 and follower in ZEROS:
        return "0" * value, place + 1
    if 0 < value < 10 and follower in HUNDRED:
        return _with_rest(words, place + 1, value * 100)
    if word in HUNDRED:
        return _with_rest(words, place, 100)
    if word in VALUES:
        return _with_rest(words, place, value)
    return _literal(word, place), place


def _literal(word: str, place: int) -> str:
    """Return what a word that is no number says by itself: digits, or a plus sign in front."""
    if word.isdecimal():
        return word
    return "+" if word in PLUS and place == 0 else ""


def _with_rest(words: Sequence[str], place: int, value: int) -> tuple[str, int]:
    """Return `value`, said up to `place`, with the tens and ones that belong to it."""
    if value >= 100 and place + 1 < len(words) and words[place + 1] in AND:
        place += 1
    for unit in (100, 10):
        following = VALUES.get(words[place + 1], 0) if place + 1 < len(words) else 0
        fits = unit // 10 <= following < unit or (unit == 100 and 0 < following < 10)
        fits = fits and words[place] not in _TEN_ALONE
        if value and value % unit == 0 and fits:
            value += following
            place += 1
    return str(value), place
