from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[[str], list[tuple[str, str]]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("паспорт 4510 123456 выдан", "4510 123456"),
        ("Паспорт: 45 10 123456", "45 10 123456"),
        ("паспорт серия 4510 № 123456", "4510 № 123456"),
        ("серия 4510 номер 123456", "4510 номер 123456"),
        ("паспорт серии 45 10, номер 123456.", "45 10, номер 123456"),
        ("passport 4510123456", "4510123456"),
        ("паспорт 4510-123456", "4510-123456"),
        ("паспорт 45-10 № 123 456", "45-10 № 123 456"),
        ("серия: 4510, № 123456", "4510, № 123456"),
        ("паспорт 4510 номером 123456", "4510 номером 123456"),
        ("паспорт 4510 НОМЕР: 123456", "4510 НОМЕР: 123456"),
        ("паспорт с. 4510 н. 123456", "4510 н. 123456"),
    ],
)
def test_a_passport_is_found_where_it_is_spoken_of(found: Found, text: str, value: str) -> None:
    assert found(text) == [("RU_PASSPORT", value)]


@pytest.mark.parametrize(
    "text",
    [
        "заказ 4510 123456",
        "паспорт 4510 12345",
        "паспорт 4510 1234567",
        "паспорт 14510 123456",
        "паспорт a4510 123456",
        "4510 123456 паспорт",
    ],
)
def test_other_ten_digits_are_no_passport(found: Found, text: str) -> None:
    assert found(text) == []
