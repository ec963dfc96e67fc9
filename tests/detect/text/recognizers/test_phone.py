from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[[str], list[tuple[str, str]]]


@pytest.mark.parametrize(
    "written",
    [
        "+7 701 123 45 67",
        "+7 (701) 123-45-67",
        "+77011234567",
        "8 701 123 45 67",
        "8(701)123-45-67",
        "8-701-123-45-67",
        "8 (7172) 55-55-55",
        "87011234567",
        "7 701 1234567",
        "8701 123 4567",
        "701 123 45 67",
        "(701) 123-45-67",
        "+7 495 123-45-67",
        "8 (495) 123 45 67",
        "89161234567",
        "916 123 45 67",
        "+7.701.123.45.67",
        "8 7 0 1 1 2 3 4 5 6 7",
        "+1 202 555 0123",
        "+44 20 7946 0958",
        "+44 (0)20 7946 0958",
        "+39 06 698 12345",
        "+998 90 123 45 67",
        "+996 312 62 30 30",
    ],
)
def test_a_number_is_found_as_people_write_it(found: Found, written: str) -> None:
    assert found(f"тел. {written}, после шести") == [("PHONE_NUMBER", written)]
    assert found(f"Маған {written} хабарласыңыз") == [("PHONE_NUMBER", written)]


def test_what_follows_a_number_is_not_a_part_of_it(found: Found) -> None:
    assert found("+7 701 123 45 67 2 раза") == [("PHONE_NUMBER", "+7 701 123 45 67")]
    assert found("8 701 123 45 67 8 702 123 45 67") == [
        ("PHONE_NUMBER", "8 701 123 45 67"),
        ("PHONE_NUMBER", "8 702 123 45 67"),
    ]


@pytest.mark.parametrize("written", ["7011234567", "87172555555"])
def test_bare_digits_of_other_kinds_need_a_word_before(found: Found, written: str) -> None:
    assert found(f"телефон {written}") == [("PHONE_NUMBER", written)]
    assert found(f"байланыс нөмірі: {written}") == [("PHONE_NUMBER", written)]
    assert found(f"накладная {written}") == []


@pytest.mark.parametrize(
    "text",
    [
        "8 800 555 35 35",  # free-phone
        "+7 000 123 45 67",
        "+999 123 456 789",
        "+0 123 456 789",
        "87 500 000 000 тенге",
        "бюджет 8 500 000 000",
        "8 7 0 1 1 2 3 4 5 6 7 8 9 1 2",
        "0.87011234567",
        "x87011234567",
        "87011234567_v2",
        "20-87011234567",
        "870112345678",
        "8701123456",
        "70 112 345 67",
    ],
)
def test_other_numbers_are_no_telephone(found: Found, text: str) -> None:
    assert found(text) == []
