"""Identification numbers of states of the European Union, each with its check.

Spain: Real Decreto 1553/2005 (NIF), Orden INT/2058/2008 (NIE). Italy: decreto ministeriale
23 December 1976. Poland: ustawa o ewidencji ludności, art. 15-20. Finland: Digital and Population
Data Services Agency, "The personal identity code". Germany: § 139b Abgabenordnung, ISO 7064 Mod
11,10. Sweden: folkbokföringslagen (1991:481) § 18, SKV 704.
"""

from __future__ import annotations

from collections import Counter

from guardrail.detect.text.identifiers.bank import has_luhn
from guardrail.detect.text.identifiers.kz import is_date
from guardrail.detect.text.lazily import lazily

_NIF_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


def is_nif(number: str) -> bool:
    """Tell whether digits and an upper-case letter are a Spanish NIF: 23 modulo picks it."""
    digits = number[:-1]
    return len(set(digits)) > 1 and _NIF_LETTERS[int(digits) % 23] == number[-1]


def is_nie(number: str) -> bool:
    """Tell whether X, Y or Z, seven digits and a letter are a Spanish NIE."""
    digits = str("XYZ".index(number[0])) + number[1:-1]
    return _NIF_LETTERS[int(digits) % 23] == number[-1]


_CONSONANTS = "[B-DF-HJ-NP-TV-Z]"
_NAME = rf"(?:[A-Z][AEIOU][AEIOUX]|[AEIOU]X{{2}}|{_CONSONANTS}{{2}}[A-Z])"
_ITALIAN = lazily(
    rf"{_NAME}{{2}}[0-9LMNP-V]{{2}}[A-EHLMPR-T][0-9LMNP-V]{{2}}[A-M][0-9LMNP-V]{{3}}[A-Z]"
)
_OMOCODIA = str.maketrans("LMNPQRSTUV", "0123456789")
"""Letters that stand for digits where two people would have the same code."""

_MONTHS = "ABCDEHLMPRST"
_ODD = dict(
    zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3,
         6, 8, 12, 14, 16, 10, 22, 25, 24, 23), strict=True)
)  # fmt: skip


def is_italian(code: str) -> bool:
    """Tell whether 16 upper-case characters are a codice fiscale: names, birth date, check."""
    if _ITALIAN.fullmatch(code) is None:
        return False
    year, day = int(code[6:8].translate(_OMOCODIA)), int(code[9:11].translate(_OMOCODIA))
    # Women have 40 added to the day. Either century may be meant; a leap day passes if one fits.
    month = _MONTHS.index(code[8]) + 1
    if not any(is_date(century + year, month, day % 40) for century in (1900, 2000)):
        return False
    even = sum(int(one, 36) % 10 if one.isdigit() else ord(one) - 65 for one in code[1:15:2])
    return chr(65 + (even + sum(_ODD[one] for one in code[0:15:2])) % 26) == code[15]


_PESEL_CENTURIES = (1900, 2000, 2100, 2200, 1800)


def is_pesel(number: str) -> bool:
    """Tell whether eleven digits are a PESEL: birth date with the century in the month, check."""
    century, month = divmod(int(number[2:4]), 20)
    if not is_date(_PESEL_CENTURIES[century] + int(number[:2]), month, int(number[4:6])):
        return False
    weights = (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
    return sum(map(int.__mul__, map(int, number), weights)) % 10 == 0


_FINNISH_CENTURIES = {"+": 1800, **dict.fromkeys("-YXWVU", 1900), **dict.fromkeys("ABCDEF", 2000)}
_FINNISH_CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def is_finnish(code: str) -> bool:
    """Tell whether eleven upper-case characters are a henkilötunnus: birth date, check."""
    century = _FINNISH_CENTURIES.get(code[6])
    if century is None:
        return False
    if not is_date(century + int(code[4:6]), int(code[2:4]), int(code[:2])):
        return False
    return _FINNISH_CHECKS[int(code[:6] + code[7:10]) % 31] == code[10]


def is_german(number: str) -> bool:
    """Tell whether eleven digits are a tax number for life: one digit comes twice or thrice."""
    repeated = [count for count in Counter(number[:10]).values() if count > 1]
    if number[0] == "0" or repeated not in ([2], [3]):
        return False
    product = 10
    for digit in number[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(number[10])


def is_swedish(number: str) -> bool:
    """Tell whether ten digits are a personnummer or samordningsnummer: birth date, Luhn."""
    day = int(number[4:6])
    # Whether a two-digit year is a leap year depends on the century, which nobody writes.
    return is_date(2000, int(number[2:4]), day - 60 if day > 60 else day) and has_luhn(number)
