"""Numbering plans: whether digits are a telephone number that a person may have."""

from __future__ import annotations

import enum
from collections.abc import Iterator

import phonenumbers

from guardrail.detect.text.lazily import lazily

_SHARED = 7
"""The code that Kazakhstan shares with Russia."""


class Line(enum.Enum):
    """What kind of line a number belongs to."""

    MOBILE = enum.auto()
    FIXED = enum.auto()
    OTHER = enum.auto()
    """One that a plan doesn't tell from the others, a personal number, voice over IP."""


_LINES = {
    phonenumbers.PhoneNumberType.MOBILE: Line.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE: Line.FIXED,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE: Line.OTHER,
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER: Line.OTHER,
    phonenumbers.PhoneNumberType.VOIP: Line.OTHER,
}
"""Free-phone and premium numbers are a company's."""


def _patterns(kind: str) -> Iterator[str]:
    """Yield the patterns of ten digits that libphonenumber has for `kind` of line in both."""
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[_SHARED]:
        described = getattr(phonenumbers.PhoneMetadata.metadata_for_region(region), kind)
        yield described.national_number_pattern


_MOBILE = lazily("|".join(_patterns("mobile")))
_FIXED = lazily("|".join((*_patterns("fixed_line"), r"7[12][0-9]{8}")))
"""libphonenumber knows which exchanges Kazakhstan's cities have today; there will be more."""

_PERSONAL = lazily("(?:751|808)[0-9]{7}")


def national_line(number: str) -> Line | None:
    """Return the line of ten digits in Kazakhstan or Russia; None where none can have them."""
    if _MOBILE.fullmatch(number):
        return Line.MOBILE
    if _FIXED.fullmatch(number):
        return Line.FIXED
    return Line.OTHER if _PERSONAL.fullmatch(number) else None


def international_line(number: str) -> Line | None:
    """Return the line of digits that start with a country's code.

    Made without libphonenumber's parser, which costs five times as much and reads what isn't
    digits. A zero in front of the national number may belong to it, or be the prefix that one
    dials inside the country: ``+44 (0)20 7946 0958``.
    """
    for size in (1, 2, 3):
        country = int(number[:size])
        if country in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            break
    else:
        return None
    national = number[size:]
    if country == _SHARED:
        return national_line(national) if len(national) == 10 else None
    if national.startswith("0"):
        own = _line(country, national, zero=True)
        return own or _line(country, national[1:], zero=False)
    return _line(country, national, zero=False)


def _line(country: int, national: str, *, zero: bool) -> Line | None:
    if len(national) not in _lengths(country):
        return None
    parsed = phonenumbers.PhoneNumber(
        country_code=country, national_number=int(national), italian_leading_zero=zero
    )
    return _LINES.get(phonenumbers.number_type(parsed))


def _lengths(country: int) -> tuple[int, ...]:
    """Return how many digits a national number can have."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[country]
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country, regions[0])
    described = metadata and metadata.general_desc
    lengths: tuple[int, ...] = described.possible_length if described else ()
    return lengths
