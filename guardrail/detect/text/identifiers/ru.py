"""Russia's numbers of taxpayers, insured people, organisations and bank accounts."""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul

_TEN = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_ELEVEN = (7, *_TEN)
_TWELVE = (3, *_ELEVEN)

_FIRST_CHECKED_SNILS = 1_001_998
"""Numbers up to 001-001-998 carry no check (resolution of the Pension Fund board 192p, 2006)."""


def _weighed(number: str, weights: Sequence[int]) -> int:
    """Return the sum of the first digits of `number`, weighed."""
    return sum(map(mul, map(int, number), weights))


def is_inn(number: str) -> bool:
    """Tell whether ten (firm) or twelve (person) digits are an INN.

    Source: order of the Federal Tax Service ЕД-7-14/559@ of 26.06.2025 and its forerunners; the
    check digits are sums weighed modulo 11 modulo 10.
    """
    if number.startswith("00"):
        return False
    if len(number) == 10:
        return _weighed(number, _TEN) % 11 % 10 == int(number[9])
    return _weighed(number, _ELEVEN) % 11 % 10 == int(number[10]) and _weighed(
        number, _TWELVE
    ) % 11 % 10 == int(number[11])


def is_snils(number: str) -> bool:
    """Tell whether eleven digits are a SNILS: nine weighed 9 to 1, modulo 101, 100 read as 0."""
    if int(number[:9]) <= _FIRST_CHECKED_SNILS:
        return False
    return _weighed(number, range(9, 0, -1)) % 101 % 100 == int(number[9:])


_LAST_REGION = 99
_FIRST_YEAR, _LAST_YEAR = 2, 35
"""The registers began in 2002. Milliseconds since 1970 start with 16, 17, and 18 in our days and
read as years beyond 2060."""


def is_ogrn(number: str) -> bool:
    """Tell whether thirteen (organisation) or fifteen (sole trader) digits are an OGRN or OGRNIP.

    A sign (1 or 5; 3 for a sole trader), two digits of a year, two of a region, a serial number,
    and the number before modulo 11 (13 for a sole trader), its last digit. Source: order of the
    Ministry of Finance 165n of 30.10.2017, by secondary sources.
    """
    firm = len(number) == 13
    if number[0] not in ("15" if firm else "3"):
        return False
    if not (
        _FIRST_YEAR <= int(number[1:3]) <= _LAST_YEAR and 1 <= int(number[3:5]) <= _LAST_REGION
    ):
        return False
    return int(number[:-1]) % (11 if firm else 13) % 10 == int(number[-1])


_ACCOUNT = (7, 1, 3) * 8
"""Weights of the three digits of a bank and twenty of an account."""


def has_account_key(account: str, bic: str) -> bool:
    """Tell whether twenty digits of an account carry the key of the bank with nine digits `bic`.

    Source: order of computing the check key, Bank of Russia, 08.09.1997 No 515.
    """
    return _weighed(bic[6:] + account, _ACCOUNT) % 10 == 0


_CURRENCIES = {"810", "643", "840", "978", "156", "398", "826", "756", "392", "933", "949", "051"}


def is_persons_account(account: str) -> bool:
    """Tell whether twenty digits start as accounts of people and firms do, in a usual currency.

    Balance accounts 405 to 408 (clients), 420 to 426 (deposits): regulation of the Bank of Russia
    809-P of 24.11.2022, by secondary sources.
    """
    usual = account[:3] in {"405", "406", "407", "408", *map(str, range(420, 427))}
    return usual and account[5:8] in _CURRENCIES
