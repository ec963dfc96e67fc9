"""A text as a row of classes, one character for each token, so that short patterns can parse it.

====== =============================================================
class  token
====== =============================================================
S K    street, before or behind its name; behind only
E e    English street behind its name; one that is an ordinary word
M m    microdistrict; first of two words for one (шағын ауданы)
H F O  house or building; flat; office or room
L      floor or entrance
C R    town before its name; district or region or town behind
B I    box for post; the word for a post code
G T t  known place; known word of street names; the same in lower case
b      known second word of street names in lower case (батыр, хан)
v      such a word that stands behind a known one only (имени, валиханов)
W w    capitalised word; other word
z      other word that no Russian street is called by (устройство, проверку)
y      usual word that no street is called by at all (смотрят, қонақтары, running)
A D U  capital letter; the same with a full stop; two capitals (NW, IL)
N Y P  number as of a house; of four digits; as of a post code
p      patronymic of a person, which is no part; one in a street's name is W
i u    ending of an ordinal; unit that numbers count
o q    word that may stand between parts; word that may not stand in a part
x !    other character within tokens; other character between tokens
====== =============================================================

Blanks, line breaks, and ``, ; : . - # " ( )`` stand for themselves.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.names.knowledge import Usual
from guardrail.detect.text.names.usual import how_usual, is_inflected_kazakh
from guardrail.detect.text.recognizers import address_words as data
from guardrail.detect.text.recognizers.address_places import (
    LOWER_PLACES,
    NAMESAKES,
    PLACES,
    STREET_NAMES,
    TITLES,
)

LETTERS = "A-Za-zÀ-ÖØ-öø-žǴǵА-яЁёӘәҒғҚқҢңӨөҰұҮүҺ\u04bbІі"
"""Inside of a character class."""

LONGEST_WORD = 24
"""Letters of a word that may be a part of an address."""

_CYRILLIC = str.maketrans("әғқңөұүіiё\u04bb", "агкноууииех")
_LATIN = str.maketrans("äáöóüúūğǵşñńıýçә", "aaoouuuggsnniyca")
_FOLDED = frozenset(map(chr, {**_CYRILLIC, **_LATIN}))


def fold_word(word: str) -> str:
    """Return `word` as the lists spell it."""
    word = word.lower()
    if _FOLDED.isdisjoint(word) or word.isascii() or word == "қ":
        return word  # қ. is a town's marker, к. a building's
    return word.translate(_LATIN if word[0] < "Ѐ" else _CYRILLIC)


def _classes() -> Mapping[str, str]:
    lists = (
        ("T", STREET_NAMES + TITLES), ("G", PLACES + LOWER_PLACES), ("u", data.UNITS),
        ("i", data.ORDINALS), ("q", data.NO_NAMES), ("o", data.LINKS),
        ("B", data.BOX), ("I", data.INDEX),
        ("C", data.TOWN), ("R", data.DISTRICT), ("L", data.FLOOR), ("O", data.ROOM),
        ("F", data.FLAT), ("H", data.HOUSE), ("m", data.MICRODISTRICT_FIRST),
        ("M", data.MICRODISTRICT), ("e", data.STREET_ENGLISH_PROPER), ("E", data.STREET_ENGLISH),
        ("K", data.STREET_BEHIND), ("S", data.STREET),
    )  # fmt: skip
    return {word: kind for kind, words in lists for word in words.split()}


CLASSES = _classes()
"""Class of each known word."""

ENDINGS = tuple(data.VERB_ENDINGS.split())

_FULL = frozenset(data.FULL.split())
_MARKERS = frozenset("SKEeMHFOLCR")
_NAMES = frozenset((STREET_NAMES + TITLES).split())

KNOWN_LOWER = frozenset((TITLES + LOWER_PLACES).split())
"""Names that are names in lower case too, wherever they stand."""

_PARTED = r"(?:[/\-кКkKсС]|стр|корп)"
"""Between the numbers of a house: 55/20, 14к3, 5стр1."""
_LETTER_OF = rf"[{LETTERS}](?![{LETTERS}0-9])"
_TOKEN = lazily(
    rf"[0-9]+(?:-?{_LETTER_OF})?(?:{_PARTED}[0-9]+(?:{_LETTER_OF})?)*"
    rf"|[{LETTERS}]+(?:[/\-'’][{LETTERS}]+)*|[ \t\r]{{1,4}}|(?s:.)"
)
_LETTERS = frozenset(re.findall(f"[{LETTERS}]", "".join(map(chr, range(0x600)))))
_HOUSE = lazily(rf"[0-9]{{1,3}}(?:-?\D)?(?:{_PARTED}[0-9]{{1,3}}\D?){{0,2}}")
_YEAR_LIKE = lazily(r"[0-9]{4}\D?")
_POST = lazily(r"[0-9]{5,6}|[0-9]{5}-[0-9]{4}")
_MARKS = {**dict.fromkeys(",;:.-()\n"), "№": "#", "#": "#", "|": ","}
_QUOTES = "\"'«»“”„"
_WITHIN = frozenset("%°$€£₸₽@_+=*&^~\\/0123456789")


class Step(NamedTuple):
    """What a pattern says at a token."""

    match: re.Match[str] | None
    settled: bool
    """Whether that stays so whatever follows the edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexed:
    """Tokens of a text."""

    classes: str
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    edge: bool = False
    """Whether `classes` end in `EDGE`: more may follow."""
    asked: dict[tuple[str, int], Step] = field(default_factory=dict)
    """What was asked of them so far, at which token."""


_REMEMBERED = 20_000
_KNOWN: dict[str, str] = {}
"""Classes of tokens met so far, so many at most and none of them long: most of a text's were met
before. Another thread may empty it at any time."""


def word_from(text: str, position: int) -> int:
    """Return where what `position` stands in begins: a text may have been cut within a token."""
    before = text[max(0, position - BLANKLESS) : position]
    return position - len(before) + max(map(before.rfind, " \n\t\r")) + 1


BLANKLESS = 40
"""Code points in which a blank is looked for."""


def lex(text: str, start: int, end: int) -> Lexed:
    """Return the tokens of `text` between `start` and `end`."""
    tokens = _TOKEN.findall(text, start, end)
    known = _KNOWN
    if len(known) > _REMEMBERED:
        known.clear()
    for token in set(tokens).difference(known):
        if len(token) <= LONGEST_WORD:
            known[token] = _class(token)
    classes = [known.get(token) or _class(token) for token in tokens]
    places = list(accumulate(map(len, tokens), initial=start))
    starts, ends = places[:-1], places[1:]
    stops = [place for place, token in enumerate(tokens) if token == "." and place]  # noqa: S105 - no password
    for place in stops:
        before = tokens[place - 1]
        whole = _abbreviation(before, classes[place - 1]) if before[0] in _LETTERS else None
        if whole:
            classes[place - 1], ends[place - 1], classes[place] = whole, ends[place], ""
    if _PATRONYMIC in classes:
        _settle_patronymics(classes)
    if "" in classes:
        starts = [one for one, kind in zip(starts, classes, strict=True) if kind]
        ends = [one for one, kind in zip(ends, classes, strict=True) if kind]
    return Lexed(classes="".join(classes), starts=starts, ends=ends)


def _abbreviation(token: str, kind: str) -> str | None:
    """Return the class of a word with a full stop behind, if the stop belongs to it."""
    word = fold_word(token)
    if word in data.DOTTED:
        return data.DOTTED[word]
    if kind == "A":
        return "D"
    short = kind in _MARKERS and len(word) <= 6 and word not in _FULL
    return kind if short else None


def _class(token: str) -> str:
    usual = _usual().get(token)
    if usual:
        return usual
    if token[0] in _LETTERS:
        if token.islower() and _FOLDED.isdisjoint(token):
            return _class_of_unknown(token)  # the known ones are usual
        word = fold_word(token)
        kind = CLASSES.get(word)
        return _class_of_known(token, word, kind) if kind else _class_of_unknown(token)
    if token[0] in "0123456789":
        return _class_of_number(token)
    return _class_of_sign(token)


@cache
def _usual() -> Mapping[str, str]:
    """Return the classes of known words as they are listed, and of signs."""
    known = {word: _class_of_known(word, word, kind) for word, kind in CLASSES.items()}
    return known | {sign: _class_of_sign(sign) for sign in (" ", *_MARKS, *_QUOTES)}


def kinds_of_begun(unfinished: str) -> frozenset[str]:
    """Return the classes of the listed words that a word in small letters may become."""
    begun = fold_word(unfinished)
    kinds = _kinds_from(begun)
    return kinds | _kinds_from("к") if begun == "қ" else kinds  # alone it isn't folded


def _kinds_from(begun: str) -> frozenset[str]:
    listed = _listed()
    return frozenset(
        kind
        for _, kind in listed[bisect_left(listed, (begun,)) : bisect_left(listed, (begun + _LAST,))]
    )


_LAST = "\U0010ffff"
"""Behind all letters."""


@cache
def _listed() -> list[tuple[str, ...]]:
    """Return the listed words with their classes, those that need a full stop behind as well."""
    words = {(word, _usual()[word]) for word in CLASSES}
    return sorted(words | set(data.DOTTED.items()))


def _class_of_sign(token: str) -> str:
    if token[0] in " \t\r":
        return " "
    if token in _MARKS:
        return _MARKS[token] or token
    if token in _QUOTES:
        return '"'
    return "x" if token in _WITHIN or token.isalnum() else "!"


def _class_of_number(token: str) -> str:
    if _HOUSE.fullmatch(token):
        return "N"
    if _YEAR_LIKE.fullmatch(token):
        return "Y"
    return "P" if _POST.fullmatch(token) else "x"


def _class_of_known(token: str, word: str, kind: str) -> str:
    capital = token[0].isupper()
    if capital and len(token) == 1 and kind in "iuq":
        return "A"
    if kind == "T" and not capital:
        return _class_of_second(word)
    if kind == "G" and not capital and word not in KNOWN_LOWER:
        return "w"
    return "T" if kind in "uq" and capital and word in _NAMES else kind


def _class_of_second(word: str) -> str:
    if word in NAMESAKES:
        return "v"
    return "b" if word in KNOWN_LOWER else "t"


def _class_of_small(token: str) -> str:
    word = fold_word(token)
    if not 1 < len(token) <= LONGEST_WORD or word.endswith(ENDINGS):
        return "q"
    if names_nothing(token):
        return "y"
    return "z" if names_no_street(word) else "w"


def names_no_street(word: str) -> bool:
    """Tell whether a folded word, in small letters, is what no Russian street is called by."""
    return word.endswith(_OF_NO_STREET) and not word.endswith(_OF_STREETS)


_OF_NO_STREET = tuple("оеуюь")
_OF_STREETS = ("ого", "его", "ко")
"""Endings of cases: genitives of adjectives, and surnames (Шевченко), are what streets have."""


def names_nothing(word: str) -> bool:
    """Tell whether a word in small letters, not folded, is none that a street is called by.

    English words are, where the street is an English one with the number of its house before it.
    """
    if _CONTRACTED.fullmatch(word):
        return True
    usual = how_usual(word)
    if usual is Usual.ADJECTIVE:
        return word.endswith(_OBLIQUE) and not word.endswith(_OF_STREETS)
    if usual is Usual.MET and word.isascii():
        return True
    if len(word) < _LEAST_KNOWN and not word.isascii():
        return False
    return usual >= Usual.NOUN or is_inflected_kazakh(word) or word.endswith(_KAZAKH_PLURALS)


def is_no_part(word: str) -> bool:
    """Tell whether a word that begins with a capital, and is on no list here, is of no address.

    Russian verbs and adverbs at the beginning of a sentence are, and Kazakh words with endings.
    """
    low = word.lower()
    if "’" in low and CLASSES.get(low.replace("’", "'")) == "q":
        return True
    if not word.istitle() or low in _COUNTS:
        return False
    known = len(low) >= _LEAST_KNOWN and low >= "а" and how_usual(low) is Usual.ALWAYS
    return known or is_inflected_kazakh(low)


_LEAST_KNOWN = 5
"""Letters from which on the dictionary of Russian knows no Kazakh word as its own, as ``дала``."""

_CONTRACTED = lazily("[a-z]+['’](?:[a-z]|ll|re|ve)")

_COUNTS = frozenset(("десять", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят"))
"""Streets are called by numbers of years."""

_OBLIQUE = ("о", "е", "у", "ю", "ь", "ом", "ем", "ым", "им", "ыми", "ими")
"""Endings of Russian adjectives that what a street is called by doesn't have."""
_KAZAKH_PLURALS = ("лар", "лер", "дар", "дер", "тар", "тер")


_OF_PATRONYMICS = (
    "ұлы", "қызы", "улы", "кызы", "uly", "ūly", "qyzy", "kyzy", "ович", "евич", "овна", "евна",
)  # fmt: skip
_LEAST_PATRONYMIC = 7
"""Letters of a patronymic at least: Ұлы Дала is an avenue."""
_PATRONYMIC = "p"
"""The class of a patronymic, unless it is of a street's name."""
_MARKED = lazily(r"[SM]:? ?(?:[WTGbvD] ?){0,2}\Z")
"""What stands before a patronymic in the name of a street, behind the word for one."""
_NAMED_AFTER = 6
"""Tokens before a patronymic that are looked at for that."""


def _settle_patronymics(classes: list[str]) -> None:
    """Make each capitalised patronymic that is of a street's name a part of it.

    Such stand right before the word for it, or behind that.
    """
    for place, kind in enumerate(classes):
        if kind == _PATRONYMIC:
            before = "".join(classes[max(0, place - _NAMED_AFTER) : place])
            behind = "".join(classes[place + 1 : place + 3])
            of_street = behind in {" K", " M", " m"} or _MARKED.search(before)
            classes[place] = "W" if of_street else kind


def _class_of_unknown(token: str) -> str:
    size = len(token)
    if not token[0].isupper():
        return _class_of_small(token)
    if size == 1:
        return "A"
    if size > LONGEST_WORD or is_no_part(token):
        return "q"
    if size >= _LEAST_PATRONYMIC and token.lower().endswith(_OF_PATRONYMICS):
        return _PATRONYMIC
    return "U" if len(token) == 2 and token.isascii() and token.isupper() else "W"
