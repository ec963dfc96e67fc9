"""Characters that pass for digits and Latin letters.

The pairs are those of Unicode's confusables (UTS #39) that matter to numbers and accounts, and the
Cyrillic ones that people type for a digit.
"""
# ruff: noqa: RUF001 - look-alikes are what this is about

from __future__ import annotations

from collections.abc import Mapping

LIKE_LATIN: Mapping[str, str] = {
    like: plain
    for plain, likes in {
        "A": "АаΑα", "B": "ВΒ", "C": "СсϹ", "D": "Ԁԁ", "E": "ЕеΕЀЁё", "G": "Ԍ", "H": "НΗһҺн",
        "I": "ІіΙӀι", "J": "Јј", "K": "КкΚκқҚ", "M": "МмΜ", "N": "Ν", "O": "ОоΟο", "P": "РрΡρ",
        "Q": "Ԛԛ", "S": "Ѕѕ", "T": "ТтΤτ", "U": "Ս", "V": "Ѵѵν", "W": "Ԝԝ", "X": "ХхΧχ",
        "Y": "УуΥүҮ", "Z": "Ζ", "3": "З", "6": "б",
    }.items()
    for like in likes
}  # fmt: skip
"""The Latin capital, or the digit, that a letter of another script passes for in a code."""

LIKE_DIGIT: Mapping[str, str] = {
    like: digit
    for digit, likes in {
        "0": "OoОоΟοՕօ", "1": "Il|ІіӀӏΙι", "2": "Zz", "3": "ЗзӠӡƷ", "4": "Чч", "5": "SsЅѕ",
        "6": "бБb", "8": "BВвΒ", "9": "gq",
    }.items()
    for like in likes
}  # fmt: skip
"""The digit that a letter passes for in a number."""

LIKE_0_OR_1 = "".join(like for like, digit in LIKE_DIGIT.items() if digit in "01")
"""What passes best: a row of these alone may be digits."""
