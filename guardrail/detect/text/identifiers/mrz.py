"""Machine-readable zones of travel documents: ICAO Doc 9303 parts 3 to 7."""

from __future__ import annotations

from dataclasses import dataclass

from guardrail.detect.text.lazily import lazily

_WEIGHTS = (7, 3, 1)
_VALUES = {"<": 0, **{character: int(character, 36) for character in "0123456789"}} | {
    chr(letter): letter - 55 for letter in range(ord("A"), ord("Z") + 1)
}


def check_digit(field: str) -> int:
    """Return the check digit of upper-case letters, digits and fillers (Doc 9303-3, 4.9)."""
    return sum(_VALUES[one] * _WEIGHTS[place % 3] for place, one in enumerate(field)) % 10


@dataclass(frozen=True, slots=True)
class _Field:
    start: int
    end: int
    """Exclusive; the check digit stands there."""


_LINE_OF_TWO = (_Field(0, 9), _Field(13, 19), _Field(21, 27))
"""Document number, birth, expiry in the second line of TD2, TD3 and visas."""

_FIRST_OF_THREE = (_Field(5, 14),)
_SECOND_OF_THREE = (_Field(0, 6), _Field(8, 14))

_SHAPES = (
    (lazily(r"[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{7}[MFX<][0-9]{7}[A-Z0-9<]{8,16}"), _LINE_OF_TWO),
    (lazily(r"[IAC][A-Z<][A-Z<]{3}[A-Z0-9<]{9}[0-9<][A-Z0-9<]{15}"), _FIRST_OF_THREE),
    (lazily(r"[0-9]{7}[MFX<][0-9]{7}[A-Z<]{3}[A-Z0-9<]{11}[0-9]"), _SECOND_OF_THREE),
)
"""Lines that carry check digits, with their fields."""


def checks_of(line: str) -> tuple[int, int]:
    """Return how many check digits of an upper-case line are right, and how many it has."""
    for shape, fields in _SHAPES:
        if shape.fullmatch(line):
            right = (str(check_digit(line[one.start : one.end])) == line[one.end] for one in fields)
            return sum(right), len(fields)
    return 0, 0
