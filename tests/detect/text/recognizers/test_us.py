from __future__ import annotations

from collections.abc import Callable

import pytest

from guardrail.detect.text.recognizer import TextRecognizer
from guardrail.detect.text.recognizers.us import (
    UsBankNumberRecognizer,
    UsDriverLicenseRecognizer,
    UsItinRecognizer,
    UsPassportRecognizer,
    UsSsnRecognizer,
)

Asked = Callable[..., Callable[[str], list[tuple[str, str]]]]
_ALL: tuple[type[TextRecognizer], ...] = (
    UsSsnRecognizer,
    UsItinRecognizer,
    UsPassportRecognizer,
    UsDriverLicenseRecognizer,
    UsBankNumberRecognizer,
)

_FOUND = [
    ("SSN 536-90-4399", "US_SSN"),
    ("my number is 536-90-4399.", "US_SSN"),
    ("ssn: 536904399", "US_SSN"),
    ("social security 536 90 4399", "US_SSN"),
    ("ITIN 912-70-1234", "US_ITIN"),
    ("912-70-1234", "US_ITIN"),
    ("US passport 412345678", "US_PASSPORT"),
    ("паспорт США A12345678", "US_PASSPORT"),
    ("passport no. A12345678", "US_PASSPORT"),
    ("driver's license D1234567", "US_DRIVER_LICENSE"),
    ("DL# 12345678", "US_DRIVER_LICENSE"),
    ("bank account 123456789012", "US_BANK_NUMBER"),
    ("routing number 021000021", "US_BANK_NUMBER"),
]


@pytest.mark.parametrize(("text", "entity"), _FOUND)
def test_numbers_with_context_are_found(asked: Asked, text: str, entity: str) -> None:
    assert [one for one, _ in asked(*_ALL)(text)] == [entity]


_OTHER = [
    "536904399 и 536 90 4399",
    "078-05-1120 000-12-1234 536-90-4399-1 1-536-90-4399",
    "912-10-1234",
    "passport N12345678",
    "US passport 41234567 x412345678",
    "MIT license, license 2.0, license 1234",
    "Apache license D1234567-x",
    "account id 12345678, account 123456789012345678",
    "bank account 123456789012345678",
    "номер 12345678901, заказ 123-456-789",
]


@pytest.mark.parametrize("text", _OTHER)
def test_numbers_without_are_not(asked: Asked, text: str) -> None:
    assert asked(*_ALL)(text) == []


@pytest.mark.parametrize("text", [*(text for text, _ in _FOUND), *_OTHER])
def test_streams_find_the_same(streamed_alike: Callable[..., None], text: str) -> None:
    streamed_alike(_ALL, text)
