"""Identification numbers of the United States.

SSN: Social Security Administration, "SSN randomization" (areas 000, 666 and 9xx, group 00 and
serial 0000 are never issued). ITIN: IRS, Internal Revenue Manual 3.21.263 (9xx with groups 50-65,
70-88, 90-92, 94-99).
"""

from __future__ import annotations

_NEVER_ANYBODYS = frozenset({"078051120", "219099999", "457555462", "123456789", "987654321"})
"""Printed on specimen cards, in advertisements and manuals."""

_ITIN_GROUPS = frozenset((*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)))


def is_ssn(number: str) -> bool:
    """Tell whether nine digits are an SSN that may have been issued."""
    area, group, serial = number[:3], number[3:5], number[5:]
    issued = area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"
    return issued and number not in _NEVER_ANYBODYS and len(set(number)) > 1


def is_itin(number: str) -> bool:
    """Tell whether nine digits are an ITIN that may have been issued."""
    return number[0] == "9" and int(number[3:5]) in _ITIN_GROUPS


def is_routing_number(number: str) -> bool:
    """Tell whether nine digits are a bank's ABA routing number: district and weighted sum."""
    district = int(number[:2])
    known = district <= 12 or 21 <= district <= 32 or 61 <= district <= 72 or district == 80
    weights = (3, 7, 1) * 3
    return known and sum(map(int.__mul__, map(int, number), weights)) % 10 == 0
