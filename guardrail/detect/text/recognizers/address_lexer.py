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
W w    capitalised word; other word
A D U  capital letter; the same with a full stop; two capitals (NW, IL)
N Y P  number as of a house; of four digits; as of a post code
i u    ending of an ordinal; unit that numbers count
o q    word that may stand between parts; word that may not stand in a part
x !    other character within tokens; other character between tokens
====== =============================================================

Blanks, line breaks, and ``, ; : . - # " ( )`` stand for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from guardrail.detect.text.recognizers import address_words as data
from guardrail.detect.text.recognizers.address_places import (
    LOWER_PLACES,
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


def fold_word(word: str) -> str:
    """Return `word` as the lists spell it."""
    word = word.lower()
    if word.isascii() or word == "қ":  # a town's marker; к. is a building's
        return word
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

_FULL = frozenset(data.FULL.split())
_MARKERS = frozenset("SKEeMHFOLCR")
_NAMES = frozenset((STREET_NAMES + TITLES).split())

KNOWN_LOWER = frozenset((TITLES + LOWER_PLACES).split())
"""Names that are names in lower case too, wherever they stand."""

_PARTED = r"(?:[/\-кКkKсС]|стр|корп)"
"""Between the numbers of a house: 55/20, 14к3, 5стр1."""
_LETTER_OF = rf"[{LETTERS}](?![{LETTERS}0-9])"
_TOKEN = re.compile(
    rf"(?P<n>[0-9]+(?:-?{_LETTER_OF})?(?:{_PARTED}[0-9]+(?:{_LETTER_OF})?)*)"
    rf"|(?P<w>[{LETTERS}]+(?:[/\-'’][{LETTERS}]+)*)|(?P<s>[ \t\r]{{1,4}})|(?s:.)"
)
_HOUSE = re.compile(rf"[0-9]{{1,3}}(?:-?\D)?(?:{_PARTED}[0-9]{{1,3}}\D?){{0,2}}")
_YEAR_LIKE = re.compile(r"[0-9]{4}\D?")
_POST = re.compile(r"[0-9]{5,6}|[0-9]{5}-[0-9]{4}")
_MARKS = {**dict.fromkeys(",;:.-()\n"), "№": "#", "#": "#", "|": ","}
_QUOTES = "\"'«»“”„"
_WITHIN = frozenset("%°$€£₸₽@_+=*&^~\\/0123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexed:
    """Tokens of a text."""

    classes: str
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)


def lex(text: str, start: int, end: int) -> Lexed:
    """Return the tokens of `text` between `start` and `end`."""
    classes: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    word = ""
    for match in _TOKEN.finditer(text, start, end):
        kind, written = match.lastgroup, match[0]
        whole = _abbreviation(word, classes[-1]) if written == "." and word else None
        if whole:
            classes[-1], ends[-1], word = whole, match.end(), ""
            continue
        word = fold_word(written) if kind == "w" else ""
        classes.append(_class(kind, written, word))
        starts.append(match.start())
        ends.append(match.end())
    return Lexed(classes="".join(classes), starts=starts, ends=ends)


def _abbreviation(word: str, kind: str) -> str | None:
    """Return the class of `word` with a full stop behind, if the stop belongs to it."""
    if word in data.DOTTED:
        return data.DOTTED[word]
    if kind == "A":
        return "D"
    short = kind in _MARKERS and len(word) <= 6 and word not in _FULL
    return kind if short else None


def _class(kind: str | None, token: str, word: str) -> str:
    if kind == "w":
        return _class_of_word(token, word)
    if kind == "s":
        return " "
    if kind == "n":
        return _class_of_number(token)
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


def _class_of_word(token: str, word: str) -> str:
    kind = CLASSES.get(word)
    capital = token[0].isupper()
    if capital and len(token) == 1 and (kind is None or kind in "iuq"):
        return "A"
    if kind is None:
        return _class_of_unknown(token, capital=capital)
    if kind == "T" and not capital:
        return "b" if word in KNOWN_LOWER else "t"
    if kind == "G" and not capital and word not in KNOWN_LOWER:
        return "w"
    return "T" if kind in "uq" and capital and word in _NAMES else kind


def _class_of_unknown(token: str, *, capital: bool) -> str:
    if len(token) > LONGEST_WORD or len(token) == 1:
        return "q"
    if not capital:
        return "w"
    return "U" if len(token) == 2 and token.isascii() and token.isupper() else "W"
