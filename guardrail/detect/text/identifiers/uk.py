"""Identification numbers of the United Kingdom.

NHS number: NHS data dictionary (weights 10 to 2, modulo 11). National Insurance number: HMRC,
National Insurance Manual NIM39110 (letters and prefixes that are never allocated).
"""

from __future__ import annotations

from guardrail.detect.text.lazily import lazily

_NINO = lazily(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]")
_UNUSED = ("BG", "GB", "NK", "KN", "NT", "TN", "ZZ")


def is_nhs(number: str) -> bool:
    """Tell whether ten digits end with the check digit of an NHS number."""
    total = sum(int(digit) * weight for digit, weight in zip(number, range(10, 0, -1), strict=True))
    return total % 11 == 0 and len(set(number)) > 1


def is_nino(number: str) -> bool:
    """Tell whether nine upper-case characters are a National Insurance number."""
    return _NINO.fullmatch(number) is not None and not number.startswith(_UNUSED)
