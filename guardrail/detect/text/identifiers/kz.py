"""Kazakhstan's individual and business identification numbers (IIN/ИИН/ЖСН, BIN/БИН/БСН).

Check digit: order No 521 of the Minister of Internal Affairs of 29.06.2023 (adilet V2300032942) on
Law 223-III of 12.01.2007 on national registers of identification numbers. The structure is that of
government resolution 406 of 2007; resolution 853 of 2013 dropped it as a norm, so numbers without
it exist and are told apart from other twelve digits only by what is said around them.
"""

from __future__ import annotations

from operator import mul

_FIRST = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
_ZEROS = ord("0") * sum(_FIRST)
"""What eleven zeros weigh, with either weights."""

_CENTURIES = {"3": 1900, "4": 1900, "5": 2000, "6": 2000}
"""The seventh digit tells century and sex. 1 and 2 (born before 1900) are left out: nobody alive
has one, and a timestamp ``yymmddHHMMSS`` has 0, 1 or 2 there."""

_LAST_BIRTH_YEAR = 2049
"""Beyond it a two-digit year with century digit 5 or 6 isn't a birth."""

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def check_digit(first_eleven: str) -> int | None:
    """Return the check digit of an IIN or BIN; None where such a number isn't issued."""
    digits = first_eleven.encode()
    for weights in (_FIRST, _SECOND):
        rest: int = (sum(map(mul, digits, weights)) - _ZEROS) % 11
        if rest < 10:
            return rest
    return None


def is_checked(number: str) -> bool:
    """Tell whether the last of twelve digits is the check digit of the others."""
    return check_digit(number[:11]) == int(number[11])


def is_date(year: int, month: int, day: int) -> bool:
    """Tell whether the date exists in the Gregorian calendar."""
    if not 1 <= month <= 12:
        return False
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= _DAYS[month - 1] + leap


def has_iin_structure(number: str) -> bool:
    """Tell whether twelve digits start with a birth date and a century digit that agree."""
    century = _CENTURIES.get(number[6])
    if century is None:
        return False
    year = century + int(number[:2])
    return year <= _LAST_BIRTH_YEAR and is_date(year, int(number[2:4]), int(number[4:6]))


def has_bin_structure(number: str) -> bool:
    """Tell whether twelve digits start with a month of registration and the two type digits.

    Fifth digit: 4 resident, 5 non-resident, 6 sole traders jointly; sixth: 0 head office, 1 branch,
    2 representation, 3 farm (order 423 of 2023, by secondary sources).
    """
    return 1 <= int(number[2:4]) <= 12 and number[4] in "456" and number[5] in "0123"


def is_post_code(code: str) -> bool:
    """Tell whether six digits can be a post code: the region's two, then four.

    Regions 01 to 17 are Kazpost's numbering, by secondary sources.
    """
    return 1 <= int(code[:2]) <= 17 and code[2:] != "0000"
