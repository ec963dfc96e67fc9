from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[[str], list[tuple[str, str]]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Паспорт N12345678 выдан", "N12345678"),
        ("төлқұжатым N 1234567 ескі", "N 1234567"),
        ("passport number: n12345678.", "n12345678"),
        ("Паспорт РК № N12345678", "N12345678"),
        ("паспорт Н12345678", "Н12345678"),
        ("толкужатым N 1234 5678", "N 1234 5678"),
        ("загранпаспорт N-12345678", "N-12345678"),
        ("tólqujat N№12345678", "N№12345678"),
    ],
)
def test_a_passport_is_found_where_it_is_spoken_of(found: Found, text: str, value: str) -> None:
    assert found(text) == [("KZ_PASSPORT", value)]


@pytest.mark.parametrize(
    "text",
    [
        "модель N12345678",
        "паспорт N123456",
        "паспорт N123456789",
        "паспорт AN12345678",
        "паспорт N12345678a",
        "паспорт N12345678.5",
        "N12345678 паспорт",
    ],
)
def test_other_codes_are_no_passport(found: Found, text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "удостоверение личности № {}",
        "Удостоверения: {}",
        "жеке куәлігім {} болатын",
        "Жеке куәлік нөмірі: {}",
        "my ID card is {}",
        "national ID {}",
        "уд. личности {}",
        "жеке куалигим {}",
        "уд.л. {}",
        "jeke kuálik {}",
        "документ, удостоверяющий личность: {}",
    ],
)
def test_an_id_card_is_found_where_it_is_spoken_of(found: Found, text: str) -> None:
    for written in ("012345678", "012 345 678"):
        assert found(text.format(written)) == [("KZ_ID_CARD", written)]


@pytest.mark.parametrize(
    "text",
    [
        "счёт 012345678",
        "удостоверение 01234567",
        "удостоверение 0123456789",
        "удостоверение a012345678",
        "удостоверение 012345678.2",
        "удостоверение 1.012345678",
        "удостоверение 012 345 678 901",
        "удостоверение 01 234 5678",
    ],
)
def test_other_nine_digits_are_no_id_card(found: Found, text: str) -> None:
    assert found(text) == []
