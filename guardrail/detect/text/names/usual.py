"""Words that everybody uses and nobody is called by, told by themselves, whatever stands around.

Three sources know them: the dictionary of Russian, the English words that are in no name, and what
was met where names are labelled. Of Kazakh words endings of case, number, and verb tell more than
any list. What rests on a word alone is settled in a stream as soon as the word ends.
"""

from __future__ import annotations

from functools import lru_cache

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.names.knowledge import Usual
from guardrail.detect.text.names.shipped import knowledge

_WORD = lazily("[a-z]{2,24}|[а-яёәғқңөұүһі]{2,24}")

_KAZAKH = tuple(
    (  # noqa: SIM905 - a list to read
        "лары лері дары дері тары тері ларын лерін дарын дерін тарын терін ларына леріне дарына "
        "деріне тарына теріне ларға лерге дарға дерге тарға терге ларды лерді дарды дерді тарды "
        "терді ларда лерде дарда дерде тарда терде лардан лерден дардан дерден тардан терден "
        "ына іне сына сіне ында інде сында сінде анда енде нда нде "
        "ынан інен сынан сінен дағы дегі тағы тегі лармен лермен дармен дермен тармен термен "
        "ымен імен мыз міз ңыз ңіз ған ген атын етін йтын йтін ады еді йды йді амын емін "
        "мын мін лып ліп тып тіп ғып гіп сып сіп йып йіп рап реп лап леп тап теп дап деп "
        "уды уді асын есін ысын ісін лсын лсін тсын тсін лсақ лсек рсақ рсек тқан ткен сқан скен"
    ).split()
)
"""Endings of Kazakh nouns and verbs that no name, nor any street's, has in the nominative."""

_GENITIVE = ("ның", "нің", "дың", "дің", "тың", "тің")
"""The genitive, which somebody's name is in where a street or a school is called after them."""

_LEAST = 6
"""Letters of a word with one of them at least: ``Айда`` and ``Мәди`` are names."""

_OF_NAMES = lazily(".+берген")
"""``Given``, as many are called; what is said of a gift is the ending alone."""

_REMEMBERED = 8192


@lru_cache(maxsize=_REMEMBERED)
def how_usual(word: str) -> Usual:
    """Return in what way `word`, in lower case, is usual; one with signs or digits isn't."""
    return knowledge().usual(word) if _WORD.fullmatch(word) else Usual.NO


@lru_cache(maxsize=_REMEMBERED)
def is_inflected_kazakh(word: str) -> bool:
    """Tell whether `word`, in lower case, has an ending of Kazakh that names don't have.

    A few names were participles once: ``Өтеген``, ``Қожаберген``. They are listed, or end alike.
    """
    if len(word) < _LEAST or not (word.endswith(_KAZAKH) and _WORD.fullmatch(word)):
        return False
    return not (_OF_NAMES.fullmatch(word) or knowledge().is_called(word))


def is_usual(word: str) -> bool:
    """Tell whether `word`, in lower case, is one that everybody uses."""
    inflected = is_inflected_kazakh(word) or (len(word) >= _LEAST and word.endswith(_GENITIVE))
    return inflected or how_usual(word) > Usual.NO
