"""The words that announce an address: without one of them nothing is looked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from guardrail.detect.text.recognizers.address_lexer import CLASSES

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


def _words(kinds: str) -> list[str]:
    return sorted(word for word, kind in CLASSES.items() if kind in kinds)


_OF_WORD = r"[^\s0-9.,;:()#№\-]"
"""Any letter, and more: the class of all letters would make a large automaton."""
_PLACE_AND_HOUSE = (
    rf"(?:{_tree(_words('G'))})(?:[ \-]{_OF_WORD}+)?\.?[,;\s]+(?:-\s)?"
    rf"{_OF_WORD}+(?:(?:\.[ \-]?|[ \-]){_OF_WORD}+){{0,5}}\.?[ \-]?,? ?[#№]? ?[0-9]"
)
TRIGGER = (
    rf"(?i)(?:^|[^\pL])(?:(?:{_tree(_words('SKEeMmHFOB'))}|[шк]\.|бул\."
    r"|адрес\pL*|мекен\pL*|address|прожива\pL*|прописан?к?\pL*|жив[её]?у?т?|тұратын"
    r"|зарегистрирован\pL*|mekenjay\pL*|meken|доставк\pL*|lives? at|ship to|deliver to)(?:[^\pL]|$)"
    rf"|{_PLACE_AND_HOUSE})"
)
"""A word without which nothing is an address, for RE2; it stands in the address or before it."""
