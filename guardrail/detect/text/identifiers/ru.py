"""Russia's taxpayer number (INN/ИНН) and insurance number (SNILS/СНИЛС)."""

from __future__ import annotations

from collections.abc import Sequence

_TEN = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_ELEVEN = (7, *_TEN)
_TWELVE = (3, *_ELEVEN)

_FIRST_CHECKED_SNILS = 1_001_998
"""Numbers up to 001-001-998 carry no check (resolution of the Pension Fund board 192p, 2006)."""


def _weighed(number: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


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
