from __future__ import annotations

import phonenumbers
import pytest

from guardrail.detect.text.recognizers.phone_plan import (
    Line,
    international_line,
    national_line,
)

_TYPES = {
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.VOIP,
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
}


@pytest.mark.parametrize(
    ("number", "line"),
    [
        ("7011234567", Line.MOBILE),
        ("7471234567", Line.MOBILE),
        ("9161234567", Line.MOBILE),
        ("7172701234", Line.FIXED),
        ("7271234567", Line.FIXED),
        ("4951234567", Line.FIXED),
        ("7511234567", Line.OTHER),
        ("8005553535", None),
        ("0001234567", None),
        ("7031234567", None),
        ("701123456", None),
    ],
)
def test_ten_digits_have_a_line_or_none(number: str, line: Line | None) -> None:
    assert national_line(number) is line


@pytest.mark.parametrize("kind", sorted(_TYPES))
def test_the_example_of_every_country_has_a_line(kind: int) -> None:
    for region in phonenumbers.SUPPORTED_REGIONS:
        example = phonenumbers.example_number_for_type(region, kind)
        if example is not None and phonenumbers.number_type(example) in _TYPES:
            number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            assert international_line(number[1:]) is not None, number


@pytest.mark.parametrize("kind", ["TOLL_FREE", "PREMIUM_RATE"])
def test_a_number_of_a_company_is_no_persons(kind: str) -> None:
    for region in ("US", "GB", "DE", "RU", "KZ"):
        number = phonenumbers.example_number_for_type(
            region, getattr(phonenumbers.PhoneNumberType, kind)
        )
        if number is not None:
            assert international_line(f"{number.country_code}{number.national_number}") is None


@pytest.mark.parametrize("number", ["999123456789", "0123456789", "12345678", "4412345678901234"])
def test_digits_that_no_plan_knows_have_no_line(number: str) -> None:
    assert international_line(number) is None
