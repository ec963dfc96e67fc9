"""What may still become an address where a text breaks off, and the words that announce one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from guardrail.detect.text.recognizers.address_lexer import CLASSES, KNOWN_LOWER
from guardrail.detect.text.recognizers.address_places import LOWER_PLACES, TITLES

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
    """Return a pattern, backwards, for an unfinished word that may become one of `words`."""
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
_NUMBER = r"[\w/\-]{0,14}[0-9](?:[.\-:]?[\w]{1,24})?"
_MARKER = (
    rf"(?:\.?{_backwards(_words('SKEeMmHFOLCRBI') | frozenset(TITLES.split()))}"
    rf"|\.(?i:[спшк]|тс|луб)|{_LOW}\.\w{{1,6}}|{_NUMBER})(?:{_SPACE}{_LOW}{_SHORT})?"
)
_PLACE = _backwards(LOWER_PLACES.split())
_LOWS = f"(?:(?:{_LOW}{_SPACE})?{_LOW}{_BLANK})?"
_HEAD = rf"(?:[\w'’/\-]{{0,24}}[0-9{_UPPER}]|{_heads(_words('SKEeMmHFOLCRBIo') | KNOWN_LOWER)})?"
_HEAD_BEHIND_LOW = (
    rf"(?:[\w/\-]{{0,12}}[0-9]|{_heads(_words('SKMmR') | frozenset(TITLES.split()))})?"
)
_PARTIAL = rf"(?:[^ \t\r\n,;]{{0,30}}(?:{_BLANK}|\.))?"

OPEN_ADDRESS = (
    f"(?:{_PARTIAL}{_LOWS}{_LINK}{_MARKER}"
    f"|(?:{_PARTIAL}|{_HEAD_BEHIND_LOW}{_SPACE}{_LOW}{_BLANK}){_LINK}{_PLACE}"
    f"|{_HEAD}{_GAP}{_CAPITAL})"
    f"(?:{_GAP}(?:{_LOWS}{_LINK}(?:{_MARKER}|{_PLACE})|{_CAPITAL}))*{_END}"
    rf"|{_HEAD_BEHIND_LOW}{_SPACE}{_LOW}{_END}|\w{{0,7}}/\w{{1,2}}"
)
"""An unfinished address, backwards: a part that is said or numbered with whatever follows, a
capitalised word with what may be a further part, or any word with what may make a name of it."""

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
