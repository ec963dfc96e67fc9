"""What may still become an address where a text breaks off, and the words that announce one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from guardrail.detect.text.lazily import lazily
from guardrail.detect.text.recognizers.address_lexer import (
    CLASSES,
    ENDINGS,
    KNOWN_LOWER,
    fold_word,
    is_no_part,
    names_no_street,
    names_nothing,
)
from guardrail.detect.text.recognizers.address_places import (
    LOWER_PLACES,
    NAMESAKES,
    STREET_NAMES,
    TITLES,
)
from guardrail.detect.text.recognizers.address_words import DOTTED

_ALIKE: Mapping[str, str] = {
    "а": "аә", "г": "гғ", "к": "кқ", "н": "нң", "о": "оө", "у": "уұү", "и": "иіi", "е": "её",
    "a": "aäá",
    "o": "oöó", "u": "uüúū", "g": "gğǵ", "s": "sş", "n": "nñń", "i": "i\u0131í", "y": "yý",
}  # fmt: skip
"""What each letter of a list stands for, the other way round from `fold_word`."""


def _tree(words: Iterable[str]) -> str:
    """Return a pattern for any of `words`, as a tree, so that each letter is looked at once."""
    heads: dict[str, set[str]] = {}
    for word in words:
        heads.setdefault(word[:1], set()).add(word[1:])
    optional = heads.pop("", None) is not None
    branches = "|".join(_letter(head) + _tree(rest) for head, rest in sorted(heads.items()))
    if not branches:
        return ""
    return f"(?:{branches}){'?' * optional}"


def _letter(letter: str) -> str:
    alike = _ALIKE.get(letter, letter)
    return f"[{alike}]" if len(alike) > 1 else "\\-" if letter == "-" else letter


def _words(kinds: str) -> frozenset[str]:
    return frozenset(word for word, kind in CLASSES.items() if kind in kinds)


def _backwards(words: Iterable[str]) -> str:
    return f"(?i:{_tree(word[::-1] for word in words)})"


def _heads(words: Iterable[str]) -> str:
    """Return a pattern, backwards, for an unfinished word that may become one of `words`.

    It looks at three letters: `open_from` has looked at all of them.
    """
    cut = {word[:3] for word in words}
    whole = _backwards(word for word in cut if len(word) == 3)
    short = _backwards(word[:size] for word in cut for size in (1, 2))
    return rf"(?:[\w/\-]{{0,20}}{whole}|{short})"


_LOWER = "a-zß-öø-ÿа-яёәғқңөұүһіğşñ\u0131ūǵý"
_UPPER = "A-ZÀ-ÖØ-ÞА-ЯЁӘҒҚҢӨҰҮҺІĞŞÑİŪǴ"
_END = r"(?:\W|$)"
_BLANK = r'[ \t\r\n,;:#№"«»“”„(\-]{1,12}'
_SPACE = r"[ \t\r]{1,4}"
_LINK = f"(?:{_backwards(_words('o'))}{_BLANK})?"
_GAP = f"{_BLANK}{_LINK}"
_LOW = rf"[\w'’/\-]{{1,23}}[{_LOWER}]"
_SHORT = r"(?:\.\w{1,6})?"
"""A marker glued to the name behind it: «ул.Абая»."""
_CAPITAL = rf"(?:[\w'’/\-]{{0,30}}|\.\w{{0,4}})[{_UPPER}]{_SHORT}"
_SIGN = r"[ \t\r]{0,4}[#№]"
_NUMBER = rf"(?:[{_UPPER}]{_SPACE})?[\w/\-]{{0,14}}[0-9](?:[.\-:]?[\w]{{1,24}})?(?:{_SIGN})?"
"""With the letter of a house that stands apart: «12 B»."""
_SAID = rf"\.?{_backwards(_words('SKEeMmHFOLCRBI') | frozenset(TITLES.split()))}"
_MARKER = (
    rf"(?:{_SAID}|\.(?i:[спшк]|тс|луб)|{_LOW}\.\w{{1,6}}|{_NUMBER})"
    rf"(?:{_SPACE}(?!{_SAID}(?:[^\w'’/\-]|$)){_LOW}{_SHORT})?"
)
"""With the name it is of; another marker has a name of its own."""
_PLACE = _backwards(LOWER_PLACES.split()) + _SHORT
_LOWS = f"(?:(?:{_LOW}{_SPACE})?{_LOW}{_BLANK})?"
_HEAD = (
    rf"(?:\.[{_UPPER}](?!\w)|[\w'’/\-]{{0,24}}[0-9{_UPPER}]"
    rf"|{_heads(_words('SKEeMmHFOLCRBIo') | KNOWN_LOWER)})?"
)
_HEAD_BEHIND_LOW = (
    rf"(?:[\w/\-]{{0,12}}[0-9]|{_heads(_words('SKMmR') | frozenset(TITLES.split()))})?"
)
_PARTIAL = rf"(?:[^ \t\r\n,;]{{0,30}}(?:{_BLANK}|\.))?"

_OPEN_ADDRESS = lazily(
    f"(?:{_PARTIAL}{_LINK}{_LOWS}{_LINK}(?:{_CAPITAL}{_GAP}){{0,3}}{_MARKER}"
    f"|(?:{_PARTIAL}|{_HEAD_BEHIND_LOW}{_SPACE}{_LOW}{_BLANK}){_LINK}{_PLACE}"
    f"|{_HEAD}{_GAP}{_CAPITAL})"
    f"(?:{_GAP}(?:{_LOWS}{_LINK}(?:{_MARKER}|{_PLACE})|{_CAPITAL}))*{_END}"
    rf"|{_HEAD_BEHIND_LOW}{_SPACE}{_LOW}{_END}|\w{{0,7}}/\w{{1,2}}"
    rf"|{_SIGN}(?:{_SPACE}{_LOW}){{0,2}}"
)
"""An unfinished address, backwards: a part that is said or numbered with whatever follows (names
with capitals, and small words that may be of a further part), a capitalised word with what may be a
further part, or any word with what may make a name of it."""


def _beginnings(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word[:size] for word in words for size in range(1, len(word) + 1))


_NO_NAMES, _UNITS = _words("q"), _words("u")
_COUNTING = _NO_NAMES | _UNITS
_STREET_NAMES = frozenset((STREET_NAMES + TITLES).split())
_PARTS = _words("SKEeMmHFOLCRBIib") | KNOWN_LOWER | frozenset(TITLES.split())
_ROOMS = _words("HFOL")
_OTHERS = _PARTS - _ROOMS
_HOUSES = _words("H")
"""Words that stand before a name, too: they are written as initials are (д. Абая)."""
_HOUSES_BEGUN = _beginnings(_HOUSES)
_WORD = lazily(r"[^\W_][\w'’/\-]*(?=[^\w'’/\-])")
"""A whole word: something follows it."""
_UNFINISHED = lazily(r"[^\W\d_][\w'’/\-]*\Z")
_BEGINNINGS = _beginnings(_words("SKEeMmHFOLCRBIo") | KNOWN_LOWER | frozenset(TITLES.split()))
_BEHIND_ANY = _beginnings(_words("KMmR") | frozenset(TITLES.split()) - NAMESAKES)
"""Beginnings of what makes a name of any word before it."""
_BEHIND_STREETS, _BEHIND_KNOWN = _beginnings(_words("S")), _beginnings(NAMESAKES)
_NOTHING = "ы"
"""A letter that none of them begins with: it stands for a word that becomes none."""
_JOINED = lazily(r"(?<=[^\W\d_])['’/\-](?=[^\W\d_])")
"""What makes one word of two, as the lexer has it."""
_DATED = lazily(rf"(?:^|\W){_backwards(w[::-1] for w in _words('S'))}\.?:?{_SPACE}[0-9]{{1,3}} \Z")
"""What stands before the unit of a street that is named by a date: «улица 8 марта»."""
_COUNTED = lazily(r"[0-9]{1,4}(?:[:.][0-9]{1,4}){0,3}(?:-[^\W\d_]{1,5})?(?![\w/\-])")
_BLANKS = lazily(r"[ \t\r\n]*")
_NEVER_FIRST = frozenset("KEeo")
"""Classes of words that no address begins with: they stand behind a name, or between parts."""
_BEHIND_COMMA = _words("KSEeMmRC") | frozenset(DOTTED)
_BEHIND_CAPITAL = _BEHIND_COMMA | KNOWN_LOWER | NAMESAKES
_MAKES = {
    gap: (words, _beginnings(words))
    for gap, words in ((", ", _BEHIND_COMMA), (" ", _BEHIND_CAPITAL))
}
"""Words in small letters that make an address of a capitalised word before them, and how they
begin, by what stands between."""
_SHORT_GAP = lazily(r",? (?=[^\W\d_])")
_NUMBERED = lazily(r" {0,4}(?:\Z|[^\w\s]|[0-9])")
"""What may make a house of the word before it, with what follows."""
_DIGIT = lazily("[0-9]")
_SIGNS = lazily(r'[,;:!?)»"]{0,3}')
_STOPS = lazily(r'[,;!?)»"]{1,3}[ \n]')


def open_from(text: str, start: int) -> int:
    """Return the first position from `start` on where an address may stand whose end isn't known.

    Args:
        text: what is known.
        start: not before this position.
    """
    for word in _WORD.finditer(text, start):
        if _parts_addresses(text, word):
            start = word.end()
    edge = text[start:]
    last = _UNFINISHED.search(edge)
    if last is not None and last[0].islower() and fold_word(last[0]) not in _BEGINNINGS:
        edge = edge[: last.start()] + _NOTHING * len(last[0])
    if _JOINED.search(edge):
        edge = _WORD.sub(_as_one, edge)
    begun = _OPEN_ADDRESS.match(edge[::-1])
    first = len(text) - (begun.end() if begun else 0)
    while (later := _no_beginning(text, first)) is not None:
        first = later
    return first


def _as_one(word: re.Match[str]) -> str:
    """Return a word without the signs that join its parts, unless it is listed with them."""
    return word[0] if fold_word(word[0]) in CLASSES else _JOINED.sub(_NOTHING, word[0])


def _parts_addresses(text: str, word: re.Match[str]) -> bool:
    """Tell whether no address goes on over a word."""
    said = word[0]
    name = fold_word(said)
    if name in DOTTED and text[word.end()] == ".":
        return False
    if name in _NO_NAMES or name in _UNITS:
        if said[0].isupper() and (len(said) == 1 or name in _STREET_NAMES):
            return False
        return name in _NO_NAMES or _DATED.search(text, 0, word.start()) is None
    if name in CLASSES:
        return False
    return name.endswith(ENDINGS) if said[0].islower() else is_no_part(said)


def _no_beginning(text: str, position: int) -> int | None:
    """Return what stands behind a word or number at `position` that no address begins with.

    Such are a number that counts something, a house without a number, a word before a plain one.
    """
    position = _BLANKS.match(text, position).end()  # type: ignore[union-attr]
    number = _COUNTED.match(text, position)
    if number is not None:
        return _behind_number(text, number.end())
    word = _WORD.match(text, position)
    if word is None:
        return None
    name = fold_word(word[0])
    if word[0].islower():
        return _behind_small(text, word, name)
    return _behind_capital(text, word, name)


def _behind_number(text: str, end: int) -> int | None:
    """Return what stands behind a number that ends at `end`, if no address begins with it."""
    if text[end : end + 1] in {".", ",", ";", ")"} and text[end + 1 : end + 2] == " ":
        return end + 2
    return end + 1 if _counts(text, end) else None


def _behind_small(text: str, word: re.Match[str], name: str) -> int | None:
    """Return what stands behind a word in small letters if no address begins with it."""
    end = word.end()
    if CLASSES.get(name, "w") in _NEVER_FIRST and text[end] != ".":
        return _SIGNS.match(text, end).end()  # type: ignore[union-attr]
    if name in _OTHERS:
        return None
    stop = _STOPS.match(text, end)
    if stop is not None and (name not in _ROOMS or text[end] in ",;"):
        return stop.end()
    if text[end] != " " or _NUMBERED.match(text, end) or _DIGIT.search(word[0]):
        return None
    if name in _HOUSES and _goes_on_as_initial(text, end + 1):
        return None
    nothing = names_nothing(word[0]) and name not in CLASSES
    return end + 1 if nothing or _plain(text, end + 1) or _unnamed(text, end, name) else None


def _goes_on_as_initial(text: str, position: int) -> bool:
    """Tell whether what begins at `position` may be a name, or begins as such a word itself."""
    behind = _WORD.match(text, position) or _UNFINISHED.match(text, position)
    return behind is None or behind[0][0].isupper() or fold_word(behind[0]) in _HOUSES_BEGUN


def _behind_capital(text: str, word: re.Match[str], name: str) -> int | None:
    """Return what stands behind a capitalised word if that makes no address of it."""
    if not (word[0].istitle() and len(name) > 1 and CLASSES.get(name, "T") == "T"):
        return None
    if _DIGIT.search(word[0]):
        return None
    gap = _SHORT_GAP.match(text, word.end())
    if gap is None:
        return None
    makes, begun = _MAKES[gap[0]]
    behind = _WORD.match(text, gap.end()) or _UNFINISHED.match(text, gap.end())
    if behind is None or not (behind[0].islower() and behind[0].isalpha()) or behind[0] == "қ":
        return None
    known = begun if behind.end() == len(text) else makes
    return None if fold_word(behind[0]) in known else gap.end()


def _counts(text: str, end: int) -> bool:
    """Tell whether what follows a number that ends at `end` says that it is no house's."""
    for _ in range(3):
        word = _WORD.match(text, end + 1) if text[end : end + 1] == " " else None
        if word is None:
            return False
        if fold_word(word[0]) in _COUNTING:
            return True
        if not (word[0].islower() and _plain(text, end + 1)):
            return False
        end = word.end()
        if _STOPS.match(text, end):
            return True
    return True


def _plain(text: str, position: int) -> bool:
    """Tell whether a whole word is nothing in an address but a name, if that."""
    word = _WORD.match(text, position)
    if word is None or not word[0][0].isalpha():
        return False
    name = fold_word(word[0])
    return name not in _PARTS and not (name in DOTTED and text[word.end()] == ".")


def _unnamed(text: str, end: int, name: str) -> bool:
    """Tell whether the unfinished word behind one that ends at `end` makes no name of it."""
    last = _UNFINISHED.match(text, end + 1)
    if last is None or last[0] in "қҚ":
        return False
    begun = fold_word(last[0])
    if begun in _BEHIND_ANY or (begun in _BEHIND_KNOWN and name in _STREET_NAMES):
        return False
    return begun not in _BEHIND_STREETS or names_no_street(name)


_OF_WORD = r"[^\s0-9.,;:()#№\-]"
"""Any letter, and more: the class of all letters would make a large automaton."""
_PLACE_AND_HOUSE = (
    rf"(?:{_tree(sorted(_words('G')))})(?:[ \-]{_OF_WORD}+)?\.?[,;\s]+(?:-\s)?"
    rf"{_OF_WORD}+(?:(?:\.[ \-]?|[ \-]){_OF_WORD}+){{0,5}}\.?[ \-]?,? ?[#№]? ?[0-9]"
)
TRIGGER = (
    rf"(?i)(?:^|[^\pL])(?:(?:{_tree(sorted(_words('SKEeMmHFOB')))}|[шк]\.|бул\."
    r"|адрес\pL*|мекен\pL*|address|прожива\pL*|прописан?к?\pL*|жив[её]?у?т?|тұратын"
    r"|зарегистрирован\pL*|mekenjay\pL*|meken|доставк\pL*|lives? at|ship to|deliver to)(?:[^\pL]|$)"
    rf"|{_PLACE_AND_HOUSE})"
)
"""A word without which nothing is an address, for RE2; it stands in the address or before it."""
