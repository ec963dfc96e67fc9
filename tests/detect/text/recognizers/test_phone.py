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
        "8(701)1234567",
        "8.701.123.45.67",
        "8 – 701 – 123 – 45 – 67",
        "+7(7172) 70-12-34",
        "8 (7172) 701234",
        "+7 7172 70 12 34",
        "(7172) 70-12-34",
        "(727) 250-12-34",
        "007 701 123 45 67",
        "+(7) 701 123 45 67",
        "701-123-4567",
        "8 747 1234567",
        "87172 70-12-34",
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


@pytest.mark.parametrize(
    "text",
    ["тел.:{}", "https://wa.me/{}?text=hi", "tel:{}", '{{"phone":"{}"}}', "phone={}", "Тел{}"],
)
@pytest.mark.parametrize("written", ["+77011234567", "77011234567", "87011234567"])
def test_a_number_is_found_in_links_and_fields(found: Found, text: str, written: str) -> None:
    assert found(text.format(written)) == [("PHONE_NUMBER", written)]


@pytest.mark.parametrize(
    "text",
    ["мой номер {}", "нөмірім {}", "ватсап: {}", "whatsapp {}", "call me {}", "контакты: {}",
     "хабарласыныз {}", "сотка {}"],
)  # fmt: skip
def test_ten_digits_are_found_behind_words_of_calls(found: Found, text: str) -> None:
    assert found(text.format("7011234567")) == [("PHONE_NUMBER", "7011234567")]


def test_rare_groups_and_other_exits_need_a_word_before(found: Found) -> None:
    for written in ("8 701 1 234 567", "00 44 20 7946 0958", "0044 20 79460958"):
        assert found(f"тел. {written}") == [("PHONE_NUMBER", written)]
        assert found(f"итого {written}") == []


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
        "заказ 87011234567",
        "order_id=87011234567",
        "/files/87011234567",
        "12 701 123 45 67",
        "701 123 45 67 89",
        "8 7 01 12 34 56 7",
        "00123456789012",
    ],
)
def test_other_numbers_are_no_telephone(found: Found, text: str) -> None:
    assert found(text) == []
